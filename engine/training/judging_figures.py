"""What the judge adds to the retriever: the matcher's NDCG for several weights of the two. Not here: the matcher."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.datasets.schema import Dataset
from engine.datasets.splits import Split, SplitSpec, split
from engine.grounding import Grounder
from engine.models.contract import LanguageModel
from engine.plan import RunPlan
from engine.recommender import TrainingData
from engine.recommenders.cot_matcher import CotMatcher, CotMatcherConfig, weighted
from engine.requests import RequestMaker
from engine.training.corpus import LIST_LENGTH, World, is_set_aside
from engine.training.listing import ndcg, targets_of

VALIDATION_QUANTILE = 0.8  # of the training period's interactions; what comes later in it is to be found
# (judge, retrieval): the two alone, then both in a widening mixture.
WEIGHTS = ((0.0, 1.0), (1.0, 0.0), (0.1, 1.0), (0.25, 1.0), (0.5, 1.0), (1.0, 1.0), (2.0, 1.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightFigure:
    """NDCG@10 of the matcher under one choice of weights, with the standard error of the mean over users."""

    judge: float
    retrieval: float
    ndcg: float
    standard_error: float


def held_out_weights(model: LanguageModel, world: World, *, n_users: int, seed: int) -> list[WeightFigure]:
    """Measure every choice of weights on held-out users: the ablation, nothing is chosen by it."""
    return _figures(model, world.dataset, world.split, users=n_users, seed=seed)


def validation_weights(model: LanguageModel, world: World, *, seed: int) -> tuple[int, list[WeightFigure]]:
    """Measure every choice of weights within the training period, on the users whom no lesson was drawn from.

    The last fifth of the training period is to be found, from what came before. Returns the number of users with it.
    """
    rows = world.split.training
    inner = replace(world.dataset, interactions=rows)
    times = np.sort(rows["timestamp"].to_numpy())
    spec = SplitSpec(kind="cutoff-time", cutoff=int(times[int(VALIDATION_QUANTILE * len(times))]))
    parts = split(inner, spec)
    asked = parts.users[(parts.users["n_history"] > 0) & (parts.users["n_holdout"] > 0)]
    users = tuple(sorted(user for user in asked["user_id"] if is_set_aside(user)))
    return len(users), _figures(model, inner, parts, users=users, seed=seed) if users else []


def _figures(
    model: LanguageModel, dataset: Dataset, parts: Split, *, users: int | tuple[str, ...], seed: int
) -> list[WeightFigure]:
    plan = RunPlan(dataset=dataset.name, recommender="measured", users=users, k=LIST_LENGTH, seed=seed)
    maker = RequestMaker(plan, dataset, parts, "measured")
    requests = [maker.request(index) for index in range(len(maker))]
    matcher = CotMatcher(CotMatcherConfig(rationales=False), model)
    matcher.fit(
        TrainingData(dataset=dataset, interactions=parts.training, grounder=Grounder(dataset.items_by_id), seed=seed)
    )
    chains = matcher.judged(requests)
    wanted = targets_of(dataset, {request.user.user_id: len(request.history) for request in requests})
    figures = []
    for judge, retrieval in WEIGHTS:
        scores = [ndcg(_listed(chain, judge, retrieval), wanted[chain.request.user.user_id]) for chain in chains]
        error = float(np.std(scores) / np.sqrt(len(scores)))
        figures.append(
            WeightFigure(judge=judge, retrieval=retrieval, ndcg=float(np.mean(scores)), standard_error=error)
        )
    return figures


def _listed(chain, judge: float, retrieval: float) -> Sequence[str]:
    if chain.error is not None:
        return ()
    total = weighted(chain, judge=judge, retrieval=retrieval)
    order = np.lexsort((np.arange(len(total)), -total))[:LIST_LENGTH]
    return [chain.candidates[place] for place in order]
