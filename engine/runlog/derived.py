"""Rows that audits derive from a run, kept as files so that the index stays rebuildable. Not here: the index.

<home>/derived/<table>/<run id>.parquet: the table's columns but for run_id, which is the file's name. The metadata says
which audit made it and how far the run's journal reached then. It is written whole or not at all.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from engine.datasets.arrow_compute import compute as pc
from engine.errors import LogError
from engine.home import Home
from engine.runlog.journal import journal_path

_STALE_SECONDS = 86_400  # an unfinished file that old belongs to a process that was killed
_TEXT, _WHOLE, _REAL = pa.string(), pa.int32(), pa.float64()


def _field(name: str, kind: pa.DataType, *, nullable: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable=nullable)


_REQUEST = _field("request_id", _TEXT)
SCHEMAS: Mapping[str, pa.Schema] = {
    "claims": pa.schema(
        [
            _REQUEST,
            _field("slot_rank", _WHOLE, nullable=True),
            _field("claim_index", _WHOLE),
            _field("origin", _TEXT),
            _field("step_index", _WHOLE, nullable=True),
            _field("sentence", _TEXT),
            _field("subject_item_id", _TEXT, nullable=True),
            _field("relation", _TEXT, nullable=True),
            _field("claimed_value", _TEXT, nullable=True),
            _field("claim_kind", _TEXT),
            _field("verdict", _TEXT),
            _field("evidence_kind", _TEXT),
            _field("evidence", _TEXT, nullable=True),
        ]
    ),
    "attributions": pa.schema(
        [
            _REQUEST,
            _field("slot_rank", _WHOLE),
            _field("feature_kind", _TEXT),
            _field("feature_index", _WHOLE),
            _field("feature", _TEXT),
            _field("contribution", _REAL),
            _field("standard_error", _REAL, nullable=True),
            _field("is_named", pa.bool_(), nullable=True),
            _field("base_value", _REAL),
            _field("score", _REAL),
            _field("additivity_gap", _REAL, nullable=True),
            _field("n_evaluations", pa.int64(), nullable=True),
            _field("method", _TEXT),
        ]
    ),
    "found_paths": pa.schema(
        [
            _REQUEST,
            _field("slot_rank", _WHOLE),
            _field("path_index", _WHOLE),
            _field("hop_index", _WHOLE),
            _field("head", _TEXT),
            _field("relation", _TEXT),
            _field("tail", _TEXT),
        ]
    ),
    "personal_data": pa.schema(
        [
            _REQUEST,
            _field("field", _TEXT),
            _field("find_index", _WHOLE),
            _field("kind", _TEXT),
            _field("masked", _TEXT),
            _field("n_times", _WHOLE),
            _field("slot_rank", _WHOLE, nullable=True),
            _field("in_prompt", pa.bool_()),
        ]
    ),
}
WORDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("claims", "origin"): ("rationale", "step"),
    ("claims", "claim_kind"): ("fact", "history"),
    ("claims", "verdict"): ("supported", "contradicted", "unverifiable", "unscored"),
    ("claims", "evidence_kind"): ("catalogue", "history", "triple", "interactions", "judge", "none"),
    ("attributions", "feature_kind"): ("history item", "prompt segment"),
    ("personal_data", "field"): ("prompt", "answer", "rationale", "step", "raw_text", "error"),
    ("personal_data", "kind"): ("email", "phone", "iban", "card", "ip", "user_id", "name"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedStamp:
    """Where derived rows come from. Equal producer and journal head: making them again gives the same rows."""

    producer: str
    journal_head: str
    n_rows: int
    problem: str | None = None  # why not all of the rows could be made


def derived_path(home: Home, table: str, run_id: str) -> Path:
    """Return where the derived rows of a run stand.

    Raises:
        ValueError: there is no such table, or the id cannot name a file.
    """
    if table not in SCHEMAS:
        raise ValueError(f"{table!r} is no table of derived rows; expected one of {', '.join(SCHEMAS)}")
    return home.derived / table / f"{journal_path(home, run_id).stem}.parquet"


def write_derived(
    home: Home, table: str, run_id: str, rows: pa.Table, *, producer: str, journal_head: str, problem: str | None = None
) -> DerivedStamp:
    """Keep the rows in place of those that were kept for this table and run; the index takes them at its next use.

    Args:
        home: the log.
        table: claims, attributions, found_paths or personal_data.
        run_id: the run; a column run_id in `rows` is optional.
        rows: the table's columns in any order. A NaN becomes null.
        producer: the audit and its version, for example "claims 1".
        journal_head: `head_hash` of the run's journal that the rows were derived from.
        problem: why these are not all rows that were to be made; None: they are.

    Raises:
        ValueError: columns are missing or unknown, or hold what they may not.
        LogError: the file cannot be written.
    """
    path = derived_path(home, table, run_id)
    checked = _checked(table, run_id, rows)
    metadata = {"producer": producer, "journal_head": journal_head, **({"problem": problem} if problem else {})}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path.parent)
        _write_whole(path, checked.replace_schema_metadata(metadata))
    except OSError as error:
        raise LogError(f"{path} cannot be written: {error}. Free some space and run the audit again.") from error
    return DerivedStamp(producer=producer, journal_head=journal_head, n_rows=checked.num_rows, problem=problem)


def derived_stamp(home: Home, table: str, run_id: str) -> DerivedStamp | None:
    """Return where the kept rows come from; None: there are none, or they cannot be read and have to be made again."""
    try:
        return stamp_of(pq.ParquetFile(derived_path(home, table, run_id)))
    except (FileNotFoundError, OSError, pa.ArrowException, LogError):
        return None


def stamp_of(file: pq.ParquetFile) -> DerivedStamp:
    """Return what the metadata of an opened file says.

    Raises:
        LogError: it is no file of derived rows.
    """
    metadata = file.schema_arrow.metadata or {}
    try:
        producer, head = metadata[b"producer"].decode(), metadata[b"journal_head"].decode()
        problem = metadata[b"problem"].decode() if b"problem" in metadata else None
    except (KeyError, UnicodeDecodeError):
        raise LogError("it does not say which audit made it") from None
    return DerivedStamp(producer=producer, journal_head=head, n_rows=file.metadata.num_rows, problem=problem)


def _checked(table: str, run_id: str, rows: pa.Table) -> pa.Table:
    schema = SCHEMAS[table]
    if "run_id" in rows.column_names:
        if not set(rows["run_id"].unique().to_pylist()) <= {run_id}:
            raise ValueError(f"{table}: rows of other runs than {run_id} are among the rows")
        rows = rows.drop_columns(["run_id"])
    if set(rows.column_names) != set(schema.names):
        raise ValueError(f"{table}: expected the columns {', '.join(schema.names)}, got {', '.join(rows.column_names)}")
    try:
        columns = [_clean(rows[field.name].combine_chunks().cast(field.type)) for field in schema]
    except pa.ArrowException as error:
        raise ValueError(f"{table}: a column does not have its type: {error}") from error
    for field, column in zip(schema, columns, strict=True):
        if column.null_count and not field.nullable:
            raise ValueError(f"{table}: {field.name} must be known in every row, {column.null_count} are not")
        words = WORDS.get((table, field.name))
        if words and not set(column.unique().to_pylist()) <= set(words):
            raise ValueError(f"{table}: {field.name} must be one of {', '.join(words)}")
    return pa.table(columns, schema=schema)


def _clean(column: pa.Array) -> pa.Array:
    """Write NUL as the codec does, and what is no finite number as null."""
    if pa.types.is_string(column.type):
        return pc.replace_substring(column, "\x00", "␚0000")
    if pa.types.is_floating(column.type):
        return pc.if_else(pc.is_finite(column), column, pa.scalar(None, column.type))
    return column


def _write_whole(path: Path, rows: pa.Table) -> None:
    descriptor, hidden = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            pq.write_table(rows, file, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
        Path(hidden).replace(path)
    finally:
        Path(hidden).unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    for hidden in folder.glob(".*.part"):
        with suppress(FileNotFoundError):  # its process has just ended
            if time.time() - hidden.stat().st_mtime > _STALE_SECONDS:
                hidden.unlink()
