"""JSON lines -> a raw table, read by DuckDB's JSON functions over lines that Arrow split, so that line numbers hold."""

from __future__ import annotations

import io
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from engine.datasets.arrow import TEXT
from engine.datasets.files.raw import RawTable, RowCheck, tidied
from engine.datasets.files.text import read_text
from engine.datasets.problems import DAMAGED, Problems

_NEVER = "\x01"  # JSON forbids control characters in a line
_KEYS_MAX = 1_000


def read_json_lines(path: Path, table: str, problems: Problems, *, encoding: str = "utf-8") -> RawTable | None:
    """Read one object a line; None where the file cannot be read at all (noted in `problems`).

    A list becomes its elements joined by "|"; a nested object stays as JSON text.
    """
    data = read_text(path, table, problems, encoding=encoding)
    if data is None:
        return None
    data = data.replace(_NEVER.encode(), DAMAGED.encode())
    try:
        texts = _split(data)
    except pa.ArrowInvalid as error:
        problems.add_file(table, path.name, "one JSON object a line", f"text that cannot be split ({str(error)[:120]})")
        return None
    raw = tidied(RawTable(table, path.name, texts, np.arange(1, texts.num_rows + 1, dtype=np.int64)), problems)
    with duckdb.connect(config={"enable_external_access": "false"}) as connection:
        connection.register("lines", raw.rows)
        objects = connection.sql(
            "select case when json_valid(line) then json_type(line) = 'OBJECT' else false end as is_object from lines"
        ).to_arrow_table()
        check = RowCheck(raw, problems)
        check.refuse(~objects["is_object"].to_numpy().astype(bool), "line", "a JSON object")
        raw = check.kept()
        connection.register("objects", raw.rows)
        keys = connection.sql("select distinct unnest(json_keys(line)) as key from objects order by 1").fetchall()
        if not 0 < len(keys) <= _KEYS_MAX:
            problems.add_file(table, path.name, f"objects with 1 to {_KEYS_MAX:,} keys", f"{len(keys):,} keys")
            return None
        names = [key for (key,) in keys]
        values = connection.sql(f"select {', '.join(_value(name) for name in names)} from objects").to_arrow_table()
    columns = {name: values.column(index).cast(TEXT) for index, name in enumerate(names)}
    return tidied(RawTable(table, path.name, pa.table(columns), raw.lines, raw.n_refused), problems)


def _split(data: bytes) -> pa.Table:
    return arrow_csv.read_csv(
        io.BytesIO(data),
        read_options=arrow_csv.ReadOptions(block_size=min(len(data) + 1, 1 << 30), column_names=["line"]),
        parse_options=arrow_csv.ParseOptions(delimiter=_NEVER, quote_char=False, ignore_empty_lines=False),
        convert_options=arrow_csv.ConvertOptions(column_types={"line": TEXT}, check_utf8=False),
    )


def _value(key: str) -> str:
    pointer = "/" + key.replace("~", "~0").replace("/", "~1")
    path = "'" + pointer.replace("'", "''") + "'"
    return (
        f"case json_type(line, {path}) when 'ARRAY' then "
        f"array_to_string(from_json(json_extract(line, {path}), '[\"VARCHAR\"]'), '|') "
        f"else json_extract_string(line, {path}) end"
    )
