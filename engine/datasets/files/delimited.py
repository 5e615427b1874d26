"""Delimited text -> a raw table, parsed by Arrow; line numbers are the file's, also where values hold line ends."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from engine.datasets.arrow import TEXT
from engine.datasets.arrow_compute import compute as pc
from engine.datasets.files.raw import RawTable, tidied
from engine.datasets.files.text import read_text
from engine.datasets.problems import DAMAGED, Problems

_BLOCK = 1 << 26  # bytes that Arrow parses at once; a row must fit
_BLOCK_MAX = 1 << 30
_RAGGED_MAX = 100_000  # more rows than that with a wrong number of columns: the delimiter is wrong, not the rows
_DELIMITERS = (",", "\t", ";", "|")


@dataclass
class _Ragged:
    """Rows with too few or too many columns; `row` counts records of the file from 1."""

    rows: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def __call__(self, row: arrow_csv.InvalidRow) -> str:
        if len(self.rows) >= _RAGGED_MAX:
            return "error"
        self.rows.append(row.number or 0)
        self.columns.append(row.actual_columns)
        self.texts.append(row.text)
        return "skip"


def read_delimited(
    path: Path,
    table: str,
    problems: Problems,
    *,
    delimiter: str | None = None,
    columns: tuple[str, ...] | None = None,
    quotes: bool = True,
    encoding: str = "utf-8",
    separator: str | None = None,
) -> RawTable | None:
    """Read a delimited file; None where it cannot be read at all (noted in `problems`).

    Args:
        path: the file.
        table: what its rows are: users, items, ...
        problems: where problems are noted.
        delimiter: one character; None: the one that the header has most of.
        columns: names of a file without a header; None: the first line names them.
        quotes: whether values may stand in double quotes.
        encoding: of the text.
        separator: a delimiter of more than one character, such as "::", in place of `delimiter`.
    """
    data = read_text(path, table, problems, encoding=encoding)
    if data is None:
        return None
    if separator is not None:
        delimiter = "\x1f"
        data = data.replace(separator.encode(), delimiter.encode())
    header = columns is None
    if columns is None:
        first = data.split(b"\n", 1)[0].decode("utf-8")
        delimiter = delimiter or max(_DELIMITERS, key=first.count)
        columns = _header(first, path, table, problems, delimiter=delimiter, quotes=quotes)
        if columns is None:
            return None
    ragged = _Ragged()
    try:
        rows = _parse(data, columns, header=header, delimiter=delimiter or ",", quotes=quotes, ragged=ragged)
    except pa.ArrowInvalid as error:
        expected = f"rows of {len(columns)} columns, separated by {(separator or delimiter)!r}"
        problems.add_file(table, path.name, expected, f"text that cannot be parsed ({_plain(error)})")
        return None
    if quotes and _ends_open(rows, data):
        value = str(rows.column(rows.num_columns - 1)[-1].as_py())
        problems.add_file(table, path.name, "each quotation mark closed", f"one open to the end: {value[:60]!r}...")
        return None
    lines = _line_numbers(rows, ragged, header, data)
    good = np.ones(len(lines), dtype=bool)
    wrong = np.array(ragged.rows, dtype=np.int64) - (2 if header else 1)
    good[wrong] = False
    expected = f"{len(columns)} columns"
    found = [f"{count} columns: {text}" for count, text in zip(ragged.columns, ragged.texts, strict=True)]
    if found:
        problems.add_rows(table, path.name, lines[~good], column="", expected=expected, found=found)
    return tidied(RawTable(table, path.name, rows, lines[good], n_refused=len(found)), problems)


def _header(
    first: str, path: Path, table: str, problems: Problems, *, delimiter: str, quotes: bool
) -> tuple[str, ...] | None:
    try:
        names = next(csv.reader([first], delimiter=delimiter, strict=True)) if quotes else first.split(delimiter)
    except csv.Error as error:
        problems.add_file(table, path.name, "a line with the columns' names", f"text that is none ({error})", line=1)
        return None
    names = [name.strip() for name in names]
    if not names or not all(names) or len(set(names)) < len(names) or DAMAGED in first or "\x00" in first:
        found = ", ".join(repr(name[:40]) for name in names[:20]) or "an empty line"
        problems.add_file(table, path.name, "a line with the columns' names, each once", found, line=1)
        return None
    return tuple(names)


def _parse(
    data: bytes, columns: tuple[str, ...], *, header: bool, delimiter: str, quotes: bool, ragged: _Ragged
) -> pa.Table:
    # One thread: only then does Arrow know the numbers of invalid rows.
    return arrow_csv.read_csv(
        io.BytesIO(data),
        read_options=arrow_csv.ReadOptions(
            use_threads=False,
            block_size=_block_size(data),
            column_names=list(columns),
            skip_rows=1 if header else 0,
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=delimiter,
            quote_char='"' if quotes else False,
            double_quote=quotes,
            newlines_in_values=quotes,
            ignore_empty_lines=False,
            invalid_row_handler=ragged,
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(columns, TEXT), strings_can_be_null=False, check_utf8=False
        ),
    )


def _block_size(data: bytes) -> int:
    if len(data) < _BLOCK:
        return len(data) + 1
    ends = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == ord("\n"))
    longest = int(np.diff(ends, prepend=-1, append=len(data)).max())
    return min(max(_BLOCK, 2 * longest), _BLOCK_MAX)


def _line_numbers(rows: pa.Table, ragged: _Ragged, header: bool, data: bytes) -> NDArray[np.int64]:
    """Return the line on which each record begins, ragged ones included."""
    n = rows.num_rows + len(ragged.rows)
    first = 2 if header else 1
    lines = np.arange(first, first + n, dtype=np.int64)
    n_lines = data.count(b"\n") + (not data.endswith(b"\n"))
    if n == n_lines - first + 1:  # no value holds a line end
        return lines
    extra = np.zeros(n, dtype=np.int64)
    wrong = np.array(ragged.rows, dtype=np.int64) - first
    extra[wrong] = [text.count("\n") for text in ragged.texts]
    inside = np.zeros(rows.num_rows, dtype=np.int64)
    for column in rows.columns:
        inside += pc.count_substring(column, "\n").to_numpy()
    extra[np.setdiff1d(np.arange(n), wrong)] = inside
    return lines + np.concatenate([[0], np.cumsum(extra)[:-1]])


def _ends_open(rows: pa.Table, data: bytes) -> bool:
    """Tell whether the last value ran to the end of the file: it holds line ends, and no quotation mark closes it."""
    if not rows.num_rows:
        return False
    last = rows.column(rows.num_columns - 1)[-1].as_py() or ""
    return "\n" in last.rstrip("\n") and not data.rstrip().endswith(b'"')


def _plain(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
