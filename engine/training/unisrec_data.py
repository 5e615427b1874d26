"""Sequences of item rows in time order, and the batches that UniSRec is fitted on. Not here: text vectors, losses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_BATCHES_SORTED = 8  # batches among which stretches are sorted by length
PAD = 0  # any valid row: what stands at a padded place is never looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowBatch:
    """Stretches of sequences with the next item of every place; shapes `(B, T)`, `real` False at padded places."""

    rows: NDArray[np.int64]
    targets: NDArray[np.int64]
    real: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortened:
    """Stretches with items left out, padded on the right; shapes `(B, T)`.

    `places`: for each place of the whole stretch, where what is left of the sequence up to it ends.
    """

    rows: NDArray[np.int64]
    places: NDArray[np.int64]


def sequences(interactions: pd.DataFrame, index: Mapping[str, int], *, first_row: int = 0) -> list[NDArray[np.int64]]:
    """Return each user's item rows in time order, users in order of their ids; rows count from `first_row`."""
    ordered = interactions.sort_values(["user_id", "position"], kind="stable")
    rows = np.array([index[item] for item in ordered["item_id"]], dtype=np.int64) + first_row
    starts = np.flatnonzero(~ordered["user_id"].duplicated().to_numpy())
    return np.split(rows, starts[1:]) if len(rows) else []


def without_last(interactions: pd.DataFrame, target: pd.DataFrame) -> pd.DataFrame:
    """Leave out what is each user's last interaction in `target`: validation must not have been pre-trained on."""
    last = target.sort_values("position", kind="stable").drop_duplicates("user_id", keep="last")
    asked = set(zip(last["user_id"], last["item_id"], strict=True))
    pairs = zip(interactions["user_id"], interactions["item_id"], strict=True)
    return interactions.loc[[pair not in asked for pair in pairs]]


def window_batches(
    histories: Sequence[NDArray[np.int64]], *, max_length: int, batch_size: int, random: np.random.Generator
) -> Iterator[WindowBatch]:
    """Cut every sequence into stretches of at most `max_length` places, at random points, in random order.

    Stretches of like length share a batch, so that little is computed for padding.
    """
    windows = [window for history in histories for window in _windows(history, max_length, random)]
    order = random.permutation(len(windows))
    lengths = np.array([len(window) - 1 for window in windows], dtype=np.int64)
    pool = batch_size * _BATCHES_SORTED
    pools = [order[start : start + pool] for start in range(0, len(order), pool)]
    by_length = np.concatenate([part[np.argsort(lengths[part], kind="stable")] for part in pools]) if pools else order
    for start in random.permutation(np.arange(0, len(windows), batch_size)):
        chosen = [windows[i] for i in by_length[start : start + batch_size]]
        real = padded([np.ones(len(window) - 1, dtype=np.int64) for window in chosen]).astype(bool)
        rows, targets = padded([window[:-1] for window in chosen]), padded([window[1:] for window in chosen])
        yield WindowBatch(rows=rows, targets=targets, real=real)


def item_drop(batch: WindowBatch, *, share: float, random: np.random.Generator) -> Shortened:
    """Leave out each item with probability `share`, the first of a stretch never."""
    keep = (random.random(batch.rows.shape) >= share) & batch.real
    keep[:, 0] = True
    places = np.cumsum(keep, axis=1) - 1
    rows = np.full(batch.rows.shape, PAD, dtype=np.int64)
    stretch, place = np.nonzero(keep)
    rows[stretch, places[stretch, place]] = batch.rows[stretch, place]
    return Shortened(rows=rows, places=places)


def padded(pasts: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Return the sequences as one array, shape `(B, longest)`, padded on the right."""
    width = max(len(past) for past in pasts)
    rows = np.full((len(pasts), width), PAD, dtype=np.int64)
    for number, past in enumerate(pasts):
        rows[number, : len(past)] = past
    return rows


def _windows(history: NDArray[np.int64], max_length: int, random: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Cut one sequence; neighbours share an item, so that every item but the first is a target exactly once."""
    start = 0
    stop = len(history) if len(history) <= max_length + 1 else int(random.integers(2, max_length + 2))
    while stop - start > 1:
        yield history[start:stop]
        start, stop = stop - 1, min(stop + max_length, len(history))
