"""The chain-of-thought matcher: each stage logged, ranking by the judgements, a reason for each item."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from engine.errors import ModelError, PlanError
from engine.models.contract import Prompt
from engine.models.scripted import ScriptedModel
from engine.recommenders.cot_matcher import CotMatcher, CotMatcherConfig, standardised
from engine.records import MatchKind
from engine.titles import unique_labels


@pytest.fixture
def labels(tiny_dataset) -> dict[str, str]:
    return unique_labels(tiny_dataset.items_by_id.values())


def told(prompt: Prompt) -> str:
    return {"preferences": "Kinds: films.", "rationale": "It is a film."}.get(prompt.purpose, "")


def fitted(training, answers=told, scores=None, **options) -> CotMatcher:
    recommender = CotMatcher(CotMatcherConfig(**options), ScriptedModel(answers, scores=scores))
    recommender.fit(training)
    return recommender


def prefers(*order: str):
    """Score "title: yes" so that titles named earlier have larger margins; the title itself costs much."""

    def score(_request, continuation: str) -> float:
        label, _, verdict = continuation.rpartition(": ")
        margin = 10.0 - order.index(label) if label in order else -5.0
        return -100.0 * len(label) + (margin if verdict == "yes" else 0.0)

    return score


def test_the_ranking_follows_the_margins(tiny_training, tiny_requests, labels):
    wanted = [labels["i23"], labels["i26"], labels["i29"]]
    asked = replace(tiny_requests[0], history=(), candidates=("i29", "i20", "i26", "i23"), k=3)
    (response,) = fitted(tiny_training, scores=prefers(*wanted)).recommend([asked])
    assert [r.match and r.match.item_id for r in response.recommendations] == ["i23", "i26", "i29"]
    assert {r.match.kind for r in response.recommendations if r.match} == {MatchKind.IDENTIFIER}
    judged = {step.item_id: step for step in response.steps if step.kind == "judge"}
    assert judged["i23"].observation.endswith("+10.000")
    assert judged["i20"].text.endswith(": no")


def test_every_stage_is_a_step_and_every_call_a_generation(tiny_training, tiny_requests):
    (response,) = fitted(tiny_training, scores=prefers(), n_candidates=12).recommend([replace(tiny_requests[0], k=4)])
    kinds = [step.kind for step in response.steps]
    assert Counter(kinds) == {"retrieve": 1, "preferences": 1, "judge": 12, "rationale": 4}
    assert kinds.index("retrieve") < kinds.index("preferences") < kinds.index("judge") < kinds.index("rationale")
    assert Counter(call.purpose for call in response.generations) == {"preferences": 1, "judge": 1, "rationale": 4}
    assert all(r.rationale == "It is a film." for r in response.recommendations)
    assert {step.item_id for step in response.steps if step.kind == "rationale"} == {
        r.match.item_id for r in response.recommendations if r.match
    }


def test_each_stage_is_one_call_for_all_requests(tiny_training, tiny_requests):
    recommender = fitted(tiny_training, scores=prefers())
    recommender.recommend(tiny_requests[:5])
    assert isinstance(recommender.model, ScriptedModel)
    assert len(recommender.model.samplings) == 2  # preferences, reasons
    assert len(recommender.model.scored) == 5


def test_the_judgement_sees_the_preferences_unless_that_is_switched_off(tiny_training, tiny_requests):
    for reason, said in ((True, "What I like: Kinds: films."), (False, "What I like: not said")):
        recommender = fitted(tiny_training, scores=prefers(), reason=reason, rationales=False)
        (response,) = recommender.recommend(tiny_requests[:1])
        assert isinstance(recommender.model, ScriptedModel)
        assert said in recommender.model.scored[0].messages[-1].content
        assert any(step.kind == "preferences" for step in response.steps) is reason


def test_candidates_are_new_and_as_many_as_configured(tiny_training, tiny_requests):
    for retriever in ("item_knn", "content"):
        recommender = fitted(tiny_training, scores=prefers(), n_candidates=15, retriever=retriever, rationales=False)
        for asked, response in zip(tiny_requests, recommender.recommend(tiny_requests), strict=True):
            judged = [step.item_id for step in response.steps if step.kind == "judge"]
            assert len(judged) == len(set(judged)) == 15
            assert not {entry.item_id for entry in asked.history} & set(judged)


def test_without_scores_the_model_writes_its_judgements(tiny_training, tiny_requests, labels):
    def answers(prompt: Prompt) -> str:
        if prompt.purpose != "judge":
            return told(prompt)
        return f"{labels['i20']}: no\n2. **{labels['i26']}**: Yes\nsomething else: yes\n{labels['i23']} - yes"

    asked = replace(tiny_requests[0], history=(), candidates=("i20", "i23", "i26", "i29"), k=4)
    recommender = fitted(tiny_training, answers)
    (response,) = recommender.recommend([asked])
    ranked = [r.match.item_id for r in response.recommendations if r.match]
    assert set(ranked[:2]) == {"i23", "i26"}
    assert ranked[2:] == ["i20", "i29"]  # the one that was not judged comes last, and says so
    unread = next(step for step in response.steps if step.item_id == "i29" and step.kind == "judge")
    assert unread.observation == "no judgement could be read"
    assert response.recommendations[-1].score is None
    assert isinstance(recommender.model, ScriptedModel)
    judge_prompt = next(prompt for prompt in recommender.model.prompts if prompt.purpose == "judge")
    assert all(labels[item] in judge_prompt.messages[-1].content for item in ("i20", "i23", "i26", "i29"))


def test_the_retriever_alone_ranks_where_the_judgement_weighs_nothing(tiny_training, tiny_requests):
    options = {"judge_weight": 0.0, "retrieval_weight": 1.0, "rationales": False}
    (response,) = fitted(tiny_training, scores=prefers(), **options).recommend(tiny_requests[:1])
    judged = [step.item_id for step in response.steps if step.kind == "judge"]
    assert [r.match.item_id for r in response.recommendations if r.match] == judged[:10]


@pytest.mark.parametrize("failing", ["preferences", "judge"])
def test_one_failing_call_fails_its_own_request_only(tiny_training, tiny_requests, failing):
    bad = replace(tiny_requests[1], seed=77)

    def answers(prompt: Prompt):
        return ModelError("too long") if prompt.purpose == failing and prompt.seed == 77 else told(prompt)

    recommender = fitted(tiny_training, answers, scores=prefers() if failing == "preferences" else None)
    first, second, third = recommender.recommend([tiny_requests[0], bad, tiny_requests[2]])
    assert (first.error, second.error, third.error) == (None, "too long", None)
    assert (len(first.recommendations), second.recommendations, len(third.recommendations)) == (10, (), 10)
    assert any(call.error for call in second.generations)
    assert second.steps[0].kind == "retrieve"


def test_a_failed_reason_leaves_the_item_without_one(tiny_training, tiny_requests):
    def answers(prompt: Prompt):
        return ModelError("busy") if prompt.purpose == "rationale" else told(prompt)

    (response,) = fitted(tiny_training, answers, scores=prefers()).recommend(tiny_requests[:1])
    assert response.error is None
    assert {r.rationale for r in response.recommendations} == {""}
    assert sum(call.error == "busy" for call in response.generations) == 10


def test_a_judge_that_the_model_cannot_be_is_said_before_anything_runs(tiny_training):
    with pytest.raises(PlanError, match="judge=generate"):
        fitted(tiny_training, judge="score")
    with pytest.raises(PlanError, match="--model"):
        CotMatcher(CotMatcherConfig()).fit(tiny_training)


def test_standard_scores_leave_missing_values_at_zero():
    assert standardised(np.array([1.0, np.nan, 3.0])).tolist() == [-1.0, 0.0, 1.0]
    assert standardised(np.array([2.0, 2.0])).tolist() == [0.0, 0.0]
    assert standardised(np.array([np.nan])).tolist() == [0.0]
    assert standardised(np.array([])).tolist() == []
