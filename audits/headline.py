"""What the Overview says of each run: taken out of audit outcomes, never computed again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from audits.results import (
    AuditFailure,
    AuditOutcome,
    AuditResult,
    Breakdown,
    Comparison,
    Finding,
    Measure,
    NotApplicable,
    Section,
    Severity,
)
from audits.scope import RunFacts

_ORDER = {severity: place for place, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunHeadline:
    """One run's line: None where an audit did not give the number (it says why in its outcome)."""

    run: RunFacts
    delivered: Measure | None  # share of requested slots that were delivered
    invented: Measure | None  # share of requested slots whose text names nothing in the catalogue
    accuracy: Measure | None  # NDCG@k
    against_reference: Comparison | None  # NDCG@k against the reference run on the same users
    widest_gap: Breakdown | None  # the user attribute by which the utility differs most


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """All runs' lines, every audit's answer, all findings (worst first), and what could not be judged."""

    runs: tuple[RunHeadline, ...]
    answers: tuple[AuditResult, ...]
    findings: tuple[Finding, ...]
    unjudged: tuple[NotApplicable | AuditFailure, ...]


def headline(outcomes: Sequence[AuditOutcome], runs: Sequence[RunFacts]) -> Headline:
    """Sum up what audits found, run by run."""
    results = tuple(outcome for outcome in outcomes if isinstance(outcome, AuditResult))
    sections = [section for result in results for section in result.sections]
    findings = [section for section in sections if isinstance(section, Finding)]
    return Headline(
        runs=tuple(_line(run, sections) for run in runs),
        answers=results,
        findings=tuple(sorted(findings, key=lambda finding: _ORDER[finding.severity])),
        unjudged=tuple(outcome for outcome in outcomes if not isinstance(outcome, AuditResult)),
    )


def _line(run: RunFacts, sections: Sequence[Section]) -> RunHeadline:
    comparisons = (s for s in sections if isinstance(s, Comparison) and s.run_id == run.run_id)
    breakdowns = [
        s
        for s in sections
        if isinstance(s, Breakdown) and (s.run_id, s.card.name) == (run.run_id, "ndcg") and s.gap is not None
    ]
    return RunHeadline(
        run=run,
        delivered=next(_measures(run, sections, "delivered_share"), None),
        invented=next(_measures(run, sections, "out_of_catalogue_share"), None),
        accuracy=next(_measures(run, sections, "ndcg"), None),
        against_reference=next((c for c in comparisons if c.card.name == "ndcg"), None),
        widest_gap=max(breakdowns, key=lambda breakdown: breakdown.gap or 0.0, default=None),
    )


def _measures(run: RunFacts, sections: Sequence[Section], name: str) -> Iterator[Measure]:
    return (s for s in sections if isinstance(s, Measure) and s.run_id == run.run_id and s.name == name)
