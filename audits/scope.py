"""What an audit looks at: which runs, which users. Plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from audits.errors import AuditError
from audits.naming import ID_END, one_each

UNKNOWN = "unknown"  # the group of users whose attribute is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """What a run is, as far as audits need it. `n_requests` counts the recorded ones of the neutral variant."""

    run_id: str
    label: str
    recommender: str
    paradigm: str
    dataset_name: str
    dataset_fingerprint: str
    model_name: str | None
    k: int
    seed: int
    split_kind: str
    split_n: int | None
    split_cutoff: str | None  # ISO 8601, UTC
    candidate_protocol: str
    n_repeats: int
    n_planned: int
    n_requests: int
    n_users: int
    allows_repeat_consumption: bool
    constraints: str  # JSON; "varied" where requests differ
    run_status: str
    name: str = ""  # what people call it, told apart from the dataset's other runs


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortFilter:
    """Keep users whose `attribute` has one of `values`; "unknown" stands for those whose attribute is not known."""

    attribute: str
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse what could be mistaken for another filter.

        Raises:
            AuditError: the attribute's name holds an equals sign, or there are no values.
        """
        if "=" in self.attribute or not self.values:
            raise AuditError(f"A cohort filter needs an attribute name without '=' and at least one value, not {self}.")


def label_of(run: RunFacts) -> str:
    """Return what people call the run."""
    return run.name or run.label or run.recommender


def run_names(runs: Sequence[RunFacts]) -> dict[str, str]:
    """Return what people call each run by run id, no two the same: runs of two datasets may share a name."""
    labels = {run.run_id: label_of(run) for run in runs}
    if len(set(labels.values())) < len(labels):
        labels = {run_id: f"{label} ({run_id[-ID_END:]})" for run_id, label in labels.items()}
    return one_each(labels)
