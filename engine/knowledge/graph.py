"""A knowledge graph in memory: who is joined with whom, by which relations. Not here: searching for paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.datasets.schema import Dataset

Nodes = frozenset[int]
INVERSE = "^"  # before a relation's name: walked from tail to head, as in SPARQL's property paths


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One relation between two neighbours, as it is walked."""

    relation: str
    is_inverse: bool  # True: walked from the triple's tail to its head

    @property
    def step(self) -> str:
        """Its name in a pattern: the relation, with a mark where it is walked backwards."""
        return INVERSE + self.relation if self.is_inverse else self.relation


@dataclass(frozen=True)
class KnowledgeGraph:
    """Entities as numbers, in the order of their ids, so that every walk comes in the same order on every machine.

    Each triple joins its two ends both ways. `starts` (n_nodes + 1) and `ends` (n_pairs) hold the distinct neighbours
    of each node, ascending; the triples behind pair p are `first[p]` to `first[p + 1]` in `relations` and `inverses`.
    """

    entity_ids: tuple[str, ...]
    index: Mapping[str, int]
    item_of: Mapping[int, str]  # node -> the catalogue item that it is
    nodes_of_item: Mapping[str, tuple[int, ...]]
    relation_names: tuple[str, ...]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    first: NDArray[np.int64]
    relations: NDArray[np.int64]
    inverses: NDArray[np.bool_]
    n_triples: int
    _neighbours: dict[int, Nodes] = field(default_factory=dict, repr=False)
    _by_step: dict[tuple[int, str], Nodes] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, dataset: Dataset) -> KnowledgeGraph:
        """Build the graph of a dataset; one without triples gives an empty graph."""
        return cls.build(dataset.triples, dataset.entities)

    @classmethod
    def build(cls, triples: pd.DataFrame, entities: pd.DataFrame) -> KnowledgeGraph:
        """Build a graph from frames of `Dataset.triples` and `Dataset.entities`.

        Repeated triples count once, a triple that joins an entity with itself is left out, and an entity that only
        triples name is taken in.
        """
        rows = triples.loc[triples["head"] != triples["tail"], ["head", "relation", "tail"]].drop_duplicates()
        linked = entities.loc[entities["item_id"].notna(), ["entity_id", "item_id"]].to_numpy(dtype=object)
        first_ends, relations, second_ends = rows.to_numpy(dtype=object).T
        ids = pd.Index(sorted({*first_ends, *second_ends, *linked[:, 0]}), dtype=object)
        names = pd.Index(sorted(set(relations)), dtype=object)
        heads, kinds, tails = ids.get_indexer(first_ends), names.get_indexer(relations), ids.get_indexer(second_ends)
        index = {entity_id: node for node, entity_id in enumerate(ids)}
        arrays = _half_edges(heads, kinds, tails, len(ids))
        item_of = {index[entity_id]: item_id for entity_id, item_id in linked}
        nodes_of_item: dict[str, tuple[int, ...]] = {}
        for node in sorted(item_of):
            nodes_of_item[item_of[node]] = (*nodes_of_item.get(item_of[node], ()), node)
        return cls(tuple(ids), index, item_of, nodes_of_item, tuple(names), *arrays, n_triples=len(rows))

    def __len__(self) -> int:
        """Return the number of entities."""
        return len(self.entity_ids)

    def neighbours(self, node: int) -> Nodes:
        """Return the nodes that share a triple with this one."""
        found = self._neighbours.get(node)
        if found is None:
            found = frozenset(self.ends[self.starts[node] : self.starts[node + 1]].tolist())
            self._neighbours[node] = found
        return found

    def neighbours_by(self, node: int, step: str) -> Nodes:
        """Return the nodes that one step leads to: a relation, or `^relation` to walk it from tail to head."""
        found = self._by_step.get((node, step))
        if found is None:
            found = frozenset(
                other for other in self.neighbours(node) if any(link.step == step for link in self.links(node, other))
            )
            self._by_step[node, step] = found
        return found

    def links(self, node: int, other: int) -> tuple[Link, ...]:
        """Return the relations between two neighbours: those that lead forward first, by name; none: not joined."""
        start, stop = int(self.starts[node]), int(self.starts[node + 1])
        pair = start + int(np.searchsorted(self.ends[start:stop], other))
        if pair == stop or int(self.ends[pair]) != other:
            return ()
        return tuple(
            Link(relation=self.relation_names[self.relations[place]], is_inverse=bool(self.inverses[place]))
            for place in range(int(self.first[pair]), int(self.first[pair + 1]))
        )

    def has_triple(self, head: str, relation: str, tail: str) -> bool:
        """Tell whether the graph holds this triple, in this direction."""
        if head not in self.index or tail not in self.index:
            return False
        wanted = Link(relation=relation, is_inverse=False)
        return wanted in self.links(self.index[head], self.index[tail])

    @cached_property
    def degrees(self) -> NDArray[np.int64]:
        """Number of neighbours of each node, shape `(n_nodes,)`."""
        return np.diff(self.starts)

    @cached_property
    def item_degrees(self) -> NDArray[np.int64]:
        """Number of neighbours that are catalogue items, shape `(n_nodes,)`."""
        is_item = np.zeros(len(self) + 1, dtype=np.int64)
        is_item[list(self.item_of)] = 1
        counted = np.concatenate([[0], np.cumsum(is_item[self.ends])])
        return counted[self.starts[1:]] - counted[self.starts[:-1]]

    def nodes_of(self, item_ids: Sequence[str]) -> list[int]:
        """Return the nodes of items, in order; items that the graph does not know are left out."""
        return [node for item_id in item_ids for node in self.nodes_of_item.get(item_id, ())]


def _half_edges(
    heads: NDArray[np.int64], kinds: NDArray[np.int64], tails: NDArray[np.int64], n_nodes: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Return starts, ends, first, relations and inverses of the graph, each triple walked both ways."""
    source, target = np.concatenate([heads, tails]), np.concatenate([tails, heads])
    relations = np.concatenate([kinds, kinds])
    inverses = np.repeat([False, True], len(heads))
    order = np.lexsort((relations, inverses, target, source))
    source, target, relations, inverses = source[order], target[order], relations[order], inverses[order]
    is_new = np.ones(len(source), dtype=bool)
    is_new[1:] = (source[1:] != source[:-1]) | (target[1:] != target[:-1])
    first = np.append(np.flatnonzero(is_new), len(source))
    starts = np.searchsorted(source[is_new], np.arange(n_nodes + 1))
    return starts, target[is_new], first, relations, inverses
