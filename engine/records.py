"""The records that recommenders, the runner and the log exchange. Plain immutable data, no behaviour, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Paradigm(StrEnum):
    """How a language model takes part in the recommendation."""

    BASELINE = "baseline"
    SRE = "SRE"  # semantic representation enhancement
    GR = "GR"  # generative recommendation
    DMI = "DMI"  # discriminative matching and interaction


class Outcome(StrEnum):
    """What became of one requested slot: exactly one of these, lost slots included."""

    DELIVERED = "delivered"
    OUT_OF_CATALOGUE = "out_of_catalogue"
    DUPLICATE = "duplicate"
    ALREADY_CONSUMED = "already_consumed"
    UNPARSEABLE = "unparseable"
    INELIGIBLE = "ineligible"
    MISSING = "missing"


class MatchKind(StrEnum):
    """How a raw text was resolved to a catalogue item."""

    IDENTIFIER = "identifier"  # the recommender named the item by its id: there was nothing to resolve
    EXACT = "exact"
    NORMALISED = "normalised"
    ALIAS = "alias"
    FUZZY = "fuzzy"


class Decoding(StrEnum):
    """What a model was free to say. Constrained decoding makes invented items impossible, so it is always recorded."""

    FREE = "free"
    JSON_SCHEMA = "json_schema"
    CHOICES = "choices"
    RANKED_CHOICES = "ranked_choices"
    SCORED = "scored"  # nothing was written: given continuations were scored
    UNKNOWN = "unknown"  # it was called elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One catalogue item. Empty text, empty tuple or None: not known."""

    item_id: str
    title: str
    domain: str = ""
    creators: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    year: int | None = None
    description: str = ""
    aliases: tuple[str, ...] = ()
    provider: str = ""
    price: float | None = None  # in the dataset's one currency
    in_stock: bool | None = None
    age_rating: int | None = None  # minimum age in years


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One user; attributes are group labels such as age band, gender, region. A missing key means unknown."""

    user_id: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """A user met an item. `timestamp` is in seconds since the epoch, UTC; `rating` None where behaviour is implicit."""

    item_id: str
    timestamp: int
    rating: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraints:
    """What a recommended item must satisfy to be eligible; None or empty: no such constraint."""

    domains: tuple[str, ...] = ()
    max_price: float | None = None
    in_stock_only: bool = False
    max_age_rating: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A counterfactual form of a request. The neutral variant states nothing about the user."""

    name: str = "neutral"
    statement: str = ""  # put before the request, for example "The user is a woman."


class LabTest(StrEnum):
    """What a lab run tries on the requests of its base run."""

    FLOOR = "floor"  # the request unchanged, with another seed: how far lists differ without any intervention
    EARLY = "early"  # the reasoning cut off early
    MISTAKES = "mistakes"  # the reasoning with wrong terms in place of its own
    PARAPHRASE = "paraphrase"  # the reasoning in other words
    FILLER = "filler"  # as many dots as the reasoning has words
    HINT = "hint"  # a friend's advice put before the request
    NECESSITY = "necessity"  # the history without an item that a rationale names
    SUFFICIENCY = "sufficiency"  # the history with nothing but the items that a rationale names


