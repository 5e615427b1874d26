"""Lists, histories and labels as arrays of numbers: what the kernels work on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from audits.evidence import Evidence
from audits.queries import Parameter
from engine.datasets.arrow_compute import compute as pc

CHUNK = 20_000  # requests worked on at a time: more, and their arrays are asked of the system anew each time
MAX_THREADS = 8
_MOST_PLACES = 4  # an item, before its rows are sorted instead


@dataclass(frozen=True, slots=True, kw_only=True)
class ListArrays:
    """Delivered items of all requests in scope: those of request r are `items[starts[r]:starts[r + 1]]`, best first."""

    names: pa.Table  # run_id, request_id, user_id and request_no of each request in scope
    items: NDArray[np.int32]  # (n_delivered,), numbers from 0
    ranks: NDArray[np.int32]  # (n_delivered,), from 1; strict or compacted, as asked
    starts: NDArray[np.int64]  # (n_numbers + 1,); a number that no request in scope has is an empty list

    def __len__(self) -> int:
        """Return how many numbers of requests there are."""
        return len(self.starts) - 1

    def chunks(self, size: int) -> Iterator[slice]:
        """Yield the numbers of requests in chunks."""
        for first in range(0, len(self), size):
            yield slice(first, min(first + size, len(self)))

    def matrix(self, some: slice) -> NDArray[np.int32]:
        """Return the items of some numbers of requests, (n_numbers, longest list); -1 where a list is shorter."""
        starts = self.starts[some.start : some.stop + 1]
        lengths = np.diff(starts)
        padded = np.full((len(lengths), int(lengths.max(initial=0))), -1, dtype=np.int32)
        padded[np.arange(padded.shape[1]) < lengths[:, None]] = self.items[starts[0] : starts[-1]]
        return padded

    def weights(self, some: slice, n_items: int) -> sparse.csr_array:
        """Return how often each item stands in some of the lists, (n_numbers, n_items)."""
        starts = self.starts[some.start : some.stop + 1]
        inside = self.items[starts[0] : starts[-1]]
        parts = (np.ones(len(inside), dtype=np.float32), inside, starts - starts[0])
        return sparse.csr_array(parts, shape=(len(starts) - 1, n_items))

    def rows(self, values: NDArray[np.float64]) -> pa.Table:
        """Return the rows of a list metric from a value a number: NaN becomes null, unscored."""
        own = values[self.names["request_no"].to_numpy() - 1]
        column = pa.array(own, mask=~np.isfinite(own))
        return self.names.append_column("metric_value", column)


def read_lists(evidence: Evidence, using: Mapping[str, str], parameters: Mapping[str, Parameter]) -> ListArrays:
    """Read the lists of all requests in scope; once for all kernels that look at them."""

    def read() -> ListArrays:
        names = evidence.table("request_names", using=using, **parameters)
        rows = evidence.table("list_items", using=using, **parameters)
        items, ranks, counts = _best_first(rows, int(names["request_no"].to_numpy().max(initial=0)))
        starts = np.zeros(len(counts) + 1, dtype=np.int64)
        np.cumsum(counts, out=starts[1:])
        return ListArrays(names=names, items=items, ranks=ranks, starts=starts)

    return evidence.remember("list_items", read, using=using, **parameters)


def in_chunks(
    lists: ListArrays, work: Callable[[slice], NDArray[np.float64]], size: int | None = None
) -> NDArray[np.float64]:
    """Work on the requests chunk by chunk, on several processors at a time, and return their values in order."""
    with ThreadPoolExecutor(max_workers=min(_processors(), MAX_THREADS)) as pool:
        values = list(pool.map(work, lists.chunks(size or CHUNK)))
    return np.concatenate(values) if values else np.zeros(0)


def _processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _best_first(
    rows: pa.Table, n_numbers: int
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64] | NDArray[np.int32]]:
    """Return the items list by list, best first, numbers from 0; their ranks; and how many each number has.

    They are put in their places where these are few and each is taken once, far faster than sorting, else sorted.
    """
    longest = int(pc.max(rows["item_rank"]).as_py() or 0) + 1
    if n_numbers * longest <= _MOST_PLACES * rows.num_rows:
        places = np.zeros((n_numbers, longest), dtype=np.int32)
        for batch in rows.to_batches():  # as DuckDB made them: without a copy, and small
            requests, items, ranks = _columns(batch)
            places.put((requests.astype(np.int64) - 1) * longest + ranks, items)
        taken = places > 0
        counts = taken.sum(axis=1, dtype=np.int32)
        if counts.sum() == rows.num_rows:  # no two items at one rank
            items, ranks = places[taken], np.broadcast_to(np.arange(longest, dtype=np.int32), places.shape)[taken]
            items -= 1
            return items, ranks, counts
    requests, items, ranks = _columns(rows)
    order = np.lexsort((ranks, requests))
    return items[order] - np.int32(1), ranks[order].astype(np.int32), np.bincount(requests, minlength=n_numbers + 1)[1:]


def _columns(rows: pa.Table | pa.RecordBatch) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Return request, item and rank of each row, numbers from 1."""
    requests, items, ranks = (rows[name].to_numpy() for name in ("request_no", "item_no", "item_rank"))
    return requests, items, ranks


def read_histories(
    evidence: Evidence, using: Mapping[str, str], parameters: Mapping[str, Parameter]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Read what users had before each request: request and item of each interaction, (n_interactions,), from 0."""

    def read() -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        rows = evidence.table("history_rows", using=using, **parameters)
        return rows["request_no"].to_numpy() - np.int32(1), rows["item_no"].to_numpy() - np.int32(1)

    return evidence.remember("history_rows", read, using=using, **parameters)


def read_labels(evidence: Evidence, using: Mapping[str, str], parameters: Mapping[str, Parameter]) -> sparse.csr_array:
    """Read which labels items have, (n_items, n_labels), 1 where they do; rows go as far as the last labelled item."""

    def read() -> sparse.csr_array:
        rows = evidence.table("item_label_numbers", using=using, **parameters)
        items, labels = rows["item_no"].to_numpy() - 1, rows["label_no"].to_numpy() - 1
        shape = (int(items.max(initial=-1)) + 1, int(labels.max(initial=-1)) + 1)
        return sparse.csr_array((np.ones(len(items)), (items, labels)), shape=shape)

    return evidence.remember("item_label_numbers", read, using=using, **parameters)


def shape_of(matrix: sparse.csr_array) -> tuple[int, int]:
    """Return rows and columns of a matrix; scipy's types leave open whether there are any."""
    n_rows, n_columns = matrix.shape  # type: ignore[misc]
    return n_rows, n_columns
