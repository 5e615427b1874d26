"""Keep explanations of a run beside those that it has; one of the same recommendation and kind is replaced."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from audits.attribution.explaining import Explained
from engine.home import Home
from engine.runlog.derived import SCHEMAS, derived_path, derived_stamp, write_derived

TABLE = "attributions"
VERSION = 1  # raise when the same journal gives other rows
Key = tuple[str, int, str]  # request, rank, kind of parts


def keep(home: Home, run_id: str, explained: Sequence[Explained], journal_head: str) -> int:
    """Keep explanations and return how many rows are new; those of items that are not in the list are left out.

    Raises:
        LogError: the rows cannot be written.
    """
    rows = rows_of(explained)
    before, stamp = kept_rows(home, run_id), derived_stamp(home, TABLE, run_id)
    producer = stamp.producer if stamp is not None and _is_ours(stamp.producer) else f"{TABLE} {VERSION}; n_lists=0"
    problem = stamp.problem if stamp is not None else None  # of a sample that is not finished: it still is not
    everything = together(before, rows)
    write_derived(home, TABLE, run_id, everything, producer=producer, journal_head=journal_head, problem=problem)
    return rows.num_rows


def kept_rows(home: Home, run_id: str) -> pa.Table:
    """Return the explanations that a run has. They never go stale: what was answered once does not change."""
    stamp = derived_stamp(home, TABLE, run_id)
    if stamp is None or not _is_ours(stamp.producer):
        return SCHEMAS[TABLE].empty_table()
    return pq.read_table(derived_path(home, TABLE, run_id)).select(SCHEMAS[TABLE].names).cast(SCHEMAS[TABLE])


def together(before: pa.Table, after: pa.Table) -> pa.Table:
    """Return all rows, those of `after` in place of those of the same recommendation and kind, in order."""
    replaced = keys_of(after)
    kept = [row for row in before.to_pylist() if _key(row) not in replaced]
    rows = sorted([*kept, *after.to_pylist()], key=lambda row: (*_key(row), row["feature_index"]))
    return pa.Table.from_pylist(rows, schema=SCHEMAS[TABLE])


def keys_of(rows: pa.Table) -> set[Key]:
    """Return which recommendations are explained by what kind of parts."""
    return {_key(row) for row in rows.select(["request_id", "slot_rank", "feature_kind"]).to_pylist()}


def rows_of(explained: Sequence[Explained]) -> pa.Table:
    """Return explanations as rows of the table attributions."""
    rows = [
        {
            "request_id": one.request_id, "slot_rank": one.asked.rank, "feature_kind": one.kind,
            "feature_index": place, "feature": feature, "contribution": one.found.contributions[place],
            "standard_error": one.found.standard_errors[place] if one.found.standard_errors is not None else None,
            "is_named": one.named[place] if one.named is not None else None,
            "base_value": one.found.base, "score": one.found.score, "additivity_gap": one.found.additivity_gap,
            "n_evaluations": one.found.n_evaluations, "method": one.found.method,
        }
        for one in explained
        if one.asked.rank is not None
        for place, feature in enumerate(one.features)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=SCHEMAS[TABLE])


def _key(row: dict) -> Key:
    return row["request_id"], row["slot_rank"], row["feature_kind"]


def _is_ours(producer: str) -> bool:
    return producer.partition("; ")[0] == f"{TABLE} {VERSION}"
