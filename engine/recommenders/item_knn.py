"""Item-based nearest neighbours: what people with the same items in their history chose as well."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from engine.recommender import Progress, Recommender, TrainingData, no_progress
from engine.recommenders.neighbours import Driver, ItemNeighbours
from engine.recommenders.ranking import Ranking, RankingConfig, one_line
from engine.records import Request, Response

_ANSWERS_AT_ONCE = 256  # bounds the dense score matrix


class ItemKnnConfig(RankingConfig):
    """Options of `ItemKnn`."""

    n_neighbours: int = Field(default=100, ge=1)  # nearest items that each item keeps
    shrinkage: float = Field(default=10.0, ge=0)  # distrust of pairs that few people share
    half_life: float | None = Field(default=5.0, gt=0)  # an entry this many entries back counts half; None: all count 1


class ItemKnn(Recommender[ItemKnnConfig]):
    """Sum the cosines of co-occurrence between an item and the history, recent entries counting more.

    Source: Deshpande and Karypis, Item-based top-N recommendation algorithms, ACM TOIS 22(1), 2004; the half-life is
    our addition, after the decay of session-based nearest neighbours (Ludewig and Jannach, UMUAI 28, 2018).
    """

    Config = ItemKnnConfig

    def fit(self, training: TrainingData, progress: Progress = no_progress) -> None:
        """Count who chose what together."""
        self._ranking = Ranking.fit(training, self.config)
        self._neighbours = ItemNeighbours.fit(
            training.dataset.item_ids,
            training.interactions,
            n_neighbours=self.config.n_neighbours,
            shrinkage=self.config.shrinkage,
        )
        progress("counting who chose what together", 1.0)

    def recommend(self, requests: Sequence[Request]) -> list[Response]:
        """Rank by similarity; without history, by popularity."""
        responses = []
        for start in range(0, len(requests), _ANSWERS_AT_ONCE):
            batch = requests[start : start + _ANSWERS_AT_ONCE]
            histories = [[entry.item_id for entry in request.history] for request in batch]
            scores = self._neighbours.score_batch(histories, half_life=self.config.half_life)
            responses += [self._answer(*one) for one in zip(batch, histories, scores, strict=True)]
        return responses

    def score(self, requests: Sequence[Request], item_ids: Sequence[str]) -> NDArray[np.float64]:
        """Return each item's summed similarity to the history; 0 where nothing of the history is known."""
        rows = self._ranking.catalogue.known_rows(item_ids)
        blocks = [np.zeros((0, len(rows)))]
        for start in range(0, len(requests), _ANSWERS_AT_ONCE):
            histories = [[entry.item_id for entry in r.history] for r in requests[start : start + _ANSWERS_AT_ONCE]]
            blocks.append(self._neighbours.score_batch(histories, half_life=self.config.half_life)[:, rows])
        return np.concatenate(blocks)

    def _answer(self, request: Request, history: list[str], scores: NDArray[np.float64]) -> Response:
        return self._ranking.by_similarity(
            request,
            scores,
            lambda item_ids: self._reasons(history, item_ids),
            method="co-occurrence in other histories",
        )

    def _reasons(self, history: list[str], item_ids: list[str]) -> list[str]:
        """Name the history item with the largest part in each score."""
        drivers = self._neighbours.drivers(history, item_ids, half_life=self.config.half_life)
        return [self._reason(driver, item_id) for driver, item_id in zip(drivers, item_ids, strict=True)]

    def _reason(self, driver: Driver | None, item_id: str) -> str:
        if driver is None:
            return ""
        row = self._ranking.catalogue.index[driver.item_id]
        both, all_of = self._neighbours.met_both(driver.item_id, item_id), int(self._neighbours.n_users[row])
        return f"People who chose {one_line(self._ranking.catalogue.titles[row])} also chose this ({both} of {all_of})."
