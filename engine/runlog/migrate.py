"""The index's schema: numbered append-only migrations, and public views with their comments, replaced whole.

The index can be made again from the journals. So an index of an older schema takes the new migrations in place, and
where one of them says `-- needs: rebuild` (rows that older ingests did not write), it is made again instead.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from pathlib import Path

import duckdb

from engine.errors import LogError
from engine.runlog.queries import named_query

_HERE = Path(__file__).parent
_VIEWS = "views"
_NEEDS_REBUILD = "-- needs: rebuild"


class SchemaState(Enum):
    """How an index's schema stands to this version's."""

    CURRENT = auto()
    UPGRADABLE = auto()
    NEEDS_REBUILD = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewColumn:
    """One column of a public view, with what it means."""

    view: str
    view_comment: str | None
    column: str
    type: str
    comment: str | None


def schema_state(connection: duckdb.DuckDBPyConnection) -> SchemaState:
    """Compare an index's schema with this version's.

    Raises:
        LogError: the index was made by a newer version.
    """
    found, expected = _applied(connection), _expected()
    if found == expected:
        return SchemaState.CURRENT
    unknown = sorted(set(found) - set(expected))
    if unknown:
        raise LogError(
            f"The index was made by a newer version of RecAudit (it holds {', '.join(unknown)}). Update RecAudit, or "
            "run `recaudit log rebuild` to make the index again with this one."
        )
    pending = [path for path in _migrations() if path.stem not in found]
    changed = any(found[name] != expected[name] for name in found if name != _VIEWS)
    gap = bool(pending) and any(path.stem in found for path in _migrations() if path > pending[0])
    if changed or gap or (found and any(_NEEDS_REBUILD in path.read_text() for path in pending)):
        return SchemaState.NEEDS_REBUILD
    return SchemaState.UPGRADABLE


def migrate(connection: duckdb.DuckDBPyConnection) -> None:
    """Apply what is missing and replace the views, all of it in one transaction or nothing."""
    found, expected = _applied(connection), _expected()
    connection.begin()
    try:
        for path in _migrations():
            if path.stem not in found:
                connection.execute(path.read_text(encoding="utf-8"))
        for view in connection.execute(named_query("public_views")).fetchall():
            connection.execute(f'drop view "{view[0]}"')
        for path in _view_files():
            connection.execute(path.read_text(encoding="utf-8"))
        connection.execute("delete from store.schema_state")
        connection.executemany("insert into store.schema_state (name, digest) values (?, ?)", list(expected.items()))
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def view_columns() -> list[ViewColumn]:
    """Return every column of every public view, in the order of views.sql."""
    connection = duckdb.connect(":memory:")
    try:
        migrate(connection)
        rows = connection.execute(named_query("view_columns")).fetchall()
    finally:
        connection.close()
    names = ("view", "view_comment", "column", "type", "comment")
    return [ViewColumn(**dict(zip(names, row, strict=True))) for row in rows]


def views_markdown() -> str:
    """Return the document of the public SQL interface, VIEWS.md."""
    lines = [
        "# The public SQL interface",
        "",
        "Made from `views_columns.sql` by `recaudit log columns --markdown`; a test fails when it is out of date.",
        'Query it with `recaudit sql "select ..."`. Times are UTC.',
    ]
    view = ""
    for row in view_columns():
        if row.view != view:
            view = row.view
            lines += ["", f"## {view}", "", row.view_comment or "", "", "| column | type | meaning |", "|---|---|---|"]
        lines.append(f"| `{row.column}` | {row.type.lower()} | {(row.comment or '').replace('|', '&#124;')} |")
    return "\n".join(lines) + "\n"


def _applied(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    if not connection.execute(named_query("has_schema_state")).fetchall():
        return {}
    return dict(connection.execute("select name, digest from store.schema_state").fetchall())


@cache
def _expected() -> dict[str, str]:
    digests = {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in _migrations()}
    views = b"".join(path.read_bytes() for path in _view_files())
    return {**digests, _VIEWS: hashlib.sha256(views).hexdigest()}


def _migrations() -> list[Path]:
    return sorted((_HERE / "migrations").glob("[0-9][0-9][0-9][0-9]_*.sql"))


def _view_files() -> tuple[Path, Path]:
    return _HERE / "views.sql", _HERE / "views_columns.sql"
