"""Lists against what is held out, by hand."""

from __future__ import annotations

import math

import pytest

from engine.training.listing import PlaceShares, ndcg, place_shares, targets_of


def test_every_place_has_one_outcome():
    lists = [["a", "b", "a", None], ["c", "c"]]
    shares = place_shares(lists, [{"b"}, {"c"}], k=4)
    assert shares == PlaceShares(
        delivered=1 / 8, duplicate=2 / 8, already_consumed=2 / 8, invented=1 / 8, missing=2 / 8
    )


def test_no_lists_have_no_shares():
    assert place_shares([], [], k=4) == PlaceShares(
        delivered=0.0, duplicate=0.0, already_consumed=0.0, invented=0.0, missing=0.0
    )


def test_a_repeated_item_gains_once_and_an_invented_one_keeps_its_rank():
    ideal = 1 + 1 / math.log2(3)
    assert ndcg([None, "a", "a"], {"a", "b"}, k=3) == pytest.approx((1 / math.log2(3)) / ideal)
    assert ndcg(["a", "b"], {"a", "b"}, k=3) == pytest.approx(1.0)
    assert ndcg(["a"], set()) == 0.0


def test_targets_are_what_comes_after_the_history(tiny_dataset):
    rows = tiny_dataset.interactions
    mine = rows.loc[rows["user_id"] == "u00", "item_id"].tolist()
    assert targets_of(tiny_dataset, {"u00": len(mine) - 2}) == {"u00": set(mine[-2:])}
