"""Raw tables: columns of text with the line that each row came from, before anything about them is known to be true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.datasets.arrow import TEXT
from engine.datasets.arrow_compute import compute as pc
from engine.datasets.problems import DAMAGED, Problems

FIELD_LENGTH = 100_000  # bytes of one value; above it a quotation mark is open, or the file is not what it seems


@dataclass(frozen=True)
class RawTable:
    """Rows of a file as text, missing values as null. `lines[i]` is where row i stands; `n_refused` rows are gone."""

    table: str  # users, items, interactions, triples or entities
    file: str
    rows: pa.Table
    lines: NDArray[np.int64]
    n_refused: int = 0

    def renamed(self, names: Mapping[str, str]) -> RawTable:
        """Return the table with the columns of `names` (own name -> new name) alone, in that order."""
        return replace(self, rows=self.rows.select(list(names)).rename_columns(list(names.values())))

    def with_column(self, name: str, values: pa.Array | pa.ChunkedArray) -> RawTable:
        """Return the table with one more column, or another content of one."""
        others = [column for column in self.rows.column_names if column != name]
        return replace(self, rows=self.rows.select(others).append_column(name, values))


@dataclass(frozen=True)
class RawDataset:
    """All tables of a source under the schema's column names, unchecked.

    `derives_entities`: entity ids that only triples name are entities too (formats without a table of entities).
    """

    tables: Mapping[str, RawTable]
    source: str
    disclosure: str = ""
    pictures: Mapping[str, Path] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    derives_entities: bool = True


class RowCheck:
    """Marks bad rows of one raw table and tells `problems` about them."""

    def __init__(self, raw: RawTable, problems: Problems) -> None:
        self.raw = raw
        self.problems = problems
        self.bad = np.zeros(raw.rows.num_rows, dtype=bool)

    def column(self, name: str) -> pa.Array:
        """Return one column in one piece; all null where the table does not have it."""
        if name not in self.raw.rows.column_names:
            return pa.nulls(self.raw.rows.num_rows, TEXT)
        return self.raw.rows[name].combine_chunks()

    def refuse(self, wrong: NDArray[np.bool_], column: str, expected: str, found: pa.Array | None = None) -> None:
        """Mark rows, (n,), as bad; `found` (n,) in place of the column's values."""
        if not wrong.any():
            return
        values = self.column(column) if found is None else found
        raw, mask = self.raw, pa.array(wrong)
        self.problems.add_rows(
            raw.table, raw.file, raw.lines[wrong], column=column, expected=expected, found=pc.filter(values, mask)
        )
        self.bad |= wrong

    def kept(self) -> RawTable:
        """Return the table without the bad rows."""
        if not self.bad.any():
            return self.raw
        good = ~self.bad
        return replace(
            self.raw,
            rows=self.raw.rows.filter(pa.array(good)),
            lines=self.raw.lines[good],
            n_refused=self.raw.n_refused + int(self.bad.sum()),
        )


def tidied(raw: RawTable, problems: Problems) -> RawTable:
    """Trim white space, turn empty text into null, drop blank rows, refuse damaged and oversized values."""
    columns = {}
    for name in raw.rows.column_names:
        text = pc.utf8_trim_whitespace(raw.rows[name].combine_chunks().cast(TEXT))
        columns[name] = pc.if_else(pc.equal(text, ""), pa.scalar(None, TEXT), text)
    rows = pa.table(columns)
    blank = np.ones(rows.num_rows, dtype=bool)
    for values in columns.values():
        blank &= values.is_null().to_numpy(zero_copy_only=False)
    if blank.any():
        raw = replace(raw, lines=raw.lines[~blank])
        rows = rows.filter(pa.array(~blank))
    check = RowCheck(replace(raw, rows=rows), problems)
    for name in columns:
        _refuse_damaged(check, name)
    return check.kept()


def _refuse_damaged(check: RowCheck, name: str) -> None:
    text = check.column(name)
    sizes = pc.binary_length(text).fill_null(0)
    too_long = pc.greater(sizes, FIELD_LENGTH).to_numpy(zero_copy_only=False)
    if too_long.any():
        found = pc.binary_join_element_wise(sizes.cast(TEXT), pa.scalar("bytes", TEXT), pa.scalar(" ", TEXT))
        check.refuse(too_long, name, f"at most {FIELD_LENGTH:,} bytes in one value", found)
    damaged = pc.or_(pc.match_substring(text, "\x00"), pc.match_substring(text, DAMAGED))
    damaged = damaged.fill_null(False).to_numpy(zero_copy_only=False)
    check.refuse(damaged, name, "text in UTF-8 (name another encoding with --encoding, for example latin-1)")
