"""Datasets in a home folder: one folder each, whole or not there at all. Not here: reading foreign files (loaders).

<home>/datasets/<name>/dataset.json         name, fingerprint, quality; names the folder of rows
<home>/datasets/<name>/<rows>/*.parquet     users, items, interactions, triples, entities
<home>/datasets/<name>/<rows>/pictures/     <item id>.png
<home>/datasets/<name>/<rows>/rejects.csv   rows that were refused, where some were
"""

from __future__ import annotations

import re
import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from engine.datasets.arrow import TABLE_NAMES, to_frame
from engine.datasets.fingerprint import fingerprint
from engine.datasets.problems import Problems
from engine.datasets.quality import QualityReport
from engine.datasets.schema import Dataset
from engine.datasets.stored_files import StoredDataset, publish, read_manifest, sweep, write_rows
from engine.errors import DatasetError
from engine.home import Home

SAMPLE_WORLD = "sample-world"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetSummary:
    """One line about a stored dataset."""

    name: str
    fingerprint: str
    source: str
    disclosure: str
    n_users: int
    n_items: int
    n_interactions: int
    n_triples: int
    n_entities: int
    n_pictures: int
    has_given_holdout: bool  # its only split is `given`
    n_rejected: int  # rows that were refused at the import
    imported_at: str  # ISO 8601, UTC
    folder: Path


def list_datasets(home: Home) -> list[DatasetSummary]:
    """Return all stored datasets by name, the sample world among them."""
    _store_sample_world(home)
    manifests = sorted(home.datasets.glob("[!.]*/dataset.json"))
    return [_summary(read_manifest(path), path.parent) for path in manifests]


def load_dataset(home: Home, name: str) -> Dataset:
    """Read a stored dataset and check its rows against the fingerprint that was taken at the import.

    Raises:
        DatasetError: there is no such dataset, or its files are damaged or were changed.
    """
    stored = stored_dataset(home, name)
    folder = home.datasets / name / stored.rows
    tables = {table: _read_parquet(folder / f"{table}.parquet") for table in TABLE_NAMES}
    try:
        frames = {table: to_frame(table, tables[table]) for table in TABLE_NAMES}
        found = fingerprint(tables)
    except (pa.ArrowException, KeyError, ValueError) as error:
        raise DatasetError(f"Dataset {name!r} in {folder} does not have the expected columns: {error}.") from error
    if found != stored.fingerprint:
        raise DatasetError(
            f"Dataset {name!r} in {folder} was changed after its import: its rows have the fingerprint {found[:12]}, "
            f"expected {stored.fingerprint[:12]}. Import it again with --replace."
        )
    known = set(frames["items"]["item_id"])
    pictures = {path.stem: path for path in sorted((folder / "pictures").glob("*.png")) if path.stem in known}
    return Dataset(
        name=name,
        fingerprint=found,
        **frames,
        pictures=pictures,
        disclosure=stored.disclosure,
        source=stored.source,
    )


def quality_of(home: Home, name: str) -> QualityReport:
    """Return the quality report that was made at the import.

    Raises:
        DatasetError: there is no such dataset.
    """
    return stored_dataset(home, name).quality


def save_dataset(
    home: Home,
    dataset: Dataset,
    quality: QualityReport,
    *,
    replace: bool = False,
    rejects: pa.Table | None = None,
    source_digest: str = "",
) -> Path:
    """Store a dataset, whole or not at all; returns its folder. Storing the same content again changes nothing.

    Raises:
        DatasetError: the name is malformed, or taken by other content and `replace` is not set; the disk is full, or
            a picture cannot be read.
    """
    check_name(dataset.name)
    folder = home.datasets / dataset.name
    if (folder / "dataset.json").exists() and not replace:
        stored = read_manifest(folder / "dataset.json")
        if stored.fingerprint == dataset.fingerprint and stored.source_digest == source_digest:
            return folder
        raise DatasetError(
            f"A dataset {dataset.name!r} with other content exists (fingerprint {stored.fingerprint[:12]}, new "
            f"{dataset.fingerprint[:12]}). Choose another name, or replace it with --replace."
        )
    home.datasets.mkdir(parents=True, exist_ok=True)
    sweep(home.datasets)
    stored = StoredDataset(
        name=dataset.name,
        fingerprint=dataset.fingerprint,
        rows=f"rows-{dataset.fingerprint[:12]}-{secrets.token_hex(4)}",
        source=dataset.source,
        source_digest=source_digest,
        disclosure=dataset.disclosure,
        imported_at=datetime.now(UTC).isoformat(timespec="seconds"),
        n_pictures=len(dataset.pictures),
        quality=quality,
    )
    hidden = home.datasets / f".importing-{secrets.token_hex(8)}"
    try:
        write_rows(hidden / stored.rows, dataset, rejects)
        publish(hidden, folder, stored, replace)
    except OSError as error:
        raise DatasetError(f"Dataset {dataset.name!r} cannot be stored in {home.datasets}: {error}.") from error
    finally:
        shutil.rmtree(hidden, ignore_errors=True)
    return folder


def check_name(name: str) -> None:
    """Refuse a name that is no plain folder name.

    Raises:
        DatasetError: lower-case letters, digits, dots, underscores and hyphens were expected.
    """
    if not _NAME.fullmatch(name):
        raise DatasetError(
            f"{name!r} cannot name a dataset: expected 1 to 64 lower-case letters, digits, '.', '_' or '-', "
            "beginning with a letter or a digit."
        )


def stored_dataset(home: Home, name: str) -> StoredDataset:
    """Return what dataset.json says, without reading the rows.

    Raises:
        DatasetError: there is no such dataset, or dataset.json is damaged.
    """
    check_name(name)
    if name == SAMPLE_WORLD:
        _store_sample_world(home)
    path = home.datasets / name / "dataset.json"
    if not path.exists():
        names = ", ".join(summary.name for summary in list_datasets(home)) or "none"
        raise DatasetError(f"There is no dataset {name!r}; there are: {names}. Import it with `recaudit data import`.")
    return read_manifest(path)


def _store_sample_world(home: Home) -> None:
    """Store the packaged sample world on first use, and again when a newer package carries another one."""
    from engine.datasets.loaders import sample_world

    if not sample_world.available():
        return
    digest = sample_world.digest()
    path = home.datasets / SAMPLE_WORLD / "dataset.json"
    if path.exists() and read_manifest(path).source_digest == digest:
        return
    from engine.datasets.assembly import assemble

    problems = Problems()
    with sample_world.read(problems) as raw:
        imported = assemble(raw, problems, name=SAMPLE_WORLD)
        save_dataset(home, imported.dataset, imported.quality, replace=True, source_digest=digest)


def _read_parquet(path: Path) -> pa.Table:
    try:
        return pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise DatasetError(f"{path} cannot be read: {error}. Import the dataset again with --replace.") from error


def _summary(stored: StoredDataset, folder: Path) -> DatasetSummary:
    quality = stored.quality
    return DatasetSummary(
        name=stored.name,
        fingerprint=stored.fingerprint,
        source=stored.source,
        disclosure=stored.disclosure,
        n_users=quality.n_users,
        n_items=quality.n_items,
        n_interactions=quality.n_interactions,
        n_triples=quality.n_triples,
        n_entities=quality.n_entities,
        n_pictures=stored.n_pictures,
        has_given_holdout=any(table.table == "holdout" for table in quality.imported),
        n_rejected=sum(table.rejected for table in quality.imported),
        imported_at=stored.imported_at,
        folder=folder,
    )
