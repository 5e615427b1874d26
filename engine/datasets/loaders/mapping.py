"""A column mapping: which column of a file holds what. From `--map` options, or from a TOML file with the same keys.

[columns]                 # for all files
user_id = "uid"
[items]                   # for one
title = "name"
[options]
domain = "books"          # of all items
list_separator = ";"
encoding = "latin-1"
delimiter = ";"
attributes = ["gender"]   # the users' columns that are groups; all others are left out
[headers]                 # of files without a line that names the columns; holdout follows interactions
interactions = ["user_id", "item_id", "rating"]
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.datasets.schema import ENTITY_COLUMNS, INTERACTION_COLUMNS, ITEM_COLUMNS, TRIPLE_COLUMNS
from engine.errors import DatasetError

TARGETS: Mapping[str, tuple[str, ...]] = {
    "users": ("user_id",),  # and any attribute
    "items": ITEM_COLUMNS,
    "interactions": tuple(column for column in INTERACTION_COLUMNS if column != "position"),
    "holdout": tuple(column for column in INTERACTION_COLUMNS if column != "position"),
    "triples": TRIPLE_COLUMNS,
    "entities": ENTITY_COLUMNS,
}


_LIKE = {"holdout": "interactions"}


class MappingOptions(BaseModel):
    """How the files are written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    domain: str = ""
    list_separator: str = Field(default="|", min_length=1)
    encoding: str = "utf-8"
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    attributes: tuple[str, ...] | None = None


class ColumnMapping(BaseModel):
    """Schema column -> file column, for all files or for one table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: Mapping[str, str] = Field(default_factory=dict)
    users: Mapping[str, str] = Field(default_factory=dict)
    items: Mapping[str, str] = Field(default_factory=dict)
    interactions: Mapping[str, str] = Field(default_factory=dict)
    triples: Mapping[str, str] = Field(default_factory=dict)
    entities: Mapping[str, str] = Field(default_factory=dict)
    headers: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    options: MappingOptions = MappingOptions()

    def of_table(self, table: str) -> Mapping[str, str]:
        """Return schema column -> file column of one table."""
        known = TARGETS[table]
        shared = {column: own for column, own in self.columns.items() if column in known}
        return {**shared, **self.own(table)}

    def own(self, table: str) -> Mapping[str, str]:
        """Return what is said for this table alone; held-out interactions are written as the others are."""
        return getattr(self, _LIKE.get(table, table))

    def header(self, table: str) -> tuple[str, ...] | None:
        """Return the column names of a table's file where it has no line that names them."""
        return self.headers.get(table) or self.headers.get(_LIKE.get(table, table))


def parse_mapping(entries: Sequence[str]) -> ColumnMapping:
    """Read `--map` options: `user_id=uid`, `items.title=name`, `options.domain=books`, or the path of a TOML file.

    Raises:
        DatasetError: an entry is malformed, or names a column that the schema does not have.
    """
    content: dict[str, dict[str, object]] = {}
    for entry in entries:
        if entry.endswith(".toml"):
            for section, values in _read_toml(Path(entry)).items():
                content.setdefault(section, {}).update(values)
            continue
        target, equals, own = (part.strip() for part in entry.partition("="))
        if not (target and equals and own):
            raise DatasetError(f"--map {entry!r}: expected <schema column>=<column of the file>, or a .toml file.")
        section, dot, name = target.partition(".")
        as_list = target == "options.attributes" or section == "headers"
        listed = [part.strip() for part in own.split(",")] if as_list else own
        content.setdefault(section if dot else "columns", {})[name if dot else target] = listed
    try:
        mapping = ColumnMapping.model_validate(content)
    except ValidationError as error:
        reasons = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise DatasetError(f"The column mapping is not valid: {reasons}.") from error
    _check_targets(mapping)
    return mapping


def _check_targets(mapping: ColumnMapping) -> None:
    everything = {column for columns in TARGETS.values() for column in columns}
    unknown = [column for column in mapping.columns if column not in everything]
    for table in ("items", "interactions", "triples", "entities"):
        unknown += [f"{table}.{column}" for column in getattr(mapping, table) if column not in TARGETS[table]]
    unknown += [f"headers.{table}" for table in mapping.headers if table not in TARGETS]
    if unknown:
        raise DatasetError(
            f"The column mapping names {', '.join(unknown)}; the schema has {', '.join(sorted(everything))}. "
            "An attribute of users is written users.<attribute>=<column>."
        )


def _read_toml(path: Path) -> Mapping[str, dict[str, object]]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DatasetError(f"The column mapping {path} cannot be read: {error}.") from error
    if not all(isinstance(values, dict) for values in content.values()):
        raise DatasetError(f"The column mapping {path}: expected sections such as [columns] or [items].")
    return content
