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
from scipy.linalg import lstsq
from scipy.sparse import csr_array

Members = NDArray[np.bool_]  # (n_cells,)
_TARGETS_AT_A_TIME = 256


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
    nesting = _Nesting.of(groups, owner, totals, counts)
    while True:
        more = nesting.nested(hidden, len(totals), min_people)
        if not more.any():
            more = nesting.pooled(sizes, hidden, len(totals), min_people)
        if not more.any():
            more = _recoverable(groups, sizes, hidden, small, totals)
        if not more.any():
            return [hidden[owner == index] for index in range(len(partitions))]
        hidden = hidden | more


@dataclass(frozen=True, slots=True, kw_only=True)
class _Nesting:
    """Which group lies within which parent: the totals and then the groups. A pair of them each, by parent and owner.

    A bundle is what lies in one parent of one partition. Where its groups are all people of the parent, it fills it.
    """

    parents: NDArray[np.int64]  # (n_pairs,)
    children: NDArray[np.int64]  # (n_pairs,)
    is_same: Members  # (n_pairs,): the two have the same cells
    left_out: NDArray[np.int64]  # people of the parent who are not in the child, (n_pairs,)
    bundles: NDArray[np.int64]  # (n_pairs,)
    parents_of_bundles: NDArray[np.int64]  # (n_bundles,)
    is_filled: Members  # (n_bundles,)

    @classmethod
    def of(cls, groups: Members, owner: NDArray[np.int64], totals: Members, counts: NDArray[np.int64]) -> _Nesting:
        """Find the pairs by the cells that groups share: each cell is in few groups, so that these are few too."""
        wholes = np.concatenate([totals, groups])
        inside, around = csr_array(groups, dtype=np.int64), csr_array(wholes, dtype=np.int64)
        shared = (inside @ around.T).tocoo()  # cells in both
        children, parents = (places.astype(np.int64) for places in shared.coords)
        n_cells, n_cells_around = groups.sum(axis=1), wholes.sum(axis=1)
        lies_in = shared.data == n_cells[children]
        children, parents = children[lies_in], parents[lies_in]
        order = np.lexsort((children, owner[children], parents))
        children, parents = children[order], parents[order]
        sizes, sizes_around = groups @ counts, wholes @ counts
        n_owners = int(owner.max(initial=0)) + 1
        keys, bundles = np.unique(parents * n_owners + owner[children], return_inverse=True)
        parents_of_bundles = keys // n_owners
        return cls(
            parents=parents,
            children=children,
            is_same=n_cells[children] == n_cells_around[parents],
            left_out=sizes_around[parents] - sizes[children],
            bundles=bundles,
            parents_of_bundles=parents_of_bundles,
            is_filled=_summed(bundles, sizes[children], len(keys)) == sizes_around[parents_of_bundles],
        )

    def nested(self, hidden: Members, n_totals: int, min_people: int) -> Members:
        """Return the shown groups that leave out too few people of something else that is shown."""
        is_shown = np.concatenate([np.ones(n_totals, dtype=bool), ~hidden])
        is_few = (self.left_out > 0) & (self.left_out < min_people)
        more = np.zeros_like(hidden)
        more[self.children[is_few & is_shown[self.parents] & ~hidden[self.children]]] = True
        return more

    def pooled(self, sizes: NDArray[np.int64], hidden: Members, n_totals: int, min_people: int) -> Members:
        """Return one more group to hide where the hidden groups that help to fill something shown are too few people.

        It is the smallest of the first such bundle.
        """
        is_shown = np.concatenate([np.ones(n_totals, dtype=bool), ~hidden])
        n_bundles = len(self.parents_of_bundles)
        can_help = ~hidden[self.children] & ~self.is_same
        pools = _summed(self.bundles, np.where(hidden, sizes, 0)[self.children], n_bundles)
        helpers = _summed(self.bundles, can_help, n_bundles)
        is_open = self.is_filled & is_shown[self.parents_of_bundles] & (pools > 0) & (pools < min_people)
        found = np.flatnonzero(is_open & (helpers > 0))
        more = np.zeros_like(hidden)
        if len(found):
            helping = self.children[(self.bundles == found[0]) & can_help]
            more[helping[np.argmin(sizes[helping])]] = True
        return more


def _summed(places: NDArray[np.int64], numbers: NDArray, n: int) -> NDArray[np.int64]:
    return np.bincount(places, weights=numbers, minlength=n).astype(np.int64)  # exact: counts of people


def _recoverable(
    groups: Members, sizes: NDArray[np.int64], hidden: Members, small: Members, totals: Members
) -> Members:
    """Return one more group to hide for each hidden small group that is a linear combination of what is shown."""
    more = np.zeros_like(hidden)
    shown = np.flatnonzero(~hidden)
    targets = np.flatnonzero(hidden & small)
    if not len(targets) or not len(shown):
        return more
    known = np.concatenate([groups[shown], totals])  # (n_known, n_cells)
    batches = [groups[targets[at : at + _TARGETS_AT_A_TIME]] for at in range(0, len(targets), _TARGETS_AT_A_TIME)]
    usable = np.concatenate([_usable(known, wanted) for wanted in batches], axis=1)  # (n_known, n_targets)
    used, left = usable.any(axis=1), targets[usable.any(axis=0)]
    if not len(left):
        return more
    system, goals = known[used].T.astype(float), groups[left].T.astype(float)
    weights = np.zeros((len(known), len(left)))
    # a rank by pivoting, where the entries are 0 and 1, and several times faster than by singular values
    solved = lstsq(system, goals, cond=1e-10, lapack_driver="gelsy", check_finite=False)
    weights[used] = solved[0]  # pyright: ignore[reportOptionalSubscript]
    missed = np.abs(system @ weights[used] - goals).max(axis=0)
    for column in np.flatnonzero(missed < 1e-6):
        helping = shown[np.abs(weights[: len(shown), column]) > 1e-6]
        if len(helping):
            more[helping[np.argmin(sizes[helping])]] = True
    return more


def _usable(known: Members, wanted: Members) -> Members:
    """Return which known sums can have a weight in a combination that gives each wanted one, (n_known, n_targets).

    One that alone covers a cell outside of what is wanted has none, and then others may be alone. Where a cell of what
    is wanted is not covered any more, nothing can give it. It only spares work: what is left has to be solved.
    """
    rows = csr_array(known, dtype=np.int32)
    usable = np.ones((len(known), len(wanted)), dtype=bool)
    while True:
        covered = rows.T @ usable.astype(np.int32)  # times that a cell is, (n_cells, n_targets)
        usable &= ~((wanted.T & (covered == 0)).any(axis=0))
        alone = (covered == 1) & ~wanted.T
        without = usable & (rows @ alone.astype(np.int32) > 0)
        if not without.any():
            return usable
        usable &= ~without
