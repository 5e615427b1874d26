"""A model that answers what a test tells it to. Not for runs: it is no language model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelError, ModelUnavailable
from engine.models.contract import (
    Capability,
    ContinuationScore,
    LanguageModel,
    ModelDescription,
    Prompt,
    Sampling,
    ScoringRequest,
)
from engine.models.outcome import decoding_of, failed
from engine.records import Generation

Answer = str | Exception
"""A text, or an error: `ModelUnavailable` ends the call, any other becomes that prompt's error."""


class ScriptedModel(LanguageModel):
    """Answers from a function of the prompt, or from a list in the order of the prompts.

    Args:
        answers: a function, or a list that is used up (a longer run than the list is a `ModelError`).
        scores: continuation -> log-probability, or a function of request and continuation; unset: no SCORE.
        vectors: a function of a text that returns its vector; unset: no EMBED.
    """

    def __init__(
        self,
        answers: Callable[[Prompt], Answer] | Sequence[Answer] = (),
        *,
        scores: Mapping[str, float] | Callable[[ScoringRequest, str], float] | None = None,
        vectors: Callable[[str], Sequence[float]] | None = None,
        name: str = "scripted",
    ) -> None:
        self.name = name
        self._answers = answers
        self._n_given = 0
        self._scores = scores
        self._vectors = vectors
        self.capabilities = frozenset(
            {Capability.GENERATE}
            | ({Capability.SCORE} if scores is not None else set())
            | ({Capability.EMBED} if vectors is not None else set())
        )
        self.prompts: list[Prompt] = []  # every prompt, in the order of the calls
        self.samplings: list[Sampling] = []  # one a call of generate
        self.scored: list[ScoringRequest] = []
        self.embedded: list[str] = []
        self.is_closed = False

    def describe(self) -> ModelDescription:
        """Return a description that shows that this is no language model."""
        return ModelDescription(name=self.name, digest="scripted", device="none")

    def generate(self, prompts: Sequence[Prompt], sampling: Sampling) -> list[Generation]:
        """Give the next answers."""
        self.samplings.append(sampling)
        return [self._generate_one(prompt, sampling, len(prompts)) for prompt in prompts]

    def _generate_one(self, prompt: Prompt, sampling: Sampling, batch_size: int) -> Generation:
        self.prompts.append(prompt)
        answer = self._next(prompt)
        if isinstance(answer, ModelUnavailable):
            raise answer
        if isinstance(answer, Exception):
            return failed(prompt, sampling, self.name, str(answer))
        return Generation(
            messages=prompt.messages,
            text=answer,
            model=self.name,
            purpose=prompt.purpose,
            tokens_in=sum(len(message.content.split()) for message in prompt.messages),
            tokens_out=len(answer.split()),
            latency_ms=0.0,
            batch_size=batch_size,
            decoding=decoding_of(prompt.constraint),
            temperature=sampling.temperature,
            seed=sampling.seed if prompt.seed is None else prompt.seed,
        )

    def _next(self, prompt: Prompt) -> Answer:
        if callable(self._answers):
            return self._answers(prompt)
        if self._n_given == len(self._answers):
            raise ModelError(f"the script has {self._n_given} answers, and one more was asked for")
        self._n_given += 1
        return self._answers[self._n_given - 1]

    def score(self, requests: Sequence[ScoringRequest]) -> list[tuple[ContinuationScore, ...]]:
        """Look the scores up."""
        self.scored.extend(requests)
        return [tuple(self._score_one(r, text) for text in r.continuations) for r in requests]

    def _score_one(self, request: ScoringRequest, text: str) -> ContinuationScore:
        if self._scores is None:
            raise self._lacks(Capability.SCORE)
        logprob = self._scores(request, text) if callable(self._scores) else self._scores[text]
        return ContinuationScore(logprob=logprob, tokens=max(1, len(text.split())))

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Compute the vectors by the given function."""
        if self._vectors is None:
            raise self._lacks(Capability.EMBED)
        self.embedded.extend(texts)
        vectors = np.asarray([self._vectors(text) for text in texts], dtype=np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def close(self) -> None:
        """Remember that the model was closed."""
        self.is_closed = True
