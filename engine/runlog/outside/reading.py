"""Foreign logs -> batches of rows, whatever the size of the file: JSON lines, CSV and Parquet. Nothing is judged here.

Only what is no row at all is refused: a line that is no JSON object, a record with a wrong number of columns. A batch
has the mapped fields as its columns: text, or the types of a Parquet file; lists stay lists.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from engine.datasets.arrow import TEXT
from engine.datasets.arrow_compute import compute as pc
from engine.datasets.files.text import MARK_DAMAGED
from engine.errors import LogError
from engine.runlog.outside.rejects import Rejects

_BATCH_ROWS = 1 << 20
_BLOCK = 1 << 25  # bytes of text that are parsed at once; a row must fit
_DELIMITERS = (",", "\t", ";", "|")
_WIDE_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PARQUET, _JSON, _CSV = {".parquet", ".pq"}, {".jsonl", ".ndjson", ".json"}, {".csv", ".tsv", ".txt"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How text files are written. `columns`: names where there is no header; "-" is a column that is not used."""

    has_header: bool = True
    columns: tuple[str, ...] = ()
    delimiter: str | None = None
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some rows, (n,), one column a field, and the line that each begins on."""

    rows: pa.Table
    lines: NDArray[np.int64]


def columns_of(path: Path, form: Form) -> tuple[str, ...]:
    """Return the names of a file's columns; of JSON lines those that its beginning has.

    Raises:
        LogError: it cannot be read, is empty, or is of no known format.
    """
    match _kind(path):
        case "parquet":
            return tuple(_parquet(path).schema_arrow.names)
        case "json":
            first = next(_json_lines(path, form), None)
            return () if first is None else _keys(first[0])
        case _:
            return _header(path, form)[0]


def read_batches(path: Path, form: Form, mapping: Mapping[str, str], rejects: Rejects) -> Iterator[Batch]:
    """Yield the rows of a file under the names of the fields that `mapping` (field -> column) gives them.

    Raises:
        LogError: it cannot be read to its end.
    """
    match _kind(path):
        case "parquet":
            yield from _parquet_batches(path, mapping)
        case "json":
            yield from _json_batches(path, form, mapping, rejects)
        case _:
            yield from _csv_batches(path, form, mapping, rejects)


def _kind(path: Path) -> str:
    if not path.is_file():
        raise LogError(f"{path} is not a file.")
    if path.stat().st_size == 0:
        raise LogError(f"{path} is empty: there is nothing to import.")
    suffix = path.suffix.lower()
    if suffix in _PARQUET:
        return "parquet"
    if suffix in _JSON:
        return "json"
    if suffix in _CSV:
        return "csv"
    raise LogError(f"{path.name}: expected .jsonl, .csv, .tsv or .parquet, found {suffix or 'no suffix'}.")


def _parquet(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except (OSError, pa.ArrowException) as error:
        raise LogError(f"{path} cannot be read as Parquet: {error}") from error


def _parquet_batches(path: Path, mapping: Mapping[str, str]) -> Iterator[Batch]:
    line = 1
    try:
        for part in _parquet(path).iter_batches(batch_size=_BATCH_ROWS, columns=list(mapping.values())):
            rows = pa.Table.from_batches([part]).select(list(mapping.values())).rename_columns(list(mapping))
            yield Batch(rows=rows, lines=np.arange(line, line + rows.num_rows, dtype=np.int64))
            line += rows.num_rows
    except (OSError, pa.ArrowException) as error:
        raise LogError(f"{path} cannot be read after row {line - 1:,}: {error}") from error


class _Utf8(io.RawIOBase):
    """A text file's bytes as UTF-8, whatever its encoding; bytes that are no text become `DAMAGED`."""

    def __init__(self, path: Path, encoding: str) -> None:
        self._file = path.open("rb")
        start = self._file.read(4)
        if start.startswith(_WIDE_MARKS) and encoding == "utf-8":
            self._file.close()
            raise LogError(f"{path.name} is UTF-16 or UTF-32 text; name it with --encoding utf-16.")
        self._file.seek(0)
        try:
            wanted = "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding
            self._decoder = codecs.getincrementaldecoder(wanted)(errors=MARK_DAMAGED)
        except LookupError:
            raise LogError(f"{encoding!r} is no text encoding; try utf-8, latin-1, cp1252 or utf-16.") from None
        self._left = b""

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()
        super().close()

    def readinto(self, buffer) -> int:
        while not self._left:
            data = self._file.read(_BLOCK)
            self._left = self._decoder.decode(data, final=not data).encode("utf-8")
            if not data and not self._left:
                return 0
        n = min(len(buffer), len(self._left))
        buffer[:n], self._left = self._left[:n], self._left[n:]
        return n


