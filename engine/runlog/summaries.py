"""What the list of runs shows of each one. Plain records; they are made by `RunLog.runs`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RunStatus(StrEnum):
    """How a run stands. Running and interrupted differ by whether a process still holds its journal."""

    RUNNING = "running"
    INTERRUPTED = "interrupted"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One run in a line. Counts are of what is recorded so far; times are UTC, without zone."""

    run_id: str
    plan_digest: str
    label: str
    recommender: str
    paradigm: str
    dataset_name: str
    dataset_fingerprint: str
    model_name: str | None
    device: str | None
    k: int
    seed: int
    split_kind: str
    split_n: int | None
    split_cutoff_at: datetime | None
    candidate_protocol: str
    n_repeats: int
    n_variants: int
    n_planned: int  # requests
    status: RunStatus
    planned_at: datetime
    finished_at: datetime | None
    fit_seconds: float | None
    n_records: int  # of the journal
    head_hash: str
    problem: str | None  # why the journal could not be read to its end; the counts are incomplete then
    n_users: int
    n_answered: int  # requests, failed ones too
    n_errors: int
    n_slots: int
    n_delivered: int
    base_run_id: str | None = None  # of a lab run: the run whose requests it changes

    @property
    def progress(self) -> float:
        """The share of planned requests that are answered, in [0, 1]; a recorder plans none."""
        if not self.n_planned:
            return float(self.status is RunStatus.FINISHED)
        return self.n_answered / self.n_planned

    @property
    def delivered_share(self) -> float | None:
        """The share of slots that carry a recommendation, in [0, 1]; None: there is no slot yet."""
        return self.n_delivered / self.n_slots if self.n_slots else None

    @property
    def protocol(self) -> str:
        """Split and candidates in a few words."""
        n = f" {self.split_n}" if self.split_n is not None else ""
        since = f" {self.split_cutoff_at:%Y-%m-%d %H:%M}" if self.split_cutoff_at is not None else ""
        return f"{self.split_kind}{n}{since}, {self.candidate_protocol}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How often something occurred."""

    name: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexStatus:
    """The index file and what it covers."""

    path: str
    size_bytes: int
    n_runs: int
    n_records: int
    n_datasets: int
    problems: tuple[str, ...]  # journals that could not be read to their end, datasets that are not stored any more
    version: str
