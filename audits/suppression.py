"""Which groups must not be shown, so that no number of a handful of people can be read or worked out. Counts only.

A group's count and sum are sums over the cells of the finest cross-table. What is shown therefore gives away every sum
that is a linear combination of shown ones: not only "overall minus the other groups", but also "all women minus the
women of the other age bands".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Members = NDArray[np.bool_]  # (n_cells,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """Groups of one breakdown, as rows of cells (n_groups, n_cells): no cell is in two groups."""

    groups: Members


def large_groups(sizes: Mapping[str, int], min_people: int) -> set[str]:
    """Return the groups of one attribute that may be told apart: at least `min_people` people each.

    Where the others are together fewer than that, the smallest large group is left out with them, so that nobody learns
    their number by subtraction.
    """
    ordered = sorted(sizes, key=lambda group: (sizes[group], group))
    n_left_out = 0
    for place, group in enumerate(ordered):
        if sizes[group] >= min_people and not 0 < n_left_out < min_people:
            return set(ordered[place:])
        n_left_out += sizes[group]
    return set()


def suppressed_groups(
    partitions: list[Partition], totals: Members, counts: NDArray[np.int64], min_people: int
) -> list[NDArray[np.bool_]]:
    """Return for each partition which of its groups must be hidden, (n_groups,).

    First those with fewer than `min_people` people. Then, as long as something hidden can be worked out, the smallest
    group that helps in it: until no hidden small group is a linear combination of what is shown, until within
    everything shown the hidden groups of each partition are together at least `min_people` people, and until nothing
    shown lies within something shown of which it leaves out fewer.

    Args:
        partitions: the breakdowns that are shown together.
        totals: sums that are shown in any case (overall, or one a control level), (n_totals, n_cells).
        counts: people in each cell, (n_cells,).
        min_people: the least number of people that may be shown.
    """
    groups = np.concatenate([partition.groups for partition in partitions]) if partitions else totals[:0]
    owner = np.repeat(np.arange(len(partitions)), [len(partition.groups) for partition in partitions])
    sizes = groups @ counts
    small = (sizes < min_people) & (sizes > 0)
    hidden = sizes < min_people
    while True:
        more = _nested(groups, sizes, hidden, totals, counts, min_people)
        if not more.any():
            more = _pooled(groups, owner, sizes, hidden, totals, counts, min_people)
        if not more.any():
            more = _recoverable(groups, sizes, hidden, small, totals)
        if not more.any():
            return [hidden[owner == index] for index in range(len(partitions))]
        hidden = hidden | more


def _pooled(
    groups: Members,
    owner: NDArray[np.int64],
    sizes: NDArray[np.int64],
    hidden: Members,
    totals: Members,
    counts: NDArray[np.int64],
    min_people: int,
) -> Members:
    """Return one more group to hide wherever the hidden groups inside something shown are too few people."""
    more = np.zeros_like(hidden)
    for parent in np.concatenate([totals, groups[~hidden]]):
        inside = (groups & ~parent).sum(axis=1) == 0  # every cell of the group lies in the parent
        for index in np.unique(owner):
            children = inside & (owner == index)
            together = groups[children].any(axis=0)
            if (counts[parent & ~together] > 0).any():
                continue  # the parent is not made up of these groups
            pool = int(sizes[children & hidden].sum())
            shown = np.flatnonzero(children & ~hidden & ~_same(groups, parent))
            if 0 < pool < min_people and len(shown):
                more[shown[np.argmin(sizes[shown])]] = True
                return more
    return more


def _nested(
    groups: Members,
    sizes: NDArray[np.int64],
    hidden: Members,
    totals: Members,
    counts: NDArray[np.int64],
    min_people: int,
) -> Members:
    """Return the shown groups that leave out too few people of something else that is shown."""
    more = np.zeros_like(hidden)
    for parent in np.concatenate([totals, groups[~hidden]]):
        inside = (groups & ~parent).sum(axis=1) == 0
        left_out = int(counts[parent].sum()) - sizes
        more |= inside & ~hidden & (left_out > 0) & (left_out < min_people)
    return more


def _recoverable(
    groups: Members, sizes: NDArray[np.int64], hidden: Members, small: Members, totals: Members
) -> Members:
    """Return one more group to hide for each hidden small group that is a linear combination of what is shown."""
    more = np.zeros_like(hidden)
    targets = np.flatnonzero(hidden & small)
    shown = np.flatnonzero(~hidden)
    if not len(targets) or not len(shown):
        return more
    known = np.concatenate([groups[shown], totals]).astype(float)  # (n_known, n_cells)
    wanted = groups[targets].astype(float)
    weights = np.linalg.lstsq(known.T, wanted.T, rcond=None)[0]  # (n_known, n_targets)
    missed = np.abs(known.T @ weights - wanted.T).max(axis=0)
    for column in np.flatnonzero(missed < 1e-6):
        helping = shown[np.abs(weights[: len(shown), column]) > 1e-6]
        if len(helping):
            more[helping[np.argmin(sizes[helping])]] = True
    return more


def _same(groups: Members, parent: Members) -> Members:
    return (groups == parent).all(axis=1)
