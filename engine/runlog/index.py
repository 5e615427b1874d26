"""The run log as its readers see it: caught up, then read-only. The one door to the index.

An index that cannot be opened, or that an older version made in a way that new rows are needed, is made again from the
journals without asking: it holds nothing that they and the dataset folders do not, and the reason is logged.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd

from engine.datasets.schema import Dataset
from engine.errors import LogError
from engine.home import Home
from engine.runlog import locks
from engine.runlog.dataset_rows import copy_datasets, index_dataset
from engine.runlog.ingest import Progress, catch_up, is_current, missing_datasets, no_progress
from engine.runlog.journal import is_active, journal_path
from engine.runlog.migrate import SchemaState, migrate, schema_state
from engine.runlog.queries import named_query
from engine.runlog.store import IndexUnreadable, Resources, is_damage, open_reader, open_writer, wal_of
from engine.runlog.summaries import Count, IndexStatus, RunStatus, RunSummary

_log = logging.getLogger(__name__)
_reading = threading.local()  # index path -> how many connections this thread has open
_REBUILD_TIMEOUT_S = 3600.0
_FileState = tuple[str, int, int, int]  # name, inode, bytes, nanoseconds of the last change


class RunLog:
    """The log of one home folder.

    Opening costs nothing; the index is made on first use. `timeout_s` bounds the wait for other processes.
    """

    def __init__(self, home: Home, *, resources: Resources | None = None, timeout_s: float = 30.0) -> None:
        self.home = home
        self.timeout_s = timeout_s
        self._resources = replace(resources or Resources(), spill_folder=home.cache / "spill")
        self._seen: tuple[object, ...] | None = None  # the state of all files after the last catch-up

    def catch_up(self, progress: Progress = no_progress) -> None:
        """Take in what the journals and dataset folders hold and the index does not.

        Raises:
            LogError: others kept the index in use for too long, or it cannot be written.
            ValueError: this thread has the log open for reading.
        """
        state = self._file_state()
        if state == self._seen:
            return
        if not self._is_current():
            self._write(lambda connection: catch_up(connection, self.home, progress), progress)
        self._seen = (*state[:-1], self._index_state())

    @contextmanager
    def connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Catch up, then yield a read-only, locked-down connection. Within another one: the same state of the log.

        Raises:
            LogError: others kept the index in use for too long.
        """
        nested = self._depth > 0
        if not nested:
            self.catch_up()
        # A nested reader must not queue at the gate: a writer there may be waiting for the outer one.
        with nullcontext() if nested else locks.shared(self.home.index, self.timeout_s):
            try:
                connection = open_reader(self.home.index, self._resources, self.timeout_s)
            except IndexUnreadable as error:
                raise self._unreadable(error) from error
            self._depth += 1
            try:
                yield connection
            finally:
                self._depth -= 1
                connection.close()

    def query(self, sql: str, params: Sequence[object] | None = None) -> pd.DataFrame:
        """Return the rows of one trusted query (what people type goes through `sandbox.run_query`).

        Raises:
            LogError: the query is wrong or fails.
        """
        with self.connect() as connection:
            try:
                return connection.execute(sql, params).fetchdf()
            except duckdb.Error as error:
                raise self._unreadable(error) if is_damage(error) else LogError(f"The query failed: {error}") from error

    def runs(self) -> list[RunSummary]:
        """Return all runs with their live status, newest first."""
        journals = list(self.home.journals.glob("*.jsonl"))
        active = {path.stem for path in journals if is_active(path)}  # before catching up: one that ends now says so
        with self.connect() as connection:
            cursor = connection.execute(named_query("run_summaries"))
            names = [column[0] for column in cursor.description or ()]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        return [RunSummary(status=self._status(row["run_id"], row.pop("run_status"), active), **row) for row in rows]

    def run(self, name: str) -> RunSummary:
        """Return the run with this id, or the only one whose id begins so, or the newest with this label.

        Raises:
            LogError: there is none, or several ids begin so.
        """
        runs = self.runs()
        for found in ([r for r in runs if r.run_id == name], [r for r in runs if r.label == name][:1]):
            if found:
                return found[0]
        found = [run for run in runs if name and run.run_id.startswith(name)]
        if len(found) == 1:
            return found[0]
        known = ", ".join(run.run_id for run in (found or runs)[:10]) or "none yet"
        wrong = "is the beginning of several run ids" if found else "names no run"
        raise LogError(f"{name!r} {wrong}; expected one of: {known}. `recaudit runs` lists them all.")

    def outcomes(self, run_id: str) -> list[Count]:
        """Return how many slots of a run had which outcome."""
        return self._counts("outcomes", run_id)

    def outcome_details(self, run_id: str) -> list[Count]:
        """Return the same with the kinds of what is not in the catalogue: near miss, series, fabricated, unknown id."""
        return self._counts("outcome_details", run_id)

    def errors(self, run_id: str) -> list[Count]:
        """Return the 20 most frequent errors of a run's requests."""
        return self._counts("errors", run_id)

    def status(self) -> IndexStatus:
        """Return the index file's size, what it covers, and what is wrong with what it was made from."""
        with self.connect() as connection:
            counts = connection.execute(named_query("index_counts")).fetchall()[0]
            problems = [row[0] for row in connection.execute(named_query("problems")).fetchall()]
        return IndexStatus(
            path=str(self.home.index),
            size_bytes=self.home.index.stat().st_size,
            n_runs=counts[0],
            n_records=counts[1],
            n_datasets=counts[2],
            problems=tuple(problems),
            version=self.version(),
        )

    def version(self, run_ids: Sequence[str] | None = None) -> str:
        """Return a text that changes whenever the log does, or whenever these runs do (datasets count for both)."""
        journals, derived, datasets, _ = self._file_state()
        wanted = None if run_ids is None else set(run_ids)
        state = [entry for entry in (*journals, *derived) if wanted is None or entry[0] in wanted]
        return hashlib.sha256(repr((state, datasets)).encode()).hexdigest()[:16]

    def add_dataset(self, dataset: Dataset, quality_json: str = "{}") -> None:
        """Put a dataset's rows into the index now; catching up does the same for all that are stored."""
        self._write(lambda connection: index_dataset(connection, dataset, quality_json), no_progress)

    def rebuild(self, progress: Progress = no_progress) -> None:
        """Make the index anew beside the old one and put it in its place; readers go on with the old one meanwhile.

        Raises:
            LogError: others kept the index in use for too long, or the disk is full.
            ValueError: this thread has the log open for reading.
        """
        self._refuse_while_reading()
        with locks.rebuilding(self.home.index, _REBUILD_TIMEOUT_S):
            self._rebuild(progress)

    def _write(self, work: Callable[[duckdb.DuckDBPyConnection], None], progress: Progress) -> None:
        self._refuse_while_reading()
        try:
            with locks.exclusive(self.home.index, self.timeout_s):
                self._write_locked(work)
                return
        except IndexUnreadable as error:
            _log.warning("The index %s is made again from the journals: %s", self.home.index, error)
        with locks.rebuilding(self.home.index, _REBUILD_TIMEOUT_S):
            try:  # another process may have done it while this one waited
                with locks.exclusive(self.home.index, self.timeout_s):
                    self._write_locked(work)
                    return
            except IndexUnreadable:
                self._rebuild(progress)
            with locks.exclusive(self.home.index, self.timeout_s):
                self._write_locked(work)

    def _write_locked(self, work: Callable[[duckdb.DuckDBPyConnection], None]) -> None:
        connection = open_writer(self.home.index, self._resources, self.timeout_s)
        try:
            state = schema_state(connection)
            if state is SchemaState.NEEDS_REBUILD:
                raise IndexUnreadable("an older version of RecAudit made it")
            if state is SchemaState.UPGRADABLE:
                migrate(connection)
            work(connection)
        except duckdb.Error as error:
            if is_damage(error):
                raise IndexUnreadable(str(error)) from error
            raise LogError(f"The index {self.home.index} cannot be written: {error}") from error
        finally:
            _close(connection)

    def _rebuild(self, progress: Progress) -> None:
        index = self.home.index
        new = index.with_name(index.name + ".rebuild")
        for path in (new, wal_of(new)):
            path.unlink(missing_ok=True)  # a rebuild that was killed left it; no other runs now
        connection = open_writer(new, self._resources, self.timeout_s)
        try:
            migrate(connection)
            catch_up(connection, self.home, progress)
            with locks.exclusive(index, self.timeout_s):
                self._keep_datasets(connection)
                connection.execute("checkpoint")
                connection.close()
                wal_of(index).unlink(missing_ok=True)
                new.replace(index)
        except duckdb.Error as error:
            raise LogError(f"The index cannot be made again in {new}: {error}") from error
        finally:
            connection.close()

    def _keep_datasets(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Take over datasets that runs rest on and that are not stored any more: the old index alone has them."""
        missing = missing_datasets(connection)
        if not missing or not self.home.index.exists():
            return
        try:
            copy_datasets(connection, self.home.index, missing)
        except duckdb.Error as error:
            _log.warning("Datasets that are not stored any more could not be taken over: %s", error)

    def _is_current(self) -> bool:
        self._refuse_while_reading()
        if not self.home.index.exists():
            return False
        try:
            with locks.shared(self.home.index, self.timeout_s):
                connection = open_reader(self.home.index, self._resources, self.timeout_s)
                try:
                    return schema_state(connection) is SchemaState.CURRENT and is_current(connection, self.home)
                finally:
                    connection.close()
        except (IndexUnreadable, duckdb.Error):
            return False  # the writer finds out what is wrong, and mends it

    def _counts(self, query: str, run_id: str) -> list[Count]:
        with self.connect() as connection:
            return [Count(name=name, n=n) for name, n in connection.execute(named_query(query), [run_id]).fetchall()]

    def _status(self, run_id: str, recorded: str, active: set[str]) -> RunStatus:
        if recorded != "unfinished":
            return RunStatus(recorded)
        running = run_id in active or is_active(journal_path(self.home, run_id))
        return RunStatus.RUNNING if running else RunStatus.INTERRUPTED

    def _file_state(self) -> tuple[list[_FileState], list[_FileState], list[_FileState], tuple[int, ...] | None]:
        journals = sorted(
            (p.stem, s.st_ino, s.st_size, s.st_mtime_ns) for p, s in _stats(self.home.journals, "*.jsonl")
        )
        files = _stats(self.home.derived, "*/*.parquet")
        derived = sorted((p.stem, s.st_ino, s.st_size, s.st_mtime_ns) for p, s in files)
        manifests = _stats(self.home.datasets, "[!.]*/dataset.json")
        datasets = sorted((p.parent.name, s.st_ino, s.st_size, s.st_mtime_ns) for p, s in manifests)
        return journals, derived, datasets, self._index_state()

    def _index_state(self) -> tuple[int, ...] | None:
        try:
            status = self.home.index.stat()
        except FileNotFoundError:
            return None
        return status.st_ino, status.st_size, status.st_mtime_ns

    def _unreadable(self, error: Exception) -> LogError:
        return LogError(
            f"The index {self.home.index} is damaged ({error}). Run `recaudit log rebuild`: it is made again from the "
            "journals, which hold everything."
        )

    def _refuse_while_reading(self) -> None:
        if self._depth:
            raise ValueError("the log cannot be written while this thread reads it; leave `connect()` first")

    @property
    def _depth(self) -> int:
        return getattr(_reading, "depths", {}).get(self.home.index, 0)

    @_depth.setter
    def _depth(self, depth: int) -> None:
        _reading.depths = {**getattr(_reading, "depths", {}), self.home.index: depth}


def _stats(folder: Path, pattern: str) -> Iterator[tuple[Path, os.stat_result]]:
    for path in folder.glob(pattern):
        try:
            yield path, path.stat()
        except FileNotFoundError:  # removed in the meantime
            continue


def _close(connection: duckdb.DuckDBPyConnection) -> None:
    """Close a writer; what cannot be checkpointed stays in the write-ahead log."""
    try:
        connection.close()
    except duckdb.Error as error:
        _log.warning("Closing the index: %s", error)
