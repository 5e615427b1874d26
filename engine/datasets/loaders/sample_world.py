"""The packaged sample world: true catalogue facts, simulated behaviour. Read from wherever the package is installed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable

from engine.datasets.files.delimited import read_delimited
from engine.datasets.files.raw import RawDataset, RawTable
from engine.datasets.problems import Problems
from engine.errors import DatasetError

_TABLES = ("users", "items", "interactions", "triples", "entities")


def available() -> bool:
    """Tell whether the package carries the world (a source checkout without generated data does not)."""
    return all((_world() / f"{table}.csv").is_file() for table in _TABLES) and (_world() / "world.json").is_file()


def digest() -> str:
    """Return the SHA-256 over the packaged tables and world.json, which says when a stored copy is outdated."""
    combined = hashlib.sha256()
    for name in (*(f"{table}.csv" for table in _TABLES), "world.json"):
        combined.update(hashlib.sha256((_world() / name).read_bytes()).digest())
    return combined.hexdigest()


@contextmanager
def read(problems: Problems) -> Iterator[RawDataset]:
    """Read the world's tables; the pictures exist while the context is open.

    Raises:
        DatasetError: the package does not carry the world.
    """
    if not available():
        raise DatasetError("The sample world is not in this installation: expected sample_data/world/*.csv.")
    about = json.loads((_world() / "world.json").read_text(encoding="utf-8"))
    with as_file(_world()) as folder:
        read_tables = {
            table: read_delimited(folder / f"{table}.csv", table, problems, delimiter=",") for table in _TABLES
        }
        tables: dict[str, RawTable] = {table: raw for table, raw in read_tables.items() if raw is not None}
        yield RawDataset(
            tables=tables,
            source=f"sample world, seed {about['seed']}" if "seed" in about else "sample world",
            disclosure=str(about["disclosure"]),
            pictures={path.stem: path for path in sorted((folder / "pictures").glob("*.png"))},
            derives_entities=False,
        )


def _world() -> Traversable:
    return files("sample_data") / "world"
