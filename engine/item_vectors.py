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


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTexts:
    """What is embedded of each item of a catalogue: ids and texts (n_items,), in the catalogue's order."""

    item_ids: Sequence[str]
    texts: Sequence[str]

    @property
    def order(self) -> list[int]:
        """The places of the items in the order of their ids."""
        return sorted(range(len(self.item_ids)), key=self.item_ids.__getitem__)


def item_text(item: Item) -> str:
    """Return what is embedded of an item."""
    return text_of(item.title, item.creators, item.categories, item.description)


def text_of(title: str, creators: Sequence[str], categories: Sequence[str], description: str) -> str:
    """Return what is embedded: title, makers, categories and description, as one line."""
    parts = (title, ", ".join(creators), ", ".join(categories), description)
    return " ".join(". ".join([part for part in parts if part]).split())


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
        return self.of_texts(ItemTexts(item_ids=[i.item_id for i in items], texts=[item_text(i) for i in items]), model)

    def of_texts(self, catalogue: ItemTexts, model: LanguageModel) -> NDArray[np.float32]:
        """Do what `of_items` does, for items of which ids and texts are known."""
        described, order = model.describe(), catalogue.order
        path = self._path(catalogue, order, described.name, described.digest)
        found = read_arrays(path)
        if found is not None:
            return _back(found["vectors"], order)
        made = model.embed([catalogue.texts[place] for place in order])
        write_arrays(path, {"vectors": made})
        return _back(made, order)

    def kept(self, catalogue: ItemTexts, model_name: str, model_digest: str) -> NDArray[np.float32] | None:
        """Return cached vectors of these items in their order; None where there are none."""
        order = catalogue.order
        found = read_arrays(self._path(catalogue, order, model_name, model_digest))
        return None if found is None else _back(found["vectors"], order)

    def _path(self, catalogue: ItemTexts, order: Sequence[int], model_name: str, model_digest: str) -> Path:
        texts = [part for place in order for part in (catalogue.item_ids[place], catalogue.texts[place])]
        key = hashlib.sha256("\x1e".join((TEXT_VERSION, model_name, model_digest, *texts)).encode())
        return self.folder / f"{key.hexdigest()}.safetensors"


def _back(vectors: NDArray[np.float32], order: Sequence[int]) -> NDArray[np.float32]:
    if order == list(range(len(order))):
        return vectors
    result = np.empty_like(vectors)
    result[np.asarray(order, dtype=np.int64)] = vectors
    return result
