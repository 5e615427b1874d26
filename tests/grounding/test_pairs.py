"""Precision and recall of grounding against hand-labelled pairs: real titles, real decorations, hard negatives."""

from __future__ import annotations

import pytest

from tests.grounding.labelled import Judged, Pair, judge, precision_and_recall, read_catalogue, read_pairs, table


@pytest.fixture(scope="module")
def judged() -> list[Judged]:
    return judge(read_pairs(), read_catalogue())


def test_the_pairs_are_many_and_all_items_are_known():
    pairs, items = read_pairs(), read_catalogue()
    assert len(pairs) >= 250
    assert sum(pair.item_id is None for pair in pairs) >= 100
    assert {pair.item_id for pair in pairs} <= {*items, None}
    assert len({pair.line for pair in pairs}) == len(pairs)


def test_precision_and_recall(judged, capsys):
    with capsys.disabled():
        print("\n" + table(judged))
    wrong = [(one.pair.line, one.pair.item_id, one.found) for one in judged if one.pair.item_id != one.found]
    precision, recall = precision_and_recall(judged)
    assert precision >= 0.97, wrong
    assert recall >= 0.97, wrong


def test_each_kind_of_line_keeps_its_floor(judged):
    kinds = {one.kind for one in judged}
    assert len(kinds) == 4
    for kind in kinds:
        some = [one for one in judged if one.kind == kind]
        assert len(some) >= 20, kind
        assert sum(one.found == one.pair.item_id for one in some) / len(some) >= 0.95, kind


def test_a_grounder_that_finds_nothing_or_anything_would_fail():
    pairs = [Pair(line="Rocky", item_id="f01"), Pair(line="Rocky III", item_id=None)]
    nothing = [Judged(pair=pair, kind="k", found=None, match_kind=None) for pair in pairs]
    anything = [Judged(pair=pair, kind="k", found="f01", match_kind="fuzzy") for pair in pairs]
    assert precision_and_recall(nothing) == (1.0, 0.0)
    assert precision_and_recall(anything) == (0.5, 1.0)
    assert "| k | 2 | 1 | 1 | 0 | 0.5000 | 1.0000 |" in table(anything)
