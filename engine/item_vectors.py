"""Text vectors of a catalogue, made once for each catalogue and model and then kept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.arrays import read_arrays, write_arrays
from engine.datasets.schema import Dataset
from engine.models.contract import LanguageModel
from engine.records import Item

TEXT_VERSION = "2"  # of `item_text` and of the order of rows; part of the cache key


def item_text(item: Item) -> str:
    """Return what is embedded: title, makers, categories and description, as one line."""
    parts = (item.title, ", ".join(item.creators), ", ".join(item.categories), item.description)
    return " ".join(". ".join(part for part in parts if part).split())


@dataclass(frozen=True)
class ItemVectors:
    """Callable that returns the vectors of a dataset's items, shape `(n_items, n_dimensions)`, in catalogue order.

    They are kept in the order of the item ids, so that whoever knows the items finds them, in whatever order.
    """

    folder: Path

    def __call__(self, dataset: Dataset, model: LanguageModel) -> NDArray[np.float32]:
        """Return cached vectors, or embed the catalogue and keep the result."""
        return self.of_items(list(dataset.items_by_id.values()), model)

    def of_items(self, items: Sequence[Item], model: LanguageModel) -> NDArray[np.float32]:
        """Return cached vectors of these items in their order, or embed them and keep the result."""
        described = model.describe()
        found = self.kept(items, described.name, described.digest)
        if found is not None:
            return found
        order = _order(items)
        made = model.embed([item_text(items[place]) for place in order])
        write_arrays(self._path(items, described.name, described.digest), {"vectors": made})
        return _back(made, order)

    def kept(self, items: Sequence[Item], model_name: str, model_digest: str) -> NDArray[np.float32] | None:
        """Return cached vectors of these items in their order; None where there are none."""
        found = read_arrays(self._path(items, model_name, model_digest))
        return None if found is None else _back(found["vectors"], _order(items))

    def _path(self, items: Sequence[Item], model_name: str, model_digest: str) -> Path:
        texts = [part for place in _order(items) for part in (items[place].item_id, item_text(items[place]))]
        key = hashlib.sha256("\x1e".join((TEXT_VERSION, model_name, model_digest, *texts)).encode())
        return self.folder / f"{key.hexdigest()}.safetensors"


def _order(items: Sequence[Item]) -> list[int]:
    return sorted(range(len(items)), key=lambda place: items[place].item_id)


def _back(vectors: NDArray[np.float32], order: Sequence[int]) -> NDArray[np.float32]:
    if order == list(range(len(order))):
        return vectors
    result = np.empty_like(vectors)
    result[np.asarray(order, dtype=np.int64)] = vectors
    return result
