"""One request on its way through a chain of thought: what has been said, judged and decided so far."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from engine.records import Generation, Recommendation, Request, Response, Step


@dataclass
class Chain:
    """The state of one request between the stages; mutable, private to the recommender that makes it."""

    request: Request
    history: dict[str, object]  # template values
    candidates: list[str] = field(default_factory=list)  # item ids, best retrieved first
    retrieval: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))  # (n_candidates,)
    preferences: str = ""
    margins: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))  # (n_candidates,), NaN: not judged
    recommendations: list[Recommendation] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    generations: list[Generation] = field(default_factory=list)
    error: str | None = None

    def note(self, generation: Generation) -> None:
        """Keep a model call that the chain rests on; a failed one fails the request."""
        self.generations.append(generation)
        self.error = self.error or generation.error

    def explain(self, place: int, rationale: str) -> None:
        """Give the recommendation at a place its reason."""
        recommendation = replace(self.recommendations[place], rationale=rationale)
        self.recommendations[place] = recommendation
        item_id = recommendation.match.item_id if recommendation.match else None
        self.steps.append(Step(kind="rationale", text=rationale, item_id=item_id))

    def response(self) -> Response:
        """Return what came of the request; a failed one keeps its steps and calls, and recommends nothing."""
        return Response(
            request_id=self.request.request_id,
            recommendations=() if self.error else tuple(self.recommendations),
            steps=tuple(self.steps),
            generations=tuple(self.generations),
            error=self.error,
        )
