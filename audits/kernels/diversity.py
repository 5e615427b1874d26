"""Diversity within lists: mean distance over all pairs of a list, by labels and by text vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from audits.evidence import Evidence
from audits.kernels.lists import in_chunks, read_labels, read_lists, shape_of
from audits.kernels.vectors import read_vectors
from audits.queries import Parameter

_WORD = 64
_PART = 16  # dimensions
_CHUNK = 50_000  # lists, for as many products of a part of the vectors while it is in the cache


def label_diversity(evidence: Evidence, using: dict[str, str], parameters: dict[str, Parameter]) -> pa.Table:
    """Return the mean Jaccard distance of the labels over the pairs of each list; see `intra_list_diversity.sql`."""
    lists = read_lists(evidence, using, parameters)
    words = bit_sets(read_labels(evidence, using, parameters), int(lists.items.max(initial=-1)) + 1)
    return lists.rows(in_chunks(lists, lambda some: mean_label_distance(lists.matrix(some), words)))


def text_diversity(evidence: Evidence, using: dict[str, str], parameters: dict[str, Parameter]) -> pa.Table:
    """Return 1 - mean cosine of the text vectors over the pairs of each list; an item without a vector is in no pair.

    Raises:
        Unmeasured: there are no vectors of the catalogue.
    """
    vectors = read_vectors(evidence, using, parameters)
    lists = read_lists(evidence, using, parameters)
    n_items, known, parts = len(vectors), np.asarray(vectors.any(axis=1)), in_parts(vectors)
    return lists.rows(
        in_chunks(lists, lambda some: mean_cosine_distance(lists.weights(some, n_items), parts, known), _CHUNK)
    )


def bit_sets(labels: sparse.csr_array, n_items: int) -> NDArray[np.uint64]:
    """Return each item's labels as bits, (n_items, n_words)."""
    n_words = max(1, -(-shape_of(labels)[1] // _WORD))
    words = np.zeros((max(n_items, shape_of(labels)[0]), n_words), dtype=np.uint64)
    items, codes = labels.nonzero()
    bits = np.left_shift(np.uint64(1), (codes % _WORD).astype(np.uint64))
    np.bitwise_or.at(words, (items, codes // _WORD), bits)
    return words


def mean_label_distance(items: NDArray[np.int32], words: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Return the mean of 1 - |labels in common| / |labels of either| over the pairs of labelled items of each list.

    Args:
        items: (n_lists, k), -1 where a list is shorter.
        words: labels as bits, (n_items, n_words).

    Returns:
        (n_lists,), NaN where a list has no pair of labelled items.
    """
    places = np.ascontiguousarray(items.T)  # an item of each list lies beside the next: (k, n_lists)
    sets: NDArray[np.uint64] = np.where(places >= 0, words.T[:, places], np.uint64(0))  # (n_words, k, n_lists)
    sizes = _count(sets)
    n_labelled = np.count_nonzero(sizes, axis=0)
    sizes = np.maximum(sizes, 1)  # so that an item without labels is similar to none, another such included
    similar = np.zeros(len(items))
    for one in range(len(places)):
        for other in range(one + 1, len(places)):
            shared = _count(sets[:, one] & sets[:, other])
            similar += shared / (sizes[one] + sizes[other] - shared)
    n_pairs = n_labelled * (n_labelled - 1) / 2
    return np.divide(n_pairs - similar, n_pairs, out=np.full(len(items), np.nan), where=n_pairs > 0)


def _count(words: NDArray[np.uint64]) -> NDArray[np.int32] | NDArray[np.uint8]:
    """Return the bits that are set, (n_words, ...) -> (...); the sum of two counts of one word fits in 8 bits."""
    return np.bitwise_count(words).sum(axis=0, dtype=np.int32) if len(words) > 1 else np.bitwise_count(words[0])


def in_parts(vectors: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """Return the dimensions of vectors in parts, (n_items, <= 16) each: one part stays in a processor's cache."""
    return [np.ascontiguousarray(vectors[:, first : first + _PART]) for first in range(0, vectors.shape[1], _PART)]


def mean_cosine_distance(
    lists: sparse.csr_array, parts: Sequence[NDArray[np.float32]], known: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return 1 - mean cosine over the pairs of each list, by the length of the sum of its unit vectors.

    |sum v|^2 = n + 2 * (sum of the cosines of all pairs), for n unit vectors: exact, in O(n d) in place of O(n^2 d).

    Args:
        lists: 1 where an item is in a list, (n_lists, n_items).
        parts: unit vectors, zeros where an item has none, the dimensions in parts, (n_items, dimensions of the part).
        known: whether an item has a vector, (n_items,).

    Returns:
        (n_lists,), NaN for lists of fewer than two items with a vector.
    """
    n = np.asarray(lists @ known.astype(np.float32), dtype=np.float64)
    pairs, cosines = n * (n - 1), -n
    for part in parts:
        sums = lists @ part  # (n_lists, dimensions of the part)
        cosines += np.einsum("ij,ij->i", sums, sums)  # parts are added in 64 bits
    means = np.divide(cosines, pairs, out=np.full(len(n), np.nan), where=pairs > 0)
    return np.clip(1.0 - means, 0.0, 2.0)  # rounding of 32-bit sums
