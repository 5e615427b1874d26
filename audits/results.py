"""The closed vocabulary of audit results. Each kind is rendered once by the terminal, the dashboard and the report."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Direction(StrEnum):
    """Which way a measure is better; NEITHER where the number alone says nothing good or bad."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


class Severity(StrEnum):
    """How much a finding should hold up a decision."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a measure means: shown beside the number, printed in the report."""

    name: str  # stable key, for example "ndcg"
    label: str  # "NDCG@k"
    formula: str
    range: str  # "[0, 1]"
    direction: Direction
    unit: str  # "share", "bits", "items", "ms"; "" for a pure number
    denominator: str
    missing: str  # what a missing value means and what is done about it
    source: str  # paper, equation
    notes: str = ""  # deliberate differences from other tools


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A confidence interval; `method` says how, for example "bootstrap over users, 2,000 resamples, seed 7"."""

    low: float
    high: float
    level: float
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One number of one run. `value` None: it could not be computed, and `note` says why; never 0 in its place."""

    card: Card
    run_id: str
    value: float | None
    n: int  # how many units (users, slots) it is taken over
    n_unit: str = "users"
    unscored: int = 0  # units that have no value; never counted as 0 or as a pass
    interval: Interval | None = None
    sql: str = ""  # the query that gives the number, runnable by hand
    note: str = ""

    @property
    def name(self) -> str:
        """The card's key."""
        return self.card.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A measure of one run against a reference run on the same users."""

    card: Card
    run_id: str
    reference_run_id: str
    difference: float | None  # run minus reference, mean over users
    interval: Interval | None
    p_value: float | None  # corrected; `correction` says how
    correction: str
    effect_size: float | None  # Cohen's d of paired differences
    n: int
    test: str
    verdict: str  # "higher", "lower" or "insufficient evidence"
    value: float | None = None  # of the run, mean over these users
    reference_value: float | None = None  # of the reference run, mean over the same users
    sql: str = ""  # the query that gives the difference, runnable by hand


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One group's value. `value` None with `suppressed`: too few people to show, for privacy."""

    labels: tuple[str, ...]
    n: int | None  # None when suppressed
    value: float | None
    interval: Interval | None = None
    suppressed: bool = False
    sufficient: bool = True  # False: shown, but too few to call fair or unfair


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """A measure by user groups."""

    card: Card
    run_id: str
    attributes: tuple[str, ...]
    groups: tuple[Group, ...]
    overall: float | None
    gap: float | None  # largest minus smallest of the groups that are sufficient
    ratio: float | None  # smallest / largest of the same
    gap_interval: Interval | None = None
    sql: str = ""
    note: str = ""
    gap_p_value: float | None = None  # of there being no gap; as it was tested, or as `note` says
    ratio_interval: Interval | None = None
    within: tuple[tuple[str, str], ...] = ()  # attribute, label: of these users only


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of a waterfall: how many remain, and how many were lost on the way into it."""

    name: str
    label: str
    remaining: int
    lost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall:
    """How a whole is used up, stage by stage. remaining[i] + lost[i] = remaining[i - 1]."""

    run_id: str
    title: str
    unit: str
    stages: tuple[Stage, ...]
    sql: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of evidence. A column named request_id makes a row open its request; run_id names the run."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | int | float | None, ...], ...]
    sql: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that a person should look at. `request_ids` lead to examples."""

    severity: Severity
    title: str  # one line with the number in it
    detail: str
    run_id: str
    measure: str = ""  # the card's key that it rests on
    request_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PathStop:
    """One entity on a knowledge path. `is_named` False: the dataset has no name for it, and `label` is its id."""

    label: str
    is_named: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PathHop:
    """One step between two stops. `is_inverse`: the relation is walked backwards. `is_true`: the graph holds it."""

    relation: str
    is_inverse: bool = False
    is_true: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PathExample:
    """A knowledge path that leads to one recommendation: n + 1 stops joined by n hops."""

    run_id: str
    request_id: str
    slot_rank: int
    origin: str  # given by the recommender, or found by an audit
    stops: tuple[PathStop, ...]
    hops: tuple[PathHop, ...]
    note: str = ""


Section = Measure | Comparison | Breakdown | Waterfall | Table | PathExample | Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditResult:
    """What an audit found. `answer` answers the audit's question in one sentence with the numbers in it."""

    audit: str
    version: int
    question: str
    run_ids: tuple[str, ...]
    answer: str
    sections: tuple[Section, ...]
    settings: tuple[tuple[str, str], ...] = field(default=())  # thresholds and seeds in force


@dataclass(frozen=True, slots=True, kw_only=True)
class NotApplicable:
    """The audit's needs are not met; never a pass."""

    audit: str
    question: str
    run_ids: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFailure:
    """The audit crashed; never a pass."""

    audit: str
    question: str
    run_ids: tuple[str, ...]
    error: str


AuditOutcome = AuditResult | NotApplicable | AuditFailure
