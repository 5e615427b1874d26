"""Sums over lists, histories and training, worked out in arrays: the rows of the queries that name these functions.

Each takes evidence, which query plays which part, and parameters; a test holds it to its query. Not here: metrics.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from audits.evidence import Evidence
from audits.kernels.lists import ListArrays, in_chunks, read_histories, read_lists
from audits.queries import Parameter

_MOST_KEYS = 4  # a row, before keys are sorted instead of counted

Roles = Mapping[str, str]
Parameters = Mapping[str, Parameter]


@dataclass(frozen=True, slots=True, kw_only=True)
class Popularity:
    """What training says of each item of each run; item i of run r stands at r * n_items + i, both from 0.

    Arrays are (n_runs * n_items,). Nothing is known of a run without training: all is 0 there.
    """

    n_items: int
    known: NDArray[np.bool_]
    n_interactions: NDArray[np.float64]
    n_users: NDArray[np.float64]
    n_training_users: NDArray[np.float64]
    in_tail: NDArray[np.float64]

    @property
    def sums(self) -> NDArray[np.float64]:
        """What is summed up over a list, (n_runs * n_items, 6); the last is information in bits, 0 without any."""
        informed = self.n_users > 0
        shares = self.n_training_users / np.maximum(self.n_users, 1)
        information = np.log2(shares, out=np.zeros(len(self.known)), where=informed)
        cold = self.known & ~informed
        columns = (self.known, self.n_interactions, self.in_tail, cold, informed, information)
        sums = np.empty((len(self.known), len(columns)))
        for place, column in enumerate(columns):
            sums[:, place] = column
        return sums

    def places(self, runs: NDArray[np.int32], items: NDArray[np.int32]) -> NDArray[np.int64] | NDArray[np.int32]:
        """Return where items of runs stand, (n,), both (n,) and from 0."""
        return runs.astype(np.int64) * self.n_items + items if runs.any() else items


def list_sums(evidence: Evidence, using: Roles, parameters: Parameters) -> pa.Table:
    """Return sums over each list that holds anything; see `list_sums.sql`."""
    lists, popular = read_lists(evidence, using, parameters), _popularity(evidence, using, parameters)
    counts, discounts, values = np.diff(lists.starts), _discounts(lists), popular.sums
    places = popular.places(np.repeat(_runs(evidence, using, parameters), counts), lists.items)

    def of_some(some: slice) -> NDArray[np.float64]:  # (n_requests, 7)
        starts = lists.starts[some.start : some.stop + 1]
        inside, first = slice(starts[0], starts[-1]), starts - starts[0]
        rows = sparse.csr_array((np.ones(int(first[-1])), places[inside], first), shape=(len(first) - 1, len(values)))
        filled = counts[some] > 0
        exposure = np.zeros(len(filled))
        exposure[filled] = np.add.reduceat(discounts[lists.ranks[inside]], first[:-1][filled]) if filled.any() else 0.0
        return np.column_stack((rows @ values, exposure))

    sums = in_chunks(lists, of_some).reshape(-1, values.shape[1] + 1)[counts > 0]
    judged, informed = sums[:, 0] > 0, sums[:, 4] > 0
    return pa.table(
        {
            "request_no": _numbers(np.flatnonzero(counts)),
            "n_delivered": counts[counts > 0],
            "n_judged": sums[:, 0].astype(np.int64),
            "popularity_sum": pa.array(sums[:, 1], mask=~judged),
            "n_tail": pa.array(sums[:, 2], mask=~judged),
            "n_cold": pa.array(sums[:, 3], mask=~judged),
            "information_sum": pa.array(sums[:, 5], mask=~informed),
            "exposure": sums[:, 6],
        }
    )


def item_exposure(evidence: Evidence, using: Roles, parameters: Parameters) -> pa.Table:
    """Return deliveries and exposure of each item that was delivered; see `item_exposure.sql`."""
    lists, runs = read_lists(evidence, using, parameters), _runs(evidence, using, parameters)
    of_slots = np.repeat(runs, np.diff(lists.starts))
    found, counts, exposure = _by_key(of_slots, lists.items, _discounts(lists)[lists.ranks])
    return pa.table(
        {
            "run_no": _numbers(found[0]),
            "item_no": _numbers(found[1]),
            "n_delivered": counts,
            "exposure": exposure,
        }
    )


def profile_popularity(evidence: Evidence, using: Roles, parameters: Parameters) -> pa.Table:
    """Return the mean popularity of each history; see `profile_popularity.sql`."""
    requests, items = read_histories(evidence, using, parameters)
    popular = _popularity(evidence, using, parameters)
    places = popular.places(_runs(evidence, using, parameters)[requests], items)
    known = popular.known[places]
    requests, places = requests[known], places[known]
    counts, sums = np.bincount(requests), np.bincount(requests, weights=popular.n_interactions[places])
    filled = np.flatnonzero(counts)
    return pa.table({"request_no": _numbers(filled), "profile_popularity": sums[filled] / counts[filled]})


def group_items(evidence: Evidence, using: Roles, parameters: Parameters) -> pa.Table:
    """Return what each group of users had and was given of each item; see `group_items.sql`."""
    lists = read_lists(evidence, using, parameters)
    requests, items = read_histories(evidence, using, parameters)
    rows = evidence.table("group_numbers", using=using, **parameters)
    run_nos, request_nos, group_nos = (rows[name].to_numpy() for name in ("run_no", "request_no", "group_no"))
    groups = np.full(len(lists), -1, dtype=np.int32)
    groups[request_nos - 1] = group_nos - 1
    runs = np.zeros(int(group_nos.max(initial=0)), dtype=np.int32)
    runs[group_nos - 1] = run_nos
    of_slots, of_past = np.repeat(groups, np.diff(lists.starts)), groups[requests]
    discounts = _discounts(lists)[lists.ranks]
    listed, n_listed, exposure = _by_key(of_slots, lists.items, discounts)
    had, n_had, nothing = _by_key(of_past, items, np.zeros(len(items)))
    found = np.concatenate((listed, had), axis=1)
    return pa.table(
        {
            "run_no": runs[found[0]],
            "group_no": _numbers(found[0]),
            "item_no": _numbers(found[1]),
            "n_had": np.concatenate((np.zeros_like(n_listed), n_had)),
            "n_listed": np.concatenate((n_listed, np.zeros_like(n_had))),
            "exposure": np.concatenate((exposure, nothing)),
        }
    )


def training_counts(evidence: Evidence, using: Roles, parameters: Parameters) -> pa.Table:
    """Return how often each item was trained on, and by how many users; see `training_counts.sql`."""
    columns = ("run_no", "item_no", "n_interactions", "n_users")
    counted = []
    for run_id in evidence.run_ids:  # one at a time: what runs learn from is far more than what is counted
        rows = evidence.table("training_rows", using=using, **{**parameters, "run_ids": (run_id,)})
        rows = rows.filter(rows["item_no"].is_valid())
        runs, items = (rows[name].to_numpy() - np.int32(1) for name in ("run_no", "item_no"))
        found, n_interactions, n_users = _with_holders(runs, items, rows["user_number"].to_numpy())
        values = (_numbers(found[0]), _numbers(found[1]), n_interactions, n_users)
        counted.append(pa.table(dict(zip(columns, values, strict=True))))
    return pa.concat_tables(counted)


def item_holders(evidence: Evidence, using: Roles, parameters: Parameters) -> pa.Table:
    """Return how many requests' users had each item; see `item_holders.sql`."""
    requests, items = read_histories(evidence, using, parameters)
    found, _, n_had = _with_holders(_runs(evidence, using, parameters)[requests], items, requests)
    return pa.table({"run_no": _numbers(found[0]), "item_no": _numbers(found[1]), "n_had": n_had})


