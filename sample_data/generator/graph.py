"""The knowledge graph: named entities and the relations that the catalogue states between them.

Nothing is inferred but sequel order, decades and, from the theme table, what a work is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sample_data.generator.catalogue import Entry
from sample_data.generator.likeness import theme_weights
from sample_data.generator.sequences import adaptations, in_order, plain

_THEME_SHARE = 0.2  # a theme is stated of an item from this share on


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A node. `item_id` is empty for what is not an item."""

    entity_id: str
    label: str
    kind: str
    item_id: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Triple:
    """A statement between two entity ids."""

    head: str
    relation: str
    tail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Entities, items first, and triples; both without duplicates, and no triple without its two entities."""

    entities: tuple[Entity, ...]
    triples: tuple[Triple, ...]


def build_graph(entries: Sequence[Entry]) -> Graph:
    """State the catalogue's facts as triples."""
    entities = {_item(e): Entity(entity_id=_item(e), label=e.title, kind="item", item_id=e.item_id) for e in entries}
    triples: dict[Triple, None] = {}
    for entry in entries:
        for relation, kind, label in _facts(entry):
            entity_id = _entity_id(kind, label)
            entities.setdefault(entity_id, Entity(entity_id=entity_id, label=label, kind=kind))
            triples[Triple(_item(entry), relation, entity_id)] = None
    for film, book in adaptations(entries):
        triples[Triple(_item(entries[film]), "based_on", _item(entries[book]))] = None
    for places in in_order(entries):
        for here, there in pairwise(places):
            if _adjacent(entries[here], entries[there]):
                triples[Triple(_item(entries[there]), "follows", _item(entries[here]))] = None
    return Graph(entities=tuple(entities.values()), triples=tuple(triples))


def _facts(entry: Entry) -> Iterator[tuple[str, str, str]]:
    """Yield (relation, kind of the tail, label of the tail) of one entry."""
    by = {
        "film": "directed_by",
        "music": "performed_by",
        "book": "written_by",
        "goods": "made_by",
        "news": "written_by",
    }
    for name in entry.creators:
        yield by[entry.domain], "brand" if entry.domain == "goods" else "creator", name
    for relation, people in (
        ("starring", entry.actors),
        ("composed_by", entry.composers),
        ("produced_by", entry.producers),
    ):
        yield from ((relation, "creator", name) for name in people)
    if entry.domain != "news":
        relation, kind = ("in_category", "category") if entry.domain == "goods" else ("has_genre", "genre")
        yield from ((relation, kind, label) for label in entry.categories)
    about = "about" if entry.domain == "news" else "has_theme"
    yield from ((about, "theme", theme) for theme, share in theme_weights(entry).items() if share >= _THEME_SHARE)
    if entry.sequence:
        kind = {"goods": "line", "news": "story"}.get(entry.domain, "series")
        yield f"part_of_{kind}", kind, entry.sequence
    if entry.based_on_author:
        yield from (("based_on_work_by", "creator", name) for name in entry.based_on_author.split("|"))
    for relation, kind, label in (
        ("released_by", "label", entry.label),
        ("published_by", "outlet", entry.outlet),
        ("made_in" if entry.domain == "goods" else "from_country", "country", entry.country),
        ("in_language", "language", entry.language),
        ("made_of", "material", entry.material),
        ("reports_from", "place", entry.place),
    ):
        if label:
            yield relation, kind, label
    yield from (("set_in", "setting", place) for place in entry.setting)
    if entry.year is not None and entry.domain != "news":
        yield "released_in", "decade", f"{entry.year // 10 * 10}s"


def _adjacent(before: Entry, after: Entry) -> bool:
    """Tell whether nothing can lie between two parts: numbers one apart, or reports of one story."""
    if before.sequence_order is None or after.sequence_order is None:
        return before.domain == "news"
    return after.sequence_order - before.sequence_order == 1


def _item(entry: Entry) -> str:
    return f"item:{entry.item_id}"


def _entity_id(kind: str, label: str) -> str:
    return f"{kind}:{plain(label).replace(' ', '-') or label}"
