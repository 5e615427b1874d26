"""What every recommender in the registry must keep, whatever it is: a new row is tested here without another line."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from engine import registry
from engine.errors import PlanError
from engine.models.contract import Choices, RankedChoices
from engine.models.scripted import ScriptedModel
from engine.recommender import Recommender, TrainingData
from engine.records import Constraints, Interaction, MatchKind, Paradigm, Recommendation, Request, Response, User

# Options that make fitting quick; nothing that a user of the defaults would not meet.
QUICK = {"unisrec": {"width": 16, "epochs": 2, "pretrain_epochs": 1, "max_length": 8}}
NAMES_ITEMS_BY_ID = {Paradigm.BASELINE, Paradigm.SRE}

row_names = pytest.mark.parametrize("name", [row.name for row in registry.ROWS])


def digest(*parts: str) -> int:
    return int.from_bytes(hashlib.sha256("\x1f".join(parts).encode()).digest()[:4], "big")


def scripted_model(training: TrainingData) -> ScriptedModel:
    """A model whose every answer depends on the prompt alone: titles, some of them invented, in no sensible order."""
    titles = [*training.dataset.items["title"], "A Film That Nobody Made", "Another One"]

    def answer(prompt) -> str:
        said = "\n".join(message.content for message in prompt.messages)
        options = titles
        if isinstance(prompt.constraint, Choices | RankedChoices):
            options = [o for o in prompt.constraint.options if o not in getattr(prompt.constraint, "excluded", ())]
        wanted = sorted(options, key=lambda title: digest(said, title))
        if isinstance(prompt.constraint, Choices):
            return wanted[0]
        n = prompt.constraint.k if isinstance(prompt.constraint, RankedChoices) else 10
        return "\n".join(f"{rank}. {' '.join(title.split())}" for rank, title in enumerate(wanted[:n], start=1))

    def score(request, continuation: str) -> float:
        return -1 - digest(*(message.content for message in request.messages), continuation) / 2**32

    def vector(text: str) -> list[float]:
        words = [np.random.default_rng(digest(word)).standard_normal(24) for word in text.casefold().split()]
        total = np.sum(words, axis=0) if words else np.ones(24)
        return list(total / np.linalg.norm(total))

    return ScriptedModel(answer, scores=score, vectors=vector)


def make(name: str, training: TrainingData) -> Recommender:
    row, recommender_type = registry.row(name), registry.load(name)
    model = scripted_model(training) if row.default_model else None
    return recommender_type(recommender_type.Config(**QUICK.get(name, {})), model)


@pytest.fixture(scope="module")
def fitted(tiny_training):
    """Name -> the recommender fitted on the tiny world, each fitted once."""
    made: dict[str, Recommender] = {}

    def get(name: str) -> Recommender:
        if name not in made:
            made[name] = make(name, tiny_training)
            made[name].fit(tiny_training)
        return made[name]

    return get


def as_json(response: Response) -> str:
    """Return a response as JSON, without what a batch may change: how long it took and how many were in it."""
    value = TypeAdapter(Response).dump_python(response, mode="json")
    for generation in value["generations"]:
        del generation["latency_ms"], generation["batch_size"]
    return json.dumps(value, sort_keys=True, allow_nan=False)


def named(response: Response) -> list[str]:
    """Return the items that a recommender named by their id."""
    matches = [entry.match for entry in response.recommendations if entry.match is not None]
    return [match.item_id for match in matches if match.kind is MatchKind.IDENTIFIER]


@row_names
def test_config_goes_through_json_and_back(name):
    config_type = registry.load(name).Config
    config = config_type(**QUICK.get(name, {}))
    assert config_type(**json.loads(json.dumps(config.model_dump(mode="json")))) == config
    assert hash(config) == hash(config_type(**QUICK.get(name, {})))


@row_names
def test_an_unknown_option_is_refused(name):
    with pytest.raises(ValidationError, match="no_such_option"):
        registry.load(name).Config(no_such_option=1)


@row_names
def test_every_request_is_answered_in_order(name, fitted, tiny_requests):
    responses = fitted(name).recommend(tiny_requests)
    assert [response.request_id for response in responses] == [request.request_id for request in tiny_requests]
    for request, response in zip(tiny_requests, responses, strict=True):
        assert response.error is None
        ranks = [entry.rank for entry in response.recommendations]
        assert ranks == sorted(set(ranks))
        assert not ranks or (ranks[0] >= 1 and ranks[-1] <= request.k)
        assert len(set(named(response))) == len(named(response))
        if registry.row(name).paradigm in NAMES_ITEMS_BY_ID:
            assert ranks == list(range(1, request.k + 1))
            assert len(named(response)) == request.k


@row_names
def test_no_requests_no_responses(name, fitted):
    assert fitted(name).recommend([]) == []


@row_names
def test_scores_never_rise_down_the_list(name, fitted, tiny_requests):
    for response in fitted(name).recommend(tiny_requests):
        scores = [entry.score for entry in response.recommendations if entry.score is not None]
        assert scores == sorted(scores, reverse=True)


@row_names
def test_the_same_seed_gives_the_same_answers(name, fitted, tiny_training, tiny_requests):
    again = make(name, tiny_training)
    again.fit(tiny_training)
    first, second = fitted(name).recommend(tiny_requests), again.recommend(tiny_requests)
    assert list(map(as_json, first)) == list(map(as_json, second))


@row_names
def test_neither_order_nor_batching_changes_an_answer(name, fitted, tiny_requests):
    recommender = fitted(name)
    together = {r.request_id: as_json(r) for r in recommender.recommend(tiny_requests)}
    reverse = {r.request_id: as_json(r) for r in recommender.recommend(tiny_requests[::-1])}
    alone = {r.request_id: as_json(r) for request in tiny_requests for r in recommender.recommend([request])}
    assert together == reverse == alone


@row_names
def test_a_request_does_not_depend_on_who_asks(name, fitted, tiny_requests):
    """Nothing but history and attributes makes an answer: an unknown user with the same history gets the same items."""
    known = tiny_requests[0]
    stranger = replace(known, user=User(user_id="nobody the dataset knows", attributes=known.user.attributes))
    answers = fitted(name).recommend([known, stranger])
    assert as_json(answers[0]) == as_json(answers[1])


@row_names
@pytest.mark.parametrize("history", [(), (Interaction(item_id="no such item", timestamp=5),)], ids=["empty", "unknown"])
def test_a_user_without_a_known_past_is_answered(name, fitted, history):
    request = Request(request_id="r", user=User(user_id="new"), history=history, cutoff=10, k=5)
    response = fitted(name).recommend([request])[0]
    assert response.error is None
    if registry.row(name).paradigm in NAMES_ITEMS_BY_ID:
        assert len(named(response)) == 5
        assert response.steps


@row_names
def test_more_than_the_catalogue_has(name, fitted, tiny_dataset, tiny_requests):
    request = replace(tiny_requests[0], k=1000)
    response = fitted(name).recommend([request])[0]
    history = {entry.item_id for entry in request.history}
    assert response.error is None
    assert set(named(response)).isdisjoint(history)
    if registry.row(name).paradigm in NAMES_ITEMS_BY_ID:
        assert set(named(response)) == set(tiny_dataset.item_ids) - history


@row_names
def test_nothing_consumed_is_named(name, fitted, tiny_requests):
    for request, response in zip(tiny_requests, fitted(name).recommend(tiny_requests), strict=True):
        assert set(named(response)).isdisjoint(entry.item_id for entry in request.history)


@row_names
def test_nothing_withheld_is_named_or_shown(name, fitted, tiny_dataset, tiny_requests):
    asked = [r for r in tiny_requests if len({entry.item_id for entry in r.history}) > 3]
    hidden = [
        replace(r, withheld=(item,), history=tuple(entry for entry in r.history if entry.item_id != item))
        for r, item in ((r, r.history[-1].item_id) for r in asked)
    ]
    for request, response in zip(hidden, fitted(name).recommend(hidden), strict=True):
        assert set(named(response)).isdisjoint(request.withheld)
        title = " ".join(tiny_dataset.item(request.withheld[0]).title.split())
        shown = [m.content for g in response.generations if g.purpose != "rationale" for m in g.messages]
        assert not any(f"- {title}\n" in f"{text}\n" for text in shown)


@row_names
def test_only_candidates_are_named(name, fitted, tiny_requests):
    candidates = ("i40", "i03", "i12", "i58", "i31", "i22", "no such item")
    request = replace(tiny_requests[0], candidates=candidates, k=10)
    response = fitted(name).recommend([request])[0]
    assert response.error is None
    assert set(named(response)) <= set(candidates)
    if registry.row(name).paradigm in NAMES_ITEMS_BY_ID:
        left = set(candidates) - {"no such item"} - {entry.item_id for entry in request.history}
        assert set(named(response)) == left


@row_names
def test_no_candidates_no_items(name, fitted, tiny_requests):
    assert named(fitted(name).recommend([replace(tiny_requests[0], candidates=())])[0]) == []


@row_names
def test_constraints_are_kept(name, fitted, tiny_dataset, tiny_requests):
    constraints = Constraints(domains=("book",), max_price=50.0, in_stock_only=True, max_age_rating=12)
    responses = fitted(name).recommend([replace(request, constraints=constraints, k=60) for request in tiny_requests])
    for response in responses:
        items = [tiny_dataset.item(item_id) for item_id in named(response)]
        assert all(item.domain == "book" and item.in_stock for item in items)
        assert all(item.price is not None and item.price <= 50 for item in items)
        assert all(item.age_rating is not None and item.age_rating <= 12 for item in items)
    if registry.row(name).paradigm in NAMES_ITEMS_BY_ID:
        assert any(named(response) for response in responses)


@row_names
def test_responses_go_through_json_and_back(name, fitted, tiny_requests):
    adapter = TypeAdapter(Response)
    for response in fitted(name).recommend(tiny_requests):
        assert adapter.validate_json(adapter.dump_json(response)) == response
        for entry in response.recommendations:
            assert isinstance(entry, Recommendation)
            assert entry.score is None or np.isfinite(entry.score)


@row_names
def test_what_was_learned_can_be_taken_back(name, fitted, tiny_training, tiny_requests):
    recommender = fitted(name)
    state = {key: np.array(array) for key, array in recommender.state().items()}
    restored = make(name, tiny_training)
    restored.restore(tiny_training, state)
    assert list(map(as_json, restored.recommend(tiny_requests))) == list(
        map(as_json, recommender.recommend(tiny_requests))
    )


@row_names
def test_reasons_stand_on_one_line_whatever_the_titles(name, fitted, tiny_requests):
    """A line break in a title must not make two lines of a reason, which later steps read line by line."""
    for response in fitted(name).recommend(tiny_requests):
        assert all("\n" not in entry.rationale for entry in response.recommendations)


@row_names
def test_items_named_by_id_carry_their_title(name, fitted, tiny_dataset, tiny_requests):
    if registry.row(name).paradigm not in NAMES_ITEMS_BY_ID:
        return
    for response in fitted(name).recommend(tiny_requests):
        for entry in response.recommendations:
            assert entry.raw_text == tiny_dataset.item(entry.match.item_id).title


@row_names
def test_progress_stays_between_nothing_and_all(name, tiny_training):
    shares = []
    make(name, tiny_training).fit(tiny_training, lambda what, share: shares.append(share) or what)
    assert shares
    assert all(0 <= share <= 1 for share in shares)
    assert shares == sorted(shares)


@row_names
def test_prompt_hashes_are_sha256(name, fitted):
    assert all(len(value) == 64 for value in fitted(name).prompt_hashes().values())


scoring_names = pytest.mark.parametrize("name", [row.name for row in registry.ROWS if row.scores])


@row_names
def test_the_registry_knows_who_scores_items(name):
    overridden = registry.load(name).score is not Recommender.score
    assert registry.row(name).scores == overridden


@scoring_names
def test_scores_of_items_are_those_of_the_list(name, fitted, tiny_requests):
    """What ranks the catalogue scores as it ranks; who asks a model scores by its prompt alone."""
    recommender = fitted(name)
    for request, response in zip(tiny_requests[:4], recommender.recommend(tiny_requests[:4]), strict=True):
        items = [entry.match.item_id for entry in response.recommendations if entry.match is not None]
        scores = recommender.score([request], items)
        assert scores.shape == (1, len(items))
        assert np.isfinite(scores).all()
        if registry.row(name).paradigm in NAMES_ITEMS_BY_ID:
            listed = [entry.score for entry in response.recommendations]
            assert scores[0] == pytest.approx(listed, abs=1e-9)


@scoring_names
def test_scoring_alone_or_together_gives_the_same(name, fitted, tiny_requests):
    recommender, items = fitted(name), ["i05", "i31"]
    together = recommender.score(tiny_requests[:3], items)
    assert together.shape == (3, 2)
    alone = [recommender.score([request], [item])[0, 0] for request in tiny_requests[:3] for item in items]
    assert together.ravel() == pytest.approx(alone, abs=1e-9)


@scoring_names
def test_a_score_rests_on_what_it_says_it_reads(name, fitted, tiny_requests):
    recommender = fitted(name)
    for request in tiny_requests[:4]:
        read = tuple(recommender.reads(request))
        assert [entry for entry in request.history if entry in read] == list(read)
        cut = replace(request, history=read)
        assert recommender.score([cut], ["i05"]) == pytest.approx(recommender.score([request], ["i05"]), abs=1e-9)


@scoring_names
def test_a_request_without_history_has_a_score(name, fitted, tiny_requests):
    bare = replace(tiny_requests[0], history=())
    assert np.isfinite(fitted(name).score([bare], ["i05"])).all()
    assert fitted(name).score([], ["i05"]).shape == (0, 1)


@scoring_names
def test_an_item_that_is_not_there_has_no_score(name, fitted, tiny_requests):
    with pytest.raises(PlanError, match="not in the catalogue"):
        fitted(name).score(tiny_requests[:1], ["no such item"])
