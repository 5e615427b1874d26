"""Lists against what is held out: targets, NDCG, and what became of every place. Not here: who made the lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.datasets.schema import Dataset
from engine.training.corpus import LIST_LENGTH


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceShares:
    """What became of the places that were asked for; the shares sum to 1.

    An item that was consumed before and stands twice counts as already consumed the first time, as a duplicate after.
    """

    delivered: float
    duplicate: float
    already_consumed: float
    invented: float
    missing: float


def place_shares(
    lists: Sequence[Sequence[str | None]], histories: Sequence[set[str]], k: int = LIST_LENGTH
) -> PlaceShares:
    """Count the outcomes of `k` places a list; None is a title that is in no catalogue."""
    counts = dict.fromkeys(("delivered", "duplicate", "already_consumed", "invented", "missing"), 0)
    for listed, history in zip(lists, histories, strict=True):
        seen: set[str] = set()
        for item in listed[:k]:
            if item is None:
                counts["invented"] += 1
                continue
            outcome = "duplicate" if item in seen else "already_consumed" if item in history else "delivered"
            counts[outcome] += 1
            seen.add(item)
        counts["missing"] += max(0, k - len(listed))
    n_places = k * len(lists)
    return PlaceShares(**{name: count / n_places if n_places else 0.0 for name, count in counts.items()})


def targets_of(dataset: Dataset, n_history: Mapping[str, int]) -> dict[str, set[str]]:
    """Return what is held out for each user, given how many interactions are not."""
    held_out: dict[str, set[str]] = {user_id: set() for user_id in n_history}
    rows = dataset.interactions
    for user_id, item_id, position in zip(rows["user_id"], rows["item_id"], rows["position"], strict=True):
        if position >= n_history.get(user_id, position + 1):
            held_out[user_id].add(item_id)
    return held_out


def ndcg(listed: Sequence[str | None], targets: set[str], k: int = LIST_LENGTH) -> float:
    """Return binary NDCG@k with strict ranks: an invented title keeps its place, a repeated one counts once."""
    gains, seen = 0.0, set()
    for rank, item in enumerate(listed[:k], start=1):
        if item in targets and item not in seen:
            gains += 1 / np.log2(rank + 1)
            seen.add(item)
    ideal = sum(1 / np.log2(rank + 1) for rank in range(1, min(k, len(targets)) + 1))
    return float(gains / ideal) if ideal else 0.0
