"""Bring the index up to what the journals and the dataset folders hold. Not here: opening the index (index.py).

Each step commits its rows together with how far the journal was read and the hash of the last record there, so a crash
between two steps costs nothing and no record is taken twice. The index is a function of the files: a journal that was
cut or replaced is read again from its start, and one that is gone takes its rows with it. A damaged journal keeps the
rows before the damage, has its problem written down, and does not keep the other runs from being read.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa
from pydantic import TypeAdapter

from engine.datasets.quality import QualityReport
from engine.datasets.store import load_dataset, stored_dataset
from engine.errors import DatasetError, LogError
from engine.home import Home
from engine.records import (
    AnsweredRequest,
    ExternalAnswer,
    FitRecord,
    ResourceRecord,
    ResumeRecord,
    RunEnd,
    RunManifest,
    SegmentRecord,
)
from engine.runlog import chain
from engine.runlog.codec import JournalRecord, load_escaped
from engine.runlog.dataset_rows import drop_dataset, index_dataset
from engine.runlog.derived_ingest import derived_is_current, drop_derived, take_derived
from engine.runlog.journal import read_journal
from engine.runlog.queries import named_query
from engine.runlog.rows import COLUMNS, UNFINISHED, Row, answer_rows, at_iso, resource_row, run_row
from engine.runlog.segments import insert_segment, segment_fault

Progress = Callable[[str, float], None]
"""Called with what is going on and the share done in [0, 1]."""

_END_STATUSES = ("finished", "failed", "cancelled")
_CHUNK = 2000  # journal records in one transaction
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """How far a journal was read; `head` is the hash of the record that ends at `offset`."""

    run_id: str
    offset: int
    n_records: int
    head: str
    problem: str | None = None
    problem_stamp: str | None = None  # of the file when the problem was found: it is read again when that changes


def no_progress(_what: str, _share: float) -> None:
    """Ignore progress."""


def is_current(connection: duckdb.DuckDBPyConnection, home: Home) -> bool:
    """Return whether `catch_up` would find nothing to do; reads a few bytes of each journal."""
    known, files = positions(connection), _journals(home)
    if set(known) - set(files) or any(_has_news(path, known.get(run_id)) for run_id, path in files.items()):
        return False
    stored, indexed, referenced = _stored(home), _fingerprints(connection, "indexed"), _fingerprints(connection, "used")
    if not set(stored) <= indexed <= set(stored) | referenced:
        return False
    return derived_is_current(connection, home)


def catch_up(connection: duckdb.DuckDBPyConnection, home: Home, progress: Progress = no_progress) -> None:
    """Take in whatever the files hold and the index does not."""
    _take_datasets(connection, home, progress)
    known, files = positions(connection), _journals(home)
    for run_id in set(known) - set(files):
        _drop_run(connection, run_id)
    news = [path for run_id, path in files.items() if _has_news(path, known.get(run_id))]
    for index, path in enumerate(news):
        progress(path.stem, index / len(news))
        _ingest_journal(connection, path, known.get(path.stem))
    take_derived(connection, home)
    for fingerprint in _fingerprints(connection, "indexed") - set(_stored(home)) - _fingerprints(connection, "used"):
        drop_dataset(connection, fingerprint)
    progress("done", 1.0)


def positions(connection: duckdb.DuckDBPyConnection) -> dict[str, Position]:
    """Return run id -> how far its journal was read."""
    rows = connection.execute(named_query("positions")).fetchall()
    names = ("run_id", "offset", "n_records", "head", "problem", "problem_stamp")
    return {row[0]: Position(**dict(zip(names, row, strict=True))) for row in rows}


def missing_datasets(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the fingerprints of datasets that runs rest on and that the index does not hold."""
    return _fingerprints(connection, "used") - _fingerprints(connection, "indexed")


def _journals(home: Home) -> dict[str, Path]:
    return {path.stem: path for path in sorted(home.journals.glob("*.jsonl"))}


def _stored(home: Home) -> dict[str, str]:
    """Return fingerprint -> name of the datasets in the home folder; one that cannot be described is left out."""
    stored: dict[str, str] = {}
    for manifest in sorted(home.datasets.glob("[!.]*/dataset.json")):
        try:
            stored.setdefault(stored_dataset(home, manifest.parent.name).fingerprint, manifest.parent.name)
        except DatasetError as error:
            _log.warning("%s", error)
    return stored


