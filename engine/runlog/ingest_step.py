"""Some records of one journal on their way into the index. Not here: which journals have news (ingest.py)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

import duckdb
import pyarrow as pa

from engine.errors import LogError
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
from engine.runlog.numbers import insert_rows
from engine.runlog.queries import named_query
from engine.runlog.rows import COLUMNS, UNFINISHED, Row, answer_rows, at_iso, resource_row, run_row
from engine.runlog.segments import insert_segment, segment_fault

_END_STATUSES = ("finished", "failed", "cancelled")
_CHUNK = 2000  # journal records in one transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """How far a journal was read; `head` is the hash of the record that ends at `offset`."""

    run_id: str
    offset: int
    n_records: int
    head: str
    problem: str | None = None
    problem_stamp: str | None = None  # of the file when the problem was found: it is read again when that changes


class IngestStep:
    """Some records of one journal, taken in one transaction together with how far it was read."""

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
                _insert(connection, self.at.run_id, table, rows)
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

    def _apply(self, entry: chain.Entry, record: JournalRecord, answered: set[str | int]) -> None:
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

    def _take_answer(self, record: AnsweredRequest, line: int, answered: set[str | int]) -> None:
        run_id = self.at.run_id
        for name in (record.request_id, record.request_index):
            if name in answered:
                raise LogError(f"Line {line} of the journal of {run_id} answers request {name} a second time.")
            answered.add(name)
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

    def _answered_before(self, records: list[JournalRecord]) -> set[str | int]:
        answers = [record for record in records if isinstance(record, AnsweredRequest)]
        asked = [self.at.run_id, [one.request_id for one in answers], [one.request_index for one in answers]]
        return {name for row in self.connection.execute(named_query("answered"), asked).fetchall() for name in row}


def _insert(connection: duckdb.DuckDBPyConnection, run_id: str, table: str, rows: list[Row]) -> None:
    if not rows:
        return
    names = ", ".join(COLUMNS[table])
    schema = connection.sql(f"select {names} from store.{table} limit 0").to_arrow_table().schema
    columns = [pa.array(column, field.type) for column, field in zip(zip(*rows, strict=True), schema, strict=True)]
    connection.register("incoming", pa.table(columns, schema=schema))
    try:
        chosen = f"select {names} from incoming where run_id = $run_id"
        insert_rows(connection, table, chosen, {"run_id": run_id}, few=True)
    finally:
        connection.unregister("incoming")
