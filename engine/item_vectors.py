"""Text vectors of a catalogue, made once for each catalogue and model and then kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.arrays import read_arrays, write_arrays
from engine.datasets.schema import Dataset
from engine.models.contract import LanguageModel
from engine.records import Item

TEXT_VERSION = "1"  # of `item_text`; part of the cache key


def item_text(item: Item) -> str:
    """Return what is embedded: title, makers, categories and description, as one line."""
    parts = (item.title, ", ".join(item.creators), ", ".join(item.categories), item.description)
    return " ".join(". ".join(part for part in parts if part).split())


@dataclass(frozen=True)
class ItemVectors:
    """Callable that returns the vectors of a dataset's items, shape `(n_items, n_dimensions)`, in catalogue order."""

    folder: Path

    def __call__(self, dataset: Dataset, model: LanguageModel) -> NDArray[np.float32]:
        """Return cached vectors, or embed the catalogue and keep the result."""
        texts = [item_text(item) for item in dataset.items_by_id.values()]
        described = model.describe()
        key = hashlib.sha256("\x1e".join((TEXT_VERSION, described.name, described.digest, *texts)).encode())
        path = self.folder / f"{key.hexdigest()}.safetensors"
        kept = read_arrays(path)
        if kept is None:
            kept = {"vectors": model.embed(texts)}
            write_arrays(path, kept)
        return kept["vectors"]
