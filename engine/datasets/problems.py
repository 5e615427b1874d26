"""What is wrong with imported files: all of it, with file, line, column, what was expected and what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.datasets.arrow import TEXT
from engine.datasets.arrow_compute import compute as pc
from engine.datasets.quality import RejectReason
from engine.errors import DatasetError

_SHOWN = 20  # problems in an error message; the rest is counted
DAMAGED = "\ufdd0"  # stands for bytes that are no text; a character that no text holds, unlike U+FFFD
_FOUND_LENGTH = 80  # characters of a bad value that are kept
REJECT_COLUMNS = ("table", "file", "line", "column", "expected", "found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong. `line` counts from 1, 0: the file as a whole; for Parquet it is the row."""

    table: str
    file: str
    line: int
    column: str
    expected: str
    found: str

    def __str__(self) -> str:
        """Return one line for a person."""
        place = [self.file, *([f"line {self.line:,}"] if self.line else [])]
        place += [f"column {self.column}"] if self.column else []
        return f"{', '.join(place)}: expected {self.expected}, found {self.found}"


class Problems:
    """Collects problems while files are read and checked; refuses at the end, so that all are told at once.

    A problem of a row costs that row where `skip_bad_rows` is set; a problem of a file always refuses the import.
    """

    def __init__(self, *, skip_bad_rows: bool = False) -> None:
        self.skip_bad_rows = skip_bad_rows
        self._of_files: list[Problem] = []
        self._of_rows: list[pa.Table] = []

    def add_file(self, table: str, file: str, expected: str, found: str, *, line: int = 0, column: str = "") -> None:
        """Note a problem that no dropping of rows can cure."""
        self._of_files.append(Problem(table=table, file=file, line=line, column=column, expected=expected, found=found))

    def has_file(self, table: str) -> bool:
        """Tell whether a file of that table already has a problem."""
        return any(problem.table == table for problem in self._of_files)

    def add_rows(
        self,
        table: str,
        file: str,
        lines: NDArray[np.int64],
        *,
        column: str,
        expected: str,
        found: pa.Array | Sequence[str],
    ) -> None:
        """Note the same problem of several rows, (n,) lines and the n values that were found."""
        texts = found if isinstance(found, pa.Array) else pa.array(found, TEXT)
        constant = {"table": table, "file": file, "column": column, "expected": expected}
        columns = {name: pa.repeat(pa.scalar(value, TEXT), len(lines)) for name, value in constant.items()}
        columns["line"] = pa.array(lines, pa.int64())
        columns["found"] = _shortened(texts)
        self._of_rows.append(pa.table({name: columns[name] for name in REJECT_COLUMNS}))

    def raise_if_unreadable(self) -> None:
        """Refuse the import where a file or a column is missing, so that no row can be judged.

        Raises:
            DatasetError: it lists all problems so far.
        """
        if self._of_files:
            self.raise_if_refused()

    def raise_if_refused(self) -> None:
        """Refuse the import where something is wrong that may not be skipped.

        Raises:
            DatasetError: it lists the problems.
        """
        rows = self.rejects()
        n_rows = 0 if self.skip_bad_rows else rows.num_rows
        if not self._of_files and not n_rows:
            return
        listed = list(self._of_files[:_SHOWN])
        if n_rows:
            listed += [Problem(**row) for row in rows.slice(0, max(0, _SHOWN - len(listed))).to_pylist()]
        total = len(self._of_files) + n_rows
        lines = [f"Nothing was imported: {total:,} problem{'s' if total > 1 else ''} in the input.", *map(str, listed)]
        if total > len(listed):
            lines.append(f"... and {total - len(listed):,} more.")
        if not self._of_files:
            lines.append("Correct these rows, or import the others alone with --skip-bad-rows.")
        raise DatasetError("\n  ".join(lines))

    def rejects(self) -> pa.Table:
        """Return all problems of rows by file and line, `REJECT_COLUMNS`; a row may have more than one."""
        if not self._of_rows:
            return pa.table({name: pa.array([], pa.int64() if name == "line" else TEXT) for name in REJECT_COLUMNS})
        return pa.concat_tables(self._of_rows).sort_by([("file", "ascending"), ("line", "ascending")])

    def reasons(self) -> tuple[RejectReason, ...]:
        """Return how many rows have which problem."""
        counts = self.rejects().group_by(["table", "column", "expected"]).aggregate([([], "count_all")])
        return tuple(
            RejectReason(table=row["table"], column=row["column"], expected=row["expected"], rows=row["count_all"])
            for row in counts.sort_by([("table", "ascending"), ("column", "ascending")]).to_pylist()
        )


def _shortened(values: pa.Array) -> pa.Array:
    texts = pc.replace_substring(values.cast(TEXT), DAMAGED, "\ufffd")
    long = pc.greater(pc.utf8_length(texts), _FOUND_LENGTH)
    tail = pc.if_else(long, pa.scalar("...", TEXT), pa.scalar("", TEXT))
    short = pc.utf8_slice_codeunits(texts, 0, _FOUND_LENGTH)
    quote, joint = pa.scalar("'", TEXT), pa.scalar("", TEXT)
    return pc.fill_null(pc.binary_join_element_wise(quote, short, tail, quote, joint), "nothing")