class Handle(StrEnum):
    """Where a recommender lets an intervention take hold."""

    REASONING = "reasoning"  # it takes a given reasoning in place of its own
    HISTORY = "history"  # it sees a history from which items were withheld
    HINT = "hint"  # it reads what is put before the request


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervention:
    """What a request of a lab run changes in a request of the base run. Its level is a part of its test."""

    test: LabTest
    level: str = ""  # early: share of the words kept; mistakes: one, all; necessity and sufficiency: named, random
    method: str  # how the change was made, in words
    base_request_id: str
    reasoning: str | None = None  # to be taken in place of the recommender's own; "": no reasoning at all
    rephrase: bool = False  # the model itself first puts `reasoning` into other words
    withheld: tuple[str, ...] = ()  # items that are left out of the history
    hint: str = ""  # put before the request
    item_id: str | None = None  # the item hinted at, or the recommendation whose rationale is put to the test
    detail: str = ""  # what exactly was changed, for people
    wants_rationales: bool = False  # whether reasons are looked at, so that they must be written


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Ask for `k` items for one user, from what was known before `cutoff` (seconds since the epoch, UTC)."""

    request_id: str
    user: User
    history: tuple[Interaction, ...]  # oldest first, all before the cutoff
    cutoff: int
    k: int
    candidates: tuple[str, ...] | None = None  # item ids to rank; None: the whole catalogue
    constraints: Constraints = field(default_factory=Constraints)
    variant: Variant = field(default_factory=Variant)
    repeat: int = 0
    seed: int = 0
    withheld: tuple[str, ...] = ()  # items left out of `history` by an intervention; they still count as consumed
    intervention: Intervention | None = None  # None: no request of a lab run


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a conversation; `role` is system, user or assistant."""

    role: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One model call, as it was made and as it came back. `error` set: the call failed and `text` is empty."""

    messages: tuple[Message, ...]
    text: str
    model: str
    purpose: str = "recommend"  # what the call was for: recommend, preferences, judge, rationale, ...
    tokens_in: int | None = None
    tokens_out: int | None = None
    latency_ms: float | None = None  # of the batch that carried the call
    first_token_ms: float | None = None  # until its first token was there; None: the backend does not say
    batch_size: int = 1
    finish_reason: str = "stop"  # stop, length, scored, error
    decoding: Decoding = Decoding.FREE
    temperature: float | None = 0.0  # None: not known
    seed: int | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of reasoning or one agent action, in order. `item_id` set: the step is about that item."""

    kind: str  # retrieve, preferences, judge, think, tool_call, fold, ...
    text: str = ""
    tool: str = ""
    arguments: str = ""  # JSON
    observation: str = ""
    item_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """How a raw text was resolved. `score` in (0, 1]; below 1: a fuzzy match, a contradicting hint, or homonyms."""

    item_id: str
    kind: MatchKind
    score: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgePath:
    """A walk through the knowledge graph: n + 1 entity ids joined by n relations."""

    entities: tuple[str, ...]
    relations: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """One answer at one rank (1-based). `match` None: the text names nothing in the catalogue, or nothing at all."""

    rank: int
    raw_text: str
    match: Match | None
    parsed: bool = True  # False: no title could be read out of the text
    score: float | None = None
    rationale: str = ""
    paths: tuple[KnowledgePath, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a recommender returns for one request. `error` set: the request failed; whatever came before it is kept."""

    request_id: str
    recommendations: tuple[Recommendation, ...] = ()
    steps: tuple[Step, ...] = ()
    generations: tuple[Generation, ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A requested rank and what became of it; the runner makes exactly `k` of them for each answered request."""

    rank: int
    outcome: Outcome
    detail: str = ""
    recommendation: Recommendation | None = None  # None where the outcome is missing


@dataclass(frozen=True, slots=True, kw_only=True)
class RunManifest:
    """Everything that makes a run what it is; the first record of its journal."""

    run_id: str
    plan_digest: str  # SHA-256 of the plan: equal plans are the same run, so that a second start resumes or reuses it
    label: str
    recommender: str
    paradigm: Paradigm
    config: Mapping[str, object]
    dataset_name: str
    dataset_fingerprint: str
    model_name: str | None
    model_digest: str | None
    model_details: Mapping[str, str]  # quantisation, parameters, context length, decoding options that change numerics
    device: str
    k: int
    seed: int
    split_kind: str
    split_n: int | None
    split_cutoff: int | None
    candidate_protocol: str  # "full" or "sampled:<n>"
    n_repeats: int
    variants: tuple[Variant, ...]
    n_planned: int  # requests
    constraints: Constraints
    allows_repeat_consumption: bool
    prompt_hashes: Mapping[str, str]
    package_versions: Mapping[str, str]
    planned_at: str  # ISO 8601, UTC
    base_run_id: str | None = None  # of a lab run: the run whose requests it changes


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredRequest:
    """One request with all that came of it; one record of the journal, so it is there whole or not at all."""

    request_index: int
    request_id: str
    user_id: str
    variant: Variant
    repeat: int
    k: int
    n_history: int
    n_holdout: int
    cutoff: int
    candidates: tuple[str, ...] | None
    constraints: Constraints
    seed: int
    slots: tuple[Slot, ...]
    steps: tuple[Step, ...]
    generations: tuple[Generation, ...]
    latency_ms: float | None  # of the batch that carried the request, divided by its requests; None: not measured
    error: str | None
    recorded_at: str  # ISO 8601, UTC
    intervention: Intervention | None = None  # of a lab run
    batch_size: int | None = None  # requests that were answered together; None: not recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalAnswer:
    """What a recommender elsewhere answered, as it was handed over; what became of its slots is decided later.

    Items by id, or a whole answer as `raw_text`; scores and rationales are by place, None or empty where there is none.
    """

    answer_index: int
    user_id: str
    items: tuple[str, ...] | None
    raw_text: str | None
    scores: tuple[float | None, ...]
    rationales: tuple[str, ...]
    prompt: str | None
    model: str | None
    latency_ms: float | None
    recorded_at: str  # ISO 8601, UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentRecord:
    """Rows of one table that stand in a file of their own, named by its digest."""

    table: str
    digest: str  # SHA-256 of the file, in hex
    n_bytes: int
    n_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnd:
    """How a run ended; the last record of its journal. A journal without one is running or was interrupted."""

    status: str  # finished, failed, cancelled
    detail: str
    n_answered: int
    n_errors: int
    finished_at: str  # ISO 8601, UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class FitRecord:
    """The recommender is ready to answer. `restored` True: it took back what an earlier start had learned."""

    seconds: float
    restored: bool
    recorded_at: str  # ISO 8601, UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceRecord:
    """What one phase of one process used: fitting, or answering until the run ended or stopped.

    Energy is that of the whole machine (or device) meanwhile, other programs included; None where it cannot be read.
    """

    phase: str  # fit or answer
    n_requests: int  # answered in this phase
    seconds: float
    cpu_seconds: float  # of the process, all its threads
    peak_memory_bytes: int  # high water of the process in this phase; since its start where it cannot be begun anew
    recorded_at: str  # ISO 8601, UTC
    peak_gpu_memory_bytes: int | None = None  # high water of what this process allocated; None: no GPU in use
    energy_joules: float | None = None
    energy_source: str = ""  # rapl (processor packages), nvml (GPU), rapl+nvml; empty: not measured


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeRecord:
    """A run was taken up again, after an interruption or after an end that was not its last."""

    n_answered: int  # requests that were already in the journal
    n_cut_bytes: int  # of an unfinished last line that was cut off; no acknowledged record is ever in it
    recorded_at: str  # ISO 8601, UTC