def _json_lines(path: Path, form: Form) -> Iterator[tuple[pa.Table, NDArray[np.int64]]]:
    """Yield lines that are not blank, and their numbers."""
    number = 1
    with io.BufferedReader(_Utf8(path, form.encoding), _BLOCK) as file:
        while some := list(itertools.islice(file, 100_000)):
            texts = pa.array(some, pa.large_binary()).cast(TEXT)
            keep = np.array([not line.isspace() for line in some])
            lines = np.arange(number, number + len(some), dtype=np.int64)
            number += len(some)
            if keep.any():
                yield pa.table({"line": texts.filter(pa.array(keep))}), lines[keep]


def _keys(lines: pa.Table) -> tuple[str, ...]:
    with duckdb.connect(config={"enable_external_access": "false"}) as connection:
        connection.register("lines", lines)
        is_object = "case when json_valid(line) then json_type(line) = 'OBJECT' else false end"
        query = f"select unnest(json_keys(line)) from lines where {is_object}"
        return tuple(dict.fromkeys(row[0] for row in connection.execute(query).fetchall()))


def _json_batches(path: Path, form: Form, mapping: Mapping[str, str], rejects: Rejects) -> Iterator[Batch]:
    with duckdb.connect(config={"enable_external_access": "false"}) as connection:
        values: str | None = None
        for texts, lines in _json_lines(path, form):
            connection.register("lines", texts)
            kinds = (
                "select case when json_valid(line) then json_type(line) = 'OBJECT' else false end as good from lines"
            )
            good = connection.sql(kinds).to_arrow_table()["good"].to_numpy().astype(bool)
            rejects.add(path.name, lines[~good], "expected one JSON object", texts["line"].filter(pa.array(~good)))
            kept = texts.filter(pa.array(good))
            connection.register("objects", kept)
            if values is None and kept.num_rows:
                values = ", ".join(_json_value(connection, field, key) for field, key in mapping.items())
            if values is not None and kept.num_rows:
                yield Batch(rows=connection.sql(f"select {values} from objects").to_arrow_table(), lines=lines[good])


def _json_value(connection: duckdb.DuckDBPyConnection, field: str, key: str) -> str:
    pointer = "'" + ("/" + key.replace("~", "~0").replace("/", "~1")).replace("'", "''") + "'"
    kinds = f"select distinct json_type(line, {pointer}) from objects where json_exists(line, {pointer})"
    if {row[0] for row in connection.execute(kinds).fetchall()} - {"NULL"} == {"ARRAY"} and field in LISTED:
        return f'from_json(json_extract(line, {pointer}), \'["VARCHAR"]\') as "{field}"'
    return f'json_extract_string(line, {pointer}) as "{field}"'


LISTED = ("item", "raw_text", "score", "rationale")  # may be lists, one element a rank


def _header(path: Path, form: Form) -> tuple[tuple[str, ...], str]:
    """Return the columns' names and the delimiter."""
    with io.BufferedReader(_Utf8(path, form.encoding)) as file:
        first = file.readline().decode("utf-8").rstrip("\r\n")
    delimiter = form.delimiter or ("\t" if path.suffix.lower() == ".tsv" else max(_DELIMITERS, key=first.count))
    names = tuple(name.strip() for name in next(csv.reader([first], delimiter=delimiter), []))
    if form.columns and len(form.columns) != len(names):
        raise LogError(f"{path.name} has {len(names)} columns, and --columns names {len(form.columns)}.")
    if form.columns or not form.has_header:
        names = form.columns or tuple(f"column{number}" for number in range(1, len(names) + 1))
        return tuple(f"-{i}" if name == "-" else name for i, name in enumerate(names)), delimiter
    if not names or not all(names) or len(set(names)) < len(names):
        raise LogError(
            f"{path.name}: expected a first line with the columns' names, each once; found {first[:100]!r}. Where "
            "there is no such line, give --no-header and --columns user,item,rank."
        )
    return names, delimiter


