"""SHA-256 over a dataset's rows: equal rows have one fingerprint, in whatever form and order they are stored."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from engine.datasets.arrow import TABLE_NAMES, conform
from engine.datasets.arrow_compute import compute as pc

# The rows' canonical order. An interaction's position already says user, then time, then file order.
_KEYS: Mapping[str, tuple[str, ...]] = {
    "users": ("user_id",),
    "items": ("item_id",),
    "interactions": ("user_id", "position"),
    "triples": ("head", "relation", "tail"),
    "entities": ("entity_id",),
}
_FORMAT = b"recaudit-dataset-1"


def fingerprint(tables: Mapping[str, pa.Table]) -> str:
    """Return the hexadecimal SHA-256 of the five tables of `engine.datasets.arrow.to_tables`.

    Each column goes in as its name, which rows are missing, the lengths of the values and the values: so no
    two different tables share their bytes. Name, source and pictures of the dataset are not part of it.
    """
    digest = hashlib.sha256(_FORMAT)
    for name in TABLE_NAMES:
        table = _in_order(conform(name, tables[name]), _KEYS[name])
        digest.update(f"\x00table {name} {table.num_rows}\x00".encode())
        for column in sorted(table.column_names):
            digest.update(f"\x00column {column}\x00".encode())
            _update(digest, table[column].combine_chunks())
    return digest.hexdigest()


def _in_order(table: pa.Table, keys: tuple[str, ...]) -> pa.Table:
    ranks = [_ranks(table[key]) for key in keys]
    order = np.lexsort(tuple(reversed(ranks)))
    return table if bool(np.all(order[1:] > order[:-1])) else table.take(pa.array(order))


def _ranks(column: pa.ChunkedArray) -> np.ndarray:
    """Return integers that sort as the column does, (n,); text is ranked by its distinct values, which are fewer."""
    if not pa.types.is_large_string(column.type):
        return column.to_numpy()
    encoded = column.combine_chunks().dictionary_encode()
    by_value = pc.array_sort_indices(encoded.dictionary).to_numpy()
    rank = np.empty(len(by_value) + 1, dtype=np.int64)
    rank[by_value] = np.arange(len(by_value))
    rank[-1] = -1  # a missing key sorts first
    return rank[encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)]


def _update(digest: hashlib._Hash, array: pa.Array) -> None:
    """Feed one column: a byte a row for missing, then fixed-width little-endian numbers, or lengths and UTF-8 bytes."""
    digest.update(array.is_null(nan_is_null=True).to_numpy(zero_copy_only=False).astype(np.uint8).tobytes())
    if pa.types.is_large_list(array.type):
        digest.update(pc.list_value_length(array).fill_null(0).to_numpy(zero_copy_only=False).astype("<i8").tobytes())
        _update(digest, pc.list_flatten(array))
    elif pa.types.is_large_string(array.type):
        filled = array.fill_null("")
        digest.update(pc.binary_length(filled).to_numpy(zero_copy_only=False).astype("<i8").tobytes())
        digest.update(_text_bytes(filled))
    elif pa.types.is_floating(array.type):
        values = array.fill_null(0.0).to_numpy(zero_copy_only=False)
        digest.update((np.where(np.isnan(values), 0.0, values) + 0.0).astype("<f8").tobytes())  # -0.0 is 0.0
    else:
        digest.update(array.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False).astype("<i8").tobytes())


def _text_bytes(array: pa.Array) -> memoryview:
    _, offsets, data = array.buffers()
    if data is None or len(array) == 0:
        return memoryview(b"")
    bounds = np.frombuffer(offsets, dtype=np.int64)[array.offset : array.offset + len(array) + 1]
    return memoryview(data)[int(bounds[0]) : int(bounds[-1])]
