"""The baseline that knows nobody: what was chosen most often in training, the same for everyone."""

from __future__ import annotations

from collections.abc import Sequence

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