class _Ragged:
    """Refuses records with too few or too many columns, and remembers their numbers."""

    def __init__(self, expected: int) -> None:
        self.expected = expected
        self.rows: list[tuple[int, str]] = []

    def __call__(self, row: arrow_csv.InvalidRow) -> str:
        self.rows.append((row.number or 0, f"{row.actual_columns} columns: {row.text}"))
        return "skip"


def _csv_batches(path: Path, form: Form, mapping: Mapping[str, str], rejects: Rejects) -> Iterator[Batch]:
    names, delimiter = _header(path, form)
    no_header = bool(form.columns) or not form.has_header
    ragged = _Ragged(len(names))
    wanted = list(dict.fromkeys(mapping.values()))
    last = ""
    place = _Place(1 if no_header else 2)
    try:
        reader = arrow_csv.open_csv(
            pa.PythonFile(_Utf8(path, form.encoding), mode="r"),
            read_options=arrow_csv.ReadOptions(
                use_threads=False, block_size=_BLOCK, column_names=list(names), skip_rows=0 if no_header else 1
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=ragged
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, TEXT), strings_can_be_null=False, check_utf8=False
            ),
        )
        for part in reader:
            rows = pa.Table.from_batches([part])
            last = str(rows.column(rows.num_columns - 1)[-1].as_py()) if rows.num_rows else last
            lines, refused = place.of(_ends(rows), ragged)
            rejects.add(path.name, *refused)
            keep = ~_blank(rows)
            kept = rows.select(wanted).filter(pa.array(keep))
            fields = pa.table([kept[column] for column in mapping.values()], names=list(mapping))
            yield Batch(rows=fields, lines=lines[keep])
    except (OSError, pa.ArrowException) as error:
        raise LogError(
            f"{path.name} cannot be parsed after line {place.line - 1:,}: {' '.join(str(error).split())[:200]}. Is a "
            "quotation mark left open, or the delimiter another one (--delimiter)?"
        ) from error
    _refuse_open_quote(path, [last, *(text for _, text in ragged.rows[-1:])])
    rejects.add(path.name, *place.of(np.zeros(0, dtype=np.int64), ragged)[1])


def _refuse_open_quote(path: Path, last: list[str]) -> None:
    """Refuse a file whose last record ran on to the end, since nothing closes its quotation mark."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 64))
        is_closed = file.read().rstrip(b"\r\n\t \x00").endswith(b'"')
    found = next((text for text in last if "\n" in text), None)
    if found is not None and not is_closed:
        raise LogError(f"{path.name}: a quotation mark is open to the end of the file: {found[:60]!r}...")


class _Place:
    """Counts records and lines: a record may have line ends in its values, and some were refused."""

    def __init__(self, first: int) -> None:
        self.line = self.record = first  # of the next record

    def of(self, inside: NDArray[np.int64], ragged: _Ragged) -> tuple[NDArray[np.int64], _Refused]:
        """Return the lines of the next good records, (n,) line ends inside each, and the refused ones among them."""
        n = len(inside)
        known = np.array([number for number, _ in ragged.rows], dtype=np.int64)
        numbers = np.setdiff1d(np.arange(self.record, self.record + n + len(known), dtype=np.int64), known)[:n]
        last = numbers[-1] if n else np.iinfo(np.int64).max
        passed = [row for row in ragged.rows if row[0] < last]
        ragged.rows = ragged.rows[len(passed) :]
        everything = np.concatenate([numbers, np.array([number for number, _ in passed], dtype=np.int64)])
        breaks = np.concatenate([inside, np.array([text.count("\n") for _, text in passed], dtype=np.int64)])
        order = np.argsort(everything)
        before = np.empty(len(order), dtype=np.int64)
        before[order] = np.cumsum(breaks[order]) - breaks[order]
        lines = self.line + (everything - self.record) + before
        if len(order):
            self.line += len(order) + int(breaks.sum())
            self.record += len(order)
        reason = f"expected {ragged.expected} columns"
        return lines[:n], (lines[n:], reason, pa.array([text for _, text in passed], TEXT))


_Refused = tuple[NDArray[np.int64], str, pa.Array]


def _ends(rows: pa.Table) -> NDArray[np.int64]:
    inside = np.zeros(rows.num_rows, dtype=np.int64)
    for column in rows.columns:
        inside += pc.count_substring(column, "\n").to_numpy().astype(np.int64)
    return inside


def _blank(rows: pa.Table) -> NDArray[np.bool_]:
    blank = np.ones(rows.num_rows, dtype=bool)
    for column in rows.columns:
        blank &= pc.equal(column, "").to_numpy()
    return blank
