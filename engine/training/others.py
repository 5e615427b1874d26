"""What others with the same history chose, one user left out: the candidates that a judge meets at run time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

SHRINKAGE, HALF_LIFE = 10.0, 5.0  # item-kNN's defaults


@dataclass(frozen=True)
class OthersChoices:
    """Counts of who met what together, dense: for catalogues of a few thousand items.

    `ItemNeighbours` cannot serve here: a user's later choices are in its counts, and would lift exactly the answers
    that an example asks for. At run time nothing of the sort is known, so the user's own part is taken out.
    """

    item_ids: tuple[str, ...]
    index: Mapping[str, int]
    together: NDArray[np.float32]  # users who met both, shape (n_items, n_items)

    @classmethod
    def fit(cls, item_ids: Sequence[str], sequences: Sequence[Sequence[str]]) -> OthersChoices:
        """Count the pairs within the sequences, one a user."""
        index = {item: row for row, item in enumerate(item_ids)}
        columns = [np.unique([index[item] for item in sequence]) for sequence in sequences]
        lengths = np.cumsum([0, *map(len, columns)])
        flat = np.concatenate(columns) if columns else np.zeros(0, dtype=np.int64)
        met = sparse.csr_array((np.ones(len(flat), np.float32), flat, lengths), shape=(len(columns), len(item_ids)))
        return cls(tuple(item_ids), index, (met.T @ met).toarray())

    def best(self, history: Sequence[str], met: Sequence[str], n: int) -> list[str]:
        """Return at most `n` items with a score above 0, best first, none of `history`.

        `met` is all that the user ever met: what those entries owe to the user alone is taken out of the counts.
        """
        rows = np.array([self.index[item] for item in history], dtype=np.int64)
        own = np.array([self.index[item] for item in met], dtype=np.int64)
        counts = self.together[rows]
        counts[:, own] -= 1
        n_users = self.together.diagonal()
        cosines = counts / (np.sqrt(n_users[rows, None] * n_users) + SHRINKAGE)
        scores = 0.5 ** (np.arange(len(rows))[::-1] / HALF_LIFE) @ cosines
        scores[rows] = 0
        order = np.argsort(-scores, kind="stable")[:n]
        return [self.item_ids[row] for row in order if scores[row] > 1e-9]
