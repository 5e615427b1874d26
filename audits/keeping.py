"""Hold on to the rows that many numbers are made from: temporary tables of one connection, made when first asked for.

What a number means is the query as it is written. This only keeps parts of it from being worked out again for each
number, and takes all values of the same rows in one pass. Not here: what is asked for (evidence).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count

import duckdb
import pyarrow as pa

from audits.queries import BoundQuery, NamedQuery, named_queries

_NUMBER = count()  # temporary tables of different evidence may share a connection


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTable:
    """A temporary table. With a column run_id, its rows can be cut to some runs."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeptParts:
    """The temporary tables made so far, by what they hold."""

    connection: duckdb.DuckDBPyConnection
    tables: dict[str, KeptTable] = field(default_factory=dict)
    objects: dict[str, object] = field(default_factory=dict)  # what kernels made of rows, by what it is made of

    def of_query(self, key: str, make: Callable[[], BoundQuery]) -> KeptTable:
        """Return the table of a query's rows, made now if it is not there yet."""
        digest = _digest(key)
        if digest not in self.tables:
            query, name = make(), _new_name()  # may make the tables of its own parts first
            self.connection.execute(f"create temporary table {name} as {query.sql}", dict(query.parameters) or None)
            self._note(digest, name)
        return self.tables[digest]

    def of_rows(self, key: str, make: Callable[[], pa.Table]) -> KeptTable:
        """Return the table of rows worked out outside SQL, made now if it is not there yet."""
        digest = _digest(key)
        if digest not in self.tables:
            rows, name = make(), _new_name()
            columns = ", ".join(rows.column_names)
            self.connection.register(f"{name}_rows", rows)
            try:
                self.connection.execute(f"create temporary table {name} as select {columns} from {name}_rows")
            finally:
                self.connection.unregister(f"{name}_rows")
            self._note(digest, name)
        return self.tables[digest]

    def found(self, key: str) -> KeptTable | None:
        """Return the table of that key where it was made."""
        return self.tables.get(_digest(key))

    def _note(self, digest: str, name: str) -> None:
        described = self.connection.execute(f"select * from {name} limit 0").description or ()
        self.tables[digest] = KeptTable(name=name, columns=tuple(column[0] for column in described))


def values_of(facts: str) -> Mapping[str, NamedQuery]:
    """Return the queries that are one value of each row of `facts`, by name."""
    return {
        name: query
        for name, query in named_queries().items()
        if query.one_pass is not None and query.one_pass.facts == facts
    }


def user_means(facts: str) -> str:
    """Return the query that takes the user means of all values of the named query `facts` in one pass."""
    columns = [
        f"avg({one.expression}) as {name}"
        for name, query in values_of(facts).items()
        if (one := query.one_pass) is not None
    ]
    said = f"-- One row a run and user: means of the values of {facts}.\n-- uses: {facts}"
    return f"{said}\nselect run_id, user_id, {', '.join(columns)} from {facts} group by run_id, user_id"


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _new_name() -> str:
    return f"kept_{next(_NUMBER)}"
