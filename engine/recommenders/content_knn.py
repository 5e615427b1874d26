"""Content-based nearest neighbours: items whose text is like the items in the history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from engine.errors import ModelError
from engine.models.contract import Capability
from engine.recommender import Progress, Recommender, TrainingData, no_progress
from engine.recommenders.neighbours import ContentVectors, Driver, EmbeddedVectors
from engine.recommenders.ranking import Ranking, RankingConfig, one_line
from engine.recommenders.text_vectors import item_vectors
from engine.records import Item, Request, Response

_ANSWERS_AT_ONCE = 256  # bounds the dense score matrix


class ContentKnnConfig(RankingConfig):
    """Options of `ContentKnn`."""

    vectors: Literal["tfidf", "embedding"] = "tfidf"  # embedding: the language model's, which must be able to embed
    half_life: float | None = Field(default=5.0, gt=0)  # an entry this many entries back counts half; None: all count 1


class ContentKnn(Recommender[ContentKnnConfig]):
    """Score an item by its mean cosine to the history, recent entries counting more; other users play no part."""

    Config = ContentKnnConfig

    def fit(self, training: TrainingData, progress: Progress = no_progress) -> None:
        """Read the item texts."""
        self._ranking = Ranking.fit(training, self.config)
        self._items = training.dataset.items_by_id
        self._vectors = self._fit_vectors(training)
        progress("comparing item texts", 1.0)

    def recommend(self, requests: Sequence[Request]) -> list[Response]:
        """Rank by likeness to the history; without history, by popularity."""
        responses = []
        for start in range(0, len(requests), _ANSWERS_AT_ONCE):
            batch = requests[start : start + _ANSWERS_AT_ONCE]
            histories = [[entry.item_id for entry in request.history] for request in batch]
            scores = self._vectors.score_batch(histories, half_life=self.config.half_life)
            responses += [self._answer(*one) for one in zip(batch, histories, scores, strict=True)]
        return responses

    def score(self, requests: Sequence[Request], item_ids: Sequence[str]) -> NDArray[np.float64]:
        """Return each item's mean likeness to the history; 0 where nothing of the history is known."""
        rows = self._ranking.catalogue.known_rows(item_ids)
        blocks = [np.zeros((0, len(rows)))]
        for start in range(0, len(requests), _ANSWERS_AT_ONCE):
            histories = [[entry.item_id for entry in r.history] for r in requests[start : start + _ANSWERS_AT_ONCE]]
            blocks.append(self._vectors.score_batch(histories, half_life=self.config.half_life)[:, rows])
        return np.concatenate(blocks)

    def _fit_vectors(self, training: TrainingData) -> ContentVectors | EmbeddedVectors:
        if self.config.vectors == "tfidf":
            return ContentVectors.fit(training.dataset)
        if self.model is None or Capability.EMBED not in self.model.capabilities:
            name = "none" if self.model is None else self.model.name
            raise ModelError(
                f"content-knn with vectors=embedding needs a model that can embed, got {name}. "
                "Name one, for example minilm."
            )
        vectors = item_vectors(training, training.dataset, self.model)
        return EmbeddedVectors.of(training.dataset.item_ids, vectors)

    def _answer(self, request: Request, history: list[str], scores: NDArray[np.float64]) -> Response:
        method = "likeness of text" if self.config.vectors == "tfidf" else "likeness of text vectors"
        return self._ranking.by_similarity(
            request, scores, lambda item_ids: self._reasons(history, item_ids), method=method
        )

    def _reasons(self, history: list[str], item_ids: list[str]) -> list[str]:
        """Name the history item with the largest part in each score, and what the two have in common."""
        drivers = self._vectors.drivers(history, item_ids, half_life=self.config.half_life)
        return [self._reason(driver, item_id) for driver, item_id in zip(drivers, item_ids, strict=True)]

    def _reason(self, driver: Driver | None, item_id: str) -> str:
        if driver is None:
            return ""
        if driver.item_id == item_id:  # only where repeats are allowed
            return "It is in your history already."
        title = one_line(self._items[driver.item_id].title)
        if isinstance(self._vectors, EmbeddedVectors):
            return f"Its text is close in meaning to that of {title} in your history."
        shared = _named(self._items[item_id], self._vectors.shared_features(driver.item_id, item_id))
        return f"Shares {shared} with {title} in your history."


def _named(item: Item, features: Sequence[str]) -> str:
    """Say the three features with the largest part in a cosine, in the item's own spelling."""
    spelling = {f"category:{name.casefold()}": f"the category {name}" for name in item.categories}
    spelling |= {f"creator:{name.casefold()}": f"the creator {name}" for name in item.creators}
    said = [spelling.get(feature) or f'the word "{feature.partition(":")[2]}"' for feature in features[:3]]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
