"""Parquet -> a raw table of text, so that its values go through the same checks; a row's line is its number from 1."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from engine.datasets.arrow import TEXT
from engine.datasets.arrow_compute import compute as pc
from engine.datasets.files.raw import RawTable, tidied
from engine.datasets.problems import Problems


def read_parquet(path: Path, table: str, problems: Problems) -> RawTable | None:
    """Read a Parquet file; None where it cannot be read at all (noted in `problems`). Nested columns are left out."""
    try:
        rows = pq.ParquetFile(path).read()
        texts = {
            name: as_text(rows[name]) for name in rows.column_names if not pa.types.is_nested(_flat(rows[name].type))
        }
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        problems.add_file(table, path.name, "a Parquet file", f"one that cannot be read ({str(error)[:120]})")
        return None
    if not texts or not rows.num_rows:
        problems.add_file(table, path.name, "rows", "an empty file")
        return None
    lines = np.arange(1, rows.num_rows + 1, dtype=np.int64)
    return tidied(RawTable(table, path.name, pa.table(texts), lines), problems)


def _flat(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_list(kind) or pa.types.is_large_list(kind) else kind


def as_text(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Return a column as text: whole numbers without a fraction, the elements of a list joined by "|"."""
    values = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    kind = values.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        texts = values.cast(pa.list_(pa.string()))
        filled = pa.ListArray.from_arrays(texts.offsets, pc.fill_null(texts.values, ""), mask=texts.is_null())
        return pc.binary_join(filled, "|").cast(TEXT)
    if pa.types.is_floating(kind) and pc.all(pc.equal(pc.floor(values), values)).as_py():
        whole = pc.if_else(pc.less(pc.abs(values), 2.0**53), values, pa.scalar(None, kind))
        if whole.null_count == values.null_count:  # ids and times that a missing value turned into floats
            return whole.cast(pa.int64()).cast(TEXT)
    if pa.types.is_dictionary(kind):
        values = values.dictionary_decode()
    return values.cast(TEXT)