def _fingerprints(connection: duckdb.DuckDBPyConnection, which: str) -> set[str]:
    return {row[0] for row in connection.execute(named_query(f"{which}_datasets")).fetchall()}


def _take_datasets(connection: duckdb.DuckDBPyConnection, home: Home, progress: Progress) -> None:
    indexed = _fingerprints(connection, "indexed")
    for fingerprint, name in _stored(home).items():
        if fingerprint in indexed:
            continue
        progress(f"dataset {name}", 0.0)
        try:
            dataset, quality = load_dataset(home, name), stored_dataset(home, name).quality
        except DatasetError as error:  # its runs stay readable; histories and targets of them are empty
            _log.warning("%s", error)
            continue
        index_dataset(connection, dataset, TypeAdapter(QualityReport).dump_json(quality).decode())


def _has_news(path: Path, at: Position | None) -> bool:
    try:
        if at is None:
            return _has_line(path, 0)
        if not _joins(path, at):
            return True
        if at.problem is not None:
            return _stamp(path) != at.problem_stamp
        return _has_line(path, at.offset)
    except FileNotFoundError:
        return True


def _joins(path: Path, at: Position) -> bool:
    """Return whether the record that ends at the position still is the one that was read."""
    if at.offset == 0:
        return True
    with path.open("rb") as file:
        file.seek(at.offset - chain.TAIL_BYTES)
        return file.read(chain.TAIL_BYTES).endswith(f',"hash":"{at.head}"}}\n'.encode())


def _stamp(path: Path) -> str:
    """Return what changes when a journal, or the folder of the segments that it may need, does."""
    status, segments = path.stat(), _home_of(path).segments
    beside = segments.stat().st_mtime_ns if segments.is_dir() else 0
    return f"{status.st_size} bytes, {status.st_mtime_ns} ns, segments {beside} ns"


def _home_of(journal: Path) -> Home:
    return Home(journal.parent.parent)


def _has_line(path: Path, offset: int) -> bool:
    with path.open("rb") as file:
        file.seek(offset)
        return file.readline().endswith(b"\n")


def _ingest_journal(connection: duckdb.DuckDBPyConnection, path: Path, known: Position | None) -> None:
    if known is not None and not (path.exists() and _joins(path, known)):
        _drop_run(connection, path.stem)
        known = None
    at = known or Position(run_id=path.stem, offset=0, n_records=0, head=chain.genesis(path.stem))
    try:
        stamp = _stamp(path)
        entries = read_journal(path, at.offset, seq=at.n_records, prev=at.head)
        while True:
            step = _Step(connection, _home_of(path), replace(at, problem=None, problem_stamp=None), stamp)
            if not step.take(entries) and at.problem is None:
                return
            at = step.commit()
            if at.problem is not None:
                return
    except FileNotFoundError:  # deleted under our hands: the next catch-up drops its rows
        return


