"""What is read from sentences as large models write them: whom a claim is about, where a list ends, what is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from audits.claims.extraction import extract
from audits.claims.records import Known, Subject, Verdict
from audits.claims.verdicts import judge
from engine.datasets.loaders import sample_world as loader
from tests.claims.labelled import sample_world

pytestmark = pytest.mark.skipif(not loader.available(), reason="the sample world is not installed")


@pytest.fixture(scope="module")
def world():
    return sample_world()


def had(sentence, world):
    return [s.value.text for s in extract(sentence, world) if s.relation == "in_history" and not s.negated]


def of_item(sentence, world):
    return [(s.relation, s.value.text) for s in extract(sentence, world) if s.subject is Subject.ITEM]


@pytest.mark.parametrize(
    ("sentence", "items"),
    [
        ("Because you watched Goodfellas, Chinatown is a great choice.", ["Goodfellas"]),
        ("Because you watched Goodfellas, Chinatown fits.", ["Goodfellas"]),
        ("Since you enjoyed Goodfellas, Chinatown and Casablanca, Vertigo should suit you.",
         ["Goodfellas", "Chinatown", "Casablanca"]),
        ("As you loved Chinatown, Vertigo, also a mystery, is next.", ["Chinatown"]),
        ("You watched Goodfellas, Chinatown and Vertigo.", ["Goodfellas", "Chinatown", "Vertigo"]),
        ("You have watched Goodfellas, Chinatown, Vertigo, so this fits.", ["Goodfellas", "Chinatown", "Vertigo"]),
        ("You watched Goodfellas and Chinatown recently.", ["Goodfellas", "Chinatown"]),
        ("After watching Goodfellas, you might like Chinatown.", ["Goodfellas"]),
        ("You might like Chinatown because you watched Heat.", ["Heat"]),
        ("If you liked Heat, you'll love Chinatown.", []),
        ("Fans of Heat will enjoy this one.", []),
        ("The user enjoyed Heat, so Chinatown is likely to appeal.", ["Heat"]),
        ("Recommended since the user watched Heat and Goodfellas.", ["Heat", "Goodfellas"]),
        ("The user has not watched Chinatown.", []),
        ("The user's history includes Heat.", ["Heat"]),
        ("Your history shows a clear preference for crime films such as Heat and Goodfellas.", ["Heat", "Goodfellas"]),
    ],
)  # fmt: skip
def test_what_the_user_is_said_to_have_had(sentence, items, world):
    assert had(sentence, world) == items


@pytest.mark.parametrize(
    ("sentence", "claims"),
    [
        ("Given your love of Heat, this crime drama directed by Michael Mann is a natural next step.",
         [("has_genre", "crime"), ("has_genre", "drama"), ("directed_by", "Michael Mann")]),
        ("This 1974 neo-noir stars Jack Nicholson and was directed by Roman Polanski.",
         [("year", "1974"), ("starring", "Jack Nicholson"), ("directed_by", "Roman Polanski")]),
        ("Directed by Martin Scorsese, Goodfellas tells of Henry Hill.", [("directed_by", "Martin Scorsese")]),
        ("It won three Oscars and grossed $100 million.", []),
        ("It costs $100.", [("price", "100")]),
        ("Like Heat, which you watched in 2020, this is a drama.", [("has_genre", "drama")]),
        ("This user likes crime films.", []),
        ("An unforgettable experience.", []),
        ("", []),
    ],
)  # fmt: skip
def test_what_is_said_of_the_item(sentence, claims, world):
    assert of_item(sentence, world) == claims


def test_a_taste_is_a_taste(world):
    tastes = [(s.relation, s.value.text) for s in extract("This user likes crime films and thrillers.", world)]
    assert tastes == [("taste", "crime"), ("taste", "thrillers")]
    assert [s.relation for s in extract("Since you have a taste for jazz, Kind of Blue is perfect.", world)] == [
        "taste"
    ]


def test_a_shared_line_is_read_whole(world):
    said = "Both belong to the line Inkeldorf Linocut Studio Set."
    assert {s.value.text for s in extract(said, world)} == {"Inkeldorf Linocut Studio Set"}


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("4.2", Verdict.SUPPORTED),
        ("4.3", Verdict.SUPPORTED),
        ("4.25", Verdict.SUPPORTED),
        ("4.4", Verdict.CONTRADICTED),
    ],
)
def test_a_mean_may_be_rounded_either_way(said, verdict, world):
    item_id = next(iter(world.items))
    rated = replace(world, average_rating={item_id: (4.25, 4)})
    (statement,) = extract(f"It has an average rating of {said}.", rated)
    assert statement.relation == "average_rating"
    assert judge(statement, Known(item_id=item_id), rated).verdict is verdict


@pytest.mark.parametrize("word", ["and", "with", "once", "really", "not", "a", "the", "of", "in", "or", "you"])
@pytest.mark.parametrize(
    "form", ["It is a drama {} zzz by Kurosawa.", "You {} zzz watched Heat.", "Heat, which you {} zzz"]
)
def test_a_word_said_over_and_over_is_read_at_once(form, word, world):
    """Small models repeat themselves: a pattern that tries 2^n ways would never end here."""
    extract(form.format(f"{word} " * 120), world)