def _by_key(
    groups: NDArray[np.int32], items: NDArray[np.int32], weights: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return each pair of group and item that there is, (2, n_pairs), its number of rows, and their weights summed.

    Rows are (n_rows,) each; groups and items count from 0, and -1 is no group.
    """
    if groups.min(initial=0) < 0:
        inside = groups >= 0
        groups, items, weights = groups[inside], items[inside], weights[inside]
    n_items = int(items.max(initial=-1)) + 1
    keys = groups.astype(np.int64) * n_items + items
    n_keys = (int(groups.max(initial=-1)) + 1) * n_items
    known = None
    if n_keys > _MOST_KEYS * len(keys):
        known, keys = np.unique(keys, return_inverse=True)
        n_keys = len(known)
    counts = np.bincount(keys, minlength=n_keys)
    sums = np.bincount(keys, weights=weights, minlength=n_keys)
    filled = np.flatnonzero(counts)
    pairs = filled if known is None else known[filled]
    return np.stack(np.divmod(pairs, max(1, n_items))), counts[filled], sums[filled].astype(np.float64, copy=False)


def _with_holders(
    runs: NDArray[np.int32], items: NDArray[np.int32], holders: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return each pair of run and item that there is, (2, n_pairs), its rows, and the different holders of these."""
    n_items, n_holders = int(items.max(initial=-1)) + 1, int(holders.max(initial=-1)) + 1
    pairs = runs.astype(np.int64) * n_items + items
    n_rows = np.bincount(pairs)
    keys = np.sort(pairs * n_holders + holders)
    first = np.ones(len(keys), dtype=np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=first[1:])
    n_different = np.bincount(keys[first] // max(1, n_holders))
    filled = np.flatnonzero(n_rows)
    return np.stack(np.divmod(filled, max(1, n_items))), n_rows[filled], n_different[filled]


def _popularity(evidence: Evidence, using: Roles, parameters: Parameters) -> Popularity:
    """Read what training says of all items that any list or history can hold."""

    def read() -> Popularity:
        rows = evidence.table("popularity_numbers", using=using, **parameters)
        run_nos, items = rows["run_no"].to_numpy() - 1, rows["item_no"].to_numpy() - 1
        n_items = int(items.max(initial=-1)) + 1
        n_places = (int(run_nos.max(initial=-1)) + 1) * n_items
        places = run_nos.astype(np.int64) * n_items + items

        def column(name: str) -> NDArray[np.float64]:
            values = np.zeros(n_places)
            values[places] = rows[name].fill_null(0).to_numpy()
            return values

        known = np.zeros(n_places, dtype=np.bool_)
        known[places] = rows["n_users"].is_valid().to_numpy()
        return Popularity(
            n_items=n_items, known=known, n_interactions=column("n_interactions"), n_users=column("n_users"),
            n_training_users=column("n_training_users"), in_tail=column("in_tail"),
        )  # fmt: skip

    return evidence.remember("popularity_numbers", read, using=using, **parameters)


def _runs(evidence: Evidence, using: Roles, parameters: Parameters) -> NDArray[np.int32]:
    """Return the run of each number of a request, (n_numbers,), from 0; anything where no request in scope has it."""

    def read() -> NDArray[np.int32]:
        rows = evidence.table("request_runs", using=using, **parameters)
        request_nos = rows["request_no"].to_numpy()
        runs = np.zeros(int(request_nos.max(initial=0)), dtype=np.int32)
        runs[request_nos - 1] = rows["run_no"].to_numpy() - 1
        return runs

    return evidence.remember("request_runs", read, using=using, **parameters)


def _discounts(lists: ListArrays) -> NDArray[np.float64]:
    """Return 1 / log2(1 + rank) of each rank, (longest rank + 1,); there is no rank 0."""
    return 1.0 / np.log2(1.0 + np.maximum(np.arange(int(lists.ranks.max(initial=0)) + 1), 1))


def _numbers(places: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return numbers from 1, as SQL counts."""
    return (places + 1).astype(np.int32)
