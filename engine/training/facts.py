"""What the knowledge graph says of each item, and the sentences that can be made from it. Only true statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from engine.datasets.schema import Dataset

# Relation -> how a sentence states it for one item and for two that share it. Most telling first.
SHARED = {
    "directed_by": "both were directed by {value}",
    "written_by": "both were written by {value}",
    "performed_by": "both are by {value}",
    "part_of_series": "both belong to the series {value}",
    "part_of_line": "both belong to the line {value}",
    "part_of_story": "both tell of {value}",
    "made_by": "both are made by {value}",
    "starring": "both star {value}",
    "composed_by": "the music of both is by {value}",
    "based_on_work_by": "both are based on works by {value}",
    "produced_by": "both were produced by {value}",
    "has_genre": "both are of the genre {value}",
    "in_category": "both are {value} goods",
    "has_theme": "both deal with {value}",
    "about": "both deal with {value}",
}
SINGLE = {
    "directed_by": "It was directed by {value}.",
    "written_by": "It was written by {value}.",
    "performed_by": "It is by {value}.",
    "made_by": "It is made by {value}.",
    "published_by": "It was published by {value}.",
    "starring": "It stars {value}.",
    "composed_by": "Its music is by {value}.",
    "has_genre": "Its genre is {value}.",
    "from_country": "It comes from {value}.",
    "released_in": "It dates from the {value}.",
    "part_of_series": "It belongs to the series {value}.",
    "has_theme": "It deals with {value}.",
    "about": "It deals with {value}.",
    "made_of": "It is made of {value}.",
    "made_in": "It is made in {value}.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Facts by item: relation -> the labels of what it is related to, in graph order."""

    by_item: Mapping[str, Mapping[str, tuple[str, ...]]]

    def of(self, item_id: str) -> Mapping[str, tuple[str, ...]]:
        """Return relation -> values of one item; empty where nothing is known."""
        return self.by_item.get(item_id, {})

    def shared(self, item_id: str, other_id: str) -> list[tuple[str, str]]:
        """Return (relation, value) pairs that hold for both items, most telling relation first."""
        mine, theirs = self.of(item_id), self.of(other_id)
        return [(r, value) for r in SHARED for value in mine.get(r, ()) if value in theirs.get(r, ())]


def read_facts(dataset: Dataset) -> Facts:
    """Collect what the graph states of each item."""
    labels = dict(zip(dataset.entities["entity_id"], dataset.entities["label"], strict=True))
    linked = dataset.entities.dropna(subset=["item_id"])
    items = dict(zip(linked["entity_id"], linked["item_id"], strict=True))
    collected: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for head, relation, tail in dataset.triples.itertuples(index=False, name=None):
        if head in items:
            collected[items[head]][relation].append(labels[tail])
    return Facts(by_item={item: {r: tuple(v) for r, v in facts.items()} for item, facts in collected.items()})
