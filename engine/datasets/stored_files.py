"""A stored dataset's files: written apart, then made visible in one step. Not here: names and fingerprints (store.py).

A new dataset is written into a hidden folder and renamed; a replaced one gets a new folder of rows first, and then its
dataset.json is replaced. So a reader sees the old or the new content, and a killed import leaves nothing visible.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv
from pydantic import BaseModel, ConfigDict, ValidationError

from engine.datasets.arrow import to_tables
from engine.datasets.quality import QualityReport
from engine.datasets.schema import Dataset
from engine.errors import DatasetError

_STALE_SECONDS = 86_400  # a hidden folder that old belongs to an import that was killed


class StoredDataset(BaseModel):
    """The content of dataset.json."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format_version: int = 1
    name: str
    fingerprint: str
    rows: str  # the folder of the rows
    source: str
    source_digest: str = ""  # of a packaged source, so that a newer package is noticed
    disclosure: str
    imported_at: str  # ISO 8601, UTC
    n_pictures: int
    quality: QualityReport


def read_manifest(path: Path) -> StoredDataset:
    """Read a dataset.json.

    Raises:
        DatasetError: it cannot be read, or is not one.
    """
    try:
        return StoredDataset.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise DatasetError(f"{path} is damaged: {error}. Import the dataset again with --replace.") from error


def write_rows(folder: Path, dataset: Dataset, rejects: pa.Table | None) -> None:
    """Write all rows, refused rows and pictures of a dataset into a new folder, synced to the disk."""
    folder.mkdir(parents=True)
    for table, rows in to_tables(dataset).items():
        pq.write_table(rows, folder / f"{table}.parquet", compression="zstd")
    if rejects is not None and rejects.num_rows:
        csv.write_csv(rejects, folder / "rejects.csv")
    _copy_pictures(dataset.pictures, folder / "pictures")
    for path in folder.glob("*.*"):
        _sync(path)


def _copy_pictures(pictures: Mapping[str, Path], folder: Path) -> None:
    if pictures:
        folder.mkdir()
    for item_id, path in pictures.items():
        shutil.copyfile(path, folder / f"{item_id}.png")


def publish(hidden: Path, folder: Path, stored: StoredDataset, replace: bool) -> None:
    """Make the rows in `hidden` the content of `folder` in one step: a rename, or the exchange of its dataset.json."""
    manifest = hidden / "dataset.json"
    manifest.write_text(json.dumps(stored.model_dump(mode="json"), indent=1) + "\n", encoding="utf-8")
    _sync(manifest)
    try:
        hidden.rename(folder)
    except OSError as error:  # the folder exists
        if not replace or not folder.is_dir():
            raise DatasetError(f"{folder} came into being during the import ({error}). Try again.") from error
        _exchange(hidden, folder, stored)
    _sync(folder)
    _sync(folder.parent)


def _exchange(hidden: Path, folder: Path, stored: StoredDataset) -> None:
    try:
        outdated = folder / read_manifest(folder / "dataset.json").rows
    except DatasetError:  # damaged or gone: that is why it is replaced
        outdated = None
    (hidden / stored.rows).rename(folder / stored.rows)
    (hidden / "dataset.json").replace(folder / "dataset.json")
    if outdated is not None:
        shutil.rmtree(outdated, ignore_errors=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(datasets: Path) -> None:
    """Delete what imports that were killed left behind."""
    for hidden in datasets.glob(".importing-*"):
        try:
            stale = time.time() - hidden.stat().st_mtime > _STALE_SECONDS
        except FileNotFoundError:  # another import took it away in the meantime
            continue
        if stale:
            shutil.rmtree(hidden, ignore_errors=True)
