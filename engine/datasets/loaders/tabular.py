"""Own files, one a table: CSV, TSV, JSON lines or Parquet, with a column mapping where columns have other names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from engine.datasets.arrow import TABLE_NAMES, TEXT
from engine.datasets.arrow_compute import compute as pc
from engine.datasets.columns import without_missing_words
from engine.datasets.files.delimited import read_delimited
from engine.datasets.files.json_lines import read_json_lines
from engine.datasets.files.parquet import read_parquet
from engine.datasets.files.raw import RawDataset, RawTable
from engine.datasets.loaders.mapping import TARGETS, ColumnMapping
from engine.datasets.loaders.source import Source
from engine.datasets.problems import Problems
from engine.errors import DatasetError

_SUFFIXES = (".csv", ".tsv", ".txt", ".parquet", ".jsonl", ".ndjson")


def detects(source: Source) -> bool:
    """Tell whether files are named, or the folder holds a file called interactions."""
    return bool(source.files) or bool(_in_folder(source, "interactions"))


def read(
    source: Source, problems: Problems, mapping: ColumnMapping, *, items_from_interactions: bool = False
) -> RawDataset:
    """Read the files of all tables that there are; without a file of users, whoever interacted is one.

    `items_from_interactions`: without a file of items, what is in an interaction is one.

    Raises:
        DatasetError: two files of the folder claim the same table, or a file has another suffix.
    """
    tables: dict[str, RawTable] = {}
    notes: list[str] = []
    for table in (*TABLE_NAMES, "holdout"):
        path = source.files.get(table) or _in_folder(source, table)
        raw = None if path is None else _read(path, table, problems, mapping)
        if raw is not None:
            tables[table] = _mapped(raw, mapping, problems, notes)
    if "items" not in tables and items_from_interactions:
        met = [tables[table] for table in ("interactions", "holdout") if table in tables]
        tables |= {"items": _items_of(met)} if met else {}
        notes.append("without a catalogue: items are those of the interactions, and their ids are their titles")
    pictures = {path.stem: path for path in source.glob("pictures/*.png")}
    return RawDataset(
        tables=tables,
        source=f"files {source.label}",
        pictures=pictures,
        notes=tuple(notes),
        derives_entities="entities" not in tables,
    )


def _in_folder(source: Source, table: str) -> Path | None:
    found = [path for suffix in _SUFFIXES if (path := source.find(table + suffix)) is not None]
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise DatasetError(f"{source.label}: {names} all claim to be the {table}; name one with --{table}.")
    return found[0] if found else None


def _read(path: Path, table: str, problems: Problems, mapping: ColumnMapping) -> RawTable | None:
    options = mapping.options
    match path.suffix.lower():
        case ".parquet":
            return read_parquet(path, table, problems)
        case ".jsonl" | ".ndjson":
            return read_json_lines(path, table, problems, encoding=options.encoding)
        case ".csv" | ".tsv" | ".txt":
            delimiter = options.delimiter or ("\t" if path.suffix.lower() == ".tsv" else None)
            header = mapping.header(table)
            if header is not None and delimiter is None:
                delimiter = ","
            return read_delimited(path, table, problems, delimiter=delimiter, columns=header, encoding=options.encoding)
        case suffix:
            raise DatasetError(f"{path.name}: expected one of {', '.join(_SUFFIXES)}, found {suffix or 'no suffix'}.")


def _mapped(raw: RawTable, mapping: ColumnMapping, problems: Problems, notes: list[str]) -> RawTable:
    """Give the columns the schema's names; of users, those that the mapping does not mention are attributes."""
    present = raw.rows.column_names
    wanted = dict(mapping.of_table(raw.table))
    own = mapping.own(raw.table)
    for column, name in wanted.items():
        if name not in present and (column in own or column in _NEEDED.get(raw.table, ())):
            expected = f"a column {name} (for {column})"
            problems.add_file(raw.table, raw.file, expected, "only " + ", ".join(present), line=1)
    chosen = {name: column for column, name in wanted.items() if name in present}
    if raw.table == "users":
        attributes = [name for name in present if name not in chosen and name not in chosen.values()]
        picked = mapping.options.attributes
        chosen |= {name: name for name in attributes if picked is None or name in picked or name == "user_id"}
    else:
        free = [name for name in TARGETS[raw.table] if name in present and name not in chosen]
        chosen |= {name: name for name in free if name not in chosen.values()}
    unused = [name for name in present if name not in chosen]
    if unused:
        notes.append(f"columns of {raw.file} not used: {', '.join(unused[:20])}")
    raw = raw.renamed(chosen)
    lost = sum(pc.sum(pc.match_substring(raw.rows[name], "\ufffd")).as_py() or 0 for name in raw.rows.column_names)
    if lost:
        notes.append(f"{lost:,} values of {raw.file} hold U+FFFD: letters were lost before it was written")
    return _with_options(raw, mapping) if raw.table == "items" else raw


_NEEDED = {
    "users": ("user_id",),
    "items": ("item_id", "title"),
    "interactions": ("user_id", "item_id", "timestamp"),
    "holdout": ("user_id", "item_id"),
    "triples": ("head", "relation", "tail"),
    "entities": ("entity_id",),
}


def _items_of(met: Sequence[RawTable]) -> RawTable:
    """Return a catalogue of the items that interactions name."""
    chunks = [chunk for table in met if "item_id" in table.rows.column_names for chunk in table.rows["item_id"].chunks]
    ids = pc.drop_null(without_missing_words(pa.chunked_array(chunks, TEXT).combine_chunks()).unique())
    rows = pa.table({"item_id": ids, "title": ids})
    return RawTable("items", met[0].file, rows, np.zeros(rows.num_rows, dtype=np.int64))


def _with_options(items: RawTable, mapping: ColumnMapping) -> RawTable:
    options = mapping.options
    if options.list_separator != "|":
        for column in {"creators", "categories", "aliases"} & set(items.rows.column_names):
            parts = pc.replace_substring(items.rows[column], options.list_separator, "|")
            items = items.with_column(column, parts)
    if options.domain and "domain" not in items.rows.column_names:
        items = items.with_column("domain", pa.repeat(pa.scalar(options.domain, TEXT), items.rows.num_rows))
    return items
