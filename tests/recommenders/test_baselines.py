"""The baselines on worlds small enough to count by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine.datasets.schema import ENTITY_COLUMNS, INTERACTION_COLUMNS, ITEM_COLUMNS, TRIPLE_COLUMNS, Dataset
from engine.errors import ModelError
from engine.models.contract import Capability, LanguageModel
from engine.recommender import TrainingData
from engine.recommenders.catalogue import Catalogue
from engine.recommenders.content_knn import ContentKnn
from engine.recommenders.item_knn import ItemKnn
from engine.recommenders.most_popular import MostPopular
from engine.recommenders.neighbours import ContentVectors, EmbeddedVectors, ItemNeighbours, history_weights
from engine.recommenders.text_vectors import with_words_dropped
from engine.records import Constraints, Interaction, Request, User

# who met what, in order; d was never met, and c and b by equally many
SEQUENCES = {"1": "ab", "2": "ab", "3": "abc", "4": "c", "5": "ec"}
TEXTS = {
    "b": ("Blue Moon", ("love",), ("Ann",)),
    "a": ("Red Moon", ("love",), ("Ann",)),
    "c": ("Murder", ("crime",), ("Bob",)),
    "d": ("Murder Again", ("crime",), ("Bob",)),
    "e": ("Cooking", ("food",), ()),
}


@pytest.fixture
def dataset() -> Dataset:
    items = pd.DataFrame(
        [
            dict(zip(ITEM_COLUMNS, (item, title, "", by, kinds, None, "", (), "", None, None, None), strict=True))
            for item, (title, kinds, by) in TEXTS.items()
        ]
    )
    rows = [(user, item, at, np.nan, at) for user, items in SEQUENCES.items() for at, item in enumerate(items)]
    return Dataset(
        name="hand",
        fingerprint="hand",
        items=items,
        users=pd.DataFrame({"user_id": list(SEQUENCES)}),
        interactions=pd.DataFrame(rows, columns=list(INTERACTION_COLUMNS)),
        triples=pd.DataFrame(columns=list(TRIPLE_COLUMNS)),
        entities=pd.DataFrame(columns=list(ENTITY_COLUMNS)),
    )


@pytest.fixture
def training(dataset: Dataset, make_training) -> TrainingData:
    return replace(make_training(dataset), interactions=dataset.interactions)


def ask(history: str, *, k: int = 5, **more) -> Request:
    entries = tuple(Interaction(item_id=item, timestamp=at) for at, item in enumerate(history))
    return Request(request_id="r", user=User(user_id="new"), history=entries, cutoff=100, k=k, **more)


def answer(recommender, training: TrainingData, request: Request):
    recommender.fit(training)
    return recommender.recommend([request])[0]


def items_of(response) -> str:
    return "".join(entry.match.item_id for entry in response.recommendations)


def test_popularity_counts_training_and_breaks_ties_by_id(training):
    response = answer(MostPopular(MostPopular.Config()), training, ask(""))
    assert items_of(response) == "abced"
    assert [entry.score for entry in response.recommendations] == [3, 3, 3, 1, 0]
    assert response.recommendations[0].rationale == "Chosen 3 times in the training period."
    assert response.recommendations[3].rationale == "Chosen 1 time in the training period."


def test_popularity_ignores_what_was_held_out(training):
    without_a = training.interactions[training.interactions["item_id"] != "a"]
    response = answer(MostPopular(MostPopular.Config()), replace(training, interactions=without_a), ask(""))
    assert items_of(response) == "bcead"


def test_cosine_of_cooccurrence_by_hand(dataset):
    plain = ItemNeighbours.fit(dataset.item_ids, dataset.interactions, shrinkage=0)
    by_item = dict(zip(dataset.item_ids, plain.scores(["a"]), strict=True))
    assert by_item == pytest.approx({"b": 1.0, "a": 0, "c": 1 / 3, "d": 0, "e": 0})
    shrunk = ItemNeighbours.fit(dataset.item_ids, dataset.interactions, shrinkage=2)
    by_item = dict(zip(dataset.item_ids, shrunk.scores(["a", "e"]), strict=True))
    assert by_item == pytest.approx({"b": 3 / 5, "a": 0, "c": 1 / 5 + 1 / (np.sqrt(3) + 2), "d": 0, "e": 0})
    assert shrunk.met_both("a", "b") == 3
    assert shrunk.met_both("e", "c") == 1


def test_only_the_nearest_neighbours_are_kept(dataset):
    nearest = ItemNeighbours.fit(dataset.item_ids, dataset.interactions, n_neighbours=1, shrinkage=0)
    assert dict(zip(dataset.item_ids, nearest.scores(["a"]), strict=True))["c"] == 0


def test_history_weights_halve_with_age():
    index = {"a": 0, "b": 1, "c": 2}
    weights = history_weights([["a", "x", "b", "c"], ["a", "b", "a"], []], index, half_life=1).toarray()
    assert weights == pytest.approx(np.array([[0.25, 0.5, 1], [1, 0.5, 0], [0, 0, 0]]))
    mean = history_weights([["a", "b", "c"]], index, half_life=1, mean=True).toarray()
    assert mean == pytest.approx(np.array([[1, 2, 4]]) / 7)


def test_item_knn_names_the_driver_and_counts_people(training):
    response = answer(ItemKnn(ItemKnn.Config(shrinkage=0)), training, ask("a"))
    assert items_of(response) == "bced"  # a was consumed; e and d score nothing and come by popularity
    first, second, third, _ = response.recommendations
    assert first.rationale == "People who chose Red Moon also chose this (3 of 3)."
    assert second.rationale == "People who chose Red Moon also chose this (1 of 3)."
    assert (third.score, third.rationale) == (0.0, "Chosen 1 time in the training period.")
    assert [step.kind for step in response.steps] == ["rank", "fallback"]
    assert "2 filled in by popularity" in response.steps[1].text


def test_recent_history_counts_more(training):
    recent_e = answer(ItemKnn(ItemKnn.Config(shrinkage=0, half_life=1)), training, ask("ae", k=1))
    recent_a = answer(ItemKnn(ItemKnn.Config(shrinkage=0, half_life=1)), training, ask("ea", k=1))
    assert (items_of(recent_e), items_of(recent_a)) == ("c", "b")
    assert recent_e.recommendations[0].rationale == "People who chose Cooking also chose this (1 of 1)."


def test_content_knn_says_what_is_shared(training):
    response = answer(ContentKnn(ContentKnn.Config()), training, ask("c", k=2))
    first, second = response.recommendations
    assert first.match.item_id == "d"
    assert first.rationale.startswith("Shares ")
    assert first.rationale.endswith(" with Murder in your history.")
    assert "the category crime" in first.rationale
    assert "the creator Bob" in first.rationale
    assert 'the word "murder"' in first.rationale
    assert second.rationale == "Chosen 3 times in the training period."  # nothing else shares anything


def test_content_cosine_lies_between_nothing_and_all_in_common(dataset):
    vectors = ContentVectors.fit(dataset)
    by_item = dict(zip(dataset.item_ids, vectors.scores(["c"]), strict=True))
    assert by_item["c"] == pytest.approx(1)
    assert 0 < by_item["d"] < 1
    assert by_item["a"] == by_item["e"] == 0


@pytest.mark.parametrize("recommender", [ItemKnn, ContentKnn])
@pytest.mark.parametrize(("history", "said"), [("", "no history"), ("xyz", "Nothing of the history")])
def test_without_known_history_popularity_decides_and_says_so(training, recommender, history, said):
    response = answer(recommender(recommender.Config()), training, ask(history))
    assert items_of(response) == "abced"
    assert response.steps[0].kind == "fallback"
    assert said in response.steps[0].text


def test_repeats_only_where_the_config_says_so(training):
    config = ItemKnn.Config(shrinkage=0, allow_repeat_consumption=True)
    assert "a" in items_of(answer(ItemKnn(config), training, ask("ab", k=2)))
    assert "a" not in items_of(answer(ItemKnn(ItemKnn.Config()), training, ask("ab")))
    repeated = answer(ContentKnn(ContentKnn.Config(allow_repeat_consumption=True)), training, ask("c", k=1))
    assert repeated.recommendations[0].rationale == "It is in your history already."


def test_an_unknown_value_satisfies_no_constraint(tiny_dataset):
    catalogue = Catalogue(tiny_dataset)
    items = list(tiny_dataset.items_by_id.values())
    mask = catalogue.satisfying(Constraints(domains=("film",), max_price=40, in_stock_only=True, max_age_rating=12))
    wanted = [
        item.domain == "film"
        and item.price is not None
        and item.price <= 40
        and item.in_stock is True
        and item.age_rating is not None
        and item.age_rating <= 12
        for item in items
    ]
    assert mask.tolist() == wanted
    assert 0 < mask.sum() < len(items)


def test_best_is_a_full_sort_however_many_ties(tiny_dataset):
    catalogue = Catalogue(tiny_dataset)
    random = np.random.default_rng(0)
    for k in (1, 7, 59, 60, 100):
        scores = random.integers(0, 4, size=60).astype(float)
        eligible = random.random(60) < 0.8
        wanted = sorted(np.flatnonzero(eligible), key=lambda row: (-scores[row], catalogue.item_ids[row]))[:k]
        assert catalogue.best(scores, eligible, k).tolist() == wanted


class LetterCounts(LanguageModel):
    """Embeds a text as its letter counts: as real as a vector needs to be here."""

    name = "letters"
    capabilities = frozenset({Capability.EMBED})

    def embed(self, texts):
        counts = np.array([[text.casefold().count(chr(97 + i)) for i in range(26)] for text in texts], dtype=np.float32)
        return counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1e-9)


def test_content_knn_takes_vectors_of_a_model(training):
    recommender = ContentKnn(ContentKnn.Config(vectors="embedding"), LetterCounts())
    response = answer(recommender, training, ask("c", k=1))
    assert items_of(response) == "d"
    assert response.recommendations[0].rationale == "Its text is close in meaning to that of Murder in your history."


def test_content_knn_without_an_embedding_model_says_what_to_do(training):
    with pytest.raises(ModelError, match="Name one, for example minilm"):
        ContentKnn(ContentKnn.Config(vectors="embedding")).fit(training)


def test_mean_cosine_of_embedded_vectors():
    vectors = EmbeddedVectors.of("ab", np.array([[2, 0], [0, 0]], dtype=np.float32))
    assert vectors.scores(["a", "b"]).tolist() == [0.5, 0]
    assert vectors.scores([]).tolist() == [0, 0]


def test_dropped_words_leave_a_title_and_the_original(tiny_dataset):
    before = tiny_dataset.items.copy(deep=True)
    dropped = with_words_dropped(tiny_dataset, share=0.5, seed=1)
    pd.testing.assert_frame_equal(tiny_dataset.items, before)
    assert dropped.items["title"].str.len().min() > 0
    words = [sum(map(len, frame["description"].str.split())) for frame in (dropped.items, before)]
    assert 0.3 < words[0] / words[1] < 0.7
    again = with_words_dropped(tiny_dataset, share=0.5, seed=1)
    pd.testing.assert_frame_equal(dropped.items, again.items)
    assert dropped.fingerprint != tiny_dataset.fingerprint
