"""Rows of the index, made from a dataset: all at once, as Arrow, so that millions of interactions go in fast."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from engine.datasets.arrow import TEXT, to_tables
from engine.datasets.schema import HELD_OUT, Dataset
from engine.runlog.codec import escape
from engine.runlog.numbers import number_dataset
from engine.runlog.queries import named_query

DATASET_TABLES = ("users", "user_attributes", "items", "item_labels", "interactions", "entities", "triples")
_LABELS = {"creators": "creator", "categories": "category", "aliases": "alias"}


def index_dataset(connection: duckdb.DuckDBPyConnection, dataset: Dataset, quality_json: str = "{}") -> None:
    """Put a dataset's rows into the index in one transaction; one that is there already (by content) stays as it is."""
    if connection.execute(named_query("has_dataset"), [dataset.fingerprint]).fetchall():
        return
    tables = {name: _escape_texts(table) for name, table in to_tables(dataset).items()}
    if HELD_OUT not in tables["interactions"].column_names:
        kept = pa.repeat(pa.scalar(False), tables["interactions"].num_rows)
        tables["interactions"] = tables["interactions"].append_column(HELD_OUT, kept)
    connection.begin()
    try:
        counts = [tables[name].num_rows for name in ("users", "items", "interactions", "triples")]
        described = [dataset.fingerprint, dataset.name, dataset.source, dataset.disclosure, *counts, quality_json]
        connection.execute(named_query("insert_dataset"), described)
        for name in ("items", "interactions", "entities", "triples"):
            _insert(connection, name, dataset.fingerprint, tables[name])
        _insert(connection, "users", dataset.fingerprint, tables["users"].select(["user_id"]))
        for attributes in _attributes(tables["users"]):
            _insert(connection, "user_attributes", dataset.fingerprint, attributes)
        for column, kind in _LABELS.items():
            _insert(connection, "item_labels", dataset.fingerprint, _labels(tables["items"], column, kind))
        number_dataset(connection, dataset.fingerprint)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def drop_dataset(connection: duckdb.DuckDBPyConnection, fingerprint: str) -> None:
    """Take a dataset's rows out of the index, in the caller's transaction."""
    for table in DATASET_TABLES:
        connection.execute(f"delete from store.{table} where dataset_fingerprint = ?", [fingerprint])
    connection.execute("delete from store.datasets where fingerprint = ?", [fingerprint])


def _insert(connection: duckdb.DuckDBPyConnection, name: str, fingerprint: str, rows: pa.Table) -> None:
    connection.register("incoming", rows)
    try:
        connection.execute(named_query(f"insert_{name}"), [fingerprint])
    finally:
        connection.unregister("incoming")


def _attributes(users: pa.Table) -> Iterator[pa.Table]:
    for column in users.column_names:
        if column != "user_id":
            name = pa.array([column] * users.num_rows, TEXT)
            yield pa.table({"user_id": users["user_id"], "attribute": name, "attribute_value": users[column]})


def _labels(items: pa.Table, column: str, kind: str) -> pa.Table:
    rows = [
        (item_id, kind, escape(label), index)
        for item_id, labels in zip(items["item_id"].to_pylist(), items[column].to_pylist(), strict=True)
        for index, label in enumerate(labels or ())
    ]
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    types = {"item_id": TEXT, "kind": TEXT, "label": TEXT, "label_index": pa.int32()}
    return pa.table({name: pa.array(column, kind) for (name, kind), column in zip(types.items(), columns, strict=True)})


def _escape_texts(table: pa.Table) -> pa.Table:
    """Write texts as the journals do (`codec.escape`), so that ids meet; hardly any dataset has one to change."""
    for index, field in enumerate(table.schema):
        if field.type == TEXT and _has_unsafe(table[index]):
            texts = [None if text is None else escape(text) for text in table[index].to_pylist()]
            table = table.set_column(index, field, pa.array(texts, TEXT))
    return table


def _has_unsafe(texts: pa.ChunkedArray) -> bool:
    found = pc.call_function("match_substring_regex", [texts], pc.MatchSubstringOptions("[\x00␚]"))
    return pc.call_function("any", [found]).as_py() is True


def copy_datasets(connection: duckdb.DuckDBPyConnection, index: Path, fingerprints: Iterable[str]) -> None:
    """Take datasets over from another index file, all or nothing."""
    quoted = str(index).replace("'", "''")  # attach takes no parameters
    connection.execute(f"attach '{quoted}' as old (read_only)")
    try:
        connection.begin()
        for fingerprint in fingerprints:
            copied = [fingerprint]
            connection.execute(
                "insert into store.datasets by name from old.store.datasets where fingerprint = ?", copied
            )
            for table in DATASET_TABLES:
                rows = f"from old.store.{table} where dataset_fingerprint = ?"
                connection.execute(f"insert into store.{table} by name {rows}", copied)
            number_dataset(connection, fingerprint)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    finally:
        connection.execute("detach old")
