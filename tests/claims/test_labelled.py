"""The checker is measured on sentences labelled by hand: what it finds of their claims, and are its verdicts right."""

from __future__ import annotations

import pytest

from audits.claims.records import Verdict
from engine.datasets.loaders import sample_world
from engine.datasets.store import load_dataset
from engine.home import Home
from tests.claims.labelled import Labelled, kinds, read_labelled, score, table, verdict_table, world_of

pytestmark = pytest.mark.skipif(not sample_world.available(), reason="the sample world is not installed")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return world_of(load_dataset(Home(tmp_path_factory.mktemp("home")), "sample-world"))


def part(name: str) -> list[Labelled]:
    return [one for one in read_labelled() if one.part == name]


def test_there_are_enough_of_every_kind():
    sentences = read_labelled()
    assert len(sentences) >= 300
    assert len({one.sentence for one in sentences}) >= 300
    for kind in ("paraphrase", "multi", "negated", "numeric", "hedged", "history", "none"):
        assert sum(one.kind == kind for one in sentences) >= 10, kind


def test_the_labels_name_items_and_relations_that_exist(world):
    for one in read_labelled():
        assert {one.item_id, *one.history} <= set(world.items), one.sentence
        for claim in one.claims:
            assert claim.relation in {*world.rules.relations, "in_history", "rated", "taste"}, one.sentence


@pytest.mark.parametrize(
    ("name", "precision", "recall", "agreement", "contradicted"),
    [("tuned", 0.97, 0.97, 0.98, (0.97, 0.97)), ("held-out", 0.92, 0.87, 0.98, (0.80, 0.87))],
)
def test_precision_and_recall(world, name, precision, recall, agreement, contradicted):
    log: list[str] = []
    found = score(part(name), world, log)
    shown = "\n".join(log) if name == "tuned" else ""  # the held-out part stays unseen
    assert found.precision >= precision, shown
    assert found.recall >= recall, shown
    assert found.agreement >= agreement, shown
    assert found.verdict_precision(Verdict.CONTRADICTED) >= contradicted[0], shown
    assert found.verdict_recall(Verdict.CONTRADICTED) >= contradicted[1], shown


def test_every_kind_of_held_out_sentence_keeps_its_floor(world, capsys):
    held_out = part("held-out")
    found, by_kind = score(held_out, world), kinds(held_out, world)
    with capsys.disabled():
        print("\n" + table([("held-out", found), *by_kind]) + "\n\n" + verdict_table(found))
    floors = {
        "paraphrase": (0.90, 0.78), "history": (0.93, 0.87), "multi": (0.85, 0.88), "negated": (0.92, 0.92),
        "numeric": (0.96, 0.96), "hedged": (0.90, 0.90),
    }  # fmt: skip
    assert set(floors) == {kind for kind, _ in by_kind}
    for kind, one in by_kind:
        assert (one.precision >= floors[kind][0], one.recall >= floors[kind][1]) == (True, True), kind
    assert found.verdict_precision(Verdict.SUPPORTED) >= 0.96
    assert found.verdict_recall(Verdict.SUPPORTED) >= 0.86


def test_sentences_without_a_claim_give_hardly_any(world):
    found = score([one for one in read_labelled() if not one.claims], world)
    assert found.n_sentences >= 15
    assert found.n_read <= 2


def test_a_checker_that_reads_nothing_would_fail(world):
    blank = score([Labelled(o.part, o.kind, o.item_id, o.history, "Nice.", o.claims) for o in part("tuned")], world)
    assert blank.n_matched == 0
    assert blank.recall == 0
