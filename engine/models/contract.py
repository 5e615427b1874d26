"""What every language model offers, whatever runs it. Not here: backends (`engine.models.registry` opens them)."""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelError
from engine.records import Generation, Message


class Capability(StrEnum):
    """What a recommender may need of a model."""

    GENERATE = "generate"
    SCORE = "score"
    EMBED = "embed"
    CLASSIFY = "classify"  # whether a text entails another
    HIDDEN_STATES = "hidden_states"
    GRADIENTS = "gradients"


CAUSAL = frozenset(Capability) - {Capability.CLASSIFY}  # of a causal model with its weights in this process


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How to decode. `temperature` 0 is greedy; `seed` makes sampling repeatable where the backend allows it."""

    max_tokens: int = 256
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonSchema:
    """The answer must be JSON that validates against this schema."""

    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The answer must be exactly one of the options."""

    options: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedChoices:
    """The answer must be `k` numbered lines ("1. title"), each one of the options, none twice, none of `excluded`."""

    options: tuple[str, ...]
    k: int
    excluded: frozenset[str] = frozenset()


Constraint = JsonSchema | Choices | RankedChoices


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One conversation to continue; `constraint` None means free decoding; `seed` overrides the sampling's."""

    messages: tuple[Message, ...]
    constraint: Constraint | None = None
    seed: int | None = None
    purpose: str = "recommend"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringRequest:
    """Continuations whose probability is wanted after one shared conversation."""

    messages: tuple[Message, ...]
    continuations: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContinuationScore:
    """Summed natural-log probability of a continuation and the number of tokens that it sums over."""

    logprob: float
    tokens: int
    prefix_tokens: int | None = None  # of what stands before it, read once for all its continuations; None: not known
    is_upper_bound: bool = False  # a server lists its likeliest tokens only: the true value is at most `logprob`


@dataclass(frozen=True, slots=True, kw_only=True)
class EntailmentRequest:
    """A text whose truth is asked for, given what the premise says. `premise`: sentences, in order."""

    premise: tuple[str, ...]
    hypothesis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entailment:
    """Probabilities, of sum 1, that a premise entails a hypothesis, says nothing of it, or contradicts it."""

    entailment: float
    neutral: float
    contradiction: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDescription:
    """Which model this is, exactly enough to tell two of them apart in a log."""

    name: str
    digest: str = ""  # of the weights, or the server's own
    quantisation: str = ""
    device: str = ""
    parameters: int | None = None
    context_length: int | None = None
    details: Mapping[str, str] = field(default_factory=dict)


class LanguageModel(ABC):
    """A model that was opened. Backends override what their `capabilities` name; the rest raises `ModelError`."""

    name: str
    capabilities: frozenset[Capability]

    def describe(self) -> ModelDescription:
        """Return the model's name, digest, quantisation, device and sizes."""
        raise ModelError(f"{self.name} does not describe itself")

    def generate(self, prompts: Sequence[Prompt], sampling: Sampling) -> list[Generation]:
        """Continue each prompt, in order, batched as the backend sees fit.

        A prompt that fails alone comes back as a `Generation` with `error` set.

        Raises:
            ModelUnavailable: the model cannot be reached at all.
            ModelError: the constraint is not one that this backend can keep.
        """
        raise self._lacks(Capability.GENERATE)

    def score(self, requests: Sequence[ScoringRequest]) -> list[tuple[ContinuationScore, ...]]:
        """Score each continuation after its conversation, the shared prefix computed once."""
        raise self._lacks(Capability.SCORE)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one vector a text, shape `(n_texts, n_dimensions)`, float32, L2-normalised."""
        raise self._lacks(Capability.EMBED)

    def classify(self, requests: Sequence[EntailmentRequest]) -> list[tuple[Entailment, ...]]:
        """Say how each hypothesis stands to its premise: once for each window that the premise is read in, in order.

        A premise that fits the model is one window; of a longer one, nothing is left out. A hypothesis that is too
        long by itself gets none.
        """
        raise self._lacks(Capability.CLASSIFY)

    def close(self) -> None:
        """Release connections and memory; calling it twice does no harm."""

    def _lacks(self, capability: Capability) -> ModelError:
        offered = ", ".join(sorted(self.capabilities)) or "nothing"
        return ModelError(f"{self.name} cannot {capability}; it offers {offered}. Choose another model.")
