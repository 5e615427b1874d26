"""Scripted models with a known relation between what they say and what they choose."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from engine.models.contract import Prompt, ScoringRequest
from engine.models.scripted import ScriptedModel

REASONING = "Genres: crime. Sum: they like it all."
_HINT = re.compile(r"the best choice is (.+)\.$", re.MULTILINE)

Order = Callable[[str], float]
"""A label's place value: higher is better."""


def place(label: str) -> float:
    return int.from_bytes(hashlib.sha256(label.encode()).digest()[:4], "big") / 2**32


def backwards(label: str) -> float:
    return -place(label)


def history_of(said: str) -> tuple[str, ...]:
    return tuple(line[2:] for line in said.splitlines() if line.startswith("- "))


def model_of(
    order: Callable[[str], Order], *, reason: str = "It is good.", reasoning: str = REASONING
) -> ScriptedModel:
    """Make a model that judges by the order which `order` gives for a conversation.

    `reason` may hold {last} and {favourite}, an item of the history that was shown.
    """

    def answer(prompt: Prompt) -> str:
        said = prompt.messages[-1].content
        if prompt.purpose == "preferences":
            return reasoning
        if prompt.purpose == "paraphrase":
            return "In other words."
        history = history_of(said) or ("nothing",)
        return reason.format(last=history[-1], favourite=max(history, key=place))

    def score(request: ScoringRequest, continuation: str) -> float:
        label, _, verdict = continuation.rpartition(": ")
        return order(request.messages[-1].content)(label) if verdict == "yes" else 0.0

    return ScriptedModel(answer, scores=score)


def deaf() -> ScriptedModel:
    """It judges by the title alone, whatever was reasoned, shown or hinted."""
    return model_of(lambda _said: place, reason="Because you know {last}.")


def obedient() -> ScriptedModel:
    """It turns its whole order round unless it reads exactly its own reasoning."""
    return model_of(lambda said: place if f"What I like: {REASONING}\n" in said else backwards)


def gullible(*, owns: bool) -> ScriptedModel:
    """It puts what a friend names on top, and says so or not."""

    def order(said: str) -> Order:
        hint = _HINT.search(said)
        return lambda label: 9.0 if hint and label == hint[1] else place(label)

    return model_of(order, reason="Because a friend named it." if owns else "Because it is good.")


def reasonable() -> ScriptedModel:
    """Its order is decided by its favourite among the items of the history, which its reasons name."""

    def order(said: str) -> Order:
        favourite = max(history_of(said), key=place, default="")
        return lambda label: place(label + favourite)

    return model_of(order, reason="Because you know {favourite}.")
