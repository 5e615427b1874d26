"""Rows too many for journal lines: Parquet files named by their SHA-256, whose digest a journal records.

<home>/segments/<sha256>.parquet holds rows of one table of one run: the table's columns, with `request_index` in place
of run and request id. A file is written whole before its name is; the journal's chain covers it through the digest.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import duckdb

from engine.errors import LogError
from engine.home import Home
from engine.records import SegmentRecord
from engine.runlog.numbers import insert_rows
from engine.runlog.rows import COLUMNS

TABLES = ("requests", "slots", "rationales", "generations")
LATER_COLUMNS = {"batch_size", "first_token_ms"}  # older segments lack them: null
REQUEST_ID = (  # as engine/requests.py makes them
    "$run_id || ':' || case when request_index < 1000000 then lpad(request_index::varchar, 6, '0') "
    "else request_index::varchar end"
)


def segment_path(home: Home, digest: str) -> Path:
    """Return where the segment of that digest stands."""
    return home.segments / f"{digest}.parquet"


def keep_segment(home: Home, written: Path, table: str, n_rows: int) -> SegmentRecord:
    """Give a written file its name, synced to the disk, and return the record for the journal."""
    digest, n_bytes = digest_of(written), written.stat().st_size
    home.segments.mkdir(parents=True, exist_ok=True)
    _sync(written)
    written.replace(segment_path(home, digest))
    _sync(home.segments)
    return SegmentRecord(table=table, digest=digest, n_bytes=n_bytes, n_rows=n_rows)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def segment_fault(home: Home, record: SegmentRecord) -> str | None:
    """Say what is wrong with a segment: it is gone, or not what was recorded; None: nothing."""
    path = segment_path(home, record.digest)
    if not path.is_file():
        return f"the segment {path} is gone"
    found = digest_of(path)
    return None if found == record.digest else f"the segment {path} was changed (its digest is {found})"


def insert_segment(connection: duckdb.DuckDBPyConnection, home: Home, run_id: str, record: SegmentRecord) -> None:
    """Take a segment's rows into the index, in the caller's transaction; DuckDB streams them.

    Raises:
        LogError: it belongs to a table that this version does not know, or does not hold its columns.
    """
    if record.table not in TABLES:
        raise LogError(f"A segment holds {record.table!r}; this version knows {', '.join(TABLES)}. Update RecAudit.")
    path = str(segment_path(home, record.digest))
    left_out = {"run_id", "request_id"} | (LATER_COLUMNS - _columns_in(connection, path))
    listed = ", ".join(name for name in COLUMNS[record.table] if name not in left_out)
    rows = f"select $run_id as run_id, {REQUEST_ID} as request_id, {listed} from read_parquet($path)"
    try:
        insert_rows(connection, record.table, rows, {"run_id": run_id, "path": path})
    except (duckdb.BinderException, duckdb.ConversionException, duckdb.IOException) as error:
        raise LogError(f"The segment {record.digest} cannot be read: {error}") from error


def _columns_in(connection: duckdb.DuckDBPyConnection, path: str) -> set[str]:
    try:
        return {name for (name,) in connection.execute("select name from parquet_schema(?)", [path]).fetchall()}
    except duckdb.Error:
        return set()  # whoever reads the rows says what is wrong with the file


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
