"""Text vectors of a catalogue by the recommender's language model, and of copies with words left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.datasets.schema import Dataset
from engine.item_vectors import item_text
from engine.models.contract import LanguageModel
from engine.recommender import TrainingData


def item_vectors(training: TrainingData, dataset: Dataset, model: LanguageModel) -> NDArray[np.float32]:
    """Return one vector an item in catalogue order, shape `(n_items, n_dimensions)`, cached if possible."""
    if training.embed_items is not None:
        return training.embed_items(dataset, model)
    return model.embed([item_text(item) for item in dataset.items_by_id.values()])


def with_words_dropped(dataset: Dataset, *, share: float, seed: int) -> Dataset:
    """Return a copy whose item texts lack each word with probability `share`; a title keeps at least one word.

    For UniSRec's word-drop augmentation; the copy serves to be embedded and for nothing else.
    """
    random = np.random.default_rng(seed)

    def drop(text: str) -> str:
        words = text.split()
        keep = random.random(len(words)) >= share
        return " ".join(word for word, kept in zip(words, keep, strict=True) if kept)

    items = dataset.items.copy()
    for column in ("title", "description"):
        texts = ["" if text is None or text != text else str(text) for text in items[column].astype(object)]  # noqa: PLR0124
        items[column] = [drop(text) or (text if column == "title" else "") for text in texts]
    for column in ("creators", "categories"):
        items[column] = [tuple(filter(None, map(drop, names))) for names in items[column]]
    return replace(dataset, items=items, fingerprint=f"{dataset.fingerprint}:word-drop:{share}:{seed}")
