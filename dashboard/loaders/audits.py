"""Audits of the chosen runs, each run once for a state of the log."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from audits.audit import Topic
from audits.discovery import find_audits, routine_audits
from audits.evidence import open_evidence
from audits.headline import Headline, headline
from audits.results import AuditOutcome
from audits.runner import prepare_audits, run_audits
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
    topic: str  # the question that it helps to answer
    leads: tuple[str, ...]  # keys of the measures to be looked at first


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the routine audits found about the chosen runs."""

    outcomes: tuple[AuditOutcome, ...]
    headline: Headline


def catalogue() -> tuple[AuditEntry, ...]:
    """Return every audit there is, in the order of their sections."""
    return tuple(
        AuditEntry(name=a.name, title=a.title, question=a.question, topic=str(a.topic), leads=a.leads)
        for a in find_audits().values()
    )


def topics() -> dict[str, tuple[AuditEntry, ...]]:
    """Return the audits by the question that they help to answer; questions without an audit are left out."""
    entries = catalogue()
    by_topic = {str(topic): tuple(entry for entry in entries if entry.topic == topic) for topic in Topic}
    return {topic: own for topic, own in by_topic.items() if own}


def judged(cohort: Cohort) -> Judged:
    """Return what the routine audits find about the cohort's runs.

    Raises:
        AuditError: a run is not in the log any more.
    """
    names = routine_audits()
    found = [_found(cohort, name, f" ({place} of {len(names)})") for place, name in enumerate(names, start=1)]
    outcomes = tuple(one.outcome for one in found)
    return Judged(outcomes=outcomes, headline=headline(outcomes, found[0].runs))


def outcome(cohort: Cohort, audit: str) -> AuditOutcome:
    """Return what one audit finds about the cohort's runs.

    Raises:
        AuditError: there is no such audit, or a run is not in the log any more.
    """
    return _found(cohort, audit).outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    outcome: AuditOutcome
    runs: tuple[RunFacts, ...]


def _found(cohort: Cohort, audit: str, place: str = "") -> _Found:
    """Return what an audit found; while it is being worked out, the page says which one it is."""
    n_runs = len(cohort.run_ids)
    said = f"{find_audits()[audit].title}{place}: auditing {n_runs:,} run{'' if n_runs == 1 else 's'}"
    with st.spinner(said, show_time=True):
        return _worked_out(cohort, audit)


def _worked_out(cohort: Cohort, audit: str) -> _Found:
    runs = (*cohort.run_ids, cohort.reference) if cohort.reference else cohort.run_ids
    not_derived = _prepared(log.home(), runs, audit, log.version(runs))  # it may move the version
    names = tuple(sorted(cohort.names.items()))
    return _run_audit(
        log.home(), cohort.run_ids, cohort.reference, cohort.users, names, audit, not_derived, log.version(runs)
    )


@st.cache_resource(max_entries=256, show_spinner=False)
def _prepared(of_home: Home, run_ids: tuple[str, ...], audit: str, at_version: str) -> tuple[tuple[str, str], ...]:
    return tuple(prepare_audits(log.run_log(), run_ids, [audit], takes_long=False).items())


@st.cache_resource(max_entries=256, show_spinner=False)
def _run_audit(
    of_home: Home,
    run_ids: tuple[str, ...],
    reference: str | None,
    users: tuple[tuple[str, str], ...],
    names: tuple[tuple[str, str], ...],  # what answers call runs, which depends on runs that are not looked at
    audit: str,
    not_derived: tuple[tuple[str, str], ...],
    at_version: str,
) -> _Found:
    with log.run_log().connect() as connection:
        evidence = open_evidence(connection, run_ids, reference, _filters(users), cache=of_home.cache)
        return _Found(outcome=run_audits(evidence, [audit], not_derived=dict(not_derived))[0], runs=evidence.runs)


def _filters(users: tuple[tuple[str, str], ...]) -> list[CohortFilter]:
    values: dict[str, list[str]] = {}
    for attribute, value in users:
        values.setdefault(attribute, []).append(value)
    return [CohortFilter(attribute=attribute, values=tuple(chosen)) for attribute, chosen in values.items()]
