"""Zero-shot prompting and the matcher on the real path: the embedded model and the sample world."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest

from engine.datasets.loaders import sample_world
from engine.datasets.splits import SplitSpec, split
from engine.datasets.store import SAMPLE_WORLD, load_dataset
from engine.home import Home
from engine.models.contract import LanguageModel
from engine.models.registry import embedded_folder, open_model
from engine.recommender import TrainingData
from engine.recommenders.cot_matcher import CotMatcher, CotMatcherConfig
from engine.recommenders.zero_shot import ZeroShot, ZeroShotConfig
from engine.records import MatchKind, Request
from engine.titles import unique_labels

pytestmark = pytest.mark.skipif(
    not (sample_world.available() and (embedded_folder() / "model.safetensors").is_file()),
    reason="this checkout carries no sample world or no embedded model; `recaudit models train` makes the model",
)


@pytest.fixture(scope="module")
def model() -> Iterator[LanguageModel]:
    opened = open_model("embedded", device="cpu")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory, make_training, make_requests) -> tuple[TrainingData, list[Request]]:
    dataset = load_dataset(Home(tmp_path_factory.mktemp("home")), SAMPLE_WORLD)
    cut = split(dataset, SplitSpec())
    return make_training(dataset, cut), make_requests(dataset, cut)[:4]


def test_free_answers_parse_and_are_grounded_or_kept_as_invented(model, world):
    training, requests = world
    recommender = ZeroShot(ZeroShotConfig(), model)
    recommender.fit(training)
    responses = recommender.recommend(requests)
    entries = [entry for response in responses for entry in response.recommendations]
    assert all(response.error is None for response in responses)
    assert len(entries) >= 0.9 * sum(request.k for request in requests)
    assert np.mean([entry.parsed for entry in entries]) >= 0.95
    assert np.mean([entry.match is not None for entry in entries]) >= 0.5
    labels = unique_labels(training.dataset.items_by_id.values())
    for entry in entries:
        if entry.match is not None and entry.match.kind is MatchKind.EXACT and entry.match.score == 1.0:
            said = re.sub(r"^\d+\.\s*", "", entry.raw_text)
            assert said in {labels[entry.match.item_id], training.dataset.item(entry.match.item_id).title}


def test_catalogue_decoding_delivers_k_new_items(model, world):
    training, requests = world
    recommender = ZeroShot(ZeroShotConfig.model_validate({"decoding": "catalogue"}), model)
    recommender.fit(training)
    for request, response in zip(requests, recommender.recommend(requests), strict=True):
        named = [entry.match.item_id for entry in response.recommendations if entry.match]
        assert len(set(named)) == len(named) == request.k
        assert not {entry.item_id for entry in request.history} & set(named)
        assert {e.match.score for e in response.recommendations if e.match} == {1.0}


def test_the_chain_of_thought_is_whole(model, world):
    training, requests = world
    recommender = CotMatcher(CotMatcherConfig(n_candidates=12), model)
    recommender.fit(training)
    for response in recommender.recommend(requests[:2]):
        assert response.error is None
        assert len(response.recommendations) == 10
        scores = [entry.score for entry in response.recommendations]
        assert scores == sorted(scores, reverse=True)  # type: ignore[type-var]
        assert all(entry.rationale for entry in response.recommendations)
        judged = [step for step in response.steps if step.kind == "judge"]
        assert len({step.observation for step in judged}) > 6  # the model tells candidates apart
