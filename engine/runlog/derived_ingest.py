"""Bring the index's derived rows up to what the files beside the journals hold. Not here: writing those (derived.py).

A file's rows go in, are replaced or go out in one transaction with the file's stamp, so they are whole or not there.
Only runs whose journal is indexed have derived rows. A file that cannot be read has its problem written down instead.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from engine.errors import LogError
from engine.home import Home
from engine.runlog.derived import SCHEMAS, DerivedStamp, stamp_of
from engine.runlog.queries import named_query

Key = tuple[str, str]  # table, run id


def derived_files(home: Home) -> dict[Key, Path]:
    """Return the files of derived rows that there are, whether or not their run still is."""
    return {(table, path.stem): path for table in SCHEMAS for path in sorted((home.derived / table).glob("*.parquet"))}


def derived_is_current(connection: duckdb.DuckDBPyConnection, home: Home) -> bool:
    """Return whether `take_derived` would find nothing to do."""
    return not any(_differences(connection, home))


def take_derived(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Take in new and changed files, and drop the rows of those that are gone. The journals come first."""
    outdated, fresh = _differences(connection, home)
    for key in outdated:
        _replace(connection, key, None)
    for key, path in fresh.items():
        _replace(connection, key, path)


def drop_derived(connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
    """Take a run's derived rows out of the index, in the caller's transaction; its files stay."""
    for table in SCHEMAS:
        connection.execute(f"delete from store.{table} where run_id = ?", [run_id])
    connection.execute("delete from store.derived_files where run_id = ?", [run_id])


def _differences(connection: duckdb.DuckDBPyConnection, home: Home) -> tuple[list[Key], dict[Key, Path]]:
    """Return which rows are to be dropped, and which files are to be read."""
    indexed = {(row[0], row[1]): row[2] for row in connection.execute(named_query("derived_stamps")).fetchall()}
    runs = {row[0] for row in connection.execute(named_query("positions")).fetchall()}
    files = {key: path for key, path in derived_files(home).items() if key[1] in runs}
    fresh = {key: path for key, path in files.items() if _file_stamp(path) not in {None, indexed.get(key)}}
    return [key for key in indexed if key not in files], fresh


def _file_stamp(path: Path) -> str | None:
    try:
        return _stamp(path.stat())
    except FileNotFoundError:  # removed in the meantime: the next catch-up drops its rows
        return None


def _stamp(status: os.stat_result) -> str:
    return f"{status.st_ino} inode, {status.st_size} bytes, {status.st_mtime_ns} ns"


def _replace(connection: duckdb.DuckDBPyConnection, key: Key, path: Path | None) -> None:
    table, run_id = key
    connection.begin()
    try:
        connection.execute(f"delete from store.{table} where run_id = ?", [run_id])
        connection.execute("delete from store.derived_files where table_name = ? and run_id = ?", [table, run_id])
        if path is not None:
            _take(connection, key, path)
        connection.commit()
    except FileNotFoundError:  # removed in the meantime
        connection.rollback()
    except BaseException:
        connection.rollback()
        raise


def _take(connection: duckdb.DuckDBPyConnection, key: Key, path: Path) -> None:
    with path.open("rb") as file:
        stamp = _stamp(os.fstat(file.fileno()))
        try:
            opened, made = _opened(key[0], file)
            for batch in opened.iter_batches(columns=SCHEMAS[key[0]].names):
                _insert(connection, key, pa.Table.from_batches([batch]).cast(SCHEMAS[key[0]]))
            values = [*key, stamp, made.producer, made.journal_head, made.n_rows, made.problem]
        except (OSError, ValueError, pa.ArrowException, LogError) as error:
            connection.execute(f"delete from store.{key[0]} where run_id = ?", [key[1]])
            problem = f"{path} cannot be read: {error}. Run the audit that makes it again."
            values = [*key, stamp, None, None, 0, problem]
        connection.execute(named_query("save_derived_file"), values)


def _opened(table: str, file: BinaryIO) -> tuple[pq.ParquetFile, DerivedStamp]:
    opened = pq.ParquetFile(file)
    missing = set(SCHEMAS[table].names) - set(opened.schema_arrow.names)
    if missing:
        raise LogError(f"it lacks the columns {', '.join(sorted(missing))}")
    return opened, stamp_of(opened)


def _insert(connection: duckdb.DuckDBPyConnection, key: Key, rows: pa.Table) -> None:
    table, run_id = key
    names = ", ".join(rows.column_names)
    connection.register("incoming", rows)
    try:
        connection.execute(f"insert into store.{table} (run_id, {names}) select ?, {names} from incoming", [run_id])
    finally:
        connection.unregister("incoming")
