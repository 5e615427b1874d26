"""RecBole's atomic files: <name>.inter, .item, .user, .kg, .link, tab-separated, a header of `name:type` columns.

Source: https://recbole.io/docs/user_guide/data/atomic_files.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from engine.datasets.arrow import TEXT
from engine.datasets.arrow_compute import compute as pc
from engine.datasets.files.delimited import read_delimited
from engine.datasets.files.raw import RawDataset, RawTable
from engine.datasets.loaders.people import with_age_band, with_gender
from engine.datasets.loaders.source import Source
from engine.datasets.loaders.titles import with_film_titles
from engine.datasets.problems import Problems
from engine.errors import DatasetError

_SUFFIXES: Mapping[str, str] = {
    "interactions": ".inter",
    "items": ".item",
    "users": ".user",
    "triples": ".kg",
    "entities": ".link",
}
_TYPES = {"token", "token_seq", "float", "float_seq"}
# Names that RecBole's data sets use for one thing.
_NAMES: Mapping[str, Mapping[str, str]] = {
    "interactions": {"user_id": "user_id", "item_id": "item_id", "timestamp": "timestamp", "rating": "rating"},
    "items": {
        "item_id": "item_id", "movie_title": "title", "title": "title", "name": "title", "item_name": "title",
        "release_year": "year", "year": "year", "class": "categories", "genre": "categories", "genres": "categories",
        "category": "categories", "categories": "categories", "tags": "categories", "description": "description",
        "price": "price", "brand": "provider", "store": "provider", "artist": "creators", "author": "creators",
    },
    "triples": {"head_id": "head", "relation_id": "relation", "tail_id": "tail"},
    "entities": {"entity_id": "entity_id", "item_id": "item_id"},
}  # fmt: skip
_LISTS = {"categories", "creators"}
_UNKNOWN = ("unknown", "unkonwn")  # so written, for one film, in RecBole's MovieLens 100K
_PERSONAL = {"zip_code", "zipcode"}  # as good as an address, and no group


def detects(source: Source) -> bool:
    """Tell whether the folder holds atomic files."""
    return bool(source.glob("*.inter"))


def read(source: Source, problems: Problems, *, encoding: str = "utf-8") -> RawDataset:
    """Read the folder's atomic files.

    Titles are taken apart as MovieLens writes them where the items are films. A `token_seq` of categories is split at
    spaces, as RecBole does; ages become bands.

    Raises:
        DatasetError: the folder does not hold exactly one data set.
    """
    stems = [path.stem for path in source.glob("*.inter")]
    if len(stems) != 1:
        raise DatasetError(f"{source.label}: expected one .inter file, found {', '.join(stems) or 'none'}.")
    tables: dict[str, RawTable] = {}
    ignored: list[str] = []
    for table, suffix in _SUFFIXES.items():
        path = source.find(stems[0] + suffix)
        found = None if path is None else _read_table(path, table, problems, encoding, ignored)
        if found is not None:
            tables[table] = found
    return RawDataset(
        tables=tables,
        source=f"RecBole atomic files, {source.label}",
        notes=(f"columns not used: {', '.join(ignored)}",) if ignored else (),
    )


def _read_table(path: Path, table: str, problems: Problems, encoding: str, ignored: list[str]) -> RawTable | None:
    raw = read_delimited(path, table, problems, delimiter="\t", quotes=False, encoding=encoding)
    if raw is None or not _typed(raw, path, problems):
        return None
    types = dict(column.rsplit(":", 1) for column in raw.rows.column_names)
    raw = RawTable(raw.table, raw.file, raw.rows.rename_columns(list(types)), raw.lines, raw.n_refused)
    if table == "users":
        ignored += [f"{path.name} {name}" for name in types if name in _PERSONAL]
        return _users(raw, problems)
    chosen: dict[str, str] = {}
    for name in types:
        target = _NAMES[table].get(name)
        if target is None or target in chosen.values():
            ignored.append(f"{path.name} {name}")
        else:
            chosen[name] = target
    films = "movie_title" in chosen
    for name, target in chosen.items():
        if target in _LISTS and types[name] == "token_seq":
            raw = raw.with_column(name, pc.replace_substring_regex(raw.rows[name], " +", "|"))
    raw = raw.renamed(chosen)
    for target in {"year", "categories"} & set(chosen.values()):
        unknown = pc.is_in(raw.rows[target], pa.array(_UNKNOWN, TEXT))
        raw = raw.with_column(target, pc.if_else(unknown, pa.scalar(None, TEXT), raw.rows[target]))
    return _films(raw) if films else raw


def _typed(raw: RawTable, path: Path, problems: Problems) -> bool:
    wrong = [name for name in raw.rows.column_names if name.rpartition(":")[2] not in _TYPES or name.startswith(":")]
    for name in wrong:
        expected = f"name:type, where type is one of {', '.join(sorted(_TYPES))}"
        problems.add_file(raw.table, path.name, expected, repr(name[:60]), line=1, column=name[:60])
    bare = [name.rpartition(":")[0] for name in raw.rows.column_names]
    if len(set(bare)) < len(bare) and not wrong:
        problems.add_file(raw.table, path.name, "each column once", ", ".join(bare), line=1)
        return False
    return not wrong


def _users(raw: RawTable, problems: Problems) -> RawTable:
    names = [name for name in raw.rows.column_names if name not in _PERSONAL]
    raw = raw.renamed({name: re.sub(r"\W+", "_", name) for name in names})
    if "age" in names:
        raw = with_age_band(raw, problems)
    return with_gender(raw) if "gender" in names else raw


def _films(raw: RawTable) -> RawTable:
    return with_film_titles(raw).with_column("domain", pa.repeat(pa.scalar("films", TEXT), raw.rows.num_rows))
