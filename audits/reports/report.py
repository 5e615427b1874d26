"""What a report holds: the runs with the heads of their chains, what must be disclosed, and every audit's outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from audits.evidence import Evidence
from audits.results import AuditOutcome
from audits.scope import RunFacts, run_names

CHAIN = (
    "The head is the hash of a journal's last record. `recaudit verify` finds any record before it that was edited, "
    "dropped or moved. A chain proves that its records fit together; that none is missing at its end is proved only "
    "by a head that was kept elsewhere, for example in this report."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedRun:
    """One run, how it was made, and what its journal can be checked against."""

    facts: RunFacts
    name: str  # for people, different for each run of the report
    model_digest: str | None
    device: str
    prompt_hashes: str  # JSON
    package_versions: str  # JSON
    n_records: int
    head_hash: str
    problem: str | None  # why the journal could not be read to its end


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report; `made_at` is ISO 8601, UTC."""

    made_at: str
    recaudit_version: str
    disclosures: tuple[str, ...]
    users: str  # which users were looked at
    reference: str | None  # the reference run's name
    runs: tuple[ReportedRun, ...]
    outcomes: tuple[AuditOutcome, ...]


def make_report(
    evidence: Evidence, outcomes: Sequence[AuditOutcome], *, recaudit_version: str, made_at: datetime
) -> Report:
    """Put a report together from outcomes of audits and the evidence that they were made from."""
    names = run_names(evidence.runs)
    records = {row[0]: row[1:] for row in evidence.rows("reported_runs")}
    return Report(
        made_at=made_at.astimezone(UTC).isoformat(timespec="seconds"),
        recaudit_version=recaudit_version,
        disclosures=tuple(f"{name}: {said}" for name, said in evidence.rows("disclosures")),
        users="; ".join(f"{f.attribute}: {', '.join(f.values)}" for f in evidence.cohort) or "everyone",
        reference=names.get(evidence.reference_run_id or ""),
        runs=tuple(_reported(run, names[run.run_id], records[run.run_id]) for run in evidence.runs),
        outcomes=tuple(outcomes),
    )


def _reported(run: RunFacts, name: str, record: tuple) -> ReportedRun:
    digest, device, prompts, packages, n_records, head, problem = record
    return ReportedRun(
        facts=run,
        name=name,
        model_digest=digest,
        device=device,
        prompt_hashes=prompts,
        package_versions=packages,
        n_records=int(n_records or 0),
        head_hash=head or "",
        problem=problem,
    )
