"""The baseline that knows nobody: what was chosen most often in training, the same for everyone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.recommender import Progress, Recommender, TrainingData, no_progress
from engine.recommenders.ranking import Ranking, RankingConfig
from engine.records import Request, Response


class MostPopularConfig(RankingConfig):
    """No options but those of every ranking recommender."""


class MostPopular(Recommender[MostPopularConfig]):
    """Rank by the number of training interactions, equal counts by item id."""

    Config = MostPopularConfig

    def fit(self, training: TrainingData, progress: Progress = no_progress) -> None:
        """Count the training interactions."""
        self._ranking = Ranking.fit(training, self.config)
        progress("counting interactions", 1.0)

    def recommend(self, requests: Sequence[Request]) -> list[Response]:
        """Give everyone the most chosen items that are eligible for them."""
        return [self._ranking.by_popularity(request) for request in requests]

    def score(self, requests: Sequence[Request], item_ids: Sequence[str]) -> NDArray[np.float64]:
        """Return each item's number of training interactions, the same for every request."""
        counts = self._ranking.popularity[self._ranking.catalogue.known_rows(item_ids)].astype(np.float64)
        return np.tile(counts, (len(requests), 1))
