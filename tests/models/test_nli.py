"""Classifiers of entailment: labels by their names, batches that change nothing, long premises read whole."""

from __future__ import annotations

import json
from itertools import pairwise, permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import ModelError, ModelUnavailable
from engine.models import listing
from engine.models.check import check_model
from engine.models.contract import Capability, Entailment, EntailmentRequest
from engine.models.nli import NliClassifier
from engine.models.registry import open_model
from engine.models.windows import split_premise
from tests.models.nli_checkpoint import LABELS, make_classifier, pairs, rename_labels

CONTEXT = 64


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_classifier(tmp_path_factory.mktemp("nli"), context=CONTEXT)


def opened(folder: Path) -> NliClassifier:
    model = open_model(f"nli:{folder}", device="cpu")
    assert isinstance(model, NliClassifier)
    return model


def requests(n: int) -> list[EntailmentRequest]:
    return [EntailmentRequest(premise=(premise,), hypothesis=said) for premise, said, _ in pairs(n, 5)]


def values(one: Entailment) -> dict[str, float]:
    return {label: getattr(one, label) for label in LABELS}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_outputs_are_read_by_the_names_of_their_labels(tmp_path, order):
    folder = make_classifier(tmp_path)
    plain = [values(one) for (one,) in opened(folder).classify(requests(3))]
    assert max(max(one.values()) - min(one.values()) for one in plain) > 0.05  # a wrong order would show
    spelled = ("ENTAILED", "Neutral", "contradictory")
    rename_labels(folder, {place: f"{place}: {spelled[name]}" for place, name in enumerate(order)})
    again = opened(folder)
    for before, (after,) in zip(plain, again.classify(requests(3)), strict=True):
        assert sum(values(after).values()) == pytest.approx(1)
        for place, name in enumerate(order):
            assert values(after)[LABELS[name]] == pytest.approx(before[LABELS[place]])
    assert again.describe().details["labels"] == ", ".join(LABELS[name] for name in order)


@pytest.mark.parametrize(
    "labels",
    [
        None,
        {0: "entailment", 1: "not_entailment"},
        {0: "entailment", 1: "entailed", 2: "neutral"},
        {0: "positive", 1: "neutral", 2: "negative"},
    ],
)
def test_other_labels_are_refused_by_name(tmp_path, labels):
    folder = make_classifier(tmp_path, labels=("a", "b")) if labels and len(labels) == 2 else make_classifier(tmp_path)
    rename_labels(folder, labels)
    named = ", ".join((labels or {0: "LABEL_0", 1: "LABEL_1", 2: "LABEL_2"}).values())
    with pytest.raises(ModelUnavailable, match=f"it names {named}") as refused:
        opened(folder)
    assert "entailment, neutral, contradiction" in str(refused.value)


def test_a_model_that_is_no_classifier_is_refused(checkpoint_folder):
    with pytest.raises(ModelUnavailable, match=r"weights lack|cannot be loaded"):
        opened(checkpoint_folder)
    with pytest.raises(ModelUnavailable, match="found none"):
        open_model("nli:./nowhere")


def test_batches_equal_singles_and_order_changes_nothing(folder):
    wanted = requests(40)
    model = opened(folder)
    together = model.classify(wanted)
    alone = [model.classify([one])[0] for one in wanted]
    backwards = model.classify(wanted[::-1])[::-1]
    for one, two, three in zip(together, alone, backwards, strict=True):
        assert len(one) == 1
        assert values(one[0]) == pytest.approx(values(two[0]), abs=1e-5)
        assert values(one[0]) == pytest.approx(values(three[0]), abs=1e-5)
    assert len({round(one.entailment, 6) for (one,) in together}) > 5
    assert model.classify([]) == []


def test_a_long_premise_is_read_in_windows_to_its_end(folder):
    model = opened(folder)
    filler = tuple(f"It is set in {place}." for place in ("tokyo", "paris", "lagos") * 20)
    windows = model.classify([EntailmentRequest(premise=filler, hypothesis="It was made by akira.")])[0]
    assert len(windows) > 3
    other = model.classify(
        [EntailmentRequest(premise=(*filler[:-1], "It was made by akira."), hypothesis="It was made by akira.")]
    )[0]
    assert values(other[0]) == pytest.approx(values(windows[0]), abs=1e-6)
    assert values(other[-1]) != pytest.approx(values(windows[-1]), abs=1e-4)


def test_a_hypothesis_that_fills_the_model_gets_no_answer_and_costs_the_others_nothing(folder):
    short = requests(1)[0]
    long = EntailmentRequest(premise=("It is a film.",), hypothesis="it is set in tokyo " * 30)
    found = opened(folder).classify([long, short])
    assert found[0] == ()
    assert len(found[1]) == 1
    assert len(opened(folder).classify([EntailmentRequest(premise=(), hypothesis="It is a film.")])[0]) == 1


def pieces(text: str) -> list[str]:
    """Words of at most three letters each, as a tokenizer may split them."""
    parts: list[str] = []
    for place, letter in enumerate(text):
        if not parts or letter == " " or len(parts[-1].strip()) == 3 or place == 0:
            parts.append("")
        parts[-1] += letter
    return parts


@given(
    st.lists(st.text(alphabet="abc d", min_size=1, max_size=120).filter(str.strip), max_size=12),
    st.integers(min_value=8, max_value=40),
)
def test_windows_fit_and_hold_every_sentence_in_order(sentences, room):
    windows = split_premise(sentences, room, pieces)
    assert all(len(pieces(window)) <= room for window in windows)
    for sentence in sentences:
        if len(pieces(sentence)) + 1 <= room:
            assert any(sentence in window for window in windows)
    letters = "".join("".join(windows).split())
    place = 0
    for letter in "".join("".join(sentences).split()):  # in order, the overlaps being extra
        place = letters.index(letter, place) + 1


def test_parts_of_an_endless_sentence_overlap():
    words = [f"w{n:02d}" for n in range(60)]
    windows = split_premise([" ".join(words)], 16, pieces)
    assert all(any(f"{a} {b}" in window for window in windows) for a, b in pairwise(words))


def test_check_tries_it_and_other_models_say_that_they_cannot(folder):
    report = check_model(opened(folder))
    (trial,) = report.trials
    assert (trial.what, trial.works) == ("classify", True)
    assert "a false sentence: entailment 0." in trial.detail
    encoder = open_model("minilm", device="cpu")
    with pytest.raises(ModelError, match="cannot classify"):
        encoder.classify(requests(1))
    assert Capability.CLASSIFY not in open_model("embedded", device="cpu").capabilities


def test_listing_finds_classifiers_in_the_cache_and_says_where_there_is_none(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    (none,) = [one for one in listing._cached() if one.kind == "nli"]
    assert not none.is_available
    assert "hf download" in none.detail
    snapshot = tmp_path / "models--somebody--nli-tiny" / "snapshots" / ("0" * 40)
    snapshot.mkdir(parents=True)
    make_classifier(snapshot)
    found = {one.name: one for one in listing._cached()}
    assert found["nli:somebody/nli-tiny"].capabilities == {Capability.CLASSIFY}
    config = json.loads((snapshot / "config.json").read_text())
    (snapshot / "config.json").write_text(json.dumps({**config, "id2label": {"0": "good", "1": "bad", "2": "so-so"}}))
    assert not [one for one in listing._cached() if one.is_available]
