"""Audits of the chosen runs, each judged once for a state of the log."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from audits.discovery import find_audits
from audits.evidence import open_evidence
from audits.headline import Headline, headline
from audits.results import AuditOutcome
from audits.runner import run_audits
from audits.scope import CohortFilter, RunFacts
from dashboard.cohort import Cohort
from dashboard.loaders import log
from engine.home import Home


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """An audit that can be asked for."""

    name: str
    title: str
    question: str
    source: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What all audits found about the chosen runs."""

    runs: tuple[RunFacts, ...]
    outcomes: tuple[AuditOutcome, ...]
    headline: Headline

    def outcome(self, audit: str) -> AuditOutcome | None:
        """Return what one audit found."""
        return next((outcome for outcome in self.outcomes if outcome.audit == audit), None)


def catalogue() -> tuple[AuditEntry, ...]:
    """Return every audit there is, by title."""
    entries = [
        AuditEntry(name=a.name, title=a.title, question=a.question, source=a.source, clauses=a.clauses)
        for a in find_audits().values()
    ]
    return tuple(sorted(entries, key=lambda entry: entry.title))


def judged(cohort: Cohort) -> Judged:
    """Return what all audits find about the cohort's runs.

    Raises:
        AuditError: a run is not in the log any more.
    """
    runs = (*cohort.run_ids, cohort.reference) if cohort.reference else cohort.run_ids
    return _judged(log.home(), cohort.run_ids, cohort.reference, cohort.users, log.version(runs))


@st.cache_resource(max_entries=32, show_spinner="Auditing the chosen runs")
def _judged(
    of_home: Home,
    run_ids: tuple[str, ...],
    reference: str | None,
    users: tuple[tuple[str, str], ...],
    at_version: str,
) -> Judged:
    with log.run_log().connect() as connection:
        evidence = open_evidence(connection, run_ids, reference, _filters(users))
        outcomes = run_audits(evidence)
        facts = evidence.runs
    return Judged(runs=facts, outcomes=tuple(outcomes), headline=headline(outcomes, facts))


def _filters(users: tuple[tuple[str, str], ...]) -> list[CohortFilter]:
    values: dict[str, list[str]] = {}
    for attribute, value in users:
        values.setdefault(attribute, []).append(value)
    return [CohortFilter(attribute=attribute, values=tuple(chosen)) for attribute, chosen in values.items()]
