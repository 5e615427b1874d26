"""Paths from what a user had to what is recommended: the shortest, or of a given type, within limits.

Not here: which of a recommender's own paths are true (audits), how paths are stored (runlog).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, pairwise, product

import numpy as np
from numpy.typing import NDArray

from engine.knowledge.graph import KnowledgeGraph, Link, Nodes
from engine.records import KnowledgePath

_MANY_COMBINATIONS = 256  # of parallel relations along one chain of entities


@dataclass(frozen=True, slots=True, kw_only=True)
class PathLimits:
    """How far to search. An entity that is linked with more than `hub_share` of the items is a hub: it explains little.

    With `max_hubs` 0 no path leads through one. An item is never a hub.
    """

    max_hops: int = 3
    n_paths: int = 3  # of one recommendation
    hub_share: float = 0.2  # of the items that the graph knows
    hub_floor: int = 20  # items that an entity is linked with before it can be a hub, in however small a catalogue
    max_hubs: int = 0  # on one path
    max_steps: int = 50_000  # of one search; it ends there with what it has

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ValueError: a limit is below its least value.
        """
        if min(self.max_hops, self.n_paths, self.max_steps) < 1 or min(self.hub_share, self.max_hubs) < 0:
            raise ValueError(f"path limits must be at least 1, hub limits at least 0, got {self}")


@dataclass(frozen=True)
class PathFinder:
    """Finds paths in one graph. Equal graph, limits and history give equal paths in equal order."""

    graph: KnowledgeGraph
    limits: PathLimits = field(default_factory=PathLimits)

    @cached_property
    def hub_degree(self) -> int:
        """The degree limit: an entity that is linked with more items than this is a hub."""
        share = int(self.limits.hub_share * len(self.graph.nodes_of_item))
        return max(share, self.limits.hub_floor)

    @cached_property
    def hubs(self) -> Nodes:
        """The entities above the degree limit."""
        above = np.flatnonzero(self.graph.item_degrees > self.hub_degree)
        return frozenset(node for node in above.tolist() if node not in self.graph.item_of)

    @cached_property
    def _cost(self) -> NDArray[np.float64]:
        """What a path pays for each entity on it: the logarithm of its degree, so that rare links come first."""
        return np.log1p(self.graph.degrees)

    def shortest(self, history: Sequence[str], item_id: str) -> list[KnowledgePath]:
        """Return at most `n_paths` paths from items of the history (oldest first) to an item, short ones first.

        Paths of equal length come by hubs on them, then by how rare the entities between are, then by how recent the
        history item is, then by id. Of paths through the same entities only that of the most recent item is kept.
        """
        found: list[KnowledgePath] = []
        for n_hops in range(1, self.limits.max_hops + 1):
            found += self._of_pattern(history, item_id, (None,) * n_hops, self.limits.n_paths - len(found))
            if len(found) >= self.limits.n_paths:
                break
        return found

    def typed(self, history: Sequence[str], item_id: str, pattern: Sequence[str]) -> list[KnowledgePath]:
        """Return at most `n_paths` paths whose relations are those of the pattern, such as (starring, ^starring).

        Raises:
            ValueError: the pattern is empty or longer than the limit on hops.
        """
        if not 1 <= len(pattern) <= self.limits.max_hops:
            raise ValueError(f"a pattern has 1 to {self.limits.max_hops} steps, got {len(pattern)}")
        return self._of_pattern(history, item_id, tuple(pattern), self.limits.n_paths)

    def _of_pattern(
        self, history: Sequence[str], item_id: str, pattern: tuple[str | None, ...], n_paths: int
    ) -> list[KnowledgePath]:
        recent = list(dict.fromkeys(self.graph.nodes_of(history[::-1])))  # most recent first
        targets = frozenset(self.graph.nodes_of([item_id]))
        sources = [node for node in recent if node not in targets]
        if not sources or not targets:
            return []
        walk = _Walk(self, pattern, targets, barred=frozenset(sources) | targets)
        chains = [
            (self._rank(chain, age), chain)
            for age, source in enumerate(sources)
            for chain in walk.from_(source)
        ]  # fmt: skip
        kept: dict[tuple[int, ...], tuple[int, ...]] = {}
        for _, chain in sorted(chains):
            kept.setdefault(chain[1:], chain)
        return [self._named(chain, pattern) for chain in islice(kept.values(), n_paths)]

    def _rank(self, chain: tuple[int, ...], age: int) -> tuple[int, float, int]:
        between = chain[1:-1]
        n_hubs = sum(node in self.hubs for node in between)
        return n_hubs, round(sum(float(self._cost[node]) for node in between), 9), age

    def _named(self, chain: tuple[int, ...], pattern: tuple[str | None, ...]) -> KnowledgePath:
        """Name the hops of a chain; of parallel relations those that repeat along the path, then forward, by name."""
        options = [
            [link for link in self.graph.links(*pair) if step is None or link.step == step]
            for pair, step in zip(pairwise(chain), pattern, strict=True)
        ]
        links = min(islice(product(*options), _MANY_COMBINATIONS), key=_plainness)
        return KnowledgePath(
            entities=tuple(self.graph.entity_ids[node] for node in chain),
            relations=tuple(link.relation for link in links),
        )


class _Walk:
    """All chains of nodes that a pattern leads along to any of the targets. `barred` are no stops on the way."""

    def __init__(self, finder: PathFinder, pattern: tuple[str | None, ...], targets: Nodes, *, barred: Nodes) -> None:
        self._finder = finder
        self._pattern = pattern
        self._steps_left = finder.limits.max_steps
        shut = barred if finder.limits.max_hubs else barred | finder.hubs
        reach = [targets]  # reach[i]: nodes from which i more steps lead to a target
        for step in pattern[:0:-1]:
            back = (self._neighbours(node, _turned(step)) for node in reach[-1])
            reach.append(frozenset().union(*back) - shut)
        self._reach = reach[::-1]

    def from_(self, source: int) -> Iterator[tuple[int, ...]]:
        """Yield the chains from a source, in ascending order of their nodes."""
        yield from self._extend((source,), self._finder.limits.max_hubs)

    def _extend(self, chain: tuple[int, ...], hubs_left: int) -> Iterator[tuple[int, ...]]:
        depth = len(chain) - 1
        if depth == len(self._pattern):
            yield chain
            return
        for node in sorted(self._neighbours(chain[-1], self._pattern[depth]) & self._reach[depth]):
            if self._steps_left <= 0:
                return
            self._steps_left -= 1
            is_hub = node in self._finder.hubs
            if node not in chain and (hubs_left or not is_hub):
                yield from self._extend((*chain, node), hubs_left - is_hub)

    def _neighbours(self, node: int, step: str | None) -> Nodes:
        graph = self._finder.graph
        return graph.neighbours(node) if step is None else graph.neighbours_by(node, step)


def _turned(step: str | None) -> str | None:
    """Return a step walked the other way."""
    return None if step is None else (step[1:] if step.startswith("^") else f"^{step}")


def _plainness(links: Sequence[Link]) -> tuple[int, tuple[tuple[bool, str], ...]]:
    return len({link.relation for link in links}), tuple((link.is_inverse, link.relation) for link in links)
