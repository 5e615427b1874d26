"""A catalogue as arrays: which items a request may get, and the best of them. Not here: how items are scored."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from engine.datasets.schema import Dataset
from engine.errors import PlanError
from engine.records import Constraints, Request


class Catalogue:
    """All items of a dataset, in catalogue order; every array here has the shape `(n_items,)`."""

    def __init__(self, dataset: Dataset) -> None:
        items = list(dataset.items_by_id.values())
        self.item_ids = dataset.item_ids
        self.titles = tuple(item.title for item in items)
        self.index = {item_id: row for row, item_id in enumerate(self.item_ids)}
        by_id = sorted(range(len(items)), key=lambda row: self.item_ids[row])
        self._id_order = np.empty(len(items), dtype=np.int64)
        self._id_order[by_id] = np.arange(len(items))
        self._domains = np.array([item.domain for item in items], dtype=object)
        self._prices = np.array([np.inf if item.price is None else item.price for item in items], dtype=float)
        self._in_stock = np.array([item.in_stock is True for item in items], dtype=bool)
        self._ages = np.array([np.inf if item.age_rating is None else item.age_rating for item in items], dtype=float)

    def rows(self, item_ids: Iterable[str]) -> NDArray[np.int64]:
        """Return the rows of the ids that are in the catalogue, in order."""
        return np.array([self.index[item] for item in item_ids if item in self.index], dtype=np.int64)

    def known_rows(self, item_ids: Iterable[str]) -> NDArray[np.int64]:
        """Return the rows of the ids, in order.

        Raises:
            PlanError: one of them is not in the catalogue.
        """
        wanted = list(item_ids)
        missing = [item_id for item_id in wanted if item_id not in self.index]
        if missing:
            raise PlanError(f"Item {missing[0]!r} is not in the catalogue, so that it has no score.")
        return self.rows(wanted)

    def satisfying(self, constraints: Constraints) -> NDArray[np.bool_]:
        """Tell which items satisfy all constraints; a value that is not known satisfies none."""
        mask = np.ones(len(self.item_ids), dtype=bool)
        if constraints.domains:
            mask &= np.isin(self._domains, constraints.domains)
        if constraints.max_price is not None:
            mask &= self._prices <= constraints.max_price
        if constraints.in_stock_only:
            mask &= self._in_stock
        if constraints.max_age_rating is not None:
            mask &= self._ages <= constraints.max_age_rating
        return mask

    def eligible(self, request: Request, *, allow_repeats: bool) -> NDArray[np.bool_]:
        """Tell which items may answer the request: candidates only, constraints kept, nothing consumed before."""
        mask = self.satisfying(request.constraints)
        if request.candidates is not None:
            wanted = np.zeros(len(mask), dtype=bool)
            wanted[self.rows(request.candidates)] = True
            mask &= wanted
        if not allow_repeats:
            mask[self.rows(entry.item_id for entry in request.history)] = False
            mask[self.rows(request.withheld)] = False
        return mask

    def best(self, scores: NDArray, eligible: NDArray[np.bool_], k: int) -> NDArray[np.int64]:
        """Return the rows of the `k` highest scores among the eligible, highest first, equal scores by item id."""
        rows = np.flatnonzero(eligible)
        if k < len(rows):
            threshold = np.partition(scores[rows], len(rows) - k)[len(rows) - k]
            rows = rows[scores[rows] >= threshold]
        order = np.lexsort((self._id_order[rows], -scores[rows]))
        return rows[order[:k]]