def _drop_run(connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
    connection.begin()
    try:
        for table in COLUMNS:
            connection.execute(f"delete from store.{table} where run_id = ?", [run_id])
        drop_derived(connection, run_id)
        connection.execute("delete from store.journals where run_id = ?", [run_id])
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


class _Step:
    """Some records of one journal on their way into the index, in one transaction."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, home: Home, at: Position, stamp: str) -> None:
        self.connection, self.home, self.at, self.stamp = connection, home, at, stamp
        self.segments: list[SegmentRecord] = []
        self.rows: dict[str, list[Row]] = {table: [] for table in COLUMNS}
        self.changes: list[tuple[str, list[object]]] = []  # named query and parameters, after the rows

    def take(self, entries: Iterator[chain.Entry]) -> bool:
        """Read up to a chunk of records; return whether there is anything to commit. A problem ends the reading."""
        taken: list[tuple[chain.Entry, JournalRecord]] = []
        problem: LogError | None = None
        try:
            for entry in itertools.islice(entries, _CHUNK):
                taken.append((entry, load_escaped(entry.kind, entry.body)))
        except LogError as error:
            problem = error
        answered = self._answered_before([record for _, record in taken])
        last: chain.Entry | None = None
        try:
            for entry, record in taken:
                self._apply(entry, record, answered)
                last = entry
        except LogError as error:
            problem = error
        if last is not None:
            self.at = replace(self.at, offset=last.end, n_records=last.seq + 1, head=last.hash)
        if problem is not None:
            self.at = replace(self.at, problem=str(problem), problem_stamp=self.stamp)
        return bool(taken) or problem is not None

    def commit(self) -> Position:
        """Write rows and position together."""
        connection = self.connection
        connection.begin()
        try:
            for table, rows in self.rows.items():
                _insert(connection, table, rows)
            for segment in self.segments:
                insert_segment(connection, self.home, self.at.run_id, segment)
            for query, values in self.changes:
                connection.execute(named_query(query), values)
            at = self.at
            values = [at.run_id, at.offset, at.n_records, at.head, at.problem, at.problem_stamp]
            connection.execute(named_query("save_position"), values)
            connection.commit()
        except BaseException:
            connection.rollback()
            raise
        return at

    def _apply(self, entry: chain.Entry, record: JournalRecord, answered: set[str]) -> None:
        run_id, line = self.at.run_id, entry.seq + 1
        if isinstance(record, RunManifest) != (entry.seq == 0):
            raise LogError(
                f"Line {line} of the journal of {run_id}: the plan is expected on the first line and only there."
            )
        match record:
            case RunManifest():
                if record.run_id != run_id:
                    raise LogError(f"The journal of {run_id} holds the plan of {record.run_id}; was the file renamed?")
                self.rows["runs"].append(run_row(record))
            case AnsweredRequest():
                self._take_answer(record, line, answered)
            case SegmentRecord():
                self._take_segment(record, line)
            case ExternalAnswer():
                pass  # an answer record follows when its slots are decided
            case FitRecord():
                self._take_fit(record)
            case ResourceRecord():
                self.rows["resources"].append(resource_row(run_id, entry.seq, record))
            case ResumeRecord():
                self.changes.append(("set_status", [UNFINISHED, None, run_id]))
            case RunEnd():
                self._take_end(record, line)

    def _take_answer(self, record: AnsweredRequest, line: int, answered: set[str]) -> None:
        run_id = self.at.run_id
        if record.request_id in answered:
            raise LogError(f"Line {line} of the journal of {run_id} answers {record.request_id} a second time.")
        answered.add(record.request_id)
        for table, row in list(answer_rows(run_id, record)):
            self.rows[table].append(row)

    def _take_fit(self, record: FitRecord) -> None:
        if not record.restored:
            self.changes.append(("set_fit", [record.seconds, self.at.run_id]))

    def _take_end(self, record: RunEnd, line: int) -> None:
        if record.status not in _END_STATUSES:
            raise LogError(
                f"Line {line} of the journal of {self.at.run_id} ends it as {record.status!r}; expected one of "
                f"{', '.join(_END_STATUSES)}."
            )
        self.changes.append(("set_status", [record.status, at_iso(record.finished_at), self.at.run_id]))

    def _take_segment(self, record: SegmentRecord, line: int) -> None:
        fault = segment_fault(self.home, record)
        if fault is not None:
            raise LogError(f"Line {line} of the journal of {self.at.run_id}: {fault}. Put back a copy that verifies.")
        self.segments.append(record)

    def _answered_before(self, records: list[JournalRecord]) -> set[str]:
        asked = [record.request_id for record in records if isinstance(record, AnsweredRequest)]
        return {row[0] for row in self.connection.execute(named_query("answered"), [self.at.run_id, asked]).fetchall()}


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[Row]) -> None:
    if not rows:
        return
    names = ", ".join(COLUMNS[table])
    schema = connection.sql(f"select {names} from store.{table} limit 0").to_arrow_table().schema
    columns = [pa.array(column, field.type) for column, field in zip(zip(*rows, strict=True), schema, strict=True)]
    connection.register("incoming", pa.table(columns, schema=schema))
    try:
        connection.execute(f"insert into store.{table} ({names}) select {names} from incoming")
    finally:
        connection.unregister("incoming")
