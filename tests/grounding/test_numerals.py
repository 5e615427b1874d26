"""Numbers in titles mean the same in words, digits and Roman numerals."""

from __future__ import annotations

import pytest

from engine.grounding.normal import key_of


@pytest.mark.parametrize(
    ("words", "digits"),
    [
        ("Nineteen Eighty-Four", "1984"),
        ("Twenty Thousand Leagues Under the Sea", "20,000 Leagues Under the Sea"),
        ("One Hundred Years of Solitude", "100 Years of Solitude"),
        ("One Hundred and One Dalmatians", "101 Dalmatians"),
        ("Catch Twenty-Two", "Catch-22"),
        ("Twelve Angry Men", "12 Angry Men"),
        ("Sixteen Candles", "16 Candles"),
        ("Two Thousand and One", "2001"),
        ("Three Hundred Thousand", "300,000"),
        ("Nine Hundred and Ninety-Nine", "999"),
        ("Twenty Twenty", "2020"),
        ("Rocky II", "Rocky Two"),
    ],
)
def test_words_and_digits_are_one(words: str, digits: str):
    assert key_of(words) == key_of(digits)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nineteen Eighty-Four", "1Q84"),
        ("Nineteen Eighty-Four", "1985"),
        ("One Two Three", "123"),
        ("Twenty One Pilots", "Twenty Pilots"),
        ("The Hundred", "100"),  # "hundred" alone is a word
        ("One Hundred and Counting", "100 Counting"),  # its "and" is no part of the number
    ],
)
def test_other_numbers_stay_apart(one: str, other: str):
    assert key_of(one).text != key_of(other).text
