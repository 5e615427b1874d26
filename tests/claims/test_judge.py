"""A model is asked only where no row decides; what it says is marked as its own, and no answer is unscored."""

from __future__ import annotations

import pytest

from audits.claims import judge
from audits.errors import AuditError
from audits.results import AuditFailure
from audits.runner import run_audits
from engine.errors import ModelUnavailable
from engine.models.contract import Capability, Choices
from engine.models.registry import open_model
from engine.models.scripted import ScriptedModel
from tests.claims.said import derived, film_log, say

TEXTS = {
    ("u1", 1): "It was directed by Michael Mann.",  # supported by the catalogue
    ("u1", 2): "It stars Takashi Shimura.",  # no cast in this dataset: not decided
    ("u2", 1): "It stars Al Pacino.",  # nor here
    ("u2", 2): "A treat!",  # no claim
}


def judged(model, monkeypatch, texts=TEXTS):
    opened = []
    monkeypatch.setattr(judge, "open_model", lambda name: opened.append(name) or model)
    log = film_log()
    say(log, texts)
    rows = derived(log, judge="scripted")
    return {row["sentence"]: row for row in rows}, opened


def test_only_what_no_row_decides_is_asked(monkeypatch):
    model = ScriptedModel(lambda prompt: "yes" if "Al Pacino" in prompt.messages[-1].content else "no")
    rows, opened = judged(model, monkeypatch)
    assert opened == ["scripted"]
    assert model.is_closed
    assert len(model.prompts) == 2
    assert all(prompt.constraint == Choices(options=judge.ANSWERS) for prompt in model.prompts)
    stars = rows["It stars Al Pacino."]
    assert (stars["verdict"], stars["evidence_kind"]) == ("supported", "judge")
    assert stars["evidence"] == "scripted answers yes"
    assert rows["It stars Takashi Shimura."]["verdict"] == "contradicted"
    by_row = rows["It was directed by Michael Mann."]
    assert (by_row["verdict"], by_row["evidence_kind"]) == ("supported", "catalogue")
    assert (rows["A treat!"]["verdict"], rows["A treat!"]["evidence_kind"]) == ("unscored", "none")


def test_the_question_names_the_item_the_sentence_and_the_claim(monkeypatch):
    model = ScriptedModel(lambda _: "unknown")
    judged(model, monkeypatch, {("u1", 1): "It stars Al Pacino, like <b>it</b>."})
    asked = model.prompts[0].messages[-1].content
    assert "Heat" in asked
    assert "It stars Al Pacino, like <b>it</b>." in asked
    assert "cast of Heat: Al Pacino" in asked


@pytest.mark.parametrize("answer", ["", "perhaps", "42", RuntimeError("broke"), "Y E S"])
def test_no_answer_is_unscored_and_never_a_verdict(monkeypatch, answer):
    rows, _ = judged(ScriptedModel(lambda _: answer), monkeypatch)
    stars = rows["It stars Al Pacino."]
    assert (stars["verdict"], stars["evidence_kind"]) == ("unscored", "judge")
    assert stars["relation"] == "starring"  # so it is counted as a claim that is unscored


@pytest.mark.parametrize(
    ("answer", "verdict"), [("Yes.", "supported"), ("NO", "contradicted"), ("unknown", "unverifiable")]
)
def test_an_answer_is_read_whatever_its_case(monkeypatch, answer, verdict):
    rows, _ = judged(ScriptedModel(lambda _: answer), monkeypatch)
    assert rows["It stars Al Pacino."]["verdict"] == verdict


def test_a_model_that_scores_is_asked_by_its_scores(monkeypatch):
    model = ScriptedModel(scores={"yes": -3.0, "no": -0.5, "unknown": -1.0})
    rows, _ = judged(model, monkeypatch)
    assert rows["It stars Al Pacino."]["verdict"] == "contradicted"
    assert not model.prompts
    assert len(model.scored) == 2


def test_equal_questions_are_asked_once(monkeypatch):
    model = ScriptedModel(lambda _: "yes")
    texts = {(user, 1): "It stars Al Pacino." for user in ("u1", "u2", "u3", "u4")}
    judged(model, monkeypatch, texts)
    assert len(model.prompts) == 1


def test_where_nothing_is_open_no_model_is_opened(monkeypatch):
    _, opened = judged(ScriptedModel(), monkeypatch, {("u1", 1): "It was directed by Michael Mann."})
    assert opened == []


def test_a_model_that_can_do_neither_is_refused(monkeypatch):
    model = ScriptedModel(vectors=lambda _: [1.0])
    model.capabilities = frozenset({Capability.EMBED})
    with pytest.raises(AuditError, match="neither classify, score nor generate"):
        judged(model, monkeypatch)
    assert model.is_closed


def test_a_judge_that_cannot_be_reached_fails_the_derivation(monkeypatch):
    def refuse(name):
        raise ModelUnavailable(f"{name}: start it with `ollama serve`.")

    monkeypatch.setattr(judge, "open_model", refuse)
    log = film_log()
    say(log, TEXTS)
    with pytest.raises(ModelUnavailable, match="ollama serve"):
        derived(log, judge="ollama:x")
    (outcome,) = run_audits(log.evidence("r"), ["claims"], not_derived={"claims": "start it with `ollama serve`."})
    assert isinstance(outcome, AuditFailure)
    assert "ollama serve" in outcome.error


def test_the_embedded_model_can_be_the_judge():
    log = film_log()
    say(log, {("u1", 1): "It stars Al Pacino."})
    model = open_model("embedded")
    try:
        assert Capability.SCORE in model.capabilities
    finally:
        model.close()
    (row,) = derived(log, judge="embedded")
    assert row["evidence_kind"] == "judge"
    assert row["verdict"] in ("supported", "contradicted", "unverifiable")
    assert row["evidence"].startswith("embedded answers ")
