"""Generations that did not come, and the name of a decoding mode: shared by all backends."""

from __future__ import annotations

from engine.models.contract import Choices, Constraint, JsonSchema, Prompt, RankedChoices, Sampling
from engine.records import Decoding, Generation


def decoding_of(constraint: Constraint | None) -> Decoding:
    """Return the decoding mode to record for a constraint."""
    match constraint:
        case None:
            return Decoding.FREE
        case JsonSchema():
            return Decoding.JSON_SCHEMA
        case Choices():
            return Decoding.CHOICES
        case RankedChoices():
            return Decoding.RANKED_CHOICES


def failed(prompt: Prompt, sampling: Sampling, model: str, error: str) -> Generation:
    """Return the record of a call that failed alone."""
    return Generation(
        messages=prompt.messages,
        text="",
        model=model,
        purpose=prompt.purpose,
        finish_reason="error",
        decoding=decoding_of(prompt.constraint),
        temperature=sampling.temperature,
        seed=sampling.seed if prompt.seed is None else prompt.seed,
        error=error,
    )
