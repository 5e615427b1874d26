"""Sequences of item rows in time order, and the batches that UniSRec is fitted on. Not here: text vectors, losses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

PAD = 0  # any valid row: what stands at a padded place is never looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefixBatch:
    """Sequences that each end before a next item.

    `rows`: shape `(B, T)`, padded on the right; `lengths` and `targets`: shape `(B,)`.
    """

    rows: NDArray[np.int64]
    lengths: NDArray[np.int64]
    targets: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowBatch:
    """Stretches of sequences with the next item of every place; shapes `(B, T)`, `real` False at padded places."""

    rows: NDArray[np.int64]
    targets: NDArray[np.int64]
    real: NDArray[np.bool_]


def sequences(interactions: pd.DataFrame, index: Mapping[str, int], *, first_row: int = 0) -> list[NDArray[np.int64]]:
    """Return each user's item rows in time order, users in order of their ids; rows count from `first_row`."""
    ordered = interactions.sort_values(["user_id", "position"], kind="stable")
    rows = np.array([index[item] for item in ordered["item_id"]], dtype=np.int64) + first_row
    starts = np.flatnonzero(~ordered["user_id"].duplicated().to_numpy())
    return np.split(rows, starts[1:]) if len(rows) else []


def prefix_batches(
    histories: Sequence[NDArray[np.int64]], *, max_length: int, batch_size: int, random: np.random.Generator
) -> Iterator[PrefixBatch]:
    """Go once over every item that follows others, in random order, with the items before it.

    A last batch of one is left out: in-batch negatives need two.
    """
    owners = np.concatenate([np.full(len(history) - 1, number) for number, history in enumerate(histories)])
    ends = np.concatenate([np.arange(1, len(history)) for history in histories])
    order = random.permutation(len(owners))
    for start in range(0, len(order), batch_size):
        chosen = order[start : start + batch_size]
        if len(chosen) < 2:
            return
        places = [(histories[int(owners[i])], int(ends[i])) for i in chosen]
        pasts = [history[max(0, end - max_length) : end] for history, end in places]
        targets = np.array([history[end] for history, end in places])
        yield PrefixBatch(rows=padded(pasts), lengths=np.array([len(past) for past in pasts]), targets=targets)


def n_prefix_batches(histories: Sequence[NDArray[np.int64]], batch_size: int) -> int:
    """Return how many batches `prefix_batches` gives at most."""
    return -(-sum(len(history) - 1 for history in histories) // batch_size)


def window_batches(
    histories: Sequence[NDArray[np.int64]], *, max_length: int, batch_size: int, random: np.random.Generator
) -> Iterator[WindowBatch]:
    """Cut every sequence into stretches of at most `max_length` places, at random points, in random order."""
    windows = [window for history in histories for window in _windows(history, max_length, random)]
    order = random.permutation(len(windows))
    for start in range(0, len(order), batch_size):
        chosen = [windows[i] for i in order[start : start + batch_size]]
        lengths = np.array([len(window) - 1 for window in chosen])
        real = np.arange(lengths.max())[None, :] < lengths[:, None]
        rows, targets = padded([window[:-1] for window in chosen]), padded([window[1:] for window in chosen])
        yield WindowBatch(rows=rows, targets=targets, real=real)


def item_drop(batch: PrefixBatch, *, share: float, random: np.random.Generator) -> PrefixBatch:
    """Leave out each item with probability `share`, the first never."""
    keep = random.random(batch.rows.shape) >= share
    keep[:, 0] = True
    pasts = [row[:length][kept[:length]] for row, length, kept in zip(batch.rows, batch.lengths, keep, strict=True)]
    return PrefixBatch(rows=padded(pasts), lengths=np.array([len(past) for past in pasts]), targets=batch.targets)


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
