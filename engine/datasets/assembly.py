"""Raw tables -> a dataset: every value checked, ids checked against each other, rows in their one order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from engine.datasets import columns
from engine.datasets.arrow import TABLE_NAMES, TEXT, empty_table, to_frame
from engine.datasets.arrow_compute import compute as pc
from engine.datasets.describe import describe
from engine.datasets.files.raw import RawDataset, RawTable, RowCheck
from engine.datasets.fingerprint import fingerprint
from engine.datasets.problems import Problems
from engine.datasets.quality import QualityReport, TableCount
from engine.datasets.schema import HELD_OUT, Dataset
from engine.errors import DatasetError

ID_LENGTH = 256
LIST_SEPARATOR = "|"
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "users": ("user_id",),
    "items": ("item_id", "title"),
    "interactions": ("user_id", "item_id", "timestamp"),
    "holdout": ("user_id", "item_id"),
    "triples": ("head", "relation", "tail"),
    "entities": ("entity_id",),
}


@dataclass(frozen=True, kw_only=True)
class Assembled:
    """A dataset fresh from its files, with its quality and the rows that were refused (`REJECT_COLUMNS`)."""

    dataset: Dataset
    quality: QualityReport
    rejects: pa.Table


def assemble(
    raw: RawDataset, problems: Problems, *, name: str, now: int | None = None, warm_holdout: bool = False
) -> Assembled:
    """Check all tables and put them together.

    A table `holdout` holds further interactions, which are marked as held out; only then may times be missing.

    Args:
        raw: the tables as they were read.
        problems: what reading them has found so far; more is added, and bad rows are skipped where it says so.
        name: of the dataset.
        now: seconds since the epoch; interactions after it are bad rows. None: not checked.
        warm_holdout: leave out held-out interactions with items that all others never have.

    Raises:
        DatasetError: problems that may not be skipped, all of them listed; or no item or interaction is left.
    """
    _require_tables(raw, problems)
    problems.raise_if_unreadable()
    items, items_count = _items(raw.tables["items"], problems)
    users, users_count = _users(raw, problems)
    interactions, counts, notes = _interactions(raw, users, items, problems, now, warm_holdout)
    triples, entities, graph_counts = _graph(raw, items, problems)
    problems.raise_if_refused()
    for table, rows in (("item", items), ("interaction", interactions)):
        if rows.num_rows == 0:
            raise DatasetError(f"{raw.source}: no {table} is left once bad rows are skipped; nothing was imported.")
    tables: Mapping[str, pa.Table] = {
        "users": users,
        "items": items,
        "interactions": interactions,
        "triples": triples,
        "entities": entities,
    }
    dataset = Dataset(
        name=name,
        fingerprint=fingerprint(tables),
        **{table: to_frame(table, tables[table]) for table in TABLE_NAMES},
        pictures=_pictures(raw, items),
        disclosure=raw.disclosure,
        source=raw.source,
    )
    quality = describe(
        dataset,
        now=now,
        imported=tuple(c for c in (users_count, items_count, *counts, *graph_counts) if c is not None),
        rejected=problems.reasons(),
        notes=(*notes, *raw.notes),
    )
    return Assembled(dataset=dataset, quality=quality, rejects=problems.rejects())


def _require_tables(raw: RawDataset, problems: Problems) -> None:
    for table in ("items", "interactions"):
        if table not in raw.tables and not problems.has_file(table):
            problems.add_file(table, raw.source, f"a file of {table}", "none")
    for table, rows in raw.tables.items():
        for column in _REQUIRED[table]:
            if column == "timestamp" and "holdout" in raw.tables:
                continue
            if column not in rows.rows.column_names:
                found = "only " + ", ".join(rows.rows.column_names)
                problems.add_file(table, rows.file, f"a column {column} (name it with --map {column}=...)", found)


def _items(raw: RawTable, problems: Problems) -> tuple[pa.Table, TableCount]:
    check = RowCheck(raw, problems)
    check.refuse(columns.as_mask(check.column("title").is_null()), "title", "a title")
    checked = {
        "year": columns.numbers(check.column("year"), -5_000, 2_200, whole=True),
        "price": columns.numbers(check.column("price"), 0, 1e12),
        "age_rating": columns.numbers(check.column("age_rating"), 0, 99, whole=True),
    }
    expected = {"year": "a year", "price": "a price of 0 or more", "age_rating": "an age in years"}
    for column, found in checked.items():
        check.refuse(found.wrong, column, expected[column])
    in_stock, wrong = columns.booleans(check.column("in_stock"))
    check.refuse(wrong, "in_stock", "true or false")
    _check_ids(check, "item_id")
    values: dict[str, pa.Array] = {column: check.column(column) for column in ("item_id", "title")}
    for column in ("domain", "description", "provider"):
        values[column] = columns.without_missing_words(check.column(column))
    for column in ("creators", "categories", "aliases"):
        values[column] = columns.lists(check.column(column), LIST_SEPARATOR)
    for column, found in checked.items():
        kind = pa.float64() if column == "price" else pa.int32()
        values[column] = pa.array(found.values, mask=np.isnan(found.values)).cast(kind)
    values["in_stock"] = in_stock
    template = empty_table("items")
    return _kept(check, pa.table({column: values[column] for column in template.column_names}), "item_id")


def _users(source: RawDataset, problems: Problems) -> tuple[pa.Table, TableCount | None]:
    raw = source.tables.get("users")
    if raw is None:  # whoever interacted is a user, without attributes
        met = [source.tables[table].rows["user_id"] for table in ("interactions", "holdout") if table in source.tables]
        given = columns.without_missing_words(
            pa.chunked_array([c for part in met for c in part.chunks]).combine_chunks()
        )
        return pa.table({"user_id": _by_length(pc.drop_null(given.unique()))}), None
    check = RowCheck(raw, problems)
    _check_ids(check, "user_id")
    attributes = [column for column in raw.rows.column_names if column != "user_id"]
    values = {"user_id": check.column("user_id")}
    values |= {column: columns.without_missing_words(check.column(column)) for column in attributes}
    return _kept(check, pa.table(values), "user_id")


@dataclass(frozen=True, kw_only=True)
class _Met:
    """Interactions of one file after their checks, (n,) each: rows of users and items, times, which are good."""

    check: RowCheck
    user: NDArray[np.int64]
    item: NDArray[np.int64]
    seconds: NDArray[np.int64]
    order: NDArray[np.int64]
    rating: NDArray[np.float64]
    form: str


def _interactions(
    raw: RawDataset, users: pa.Table, items: pa.Table, problems: Problems, now: int | None, warm_holdout: bool
) -> tuple[pa.Table, list[TableCount], list[str]]:
    names = [table for table in ("interactions", "holdout") if table in raw.tables]
    parts = [_met(raw.tables[name], users, items, problems, now) for name in names]
    good = [~part.check.bad for part in parts]
    notes = [f"timestamps read as {parts[0].form}"]
    if warm_holdout and len(parts) > 1:
        warm = np.isin(parts[1].item, parts[0].item[good[0]])
        notes.append(f"{np.count_nonzero(good[1] & ~warm):,} held-out interactions left out: no other has their item")
        good[1] = good[1] & warm
    user, item, seconds, times, rating = (
        np.concatenate([getattr(part, column)[kept] for part, kept in zip(parts, good, strict=True)])
        for column in ("user", "item", "seconds", "order", "rating")
    )
    held_out = np.concatenate([np.full(np.count_nonzero(kept), index > 0) for index, kept in enumerate(good)])
    order = np.lexsort((np.arange(len(user)), times, held_out, user))
    n_of_user = np.bincount(user, minlength=users.num_rows)
    first = np.repeat(np.cumsum(n_of_user) - n_of_user, n_of_user)
    rows = {
        "user_id": users["user_id"].take(pa.array(user[order])),
        "item_id": items["item_id"].take(pa.array(item[order])),
        "timestamp": pa.array(seconds[order]),
        "rating": pa.array(rating[order], mask=np.isnan(rating[order])),
        "position": pa.array(np.arange(len(order)) - first, pa.int64()),
    }
    if len(parts) > 1:
        rows[HELD_OUT] = pa.array(held_out[order])
    counts = [_count(part.check, int(np.count_nonzero(kept))) for part, kept in zip(parts, good, strict=True)]
    return pa.table(rows), counts, notes


def _met(raw: RawTable, users: pa.Table, items: pa.Table, problems: Problems, now: int | None) -> _Met:
    check = RowCheck(raw, problems)
    for column, known, table in (("user_id", users, "users"), ("item_id", items, "items")):
        absent = columns.missing(check.column(column))
        check.refuse(absent, column, "an id")
        unknown = ~columns.as_mask(pc.is_in(check.column(column), known[column].combine_chunks()))
        check.refuse(unknown & ~absent, column, f"an id of the table of {table}")
    if "timestamp" in raw.rows.column_names:
        times = columns.times(check.column("timestamp"))
        check.refuse(times.wrong, "timestamp", f"a time since 1970 as {times.form}, as in most rows of this column")
    else:
        times = columns.no_times(raw.rows.num_rows)
    if now is not None:
        check.refuse(~times.wrong & (times.seconds > now), "timestamp", "a time that is not in the future")
    ratings = columns.numbers(check.column("rating"), -1e9, 1e9)
    check.refuse(ratings.wrong, "rating", "a number")
    user = _codes(check.column("user_id"), users["user_id"])
    item = _codes(check.column("item_id"), items["item_id"])
    same = pd.DataFrame({"user": user, "item": item, "time": times.order})
    same.loc[check.bad, "time"] = -1 - np.flatnonzero(check.bad)  # a bad row repeats nothing and is repeated by nothing
    check.refuse(same.duplicated().to_numpy(), "", "each interaction once", check.column("item_id"))
    return _Met(
        check=check,
        user=user,
        item=item,
        seconds=times.seconds,
        order=times.order,
        rating=ratings.values,
        form=times.form,
    )


def _graph(raw: RawDataset, items: pa.Table, problems: Problems) -> tuple[pa.Table, pa.Table, list[TableCount]]:
    triples, entities = empty_table("triples"), empty_table("entities")
    counts = []
    if "entities" in raw.tables:
        entities, count = _entities(raw.tables["entities"], items, problems)
        counts.append(count)
    if "triples" in raw.tables:
        check = RowCheck(raw.tables["triples"], problems)
        for column in ("head", "relation", "tail"):
            absent = columns.missing(check.column(column))
            check.refuse(absent, column, "an id" if column != "relation" else "a relation")
            if column != "relation" and not raw.derives_entities:
                known = columns.as_mask(pc.is_in(check.column(column), entities["entity_id"].combine_chunks()))
                check.refuse(~known & ~absent, column, "an id of the table of entities")
        values = {column: check.column(column) for column in ("head", "relation", "tail")}
        repeated = pd.DataFrame(
            {c: v.dictionary_encode().indices.to_numpy(zero_copy_only=False) for c, v in values.items()}
        )
        check.refuse(repeated.duplicated().to_numpy() & ~check.bad, "", "each triple once", check.column("head"))
        triples = pa.table(values).filter(pa.array(~check.bad))
        triples = triples.sort_by([(column, "ascending") for column in triples.column_names])
        counts.append(_count(check, triples.num_rows))
    if raw.derives_entities:
        entities = _with_named(entities, triples)
    return triples, entities, counts


def _entities(raw: RawTable, items: pa.Table, problems: Problems) -> tuple[pa.Table, TableCount]:
    check = RowCheck(raw, problems)
    _check_ids(check, "entity_id")
    item_id = columns.without_missing_words(check.column("item_id"))
    unknown = ~columns.as_mask(pc.is_in(item_id, items["item_id"].combine_chunks())) & columns.as_mask(
        item_id.is_valid()
    )
    check.refuse(unknown, "item_id", "an id of the table of items")
    titles = items["title"].take(pc.index_in(item_id, items["item_id"].combine_chunks())).combine_chunks()
    label = pc.coalesce(check.column("label"), titles, check.column("entity_id"))
    kind = pc.coalesce(
        check.column("kind"), pc.if_else(item_id.is_valid(), pa.scalar("item", TEXT), pa.scalar(None, TEXT))
    )
    table = pa.table({"entity_id": check.column("entity_id"), "label": label, "kind": kind, "item_id": item_id})
    return _kept(check, table, "entity_id")


def _with_named(entities: pa.Table, triples: pa.Table) -> pa.Table:
    """Add the entities that only triples name: without names of their own, their ids are their labels."""
    named = pa.chunked_array([*triples["head"].chunks, *triples["tail"].chunks], TEXT).unique()
    added = pc.filter(named, pc.invert(pc.is_in(named, entities["entity_id"].combine_chunks())))
    unknown = pa.nulls(len(added), TEXT)
    more = pa.table({"entity_id": added, "label": added, "kind": unknown, "item_id": unknown})
    return _ordered(pa.concat_tables([entities, more]), "entity_id")


def _check_ids(check: RowCheck, column: str) -> None:
    ids = check.column(column)
    absent = columns.missing(ids)
    check.refuse(absent, column, "an id")
    check.refuse(columns.as_mask(pc.greater(pc.utf8_length(ids), ID_LENGTH)), column, f"at most {ID_LENGTH} characters")
    repeated = ids.to_pandas().duplicated().to_numpy()
    check.refuse(repeated & ~absent, column, "each id once")


def _kept(check: RowCheck, table: pa.Table, key: str) -> tuple[pa.Table, TableCount]:
    kept = _ordered(table.filter(pa.array(~check.bad)), key)
    return kept, _count(check, kept.num_rows)


def _count(check: RowCheck, kept: int) -> TableCount:
    raw = check.raw
    read = raw.rows.num_rows + raw.n_refused
    return TableCount(table=raw.table, read=read, kept=kept, rejected=read - kept)


def _ordered(table: pa.Table, key: str) -> pa.Table:
    """Sort by id, shorter ids first, so that 2 comes before 10: equal rows are in equal order, whatever the file's."""
    length = pc.binary_length(table[key])
    order = pc.sort_indices(
        pa.table({"length": length, "id": table[key]}), [("length", "ascending"), ("id", "ascending")]
    )
    return table.take(order)


def _by_length(ids: pa.Array) -> pa.ChunkedArray:
    return _ordered(pa.table({"id": ids}), "id")["id"]


def _codes(values: pa.Array, known: pa.ChunkedArray) -> NDArray[np.int64]:
    """Return each value's row in `known`, (n,); 0 for what is not there (those rows are bad)."""
    return pc.index_in(values, known.combine_chunks()).fill_null(0).cast(pa.int64()).to_numpy(zero_copy_only=False)


def _pictures(raw: RawDataset, items: pa.Table) -> dict:
    known = set(items["item_id"].to_pylist())
    return {item_id: path for item_id, path in raw.pictures.items() if item_id in known}
