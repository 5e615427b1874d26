"""Zero-shot prompting: a language model that was not fitted to the task writes the list.

Source: Di Palma et al., "Evaluating ChatGPT as a Recommender System", 2023 (arXiv 2309.03613): roles, settings and
temperature 0 follow the authors' code [C]; the wording of the prompts is our own [R].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from engine.errors import PlanError
from engine.models.contract import Prompt, RankedChoices, Sampling
from engine.prompts.templates import render, template_hash
from engine.recommender import (
    Progress,
    Recommender,
    RecommenderConfig,
    ScoringPrompt,
    TrainingData,
    no_progress,
)
from engine.recommenders.judging import score_by_prompts
from engine.recommenders.neighbours import ItemNeighbours
from engine.recommenders.prompting import PromptBook
from engine.records import Generation, Handle, Interaction, Request, Response, Step

TOKENS_PER_LINE = 24  # of a numbered title, generously


class Freedom(StrEnum):
    """What the model may write: anything, or catalogue titles that the user does not know yet."""

    FREE = "free"
    CATALOGUE = "catalogue"


class Setting(StrEnum):
    """What the model is given: nothing but the history, or candidates to rank."""

    OWN_KNOWLEDGE = "own_knowledge"
    RERANK_POPULAR = "rerank_popular"
    RERANK_NEIGHBOURS = "rerank_neighbours"


class ZeroShotConfig(RecommenderConfig):
    """Options. Free decoding shows what a model invents, catalogue decoding what it ranks."""

    decoding: Freedom = Freedom.FREE
    setting: Setting = Setting.OWN_KNOWLEDGE
    history_length: int = Field(default=10, ge=1)
    n_candidates: int = Field(default=20, ge=1)  # of the two settings that rank candidates
    show_ratings: bool = True
    temperature: float = Field(default=0.0, ge=0)
    max_tokens: int | None = Field(default=None, ge=1)  # None: enough for k numbered titles
    allow_repeat_consumption: bool = False


class ZeroShot(Recommender[ZeroShotConfig]):
    """Ask a model for a numbered list and ground each line in the catalogue.

    Fitting prepares the candidates of the re-ranking settings only: most popular among the categories of the user's
    history, or item-kNN neighbours. A request that names its own candidates is ranked whatever the setting.
    """

    Config = ZeroShotConfig
    handles = frozenset({Handle.HISTORY, Handle.HINT})  # it writes no reasoning of its own

    def fit(self, training: TrainingData, progress: Progress = no_progress) -> None:
        """Prepare the labels and the candidates of the re-ranking settings."""
        if self.model is None:
            raise PlanError("zero-shot needs a language model that can generate; name one with --model.")
        self._book = PromptBook(training)
        rows = self._book.catalogue.rows(training.interactions["item_id"])
        self._popularity = np.bincount(rows, minlength=len(self._book.options))
        if self.config.setting is Setting.RERANK_NEIGHBOURS:
            self._neighbours = ItemNeighbours.fit(training.dataset.item_ids, training.interactions)
        progress("preparing prompts", 1.0)

    def recommend(self, requests: Sequence[Request]) -> list[Response]:
        """Ask for all lists in one batch; a call that fails fails its own request."""
        asked = [self._ask(request) for request in requests]
        most = max((request.k for request in requests), default=0)
        sampling = Sampling(
            max_tokens=self.config.max_tokens or TOKENS_PER_LINE * most, temperature=self.config.temperature
        )
        answers = self.model.generate([prompt for prompt, _ in asked], sampling) if self.model and asked else []
        return [
            self._read(request, steps, answer)
            for request, (_, steps), answer in zip(requests, asked, answers, strict=True)
        ]

    def score(self, requests: Sequence[Request], item_ids: Sequence[str]) -> NDArray[np.float64]:
        """Return the log-probability that the model's list begins with each item's title."""
        prompts = [self.scoring_prompts(requests, item_id) for item_id in item_ids]
        return score_by_prompts(self.model, prompts, len(requests))

    def reads(self, request: Request) -> Sequence[Interaction]:
        """Return what prompts show: the last known entries."""
        return self._book.shown(request, self.config.history_length)

    def scoring_prompts(self, requests: Sequence[Request], item_id: str) -> list[ScoringPrompt]:
        """Return the prompt of each request, with the first line of a list that begins with the item."""
        label = self._book.label(item_id)
        return [ScoringPrompt(messages=self._ask(request)[0].messages, gains=(f"1. {label}",)) for request in requests]

    def prompt_hashes(self) -> Mapping[str, str]:
        """Return the hashes of the two templates in use."""
        return {name: template_hash(name) for name in ("recommend", "rerank")}

    def _ask(self, request: Request) -> tuple[Prompt, tuple[Step, ...]]:
        values = self._book.history(request, self.config.history_length, show_ratings=self.config.show_ratings)
        candidates, steps = self._candidates(request)
        if candidates is None:
            messages = render("recommend", **values, k=request.k)
            options = self._book.options
            excluded = self._book.excluded(request, allow_repeats=self.config.allow_repeat_consumption)
            n_left = len(options) - len(excluded)
        else:
            options, excluded, n_left = tuple(candidates), frozenset(), len(candidates)
            messages = render("rerank", **values, k=min(request.k, n_left), candidates=candidates)
        constraint = None
        if self.config.decoding is Freedom.CATALOGUE and n_left:
            constraint = RankedChoices(options=options, k=min(request.k, n_left), excluded=excluded)
        return Prompt(messages=messages, constraint=constraint, seed=request.seed), steps

    def _candidates(self, request: Request) -> tuple[list[str] | None, tuple[Step, ...]]:
        """Return the labels to rank, None where the model answers from its own knowledge."""
        labels = self._book.labels
        if request.candidates is not None:
            return [labels[item] for item in request.candidates if item in labels], ()
        if self.config.setting is Setting.OWN_KNOWLEDGE:
            return None, ()
        catalogue = self._book.catalogue
        eligible = catalogue.eligible(request, allow_repeats=self.config.allow_repeat_consumption)
        if self.config.setting is Setting.RERANK_NEIGHBOURS:
            scores = self._neighbours.scores([entry.item_id for entry in request.history])
            how = "item-kNN neighbours of the history"
        else:
            scores = np.where(self._of_known_categories(request), self._popularity, 0)
            how = "most popular among the history's categories"
        rows = catalogue.best(scores, eligible, self.config.n_candidates)
        found = [labels[catalogue.item_ids[row]] for row in rows]
        return found, (Step(kind="retrieve", text=f"{len(found)} candidates: {how}.", observation="\n".join(found)),)

    def _of_known_categories(self, request: Request) -> np.ndarray:
        items = self._book.training.dataset.items_by_id
        known = {c for e in request.history if e.item_id in items for c in items[e.item_id].categories}
        return np.array([not known or bool(known & set(item.categories)) for item in items.values()])

    def _read(self, request: Request, steps: tuple[Step, ...], answer: Generation) -> Response:
        return Response(
            request_id=request.request_id,
            recommendations=self._book.read_list(answer.text, request.k) if answer.error is None else (),
            steps=steps,
            generations=(answer,),
            error=answer.error,
        )
