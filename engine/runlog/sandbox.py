"""Run one query that a person typed: it can only read, and only the log. Not here: how the result is shown.

Two fences: the statement must be a query, and the connection itself is read-only and has no way to files, network,
extensions or settings (`store.open_reader`), so that a function inside a query has none either.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from engine.errors import LogError
from engine.runlog.index import RunLog

_ALLOWED = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryResult:
    """The first rows of a query's result. `is_cut`: there are more than were asked for."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    is_cut: bool


def check_query(sql: str) -> None:
    """Refuse anything but one statement that only reads.

    Raises:
        LogError: what was typed is not such a statement; the message says why.
    """
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise LogError(f"The query cannot be read: {error}") from error
    if len(statements) != 1:
        raise LogError(f"Expected one query, got {len(statements)} statements. Run them one by one.")
    kind = statements[0].type
    if kind not in _ALLOWED:
        raise LogError(
            f"{kind.name} statements are refused: the log can only be read here. Expected select, from, with, values, "
            "describe, show, summarize or explain."
        )


def run_query(log: RunLog, sql: str, *, limit: int | None = 1000, timeout_s: float | None = 60.0) -> QueryResult:
    """Run a query and return at most `limit` rows of its result; None: all of them, however long it takes.

    Raises:
        LogError: the query is refused, wrong, or did not end within `timeout_s`.
        ValueError: the limit is negative.
    """
    if limit is not None and limit < 0:
        raise ValueError(f"limit must be 0 or more, got {limit}")
    check_query(sql)
    with log.connect() as connection, _timeout(connection, timeout_s):
        try:
            cursor = connection.execute(sql)
            columns = tuple(column[0] for column in cursor.description or ())
            rows = cursor.fetchall() if limit is None else cursor.fetchmany(limit + 1)
        except duckdb.InterruptException as error:
            raise LogError(f"The query did not end within {timeout_s:g} s and was stopped. Allow more time.") from error
        except duckdb.Error as error:
            raise LogError(_explain(error)) from error
    kept = rows if limit is None else rows[:limit]
    return QueryResult(columns=columns, rows=tuple(tuple(row) for row in kept), is_cut=len(kept) < len(rows))


@contextmanager
def _timeout(connection: duckdb.DuckDBPyConnection, seconds: float | None) -> Iterator[None]:
    timer = threading.Timer(seconds, connection.interrupt) if seconds is not None else None
    if timer is not None:
        timer.daemon = True
        timer.start()
    try:
        yield
    finally:
        if timer is not None:
            timer.cancel()
            timer.join()  # or it could interrupt whatever uses the connection next


def _explain(error: duckdb.Error) -> str:
    text = str(error)
    if isinstance(error, duckdb.PermissionException) or "disabled by configuration" in text:
        return (
            f"The query was refused: it reaches outside the log, and files, network and extensions are closed. {text}"
        )
    if "read-only" in text:
        return f"The query was refused: the log can only be read here. {text}"
    return f"The query failed: {text}"
