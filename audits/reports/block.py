"""A titled table of text: what reports make of every kind of section."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audits.results import Card

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """The SQL of one number, and what the number is."""

    of: str
    sql: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A table of text. Numbers are in the columns of `numeric`.

    `n_open` rows are seen at once, the others when asked for (None: all at once), as are the lines of `folded`. A cell
    of the first column, or the title's beginning, that is a card's label leads to the card.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    queries: tuple[Query, ...] = ()
    cards: tuple[Card, ...] = ()
    n_open: int | None = None
    folded: tuple[str, ...] = ()


def run_name(run_id: str, labels: Labels) -> str:
    """Return what people call a run."""
    return labels.get(run_id, run_id)


def queries(pairs: Sequence[tuple[str, str]]) -> tuple[Query, ...]:
    """Return the queries there are."""
    return tuple(Query(of=of, sql=sql) for of, sql in pairs if sql)
