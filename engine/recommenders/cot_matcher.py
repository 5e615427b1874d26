"""Chain-of-thought matcher: history -> preferences -> judgement of each candidate -> a reason for each item.

The paradigm is discriminative matching and interaction. The chain (sum up, then judge) follows Wei et al., NeurIPS 2022
(chain-of-thought prompting) and the judgement by p(yes) / p(no) follows Bao et al., TALLRec, RecSys 2023; the
combination and the prompts are our own [R]. Every stage is a logged step, every model call a logged generation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from engine.errors import PlanError
from engine.models.contract import Capability, Prompt, Sampling
from engine.prompts.templates import render, template_hash
from engine.recommender import (
    Progress,
    Recommender,
    RecommenderConfig,
    ScoringPrompt,
    TrainingData,
    no_progress,
)
from engine.recommenders.chain import Chain
from engine.recommenders.judging import Judge, judge_of, score_by_prompts
from engine.recommenders.neighbours import ContentVectors, ItemNeighbours
from engine.recommenders.prompting import PromptBook
from engine.records import Handle, Interaction, Intervention, Match, MatchKind, Recommendation, Request, Response, Step


class Retriever(StrEnum):
    """Who finds the candidates that the model judges."""

    ITEM_KNN = "item_knn"
    CONTENT = "content"


class JudgeBy(StrEnum):
    """How a judgement is read from the model: log-probabilities, or lines that it writes; auto: the first if it can."""

    AUTO = "auto"
    SCORE = "score"
    GENERATE = "generate"


class CotMatcherConfig(RecommenderConfig):
    """Options. Ablations: `reason=False` judges without preferences, `judge_weight=0` keeps the retriever's order."""

    n_candidates: int = Field(default=30, ge=1)
    retriever: Retriever = Retriever.ITEM_KNN
    judge: JudgeBy = JudgeBy.AUTO
    judge_weight: float = Field(default=1.0, ge=0)  # of the judgement's standard score in the final score
    retrieval_weight: float = Field(default=0.0, ge=0)  # of the retriever's standard score in the final score
    reason: bool = True  # sum up the preferences before judging
    rationales: bool = True
    history_length: int = Field(default=10, ge=1)
    show_ratings: bool = True
    max_tokens: int = Field(default=96, ge=1)  # of a summary or a reason
    allow_repeat_consumption: bool = False


