"""Numbers beside the names of users and items, in the index: whoever reads millions of rows joins by them.

A number is the place of an id among those of its dataset, so it is the same whenever it is given. Rows of a run get
theirs as they come in; where the dataset comes later, all at once with it. Not here: who reads them (views.sql).
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from engine.runlog.queries import named_query

_NUMBERED = {"requests": ("users", "user_id", "user_number"), "slots": ("items", "item_id", "item_number")}
_TABLES = ("users", "items", "user_attributes", "interactions", "requests", "slots")


def number_dataset(connection: duckdb.DuckDBPyConnection, fingerprint: str) -> None:
    """Number the users and items of a dataset that has just been put into the index, and the rows that name them."""
    for table in _TABLES:
        connection.execute(named_query(f"number_{table}"), [fingerprint])


def insert_rows(
    connection: duckdb.DuckDBPyConnection, table: str, rows: str, values: Mapping[str, object], *, few: bool = False
) -> None:
    """Put rows of one run into a table, with the numbers of their users or items where the table has these.

    Args:
        connection: to the index, in the caller's transaction.
        table: of the schema `store`.
        rows: a select whose columns are named as the table's; `$run_id` is the run.
        values: of its parameters.
        few: whether the rows are few beside what a dataset has: its others are then passed over.
    """
    if table in _NUMBERED:
        names, name, number = _NUMBERED[table]
        known = "dataset_fingerprint = (select dataset_fingerprint from store.runs where run_id = $run_id)"
        known += f" and {name} in (select {name} from ({rows}))" if few else ""
        rows = (
            f"select r.*, n.{number} from ({rows}) r "
            f"left join (select {name}, {number} from store.{names} where {known}) n on n.{name} = r.{name}"
        )
    connection.execute(f"insert into store.{table} by name {rows}", dict(values))
