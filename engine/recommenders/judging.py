"""Judge candidates with a language model: by the log-odds of "yes" against "no", or by lines that it writes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import PlanError
from engine.models.contract import Capability, ContinuationScore, LanguageModel, Prompt, Sampling, ScoringRequest
from engine.recommender import ScoringPrompt
from engine.records import Decoding, Generation, Message
from engine.titles import label_key

_LINE = re.compile(r"^\W*(?:\d+[.)]\s*)?(?P<label>.+?)\W*[:\-–—]\W*(?P<verdict>yes|no)\b", re.IGNORECASE)
TOKENS_PER_LINE = 24


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Margins of one request's candidates, shape `(n_candidates,)`; NaN where none could be read."""

    margins: NDArray[np.float64]
    generations: tuple[Generation, ...] = ()


Judge = Callable[
    [Sequence[tuple[Message, ...]], Sequence[Sequence[str]], Sequence[int]],
    list[Verdicts],
]
"""Takes conversations, the candidates' labels of each, and a seed for each; returns the verdicts of each."""


def judge_of(model: LanguageModel, *, by_score: bool) -> Judge:
    """Return the judge that fits the model."""
    if by_score:
        return lambda conversations, labels, _seeds: judge_by_score(model, conversations, labels)
    return lambda conversations, labels, seeds: judge_by_lines(model, conversations, labels, seeds)


def judge_by_score(
    model: LanguageModel, conversations: Sequence[tuple[Message, ...]], labels: Sequence[Sequence[str]]
) -> list[Verdicts]:
    """Return log p("label: yes") - log p("label: no") of each candidate: what the label itself costs cancels out."""
    requests = [
        ScoringRequest(messages=messages, continuations=tuple(f"{n}: {v}" for n in names for v in ("yes", "no")))
        for messages, names in zip(conversations, labels, strict=True)
    ]
    verdicts = []
    for request, scores in zip(requests, model.score(requests), strict=True):
        logprobs = np.array([score.logprob for score in scores]).reshape(-1, 2)
        call = Generation(
            messages=request.messages,
            text="",
            model=model.name,
            purpose="judge",
            tokens_in=_tokens_read(scores),
            tokens_out=0,
            finish_reason="scored",
            decoding=Decoding.SCORED,
        )
        verdicts.append(Verdicts(logprobs[:, 0] - logprobs[:, 1], (call,)))
    return verdicts


def _tokens_read(scores: Sequence[ContinuationScore]) -> int | None:
    """Return the tokens of a prefix and all its continuations: a scored text is read, not written. None: not known."""
    prefix = next((score.prefix_tokens for score in scores), None)
    return None if prefix is None else prefix + sum(score.tokens for score in scores)


def score_by_prompts(
    model: LanguageModel | None, prompts: Sequence[Sequence[ScoringPrompt]], n_requests: int
) -> NDArray[np.float64]:
    """Return log p of the gains minus log p of the losses, shape `(n_requests, n_items)`; prompts stand item by item.

    Raises:
        PlanError: the model gives no log-probabilities.
    """
    if model is None or Capability.SCORE not in model.capabilities:
        name = "It" if model is None else model.name
        raise PlanError(
            f"{name} gives no log-probabilities, so that its scores cannot be explained. Use another model."
        )
    asked = [
        ScoringRequest(messages=prompt.messages, continuations=(*prompt.gains, *prompt.losses))
        for of_item in prompts
        for prompt in of_item
    ]
    scores = np.array(
        [
            sum(score.logprob for score in found[: len(prompt.gains)])
            - sum(score.logprob for score in found[len(prompt.gains) :])
            for prompt, found in zip((p for of_item in prompts for p in of_item), model.score(asked), strict=True)
        ]
    )
    return scores.reshape(len(prompts), n_requests).T


def judge_by_lines(
    model: LanguageModel,
    conversations: Sequence[tuple[Message, ...]],
    labels: Sequence[Sequence[str]],
    seeds: Sequence[int],
) -> list[Verdicts]:
    """Let the model write "label: yes" or "label: no" for each candidate; 1 and -1 stand for the log-odds.

    The order among equal verdicts is the retriever's. A candidate without a readable line is NaN.
    """
    prompts = [
        Prompt(messages=_with_titles(messages, names), purpose="judge", seed=seed)
        for messages, names, seed in zip(conversations, labels, seeds, strict=True)
    ]
    longest = max((len(names) for names in labels), default=0)
    answers = model.generate(prompts, Sampling(max_tokens=TOKENS_PER_LINE * longest)) if prompts else []
    return [Verdicts(_read(answer.text, names), (answer,)) for answer, names in zip(answers, labels, strict=True)]


def _with_titles(messages: tuple[Message, ...], names: Sequence[str]) -> tuple[Message, ...]:
    """Put the candidates at the end of the question: a model that writes its verdicts must be told what to judge."""
    *before, last = messages
    listed = "\n".join(f"- {name}" for name in names)
    return (*before, Message(role=last.role, content=f"{last.content}\nTitles:\n{listed}"))


def _read(text: str, names: Sequence[str]) -> NDArray[np.float64]:
    places = {label_key(name): place for place, name in enumerate(names)}
    margins = np.full(len(names), np.nan)
    for line in text.splitlines():
        found = _LINE.match(line.strip())
        place = places.get(label_key(found["label"])) if found else None
        if found and place is not None:
            margins[place] = 1.0 if found["verdict"].lower() == "yes" else -1.0
    return margins
