"""Bring the index up to what the journals and the dataset folders hold. Not here: opening the index (index.py).

Each step commits its rows together with how far the journal was read and the hash of the last record there, so a crash
between two steps costs nothing and no record is taken twice. The index is a function of the files: a journal that was
cut or replaced is read again from its start, and one that is gone takes its rows with it. A damaged journal keeps the
rows before the damage, has its problem written down, and does not keep the other runs from being read.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
from pydantic import TypeAdapter

from engine.datasets.quality import QualityReport
from engine.datasets.store import load_dataset, stored_dataset
from engine.errors import DatasetError
from engine.home import Home
from engine.runlog import chain
from engine.runlog.dataset_rows import drop_dataset, index_dataset
from engine.runlog.derived_ingest import derived_is_current, drop_derived, take_derived
from engine.runlog.ingest_step import IngestStep, Position
from engine.runlog.journal import read_journal
from engine.runlog.queries import named_query
from engine.runlog.rows import COLUMNS

Progress = Callable[[str, float], None]
"""Called with what is going on and the share done in [0, 1]."""

_log = logging.getLogger(__name__)


def no_progress(_what: str, _share: float) -> None:
    """Ignore progress."""


def is_current(connection: duckdb.DuckDBPyConnection, home: Home) -> bool:
    """Return whether `catch_up` would find nothing to do; reads a few bytes of each journal."""
    known, files = positions(connection), _journals(home)
    if set(known) - set(files) or any(_has_news(path, known.get(run_id)) for run_id, path in files.items()):
        return False
    stored, indexed, referenced = _stored(home), _fingerprints(connection, "indexed"), _fingerprints(connection, "used")
    if not set(stored) <= indexed <= set(stored) | referenced:
        return False
    return derived_is_current(connection, home)


def catch_up(connection: duckdb.DuckDBPyConnection, home: Home, progress: Progress = no_progress) -> None:
    """Take in whatever the files hold and the index does not."""
    _take_datasets(connection, home, progress)
    known, files = positions(connection), _journals(home)
    for run_id in set(known) - set(files):
        _drop_run(connection, run_id)
    news = [path for run_id, path in files.items() if _has_news(path, known.get(run_id))]
    for index, path in enumerate(news):
        progress(path.stem, index / len(news))
        _ingest_journal(connection, path, known.get(path.stem))
    take_derived(connection, home)
    for fingerprint in _fingerprints(connection, "indexed") - set(_stored(home)) - _fingerprints(connection, "used"):
        drop_dataset(connection, fingerprint)
    progress("done", 1.0)


def positions(connection: duckdb.DuckDBPyConnection) -> dict[str, Position]:
    """Return run id -> how far its journal was read."""
    rows = connection.execute(named_query("positions")).fetchall()
    names = ("run_id", "offset", "n_records", "head", "problem", "problem_stamp")
    return {row[0]: Position(**dict(zip(names, row, strict=True))) for row in rows}


def missing_datasets(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the fingerprints of datasets that runs rest on and that the index does not hold."""
    return _fingerprints(connection, "used") - _fingerprints(connection, "indexed")


def _journals(home: Home) -> dict[str, Path]:
    return {path.stem: path for path in sorted(home.journals.glob("*.jsonl"))}


def _stored(home: Home) -> dict[str, str]:
    """Return fingerprint -> name of the datasets in the home folder; one that cannot be described is left out."""
    stored: dict[str, str] = {}
    for manifest in sorted(home.datasets.glob("[!.]*/dataset.json")):
        try:
            stored.setdefault(stored_dataset(home, manifest.parent.name).fingerprint, manifest.parent.name)
        except DatasetError as error:
            _log.warning("%s", error)
    return stored


def _fingerprints(connection: duckdb.DuckDBPyConnection, which: str) -> set[str]:
    return {row[0] for row in connection.execute(named_query(f"{which}_datasets")).fetchall()}


def _take_datasets(connection: duckdb.DuckDBPyConnection, home: Home, progress: Progress) -> None:
    indexed = _fingerprints(connection, "indexed")
    for fingerprint, name in _stored(home).items():
        if fingerprint in indexed:
            continue
        progress(f"dataset {name}", 0.0)
        try:
            dataset, quality = load_dataset(home, name), stored_dataset(home, name).quality
        except DatasetError as error:  # its runs stay readable; histories and targets of them are empty
            _log.warning("%s", error)
            continue
        index_dataset(connection, dataset, TypeAdapter(QualityReport).dump_json(quality).decode())


def _has_news(path: Path, at: Position | None) -> bool:
    try:
        if at is None:
            return _has_line(path, 0)
        if not _joins(path, at):
            return True
        if at.problem is not None:
            return _stamp(path) != at.problem_stamp
        return _has_line(path, at.offset)
    except FileNotFoundError:
        return True


def _joins(path: Path, at: Position) -> bool:
    """Return whether the record that ends at the position still is the one that was read."""
    if at.offset == 0:
        return True
    with path.open("rb") as file:
        file.seek(at.offset - chain.TAIL_BYTES)
        return file.read(chain.TAIL_BYTES).endswith(f',"hash":"{at.head}"}}\n'.encode())


def _stamp(path: Path) -> str:
    """Return what changes when a journal, or the folder of the segments that it may need, does."""
    status, segments = path.stat(), _home_of(path).segments
    beside = segments.stat().st_mtime_ns if segments.is_dir() else 0
    return f"{status.st_size} bytes, {status.st_mtime_ns} ns, segments {beside} ns"


def _home_of(journal: Path) -> Home:
    return Home(journal.parent.parent)


def _has_line(path: Path, offset: int) -> bool:
    with path.open("rb") as file:
        file.seek(offset)
        return file.readline().endswith(b"\n")


def _ingest_journal(connection: duckdb.DuckDBPyConnection, path: Path, known: Position | None) -> None:
    if known is not None and not (path.exists() and _joins(path, known)):
        _drop_run(connection, path.stem)
        known = None
    at = known or Position(run_id=path.stem, offset=0, n_records=0, head=chain.genesis(path.stem))
    try:
        stamp = _stamp(path)
        entries = read_journal(path, at.offset, seq=at.n_records, prev=at.head)
        while True:
            step = IngestStep(connection, _home_of(path), replace(at, problem=None, problem_stamp=None), stamp)
            if not step.take(entries) and at.problem is None:
                return
            at = step.commit()
            if at.problem is not None:
                return
    except FileNotFoundError:  # deleted under our hands: the next catch-up drops its rows
        return


def _drop_run(connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
    connection.begin()
    try:
        for table in COLUMNS:
            connection.execute(f"delete from store.{table} where run_id = ?", [run_id])
        drop_derived(connection, run_id)
        connection.execute("delete from store.journals where run_id = ?", [run_id])
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
