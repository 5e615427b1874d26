"""Kinds of match, scores, homonyms and invariances of the grounder."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.grounding import Grounder
from engine.grounding.normal import key_of
from engine.records import Item, MatchKind
from engine.titles import unique_labels


def grounder(*items: Item) -> Grounder:
    return Grounder({item.item_id: item for item in items})


FILM = Item(item_id="film", title="Dune", domain="film", year=2021, creators=("Denis Villeneuve",))
BOOK = Item(item_id="book", title="Dune", domain="book", year=1965, creators=("Frank Herbert",))
LONG = Item(item_id="long", title="The Count of Monte Cristo", domain="book", creators=("Alexandre Dumas",))


@pytest.mark.parametrize(
    ("line", "kind", "score"),
    [
        ("The Count of Monte Cristo", MatchKind.EXACT, 1.0),
        ("3. **The Count of Monte Cristo** (book)", MatchKind.EXACT, 1.0),
        ("count of monte cristo", MatchKind.NORMALISED, 1.0),
        ("Edmond Dantes", MatchKind.ALIAS, 1.0),
        ("The Count of Monte Cristo by Victor Hugo", MatchKind.EXACT, 0.5),
        ("The Count of Monte Christo", MatchKind.FUZZY, 1 - 1 / 19),
    ],
)
def test_kind_and_score(line: str, kind: MatchKind, score: float):
    item = Item(item_id="c", title=LONG.title, domain="book", creators=LONG.creators, aliases=("Edmond Dantès",))
    (match,) = grounder(item).ground([line])
    assert match is not None
    assert (match.kind, match.score) == (kind, pytest.approx(score, abs=1e-4))


def test_a_homonym_without_a_hint_is_the_first_in_catalogue_order_at_half_the_score():
    for first, second in permutations((FILM, BOOK)):
        (match,) = grounder(first, second).ground(["Dune"])
        assert match is not None
        assert (match.item_id, match.score) == (first.item_id, 0.5)


@pytest.mark.parametrize(
    "line", ["Dune (book)", "Dune (1965)", "Dune by Frank Herbert", "Dune (novel, 1965)", "1. Dune - Frank Herbert"]
)
def test_a_hint_tells_homonyms_apart_in_any_order(line: str):
    for items in permutations((FILM, BOOK)):
        (match,) = grounder(*items).ground([line])
        assert match is not None
        assert (match.item_id, match.score) == ("book", 1.0)


def test_an_exact_year_beats_a_near_one():
    old = Item(item_id="old", title="Twins", domain="film", year=1988)
    new = Item(item_id="new", title="Twins", domain="film", year=1990)
    assert [m and m.item_id for m in grounder(old, new).ground(["Twins (1988)", "Twins (1990)"])] == ["old", "new"]


def test_two_slips_that_are_equally_near_name_neither():
    one, other = Item(item_id="a", title="Bromberia Nights"), Item(item_id="b", title="Brimberia Nights")
    assert grounder(one, other).ground(["Bremberia Nights"]) == [None]


def test_a_display_label_names_its_item():
    items = {item.item_id: item for item in (FILM, BOOK, LONG)}
    labels = unique_labels(items.values())
    matches = Grounder(items).ground(list(labels.values()))
    assert [m and (m.item_id, m.kind, m.score) for m in matches] == [(i, MatchKind.EXACT, 1.0) for i in labels]


def test_hostile_and_empty_texts_do_no_harm():
    lines = [
        "",
        " ",
        "\x00",
        "((((",
        "[](",
        "{" * 500,
        "by " * 300,
        "a" * 5000,
        "1. " * 200,
        "(" * 300 + ")" * 300,
        "- " * 500,
    ]
    assert grounder(FILM, LONG).ground(lines) == [None] * len(lines)
    assert Grounder({}).ground(["Dune", ""]) == [None, None]
    assert Grounder({}).nearest(["Dune"]) == [None]
    odd = grounder(Item(item_id="x", title=""), Item(item_id="y", title="!!!"), Item(item_id="z", title="(500) Days"))
    assert [m and m.item_id for m in odd.ground(["!!!", "???", "(500) Days", "500 Days"])] == ["y", None, "z", "z"]


def test_the_nearest_title_is_said_only_where_it_is_near():
    found = grounder(FILM, LONG, Item(item_id="r", title="Rocky II")).nearest(
        ["Rocky III", "3. Count of Monte Carlo", "Zzyzx"]
    )
    assert [miss and miss.item_id for miss in found] == ["r", "long", None]
    assert all(miss is None or 0.8 <= miss.similarity <= 1 for miss in found)


TITLES = st.text(alphabet=st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=40).filter(
    str.strip
)


@settings(deadline=None)
@given(st.lists(TITLES, min_size=1, max_size=8, unique=True))
def test_every_title_names_an_item_of_that_title(titles: list[str]):
    items = {str(n): Item(item_id=str(n), title=title) for n, title in enumerate(titles)}
    for title, match in zip(titles, Grounder(items).ground(titles), strict=True):
        assert match is not None
        assert (
            key_of(items[match.item_id].title) == key_of(title)
            or title.strip() in unique_labels(items.values()).values()
        )
        assert 0 < match.score <= 1


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["Dune", "Dune 2", "dune (book)", "Duen", "The Count of Monte Christo", "x"]), max_size=8),
    st.randoms(),
)
def test_a_line_stands_alone(lines: list[str], random):
    tested = grounder(FILM, BOOK, LONG)
    alone = {line: tested.ground([line])[0] for line in set(lines)}
    random.shuffle(lines)
    assert tested.ground(lines) == [alone[line] for line in lines]


@settings(deadline=None)
@given(st.integers(0, 3000), st.integers(0, 3000))
def test_a_number_that_differs_never_matches(one: int, other: int):
    (match,) = grounder(Item(item_id="x", title=f"The Long Journey Home {one}")).ground(
        [f"The Long Journey Home {other}"]
    )
    assert (match is not None) == (one == other)