class CotMatcher(Recommender[CotMatcherConfig]):
    """Retrieve candidates, let the model say what the user likes, judge each candidate, rank by the judgements."""

    Config = CotMatcherConfig
    handles = frozenset({Handle.REASONING, Handle.HISTORY, Handle.HINT})

    def fit(self, training: TrainingData, progress: Progress = no_progress) -> None:
        """Prepare the retriever and choose how to judge."""
        if self.model is None:
            raise PlanError("cot-matcher needs a language model that can generate; name one with --model.")
        if self.config.judge is JudgeBy.SCORE and Capability.SCORE not in self.model.capabilities:
            raise PlanError(f"{self.model.name} gives no log-probabilities; use judge=generate.")
        self._book = PromptBook(training)
        rows = self._book.catalogue.rows(training.interactions["item_id"])
        self._popularity = np.bincount(rows, minlength=len(self._book.options))
        if self.config.retriever is Retriever.CONTENT:
            self._retriever = ContentVectors.fit(training.dataset)
        else:
            self._retriever = ItemNeighbours.fit(training.dataset.item_ids, training.interactions)
        by_score = self.config.judge is not JudgeBy.GENERATE and Capability.SCORE in self.model.capabilities
        self._judge: Judge = judge_of(self.model, by_score=by_score)
        progress("preparing candidates", 1.0)

    def recommend(self, requests: Sequence[Request]) -> list[Response]:
        """Go through the chain for all requests at once, stage by stage; a call that fails fails its own request."""
        chains = [self._retrieve(request) for request in requests]
        if self.config.reason:
            self._take_given(chains)
            self._sum_up([chain for chain in chains if _given(chain) is None])
        self._judge_candidates(chains)
        for chain in chains:
            if chain.error is None:
                self._rank(chain)
        if self.config.rationales:
            self._give_reasons(chains)
        return [chain.response() for chain in chains]

    def score(self, requests: Sequence[Request], item_ids: Sequence[str]) -> NDArray[np.float64]:
        """Return the judgement of each item, log p(yes) - log p(no), after preferences summed up from the request.

        It is what the ranking standardises among a list's candidates; the retriever's part is not in it.
        """
        chains = self._summed_up(requests)
        prompts = [[self._scoring_prompt(chain, item_id) for chain in chains] for item_id in item_ids]
        return score_by_prompts(self.model, prompts, len(requests))

    def reads(self, request: Request) -> Sequence[Interaction]:
        """Return what prompts show: the last known entries."""
        return self._book.shown(request, self.config.history_length)

    def scoring_prompts(self, requests: Sequence[Request], item_id: str) -> list[ScoringPrompt]:
        """Return the prompt that judges the item for each request, with preferences summed up from the request."""
        return [self._scoring_prompt(chain, item_id) for chain in self._summed_up(requests)]

    def _summed_up(self, requests: Sequence[Request]) -> list[Chain]:
        """Take the first stage of the chain for each request.

        Raises:
            PlanError: the model failed to sum a request up.
        """
        chains = [
            Chain(
                request=request,
                history=self._book.history(request, self.config.history_length, show_ratings=self.config.show_ratings),
            )
            for request in requests
        ]
        if self.config.reason:
            self._sum_up(chains)
        failed = next((chain.error for chain in chains if chain.error is not None), None)
        if failed is not None:
            raise PlanError(f"The model could not sum up the preferences: {failed}")
        return chains

    def _scoring_prompt(self, chain: Chain, item_id: str) -> ScoringPrompt:
        label = self._book.label(item_id)
        messages = render("judge", **chain.history, preferences=chain.preferences or "not said")
        return ScoringPrompt(messages=messages, gains=(f"{label}: yes",), losses=(f"{label}: no",))

    def prompt_hashes(self) -> Mapping[str, str]:
        """Return the hashes of the templates of the three stages, and of the lab's paraphrase."""
        return {name: template_hash(name) for name in ("preferences", "judge", "explain", "paraphrase")}

    def _retrieve(self, request: Request) -> Chain:
        """Find the candidates: those of the request, else the retriever's best, filled up by popularity."""
        history = self._book.history(request, self.config.history_length, show_ratings=self.config.show_ratings)
        chain = Chain(request=request, history=history)
        catalogue = self._book.catalogue
        eligible = catalogue.eligible(request, allow_repeats=self.config.allow_repeat_consumption)
        scores = np.asarray(self._retriever.scores([entry.item_id for entry in request.history]), dtype=float)
        tiny = 1e-9 / (1 + self._popularity.max(initial=0))  # popularity only breaks ties, and fills up
        n_wanted = len(self._book.options) if request.candidates is not None else self.config.n_candidates
        rows = catalogue.best(scores + tiny * self._popularity, eligible, max(n_wanted, request.k))
        chain.candidates = [catalogue.item_ids[row] for row in rows]
        chain.retrieval = scores[rows]
        source = "named by the request" if request.candidates is not None else f"by {self.config.retriever}"
        names = "\n".join(self._book.labels[item] for item in chain.candidates)
        chain.steps.append(Step(kind="retrieve", text=f"{len(rows)} candidates {source}.", observation=names))
        return chain

    def _sum_up(self, chains: Sequence[Chain]) -> None:
        prompts = [
            Prompt(messages=render("preferences", **chain.history), purpose="preferences", seed=chain.request.seed)
            for chain in chains
        ]
        for chain, answer in zip(chains, self._generate(prompts), strict=True):
            chain.note(answer)
            chain.preferences = " ".join(answer.text.split())
            chain.steps.append(Step(kind="preferences", text=chain.preferences))

    def _take_given(self, chains: Sequence[Chain]) -> None:
        """Take the reasoning that the lab gives in place of the model's own, rephrased by the model if it asks so."""
        given = [(chain, how) for chain in chains if (how := _given(chain)) is not None]
        for chain, how in given:
            chain.preferences = how.reasoning or ""
        asked = [chain for chain, how in given if how.rephrase and chain.preferences]
        prompts = [
            Prompt(messages=render("paraphrase", text=c.preferences), purpose="paraphrase", seed=c.request.seed)
            for c in asked
        ]
        for chain, answer in zip(asked, self._generate(prompts), strict=True):
            chain.note(answer)
            chain.preferences = " ".join(answer.text.split())
        for chain, how in given:
            said = f"given in place of its own: {how.method}"
            chain.steps.append(Step(kind="preferences", text=chain.preferences, observation=said))

    def _judge_candidates(self, chains: Sequence[Chain]) -> None:
        going = [chain for chain in chains if chain.error is None and chain.candidates]
        conversations = [
            render("judge", **chain.history, preferences=chain.preferences or "not said") for chain in going
        ]
        labels = [[self._book.labels[item] for item in chain.candidates] for chain in going]
        seeds = [chain.request.seed for chain in going]
        for chain, names, verdict in zip(going, labels, self._judge(conversations, labels, seeds), strict=True):
            for generation in verdict.generations:
                chain.note(generation)
            chain.margins = verdict.margins
            chain.steps += [
                Step(kind="judge", text=_verdict_text(name, margin), observation=_margin_text(margin), item_id=item)
                for item, name, margin in zip(chain.candidates, names, verdict.margins, strict=True)
            ]

    def _rank(self, chain: Chain) -> None:
        """Order the candidates by the weighted sum of standard scores; candidates without a judgement come last."""
        judged = np.isfinite(chain.margins)
        total = self.config.judge_weight * standardised(chain.margins)
        total += self.config.retrieval_weight * standardised(chain.retrieval)
        order = np.lexsort((np.arange(len(total)), -total, ~judged))[: chain.request.k]
        chain.recommendations = [
            Recommendation(
                rank=rank,
                raw_text=self._book.labels[chain.candidates[place]],
                match=Match(item_id=chain.candidates[place], kind=MatchKind.IDENTIFIER),
                score=float(total[place]) if judged[place] else None,
            )
            for rank, place in enumerate(order, start=1)
        ]

    def _give_reasons(self, chains: Sequence[Chain]) -> None:
        wanted = [
            (chain, place)
            for chain in chains
            if chain.error is None and _wants_reasons(chain.request)
            for place in range(len(chain.recommendations))
        ]
        prompts = [
            Prompt(
                messages=render("explain", **chain.history, label=chain.recommendations[place].raw_text),
                purpose="rationale",
                seed=chain.request.seed,
            )
            for chain, place in wanted
        ]
        for (chain, place), answer in zip(wanted, self._generate(prompts), strict=True):
            chain.generations.append(answer)
            chain.explain(place, " ".join(answer.text.split()))

    def _generate(self, prompts: Sequence[Prompt]):
        if self.model is None or not prompts:
            return []
        return self.model.generate(prompts, Sampling(max_tokens=self.config.max_tokens))


def standardised(values: np.ndarray) -> np.ndarray:
    """Return values minus their mean over their standard deviation, 0 where a value is missing or all are equal."""
    present = np.isfinite(values)
    result = np.zeros(len(values))
    if present.any():
        centred = values[present] - values[present].mean()
        spread = centred.std()
        result[present] = centred / spread if spread > 0 else 0.0
    return result


def _given(chain: Chain) -> Intervention | None:
    """Return the intervention that gives this chain its reasoning, None where the model must find its own."""
    how = chain.request.intervention
    return how if how is not None and how.reasoning is not None else None


def _wants_reasons(request: Request) -> bool:
    return request.intervention is None or request.intervention.wants_rationales


def _verdict_text(name: str, margin: float) -> str:
    if not np.isfinite(margin):
        return f"{name}: not judged"
    return f"{name}: {'yes' if margin > 0 else 'no'}"


def _margin_text(margin: float) -> str:
    return f"log p(yes) - log p(no) = {margin:+.3f}" if np.isfinite(margin) else "no judgement could be read"
