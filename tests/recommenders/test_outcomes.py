"""What became of each requested slot: each outcome by hand, and the counts for any answer."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.grounding import Grounder
from engine.outcomes import slots_for
from engine.records import (
    Constraints,
    Interaction,
    Item,
    Match,
    MatchKind,
    Outcome,
    Recommendation,
    Request,
    Response,
    User,
)

ITEMS = {
    item.item_id: item
    for item in (
        Item(item_id="a", title="Rocky II", domain="film", price=5.0, in_stock=True, age_rating=12),
        Item(item_id="b", title="The Count of Monte Cristo", domain="book", price=15.0, in_stock=False, age_rating=16),
        Item(item_id="c", title="Abbey Road", domain="music"),
        Item(item_id="d", title="Alien", domain="film", price=7.0, in_stock=True, age_rating=16),
    )
}
GROUNDER = Grounder(ITEMS)


def request(k: int = 5, history: tuple[str, ...] = ("d",), **more) -> Request:
    met = tuple(Interaction(item_id=item, timestamp=n) for n, item in enumerate(history))
    return Request(request_id="r", user=User(user_id="u"), history=met, cutoff=10, k=k, **more)


def answer(*texts: str | None) -> Response:
    """One recommendation a text; None: unparseable; an item id names its item."""
    return Response(
        request_id="r",
        recommendations=tuple(
            Recommendation(
                rank=rank,
                raw_text=text or "???",
                match=Match(item_id=text, kind=MatchKind.IDENTIFIER) if text in ITEMS else None,
                parsed=text is not None,
            )
            for rank, text in enumerate(texts, start=1)
        ),
    )


def outcomes(asked: Request, said: Response, **more) -> list[tuple[str, str]]:
    return [(slot.outcome.value, slot.detail) for slot in slots_for(asked, said, GROUNDER, **more)]


def test_each_way_to_lose_a_slot():
    said = answer("a", "a", "d", None, "1. Rocky III", "The Glass Orchard", "b")
    assert outcomes(request(k=8), said) == [
        ("delivered", ""),
        ("duplicate", ""),
        ("already_consumed", ""),
        ("unparseable", ""),
        ("out_of_catalogue", "near miss: Rocky II (0.86)"),
        ("out_of_catalogue", "fabricated"),
        ("delivered", ""),
        ("missing", ""),
    ]


def test_consumed_comes_before_duplicate_and_duplicate_before_ineligible():
    asked = request(k=4, constraints=Constraints(domains=("film",)))
    assert [o for o, _ in outcomes(asked, answer("d", "d", "b", "b"))] == [
        "already_consumed",
        "already_consumed",
        "ineligible",
        "duplicate",
    ]


def test_what_was_consumed_may_come_again_where_that_is_allowed():
    assert outcomes(request(k=1), answer("d"), allows_repeat_consumption=True) == [("delivered", "")]


@pytest.mark.parametrize(
    ("constraints", "item", "detail"),
    [
        (Constraints(domains=("book", "music")), "a", "kind film, wanted book or music"),
        (Constraints(max_price=10), "b", "price 15, at most 10 wanted"),
        (Constraints(max_price=10), "c", "price unknown, at most 10 wanted"),
        (Constraints(in_stock_only=True), "b", "stock empty"),
        (Constraints(in_stock_only=True), "c", "stock unknown"),
        (Constraints(max_age_rating=12), "b", "age rating 16, at most 12 wanted"),
        (Constraints(max_age_rating=12), "c", "age rating unknown, at most 12 wanted"),
    ],
)
def test_the_detail_says_which_constraint_is_broken(constraints: Constraints, item: str, detail: str):
    assert outcomes(request(k=1, constraints=constraints), answer(item)) == [("ineligible", detail)]


def test_an_item_that_is_no_candidate_is_ineligible():
    assert outcomes(request(k=2, candidates=("b",)), answer("a", "b")) == [
        ("ineligible", "not among the candidates"),
        ("delivered", ""),
    ]


def test_more_answers_than_asked_for_are_left_out():
    assert len(slots_for(request(k=1), answer("a", "b", "c"), GROUNDER)) == 1


def test_an_item_id_that_the_catalogue_lacks_is_out_of_catalogue():
    alien = Recommendation(rank=1, raw_text="zz", match=Match(item_id="zz", kind=MatchKind.IDENTIFIER))
    said = Response(request_id="r", recommendations=(alien,))
    assert [o for o, _ in outcomes(request(k=1), said)] == ["out_of_catalogue"]


def test_one_rank_claimed_twice_is_refused():
    twice = Response(request_id="r", recommendations=(answer("a").recommendations[0], answer("b").recommendations[0]))
    with pytest.raises(ValueError, match="distinct"):
        slots_for(request(), twice, GROUNDER)


TEXTS = st.one_of(st.none(), st.sampled_from([*ITEMS, "Rocky III", "Nothing Like It"]))


@settings(deadline=None)
@given(st.lists(TEXTS, max_size=15), st.integers(1, 12), st.sets(st.sampled_from(list(ITEMS))), st.booleans())
def test_every_slot_has_one_outcome_and_the_counts_add_up(texts, k, met, repeats):
    asked = request(k=k, history=tuple(sorted(met)))
    slots = slots_for(asked, answer(*texts), GROUNDER, allows_repeat_consumption=repeats)
    counts = Counter(slot.outcome for slot in slots)
    assert [slot.rank for slot in slots] == list(range(1, k + 1))
    assert counts[Outcome.MISSING] == max(0, k - len(texts))
    assert counts[Outcome.UNPARSEABLE] == texts[:k].count(None)
    delivered = [s.recommendation.match.item_id for s in slots if s.outcome is Outcome.DELIVERED]
    assert len(set(delivered)) == len(delivered)
    named = [text for text in texts[:k] if text in ITEMS]
    assert set(delivered) == (set(named) if repeats else set(named) - met)
    assert all((slot.recommendation is None) == (slot.outcome is Outcome.MISSING) for slot in slots)
