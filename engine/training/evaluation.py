"""Held-out figures of the embedded model: what it says after the training period's end, free and constrained.

Not here: the judge's (`judging_figures`), fitting (`embedded_model`), the text around the figures (`model_card`).
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.grounding import Grounder
from engine.models.contract import LanguageModel, Prompt, Sampling
from engine.plan import RunPlan
from engine.prompts.templates import render
from engine.recommender import Recommender, TrainingData
from engine.recommenders.item_knn import ItemKnn, ItemKnnConfig
from engine.recommenders.most_popular import MostPopular, MostPopularConfig
from engine.recommenders.zero_shot import Freedom, ZeroShot, ZeroShotConfig
from engine.records import Generation
from engine.requests import RequestMaker
from engine.training.corpus import HISTORY_LENGTH, LIST_LENGTH, Sampler, World, history_values, preferences_line
from engine.training.judging_figures import WeightFigure, held_out_weights, validation_weights
from engine.training.listing import PlaceShares, ndcg, place_shares, targets_of

N_USERS = 200
SEED = 11
_JUDGEMENT = re.compile(r".+: (yes|no)")
_PREFERENCES = re.compile(r"(Kinds|Genres|People): .+\.")
_TOOLS = {"search", "facts", "neighbours", "history"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOutFigures:
    """What was measured. Shares are of `n_answers` or, for titles, of `n_titles`."""

    n_users: int
    n_answers: int
    parsed_share: float
    parsed_share_by_family: Mapping[str, float]
    n_titles: int
    invented_share: float
    free_places: PlaceShares
    ndcg_constrained: float
    ndcg_most_popular: float
    ndcg_free: float
    ndcg_item_knn: float
    judging: Sequence[WeightFigure]  # the matcher on the same users, by the weights of judge and retriever
    n_validation_users: int
    validation: Sequence[WeightFigure]  # the same within the training period, on users that taught nothing
    tokens_per_second: float
    threads: int


def evaluate(model: LanguageModel, world: World, *, n_users: int = N_USERS, threads: int) -> HeldOutFigures:
    """Measure the model on users with something held out, histories cut at the end of the training period."""
    asked = prompts_by_family(world, n_users)
    began, tokens = time.monotonic(), 0
    parsed: dict[str, list[bool]] = {}
    for family, prompts in asked.items():
        answers = model.generate(prompts, Sampling(max_tokens=200))
        tokens += sum((answer.tokens_out or 0) for answer in answers)
        parsed[family] = [is_parsed(family, answer) for answer in answers]
    seconds = time.monotonic() - began
    verdicts = [verdict for family in parsed.values() for verdict in family]
    free = _lists(world, ZeroShot(ZeroShotConfig(decoding=Freedom.FREE), model), n_users)
    named = [match is not None for answer in free.answers for match in answer]
    constrained = _lists(world, ZeroShot(ZeroShotConfig(decoding=Freedom.CATALOGUE), model), n_users)
    popular = _lists(world, MostPopular(MostPopularConfig()), n_users)
    neighbours = _lists(world, ItemKnn(ItemKnnConfig()), n_users)
    n_validation, validation = validation_weights(model, world, seed=SEED)
    return HeldOutFigures(
        n_users=len(free.answers),
        n_answers=len(verdicts),
        parsed_share=float(np.mean(verdicts)),
        parsed_share_by_family={family: float(np.mean(v)) for family, v in parsed.items()},
        n_titles=len(named),
        invented_share=1 - float(np.mean(named)),
        free_places=place_shares(free.answers, free.histories),
        ndcg_constrained=constrained.ndcg,
        ndcg_most_popular=popular.ndcg,
        ndcg_free=free.ndcg,
        ndcg_item_knn=neighbours.ndcg,
        judging=held_out_weights(model, world, n_users=n_users, seed=SEED),
        n_validation_users=n_validation,
        validation=validation,
        tokens_per_second=tokens / seconds,
        threads=threads,
    )


def prompts_by_family(world: World, n_users: int) -> dict[str, list[Prompt]]:
    """Return prompts of every family about histories that end where the training period does."""
    sampler = Sampler(world, SEED)
    drawn = sampler.random.permutation(len(world.sequences))[:n_users]
    families: dict[str, list[Prompt]] = {}
    for index in drawn:
        sequence = world.sequences[index]
        for family in ("rating", "explanation", "matching", "tool_call"):
            for example in sampler.example(family, sequence, len(sequence) - 1):
                families.setdefault(family, []).append(Prompt(messages=example.messages[:-1]))
        history = history_values(world, sequence)
        line = preferences_line(world, [item for item, _ in sequence[-HISTORY_LENGTH:]])
        asked = {
            "sequential": render("recommend", **history, k=LIST_LENGTH),
            "preferences": render("preferences", **history),
            "judging": render("judge", **history, preferences=line),
        }
        for family, messages in asked.items():
            families.setdefault(family, []).append(Prompt(messages=messages))
    return families


def is_parsed(family: str, answer: Generation) -> bool:
    """Tell whether an answer has the form that its family asks for; what it says may still be wrong."""
    text = answer.text.strip()
    lines = text.splitlines()
    checks: dict[str, Callable[[], bool]] = {
        "sequential": lambda: [line.partition(". ")[0] for line in lines] == [str(i + 1) for i in range(LIST_LENGTH)],
        "rating": lambda: re.fullmatch(r"\d(\.\d+)?", text) is not None,
        "matching": lambda: text in {"yes", "no"},
        "preferences": lambda: _PREFERENCES.search(text) is not None and len(lines) == 1,
        "judging": lambda: bool(lines) and all(_JUDGEMENT.fullmatch(line) for line in lines),
        "explanation": lambda: 1 <= text.count(". ") + text.endswith(".") <= 3 and len(lines) == 1,
        "tool_call": lambda: _is_tool_call(text),
    }
    return answer.error is None and answer.finish_reason == "stop" and checks[family]()


def _is_tool_call(text: str) -> bool:
    try:
        call = json.loads(text)
    except ValueError:
        return False
    return isinstance(call, dict) and call.get("tool") in _TOOLS and isinstance(call.get("argument"), str)


@dataclass(frozen=True, slots=True)
class _Lists:
    answers: list[list[str | None]]  # one list of item ids a user, None for what is in no catalogue
    histories: list[set[str]]
    ndcg: float


def _lists(world: World, recommender: Recommender, n_users: int) -> _Lists:
    """Let a recommender answer the same held-out users and return its lists with their mean NDCG."""
    dataset = world.dataset
    plan = RunPlan(dataset=dataset.name, recommender="measured", users=n_users, k=LIST_LENGTH, seed=SEED)
    maker = RequestMaker(plan, dataset, world.split, "measured")
    recommender.fit(
        TrainingData(
            dataset=dataset, interactions=world.split.training, grounder=Grounder(dataset.items_by_id), seed=SEED
        )
    )
    requests = [maker.request(index) for index in range(len(maker))]
    responses = recommender.recommend(requests)
    answers = [[r.match.item_id if r.match else None for r in response.recommendations] for response in responses]
    targets = targets_of(dataset, {request.user.user_id: len(request.history) for request in requests})
    scores = [ndcg(listed, targets[request.user.user_id]) for listed, request in zip(answers, requests, strict=True)]
    histories = [{entry.item_id for entry in request.history} for request in requests]
    return _Lists(answers, histories, float(np.mean(scores)))
