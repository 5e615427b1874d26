"""What the checker of claims reads and gives. Plain immutable data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from audits.claims.audiences import Audiences


class Verdict(StrEnum):
    """What the dataset and the log say of a claim."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    UNVERIFIABLE = "unverifiable"  # a claim was read, but nothing known decides it
    UNSCORED = "unscored"  # no claim could be read from the sentence, or the judge gave no answer


class Subject(StrEnum):
    """Whom a statement is about."""

    ITEM = "item"  # the recommended item: "it", "this film"
    NAMED = "named"  # another item, by its title
    USER = "user"


class Comparison(StrEnum):
    """How a claimed number is meant."""

    EQUAL = "equal"
    ABOUT = "about"
    BELOW = "below"
    ABOVE = "above"
    AT_MOST = "at most"
    AT_LEAST = "at least"
    WITHIN = "within"  # a span, as of a decade


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What is claimed. One of the fields beside `text` says it in a comparable form; all empty: the text alone."""

    text: str
    labels: tuple[str, ...] = ()  # names that the dataset may use for it
    item_ids: tuple[str, ...] = ()  # items that the text may name; with `shared`, those it shares the value with
    number: float | None = None
    upper: float | None = None  # end of the span that begins at `number`
    comparison: Comparison = Comparison.EQUAL
    shared: bool = False  # "the same director as ..."


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One checkable statement of a sentence, before it is known whom "it" and "you" are."""

    sentence: str
    subject: Subject
    relation: str
    value: Value
    subject_ids: tuple[str, ...] = ()  # of a named subject: the items that its title may mean
    negated: bool = False
    hedged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A verdict, and the row that it rests on in words."""

    verdict: Verdict
    evidence_kind: str = "none"  # catalogue, history, triple, interactions, judge, none
    evidence: str = ""
    item_id: str | None = None  # the item that the statement turned out to be about


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known where a text was written: the item that it is about, and what its user had before the cutoff.

    `history` is item -> rating, None where behaviour is implicit. `times_chosen` is what the run could learn from: item
    -> interactions, and `audiences` who chose what there; None: not known.
    """

    item_id: str | None
    history: Mapping[str, float | None] = field(default_factory=dict)
    times_chosen: Mapping[str, int] | None = None
    audiences: Audiences | None = None
