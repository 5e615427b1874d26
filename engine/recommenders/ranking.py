"""From scores to an answer: the best eligible items, popularity where scores say nothing. Not here: scoring."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.recommender import RecommenderConfig, TrainingData
from engine.recommenders.catalogue import Catalogue
from engine.records import Match, MatchKind, Recommendation, Request, Response, Step


class RankingConfig(RecommenderConfig):
    """Options of every recommender that ranks the catalogue itself."""

    allow_repeat_consumption: bool = False  # True: what the user consumed before may be recommended again


@dataclass(frozen=True)
class Ranking:
    """Turns scores into responses. `popularity`: training interactions of each item, shape `(n_items,)`."""

    catalogue: Catalogue
    popularity: NDArray[np.int64]
    config: RankingConfig

    @classmethod
    def fit(cls, training: TrainingData, config: RankingConfig) -> Ranking:
        """Count the training interactions of each item."""
        catalogue = Catalogue(training.dataset)
        rows = catalogue.rows(training.interactions["item_id"])
        return cls(catalogue, np.bincount(rows, minlength=len(catalogue.item_ids)), config)

    def eligible(self, request: Request) -> NDArray[np.bool_]:
        """Tell which items may answer the request, shape `(n_items,)`."""
        return self.catalogue.eligible(request, allow_repeats=self.config.allow_repeat_consumption)

    def by_popularity(self, request: Request, *, before: Sequence[Step] = ()) -> Response:
        """Answer with the most chosen eligible items, equal counts by item id; the score is the count."""
        rows = self.catalogue.best(self.popularity, self.eligible(request), request.k)
        text = f"Ranked the eligible items by how often they were chosen in the training period; {len(rows)} taken."
        listed = [
            self._recommend(rank, row, float(self.popularity[row]), self._popularity_reason(row))
            for rank, row in enumerate(rows, start=1)
        ]
        return _response(request, listed, [*before, Step(kind="rank", text=text)])

    def by_similarity(
        self, request: Request, scores: NDArray[np.float64], explain: Callable[[list[str]], list[str]], *, method: str
    ) -> Response:
        """Answer with the eligible items that score above 0; fill up by popularity, with score 0, and say so.

        `explain` gives one rationale for each of the item ids that it gets.
        """
        if not len(self.catalogue.rows(entry.item_id for entry in request.history)):
            why = "There is no history" if not request.history else "Nothing of the history is in the catalogue"
            text = f"{why}, so that {method} has nothing to go by: popularity decides instead."
            return self.by_popularity(request, before=[Step(kind="fallback", text=text)])
        eligible = self.eligible(request)
        scored = self.catalogue.best(scores, eligible & (scores > 0), request.k)
        reasons = explain([self.catalogue.item_ids[row] for row in scored])
        listed = [
            self._recommend(rank, row, float(scores[row]), reason)
            for rank, (row, reason) in enumerate(zip(scored, reasons, strict=True), start=1)
        ]
        text = f"Scored the catalogue by {method} with {len(request.history)} history entries; {len(scored)} taken."
        steps = [Step(kind="rank", text=text)]
        if len(scored) < request.k:
            eligible[scored] = False
            filled = self.catalogue.best(self.popularity, eligible, request.k - len(scored))
            text = f"No other eligible item scores above 0: {len(filled)} filled in by popularity."
            steps.append(Step(kind="fallback", text=text))
            listed += [
                self._recommend(rank, row, 0.0, self._popularity_reason(row))
                for rank, row in enumerate(filled, start=len(scored) + 1)
            ]
        return _response(request, listed, steps)

    def by_score(self, request: Request, scores: NDArray[np.floating], steps: Sequence[Step]) -> Response:
        """Answer with the eligible items of the highest scores, whatever their sign, without a rationale."""
        rows = self.catalogue.best(scores, self.eligible(request), request.k)
        listed = [self._recommend(rank, row, float(scores[row]), "") for rank, row in enumerate(rows, start=1)]
        return _response(request, listed, steps)

    def _recommend(self, rank: int, row: int, score: float, rationale: str) -> Recommendation:
        return Recommendation(
            rank=rank,
            raw_text=self.catalogue.titles[row],
            match=Match(item_id=self.catalogue.item_ids[row], kind=MatchKind.IDENTIFIER),
            score=score,
            rationale=rationale,
        )

    def _popularity_reason(self, row: int) -> str:
        count = int(self.popularity[row])
        return f"Chosen {count:,} time{'' if count == 1 else 's'} in the training period."


def _response(request: Request, listed: Sequence[Recommendation], steps: Sequence[Step]) -> Response:
    return Response(request_id=request.request_id, recommendations=tuple(listed), steps=tuple(steps))


def one_line(title: str) -> str:
    """Return a title without line breaks or runs of white space, fit to stand in a sentence."""
    return " ".join(title.split())
