"""Zero-shot prompting: what is asked, what may be answered, and what is made of the answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.errors import ModelError, ModelUnavailable, PlanError
from engine.models.contract import RankedChoices
from engine.models.scripted import ScriptedModel
from engine.recommenders.zero_shot import Setting, ZeroShot, ZeroShotConfig
from engine.records import Constraints, Decoding, Interaction, MatchKind, Variant
from engine.titles import unique_labels


@pytest.fixture
def labels(tiny_dataset) -> dict[str, str]:
    return unique_labels(tiny_dataset.items_by_id.values())


def fitted(training, answers, **options) -> ZeroShot:
    recommender = ZeroShot(ZeroShotConfig(**options), ScriptedModel(answers))
    recommender.fit(training)
    return recommender


def prompts_of(recommender: ZeroShot):
    assert isinstance(recommender.model, ScriptedModel)
    return recommender.model.prompts


def test_all_requests_go_out_in_one_call_each_with_its_own_seed(tiny_training, tiny_requests):
    recommender = fitted(tiny_training, lambda _: "1. x")
    asked = [replace(request, seed=n) for n, request in enumerate(tiny_requests)]
    responses = recommender.recommend(asked)
    assert isinstance(recommender.model, ScriptedModel)
    assert len(recommender.model.samplings) == 1
    assert [prompt.seed for prompt in prompts_of(recommender)] == list(range(len(asked)))
    assert [len(response.generations) for response in responses] == [1] * len(asked)


def test_the_prompt_holds_the_last_entries_of_the_history_and_the_statement(tiny_training, tiny_requests, labels):
    recommender = fitted(tiny_training, lambda _: "1. x", history_length=2)
    asked = replace(tiny_requests[0], variant=Variant(name="woman", statement="The user is a woman."))
    recommender.recommend([asked])
    said = prompts_of(recommender)[0].messages[-1].content
    names = [" ".join(labels[entry.item_id].split()) for entry in asked.history]
    assert said.startswith("The user is a woman.")
    assert all(f"- {name}" in said for name in names[-2:])
    assert sum(f"- {name}\n" in said for name in set(names[:-2]) - set(names[-2:])) == 0
    assert "Recommend 10 titles" in said


@pytest.mark.parametrize("shown", [True, False])
def test_ratings_are_shown_where_they_are_wanted(tiny_training, tiny_requests, labels, shown):
    recommender = fitted(tiny_training, lambda _: "1. x", show_ratings=shown)
    entry = Interaction(item_id="i20", timestamp=1, rating=4.5)
    recommender.recommend([replace(tiny_requests[0], history=(entry,))])
    assert (f"- {labels['i20']}: 4.5" in prompts_of(recommender)[0].messages[-1].content) is shown


def test_free_decoding_keeps_invented_titles_at_their_rank(tiny_training, tiny_requests, labels):
    text = f"Here you are:\n1. {labels['i20']}\n2. A Film That Nobody Made\n3.\n4. **{labels['i21']}**"
    (response,) = fitted(tiny_training, [text]).recommend([tiny_requests[0]])
    found = [(r.rank, r.match and r.match.item_id, r.parsed) for r in response.recommendations]
    assert found == [(1, "i20", True), (2, None, True), (3, None, False), (4, "i21", True)]
    assert response.recommendations[1].raw_text == "2. A Film That Nobody Made"
    assert response.recommendations[0].match.kind is MatchKind.EXACT
    assert response.generations[0].decoding is Decoding.FREE
    assert response.generations[0].text == text


def test_surplus_lines_are_cut_at_k(tiny_training, tiny_requests):
    text = "\n".join(f"{n}. Title {n} of many" for n in range(1, 31))
    (response,) = fitted(tiny_training, [text]).recommend([replace(tiny_requests[0], k=5)])
    assert [r.rank for r in response.recommendations] == [1, 2, 3, 4, 5]


def test_catalogue_decoding_offers_what_is_eligible_and_new(tiny_training, tiny_requests, labels):
    recommender = fitted(tiny_training, lambda _: "1. x", decoding="catalogue")
    asked = replace(tiny_requests[0], constraints=Constraints(domains=("film",)))
    recommender.recommend([asked])
    (prompt,) = prompts_of(recommender)
    assert isinstance(prompt.constraint, RankedChoices)
    allowed = set(prompt.constraint.options) - prompt.constraint.excluded
    met = {entry.item_id for entry in asked.history}
    films = {i for i, item in tiny_training.dataset.items_by_id.items() if item.domain == "film"}
    assert allowed == {labels[item] for item in films - met}
    assert prompt.constraint.k == asked.k


@pytest.mark.parametrize("setting", [Setting.RERANK_POPULAR, Setting.RERANK_NEIGHBOURS])
def test_reranking_shows_new_candidates_and_logs_them(tiny_training, tiny_requests, labels, setting):
    recommender = fitted(tiny_training, lambda _: "1. x", setting=setting, n_candidates=7)
    (response,) = recommender.recommend([tiny_requests[0]])
    (step,) = response.steps
    shown = step.observation.split("\n")
    said = prompts_of(recommender)[0].messages[-1].content
    assert step.kind == "retrieve"
    assert all(f"- {' '.join(label.split())}" in said.split("Candidates:")[1] for label in shown)
    met = {labels[entry.item_id] for entry in tiny_requests[0].history}
    assert not met & set(shown)


def test_candidates_of_the_request_are_ranked_whatever_the_setting(tiny_training, tiny_requests, labels):
    recommender = fitted(tiny_training, lambda _: "1. x", decoding="catalogue", setting="rerank_popular")
    recommender.recommend([replace(tiny_requests[0], candidates=("i20", "i21", "i22"))])
    (prompt,) = prompts_of(recommender)
    assert isinstance(prompt.constraint, RankedChoices)
    assert set(prompt.constraint.options) == {labels["i20"], labels["i21"], labels["i22"]}
    assert prompt.constraint.k == 3
    assert "Rank the 3 best candidates" in prompt.messages[-1].content


def test_one_failing_call_fails_its_own_request_only(tiny_training, tiny_requests):
    recommender = fitted(tiny_training, ["1. x", ModelError("too long"), "1. y"])
    first, second, third = recommender.recommend(tiny_requests[:3])
    assert (first.error, second.error, third.error) == (None, "too long", None)
    assert second.recommendations == ()
    assert len(second.generations) == 1


def test_a_model_that_went_away_stops_the_call(tiny_training, tiny_requests):
    with pytest.raises(ModelUnavailable, match="start it"):
        fitted(tiny_training, [ModelUnavailable("start it")]).recommend(tiny_requests[:1])


def test_a_missing_model_is_said_before_anything_runs(tiny_training):
    with pytest.raises(PlanError, match="--model"):
        ZeroShot(ZeroShotConfig()).fit(tiny_training)
