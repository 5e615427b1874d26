"""A trie over token sequences, held as one sorted matrix: nodes are row intervals, so that 50,000 titles stay cheap.

Not here: what a constraint does with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """The sequences `low <= row < high` (in sorted order), which share their first `depth` tokens."""

    low: int
    high: int
    depth: int


class TokenTrie:
    """Sequences in lexicographic order. `option_of[row]` is the position that the sequence had in the input."""

    def __init__(self, sequences: Sequence[Sequence[int]]) -> None:
        order = sorted(range(len(sequences)), key=lambda option: tuple(sequences[option]))
        longest = max((len(sequence) for sequence in sequences), default=0)
        # One column more than the longest sequence, so that every sequence ends in at least one -1, which sorts first.
        self.tokens: NDArray[np.int32] = np.full((len(order), longest + 1), -1, dtype=np.int32)  # (n, longest + 1)
        for row, option in enumerate(order):
            self.tokens[row, : len(sequences[option])] = sequences[option]
        self.option_of: NDArray[np.int64] = np.asarray(order, dtype=np.int64)  # (n,)

    def __len__(self) -> int:
        return len(self.option_of)

    @property
    def root(self) -> Node:
        """The node that holds every sequence."""
        return Node(low=0, high=len(self), depth=0)

    def ending(self, node: Node) -> tuple[int, int]:
        """Return the row interval of the sequences that end at this node (empty: none does)."""
        column = self.tokens[node.low : node.high, node.depth]
        return node.low, node.low + int(np.searchsorted(column, 0))

    def next_tokens(self, node: Node, open_before: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the tokens that lead to a sequence that is still open.

        Args:
            node: where the walk stands.
            open_before: shape `(n + 1,)`, the number of open sequences before each row.
        """
        _, first = self.ending(node)
        column = self.tokens[first : node.high, node.depth]
        if not len(column):
            return np.empty(0, dtype=np.int64)
        starts = np.concatenate(([0], np.flatnonzero(np.diff(column)) + 1))
        bounds = np.append(starts, len(column)) + first
        is_open = open_before[bounds[1:]] > open_before[bounds[:-1]]
        return column[starts[is_open]].astype(np.int64)

    def descend(self, node: Node, token: int) -> Node:
        """Return the child under a token; an empty interval where no sequence goes on with it."""
        column = self.tokens[node.low : node.high, node.depth]
        low, high = np.searchsorted(column, [token, token + 1])
        return Node(low=node.low + int(low), high=node.low + int(high), depth=node.depth + 1)
