"""The one Arrow form of a dataset's five tables: what is fingerprinted, stored and read back. Not here: files."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pyarrow as pa

from engine.datasets.schema import ENTITY_COLUMNS, HELD_OUT, INTERACTION_COLUMNS, ITEM_COLUMNS, TRIPLE_COLUMNS, Dataset

TEXT = pa.large_string()
TEXTS = pa.large_list(pa.field("item", TEXT))
TABLE_NAMES = ("users", "items", "interactions", "triples", "entities")

_ITEM_TYPES = {
    "creators": TEXTS,
    "categories": TEXTS,
    "aliases": TEXTS,
    "year": pa.int32(),
    "price": pa.float64(),
    "in_stock": pa.bool_(),
    "age_rating": pa.int32(),
}
ITEM_SCHEMA = pa.schema({column: _ITEM_TYPES.get(column, TEXT) for column in ITEM_COLUMNS})
INTERACTION_SCHEMA = pa.schema(
    dict(zip(INTERACTION_COLUMNS, (TEXT, TEXT, pa.int64(), pa.float64(), pa.int64()), strict=True))
)
TRIPLE_SCHEMA = pa.schema(dict.fromkeys(TRIPLE_COLUMNS, TEXT))
ENTITY_SCHEMA = pa.schema(dict.fromkeys(ENTITY_COLUMNS, TEXT))


def to_tables(dataset: Dataset) -> Mapping[str, pa.Table]:
    """Return table name -> Arrow table, missing values as nulls (a NaN becomes a null too)."""
    frames = {name: getattr(dataset, name) for name in TABLE_NAMES}
    return {name: to_table(name, frame) for name, frame in frames.items()}


def to_table(name: str, frame: pd.DataFrame) -> pa.Table:
    """Convert one frame of a dataset; columns that the schema does not know are left out (users keep all)."""
    schema = _schema(name, tuple(frame.columns))
    return pa.Table.from_pandas(frame[schema.names], schema=schema, preserve_index=False)


def conform(name: str, table: pa.Table) -> pa.Table:
    """Return the table with the schema's columns and types.

    Raises:
        KeyError: a column is missing.
        pyarrow.ArrowException: values do not fit their column's type.
    """
    schema = _schema(name, tuple(table.column_names))
    return table.select(schema.names).cast(schema)


def to_frame(name: str, table: pa.Table) -> pd.DataFrame:
    """Convert one Arrow table to the frame that `Dataset` promises; the reverse of `to_table`."""
    table = conform(name, table)
    lists = [field.name for field in table.schema if pa.types.is_large_list(field.type)]
    nullable = {pa.int32(): pd.Int32Dtype(), pa.bool_(): pd.BooleanDtype()}
    plain = [column for column in table.column_names if column not in lists]
    frame = table.select(plain).to_pandas(types_mapper=nullable.get)
    for column in lists:
        frame[column] = pd.Series([tuple(value or ()) for value in table[column].to_pylist()], dtype=object)
    return frame[table.column_names]


def empty_table(name: str) -> pa.Table:
    """Return a table of that name without rows."""
    return _schema(name, ("user_id",)).empty_table()


def _schema(name: str, columns: tuple[str, ...]) -> pa.Schema:
    if name == "users":
        attributes = [column for column in columns if column != "user_id"]
        return pa.schema([("user_id", TEXT), *((column, TEXT) for column in attributes)])
    if name == "interactions" and HELD_OUT in columns:
        return INTERACTION_SCHEMA.append(pa.field(HELD_OUT, pa.bool_()))
    known = {
        "items": ITEM_SCHEMA,
        "interactions": INTERACTION_SCHEMA,
        "triples": TRIPLE_SCHEMA,
        "entities": ENTITY_SCHEMA,
    }
    return known[name]
