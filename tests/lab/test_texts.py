"""What the lab makes of a reasoning: cut, filled, reworded, corrupted; and which items a rationale names."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.lab.mentions import named_items
from engine.lab.reasoning import LEVELS, cut, filler, paraphrased
from engine.lab.vocabulary import Vocabulary, with_swaps

SAID = "Kinds: films, books. Genres: crime, love. People: Maker 1."


def test_a_cut_keeps_the_first_words():
    assert [cut(SAID, share) for share in LEVELS] == [
        "",
        "Kinds: films,",
        "Kinds: films, books. Genres: crime,",
        "Kinds: films, books. Genres: crime, love. People:",
        SAID,
    ]


@given(st.text(alphabet="ab. ,\n", max_size=40))
def test_each_cut_begins_the_next_one_and_filler_has_as_many_words(text):
    cuts = [cut(text, share).split() for share in LEVELS]
    assert all(longer[: len(shorter)] == shorter for shorter, longer in itertools.pairwise(cuts))
    assert cuts[0] == []
    assert cuts[-1] == text.split()
    assert filler(text).split() == ["..."] * len(text.split())


def test_a_paraphrase_keeps_every_name_and_changes_order_and_words():
    assert paraphrased(SAID) == "Persons: Maker 1. Styles: love, crime. Sorts: novels, films."
    assert paraphrased("They like Alien, Blade Runner.") == "They enjoy Alien, Blade Runner."
    assert paraphrased("Nothing to turn") == "Nothing to turn"


def test_a_mistake_is_of_the_same_kind_and_holds_of_nothing_in_the_history(tiny_dataset):
    vocabulary = Vocabulary(tiny_dataset)
    history = ["i21", "i24", "i27"]  # all crime
    assert {tiny_dataset.item(item).categories for item in history} == {("crime",)}
    for seed in range(20):
        swaps = vocabulary.swaps("Genres: crime, Crime. By Maker 3.", history, np.random.default_rng(seed))
        assert [swap.right for swap in swaps] == ["crime", "Crime", "Maker 3"]
        assert swaps[0].wrong == swaps[1].wrong
        assert swaps[0].wrong in {"love", "space"}
        makers = {creator for item in history for creator in tiny_dataset.item(item).creators}
        assert swaps[2].wrong.startswith("Maker ")
        assert swaps[2].wrong not in makers | {"Maker 3"}
        wrong = with_swaps("Genres: crime, Crime. By Maker 3.", swaps)
        assert wrong == f"Genres: {swaps[0].wrong}, {swaps[0].wrong}. By {swaps[2].wrong}."


def test_the_same_seed_makes_the_same_mistake_and_what_has_no_other_is_left_out(tiny_dataset):
    vocabulary = Vocabulary(tiny_dataset)
    made = [vocabulary.swaps("crime", [], np.random.default_rng(5)) for _ in range(2)]
    assert made[0] == made[1]
    assert str(made[0][0]) in {'genre "crime" -> "love"', 'genre "crime" -> "space"'}
    assert vocabulary.swaps("crime, love and space", [], np.random.default_rng(5)) == []
    assert vocabulary.swaps("no term of the catalogue", [], np.random.default_rng(5)) == []


NAMES = {"a": ["Rocky"], "b": ["Rocky II"], "c": ["It (book)", "It"], "d": ["8½"], "e": ["Alien (1979)", "Alien"]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Because you know Rocky II: both box.", ("b",)),
        ("Because you know ROCKY: like Alien, it is loud.", ("a", "e")),
        ("It deals with love.", ()),
        ("As with It (book), it deals with fear.", ("c",)),
        ("Rockys and aliens", ()),
        ("After Alien and again Alien came Rocky.", ("e", "a")),
        ("", ()),
    ],
)
def test_names_are_found_whole_and_the_longer_one_first(text, expected):
    assert named_items(text, NAMES) == expected
