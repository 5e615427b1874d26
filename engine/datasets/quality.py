"""The data-quality report of a dataset: plain records, kept beside the rows. Not here: measuring (describe.py)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TableCount:
    """How many rows of a table were read, kept and rejected; read = kept + rejected."""

    table: str
    read: int
    kept: int
    rejected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectReason:
    """How many rows were rejected for one reason."""

    table: str
    column: str
    expected: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingValues:
    """How many rows of a column hold no value."""

    table: str
    column: str
    missing: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityFinding:
    """Something about the data that changes what numbers over it mean. `severity`: high, medium, low or info."""

    check: str
    severity: str
    message: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityReport:
    """What a dataset is like, beyond its size. A figure is None where it cannot be computed, never 0 in its place.

    - `density`: distinct user-item pairs / (users x items), in [0, 1].
    - `popularity_gini`: Gini of interactions over all items, those without any included, in [0, 1].
    - `time_unit_seconds`: the largest of a day, an hour, a minute, a second that all timestamps are multiples of.
    - `tied_interactions`: interactions whose user has another one at the same second; their order is the file's.
    - `future_timestamps`: after the moment that the caller named; None where none was named.
    """

    n_users: int
    n_items: int
    n_interactions: int
    n_triples: int
    n_entities: int
    density: float | None
    popularity_gini: float | None
    users_without_interactions: int
    items_without_interactions: int
    median_interactions_per_user: float | None
    duplicate_interactions: int
    repeated_pairs: int
    unknown_user_ids: int
    unknown_item_ids: int
    first_at: int | None  # seconds since the epoch, UTC
    last_at: int | None
    time_unit_seconds: int | None
    tied_interactions: int
    future_timestamps: int | None
    rating_min: float | None
    rating_max: float | None
    rating_values: int
    missing: tuple[MissingValues, ...]
    findings: tuple[QualityFinding, ...]
    imported: tuple[TableCount, ...] = ()
    rejected: tuple[RejectReason, ...] = ()
    notes: tuple[str, ...] = ()
