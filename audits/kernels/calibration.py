"""Calibration: how far the labels of a list depart from those of the user's history."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from audits.evidence import Evidence
from audits.kernels.lists import in_chunks, read_histories, read_labels, read_lists, shape_of
from audits.queries import Parameter

SMOOTHING = 0.01  # a in Steck 2018
MAX_DENSE_LABELS = 128  # above, most of a row is zero
_NEXT_TO_ZERO = 1e-300


def label_divergence(evidence: Evidence, using: dict[str, str], parameters: dict[str, Parameter]) -> pa.Table:
    """Return KL(p || (1 - a) q + a p) of each request, p over history and q over the list; see `calibration.sql`."""
    lists = read_lists(evidence, using, parameters)
    labels = read_labels(evidence, using, parameters)
    requests, past = read_histories(evidence, using, parameters)
    n_items = 1 + int(max(shape_of(labels)[0] - 1, lists.items.max(initial=-1), past.max(initial=-1)))
    shares = _shares(labels, n_items)
    had = sparse.csr_array(
        (np.ones(len(past)), (requests, past)),
        shape=(len(lists), n_items),
        dtype=np.float64,
    )
    if shape_of(labels)[1] <= MAX_DENSE_LABELS:
        dense = shares.toarray()
        return lists.rows(
            in_chunks(
                lists,
                lambda some: dense_divergence(
                    had[some.start : some.stop] @ dense, lists.weights(some, n_items) @ dense
                ),
            )
        )
    return lists.rows(
        in_chunks(
            lists, lambda some: divergence(had[some.start : some.stop] @ shares, lists.weights(some, n_items) @ shares)
        )
    )


def dense_divergence(
    history: NDArray[np.float64], lists: NDArray[np.float64], smoothing: float = SMOOTHING
) -> NDArray[np.float64]:
    """Return what `divergence` does, for few labels: rows (n_requests, n_labels) without their zeros left out."""
    p_sums, q_sums = history.sum(axis=1), lists.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mixed = lists * ((1 - smoothing) * p_sums / q_sums)[:, None]  # both sides of the ratio are times p_sums
        mixed += smoothing * history
        ratio = np.maximum(history, _NEXT_TO_ZERO)
        ratio /= np.maximum(mixed, _NEXT_TO_ZERO, out=mixed)
        sums = np.einsum("ij,ij->i", history, np.log(ratio, out=ratio)) / p_sums  # no weight: 0 times a finite number
    return np.where((p_sums > 0) & (q_sums > 0), np.maximum(sums, 0.0), np.nan)


def divergence(history: sparse.csr_array, lists: sparse.csr_array, smoothing: float = SMOOTHING) -> NDArray[np.float64]:
    """Return KL(p || (1 - a) q + a p) of each row, in nats; rows are weights of labels and need not add up to 1.

    Args:
        history: weights behind p, (n_requests, n_labels).
        lists: weights behind q, (n_requests, n_labels).
        smoothing: a.

    Returns:
        (n_requests,), NaN where either row has no weight.
    """
    p, q = history.tocsr(), lists.tocsr()
    p.sum_duplicates()
    q.sum_duplicates()
    p_sums, q_sums = np.asarray(p.sum(axis=1), dtype=float), np.asarray(q.sum(axis=1), dtype=float)
    rows = np.repeat(np.arange(shape_of(p)[0]), np.diff(p.indptr))
    n_labels = max(1, shape_of(p)[1])
    keys = rows.astype(np.int64) * n_labels + p.indices
    q_rows = np.repeat(np.arange(shape_of(q)[0]), np.diff(q.indptr))
    q_keys = q_rows.astype(np.int64) * n_labels + q.indices
    place = np.minimum(np.searchsorted(q_keys, keys), max(len(q_keys) - 1, 0))
    shared = q_keys[place] == keys if len(q_keys) else np.zeros(len(keys), dtype=bool)
    with np.errstate(divide="ignore", invalid="ignore"):
        mine = p.data / p_sums[rows]
        theirs = np.where(shared, q.data[place], 0.0) / q_sums[rows] if len(q_keys) else np.full(len(keys), np.nan)
        terms = np.where(mine > 0, mine * np.log(mine / ((1 - smoothing) * theirs + smoothing * mine)), 0.0)
    sums = np.bincount(rows, weights=np.nan_to_num(terms), minlength=shape_of(p)[0])
    return np.where((p_sums > 0) & (q_sums > 0), np.maximum(sums, 0.0), np.nan)


def _shares(labels: sparse.csr_array, n_items: int) -> sparse.csr_array:
    """Return each label's share of its item's labels, (n_items, n_labels)."""
    counts = np.diff(labels.indptr)
    data = 1.0 / np.repeat(np.maximum(counts, 1), counts)
    indptr = np.concatenate([labels.indptr, np.full(n_items - shape_of(labels)[0], labels.indptr[-1])])
    return sparse.csr_array((data, labels.indices, indptr), shape=(n_items, shape_of(labels)[1]))
