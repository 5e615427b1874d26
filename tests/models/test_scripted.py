"""The scripted model: answers in order, errors where they are told, calls recorded."""

from __future__ import annotations

import numpy as np
import pytest

from engine.errors import ModelError, ModelUnavailable
from engine.models.contract import Capability, Choices, Prompt, Sampling, ScoringRequest
from engine.models.scripted import ScriptedModel
from engine.records import Decoding, Message


def prompt(text: str, **options: object) -> Prompt:
    return Prompt(messages=(Message(role="user", content=text),), **options)  # type: ignore[arg-type]


def test_answers_in_order_and_then_no_more() -> None:
    model = ScriptedModel(["one", ModelError("broken"), "three"])
    answers = model.generate([prompt("a"), prompt("b"), prompt("c", purpose="judge")], Sampling(seed=4))
    assert [(a.text, a.finish_reason, a.error) for a in answers] == [
        ("one", "stop", None),
        ("", "error", "broken"),
        ("three", "stop", None),
    ]
    assert (answers[2].purpose, answers[2].seed, answers[2].batch_size) == ("judge", 4, 3)
    assert [p.messages[0].content for p in model.prompts] == ["a", "b", "c"]
    with pytest.raises(ModelError, match="script has 3 answers"):
        model.generate([prompt("d")], Sampling())


def test_answers_from_a_function_and_an_unreachable_model() -> None:
    model = ScriptedModel(lambda p: p.messages[0].content.upper())
    answer = model.generate([prompt("rocky", constraint=Choices(options=("ROCKY",)))], Sampling(temperature=0.3))[0]
    assert (answer.text, answer.decoding, answer.temperature) == ("ROCKY", Decoding.CHOICES, 0.3)
    with pytest.raises(ModelUnavailable):
        ScriptedModel([ModelUnavailable("gone")]).generate([prompt("x")], Sampling())


def test_scores_and_vectors_only_where_they_are_given() -> None:
    request = ScoringRequest(messages=prompt("x").messages, continuations=("Yes", "No"))
    model = ScriptedModel(scores={"Yes": -0.1, "No": -2.3}, vectors=lambda text: [len(text), 0.0])
    assert model.capabilities == {Capability.GENERATE, Capability.SCORE, Capability.EMBED}
    assert [score.logprob for score in model.score([request])[0]] == [-0.1, -2.3]
    assert np.allclose(model.embed(["abc"]), [[1.0, 0.0]])
    assert (model.scored, model.embedded) == ([request], ["abc"])
    bare = ScriptedModel(["x"])
    with pytest.raises(ModelError, match="cannot score"):
        bare.score([request])
    with pytest.raises(ModelError, match="cannot embed"):
        bare.embed(["a"])
    bare.close()
    assert bare.is_closed
