"""Metrics of sections A to C that need more than lists and targets, each against values worked out by hand."""

from __future__ import annotations

import dataclasses
import math
from statistics import fmean, pstdev

import numpy as np
import pytest

from audits.measuring import measure
from audits.metrics.catalogue import find_metric
from audits.statistics.resampling import Resampling
from engine.item_vectors import ItemVectors
from engine.records import Item
from tests.audits.log_builder import Encoder, LogBuilder, insert

HOW = Resampling(resamples=1000)
S = 1 / math.log2(3)  # discount of rank 2; that of rank 3 is 1/2


def value(log, name, run_id="most-popular", **parameters):
    metric = find_metric(name)
    if parameters:
        metric = dataclasses.replace(metric, parameters=tuple({**dict(metric.parameters), **parameters}.items()))
    (found,) = measure(log.evidence(run_id), metric, HOW)
    if found.sql and found.value is not None and "No query gives" not in found.sql:
        by_hand = log.connection.execute(found.sql).fetchdf()
        assert by_hand["measured"][0] == pytest.approx(found.value, rel=1e-9)
    return found


@pytest.fixture
def provided(log) -> LogBuilder:
    """The log of the conftest, with providers: P of a and b, Q of c and d, R of e; f has none."""
    return log.providers({"a": "P", "b": "P", "c": "Q", "d": " Q ", "e": "R", "f": ""})


def kl(history: dict[str, float], shown: dict[str, float]) -> float:
    return sum(p * math.log(p / (0.99 * shown.get(name, 0.0) + 0.01 * p)) for name, p in history.items())


# most-popular delivers u1 c d f, u2 d b c, u3 b e f, u4 a c d. Exposure: a 1, b 1 + S, c and d 3/2 + S, e S, f 1.
EXPOSED = 5 + 4 * S  # of P, Q and R
CHANCES = (3 / 3, 6 / 7, 1 / 4)  # P: deliveries 3, lists without the item 1 + 2; Q: 6 of 3 + 4; R: 1 of 4


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # u1's target is first, u2's second, u3's nowhere; each has one
        ("map", (1 + 1 / 2 + 0) / 3),
        ("aclt", (3 + 2 + 2 + 2) / 4),
        # ascending: e S, a 1, f 1, b 1 + S, c and d 3/2 + S; weights 2 place - 7
        ("exposure_gini", (-5 * S - 3 - 1 + (1 + S) + (3 + 5) * (1.5 + S)) / (6 * 4 * (1.5 + S))),
        ("homogenisation", (2 / 4 + 1 / 5 + 2 / 4 + 1 / 5 + 2 / 4 + 0) / 6),
        # by popularity a, b, c, d, e, f: u1's c is third there and first in the list, u2's b second in both
        ("serendipity", ((3 - 1) / 6 / 3 + 0 + 0) / 3),
        (
            "calibration",
            fmean(
                [
                    kl({"x": 3 / 4, "y": 1 / 4}, {"y": 1 / 3, "z": 1 / 3, "x": 1 / 3}),
                    kl({"x": 1}, {"z": 1 / 3, "x": 1 / 6, "y": 1 / 2}),
                    kl({"x": 1 / 2, "y": 1 / 2}, {"x": 3 / 4, "y": 1 / 4}),
                    kl({"x": 1 / 2, "y": 1 / 2}, {"x": 1 / 3, "y": 1 / 3, "z": 1 / 3}),
                ]
            ),
        ),
        # lists 1/3, 2/3, 1/3, 4/3; profiles a b, a, a c, b with popularity a 3, b 1, c 1
        ("popularity_lift", ((1 + 2 + 1 + 4) / 3) / (2 + 3 + 2 + 1) - 1),
        # per item: P (2 + S) / 2, Q (3 + 2 S) / 2, R S
        ("exposure_ratio", S / (1.5 + S)),
        ("exposure_difference", 1000 * 1.5 / 4),
        # held out: c and d of Q, b of P
        ("exposure_merit_ratio", (1.5 + S) / (2 + S)),
        (
            "attention_inequity",
            abs((2 + S) / EXPOSED - 1 / 3) + abs((3 + 2 * S) / EXPOSED - 2 / 3) + S / EXPOSED,
        ),
        ("rsp", pstdev(CHANCES) / fmean(CHANCES)),
        # P's b is found, of Q's c and d only c
        ("reo", 0.25 / 0.75),
        # 20% of three groups: six tenths of the least exposed
        ("worst_off_share", 0.6 * S / EXPOSED),
    ],
)
def test_worked_out_by_hand(provided, name, expected):
    assert value(provided, name).value == pytest.approx(expected, abs=1e-12)


def test_average_precision_counts_each_hit_and_divides_by_what_could_be_found():
    log = (
        LogBuilder()
        .items({c: [] for c in "abcdefg"})
        .users({"u": ["g"], "v": ["g"]}, {"u": ["a", "b", "c", "d"], "v": ["a", "b"]})
        .run("r", {"u": ["a", "e", "b"], "v": ["e", "f", "a"]}, split_n=4)
    )
    assert value(log, "map", "r").value == pytest.approx(((1 + 2 / 3) / 3 + (1 / 3) / 2) / 2)


@pytest.fixture
def rated() -> LogBuilder:
    """One user whose targets a, b, c are rated 2, 1 and not at all; the list is b, x, a with scores 1.5, 2, 3."""
    log = LogBuilder().items({c: [] for c in "abcxyz"}).users({"u": ["z"], "v": ["z"]}, {"u": ["a", "b", "c"], "v": []})
    log.run("r", {"u": ["b", "x", "a"], "v": ["x", "y", "a"]}, split_n=3, config_json='{"score_kind": "rating"}')
    for item, rating in {"a": 2.0, "b": 1.0}.items():
        log.connection.execute("update store.interactions set rating = ? where item_id = ?", [rating, item])
    for rank, score in enumerate((1.5, 2.0, 3.0), 1):
        log.connection.execute("update store.slots set score = ? where slot_rank = ?", [score, rank])
    return log


@pytest.mark.parametrize(
    ("name", "expected", "n"),
    [
        ("graded_ndcg", ((2**1 - 1) * 1 + (2**2 - 1) / 2) / ((2**2 - 1) * 1 + (2**1 - 1) * S), 1),
        ("mae", (0.5 + 1.0) / 2, 2),
        ("rmse", math.sqrt((0.5**2 + 1.0**2) / 2), 2),
        # b 1.5 and a 3 against x 2: one of two pairs in the right order
        ("auc", 1 / 2, 1),
    ],
)
def test_rated_and_scored_by_hand(rated, name, expected, n):
    found = value(rated, name, "r")
    assert found.value == pytest.approx(expected)
    assert found.n == n


def test_play_counts_are_ratings_too(rated):
    rated.connection.execute("update store.interactions set rating = 5000 where item_id = 'a'")
    rated.connection.execute("update store.interactions set rating = 4999 where item_id = 'b'")
    # b at rank 1 is worth half of a at rank 3
    assert value(rated, "graded_ndcg", "r").value == pytest.approx((0.5 + 1 / 2) / (1 + 0.5 * S))


@pytest.mark.parametrize("name", ["mae", "rmse"])
def test_scores_that_are_no_ratings_have_no_error(rated, name):
    rated.connection.execute("update store.runs set config_json = '{}'")
    assert value(rated, name, "r").value is None


def test_log_loss_of_scores_by_hand(rated):
    assert value(rated, "log_loss", "r").value is None  # ratings are no probabilities
    rated.connection.execute("""update store.runs set config_json = '{"score_kind": "probability"}'""")
    for rank, score in enumerate((0.9, 0.2, 0.5), 1):
        rated.connection.execute("update store.slots set score = ? where slot_rank = ?", [score, rank])
    expected = -(math.log(0.9) + math.log(0.8) + math.log(0.5)) / 3
    found = value(rated, "log_loss", "r")
    assert (found.value, found.n) == (pytest.approx(expected), 3)
    rated.connection.execute("""update store.runs set config_json = '{"score_kind": "log_odds"}'""")
    rated.connection.execute("update store.slots set score = ln(score / (1 - score)) where slot_rank = 1")
    rated.connection.execute("update store.slots set score = ln(score / (1 - score)) where slot_rank > 1")
    assert value(rated, "log_loss", "r").value == pytest.approx(expected)


def test_a_judge_s_margins_are_what_auc_and_log_loss_are_taken_of(rated):
    margins = {"a": 2.0, "b": -1.0, "x": 0.0, "y": -1.0}
    insert(
        rated.connection,
        "steps",
        [
            {
                "run_id": "r", "request_id": "u:0", "step_index": place, "kind": "judge", "step_text": "",
                "tool": "", "arguments": "", "item_id": item, "observation": f"log p(yes) - log p(no) = {margin}",
            }
            for place, (item, margin) in enumerate(margins.items())
        ],
    )  # fmt: skip
    # a above x and y; b below x, level with y
    assert value(rated, "auc", "r").value == pytest.approx((1 + 1 + 0 + 1 / 2) / 4)
    assert value(rated, "log_loss", "r").value is None  # a judge that only writes yes or no has no probabilities
    rated.calls("r", [{"request_id": "u:0", "purpose": "judge", "decoding": "scored"}])
    chance = {item: 1 / (1 + math.exp(-margin)) for item, margin in margins.items()}
    expected = -fmean(math.log(chance[i] if i in "ab" else 1 - chance[i]) for i in margins)
    assert value(rated, "log_loss", "r").value == pytest.approx(expected)
    # what the judge weighed counts once, whatever the scores of the list are
    rated.connection.execute("""update store.runs set config_json = '{"score_kind": "log_odds"}'""")
    assert (value(rated, "log_loss", "r").value, value(rated, "log_loss", "r").n) == (pytest.approx(expected), 4)


@pytest.mark.parametrize("said", ["", "n/a", "nan", "inf", "+-1", "1.2.3", "1e999", "+0.5 or so"])
def test_a_judge_s_step_without_a_number_is_no_margin(rated, said):
    before = "log p(yes) - log p(no) = "
    steps = {"a": "+1.500", "b": " -2", "x": "-3e-1 ", "y": said}
    rows = [
        {"run_id": "r", "request_id": "u:0", "step_index": place, "kind": "judge", "step_text": "", "tool": "",
         "arguments": "", "item_id": item, "observation": f"{before}{number}"}
        for place, (item, number) in enumerate(steps.items())
    ]  # fmt: skip
    insert(rated.connection, "steps", rows)
    assert value(rated, "auc", "r").value == pytest.approx(1 / 2)  # a above x, b below; y was not judged


def test_log_odds_are_cut_as_probabilities_are(rated):
    rated.connection.execute("""update store.runs set config_json = '{"score_kind": "log_odds"}'""")
    rated.connection.execute("update store.slots set score = 1000 where slot_rank = 2")  # x, which is not held out
    rated.connection.execute("update store.slots set score = 1000 where slot_rank <> 2")
    assert value(rated, "log_loss", "r").value == pytest.approx(-math.log(1e-15) / 3)


def test_a_user_s_own_lists_are_compared_with_each_other_only():
    log = (
        LogBuilder()
        .items({c: [] for c in "abcdef"})
        .users({"u": ["f"], "v": ["f"]}, {"u": [], "v": []})
        .run("r", {"u": [["a", "b"], ["a", "c"], ["d", "e"]], "v": [["a", "b"]]}, k=2)
    )
    found = value(log, "intra_user_diversity", "r")
    assert (found.value, found.n, found.unscored) == (pytest.approx((2 / 3 + 1 + 1) / 3), 1, 1)


def test_text_diversity_is_made_from_the_rows_that_its_query_gives(tmp_path):
    log = (
        LogBuilder()
        .items({c: [] for c in "abc"})
        .users({"u": ["c"], "v": ["c"]}, {"u": [], "v": []})
        .run("r", {"u": ["a", "b", "c"], "v": ["a", "?", "!Nope"]})
    )
    metric = find_metric("intra_list_diversity_text")
    assert measure(log.evidence("r", cache=tmp_path), metric, HOW)[0].note.startswith("No text vectors")
    angles = {"a": 0.0, "b": 0.3, "c": 1.9}
    made = {f"Title {i}": (2 * math.cos(angle), 2 * math.sin(angle)) for i, angle in angles.items()}
    items = [Item(item_id=i, title=f"Title {i}") for i in "cab"]
    ItemVectors(tmp_path / "vectors").of_items(items, Encoder(made))
    (found,) = measure(log.evidence("r", cache=tmp_path), metric, HOW)
    assert found.value == pytest.approx(1 - (math.cos(0.3) + math.cos(1.9) + math.cos(1.6)) / 3, abs=1e-6)
    assert (found.n, found.unscored) == (1, 1)
    assert "audits.kernels.diversity.text_diversity" in found.note
    rows = log.connection.execute(found.sql).fetchdf()  # what is shown runs, and holds all that the kernel reads
    listed = rows.loc[rows["request_id"] == "u:0"].sort_values("item_rank")["title"]
    vectors = np.array([made[title] for title in listed]) / 2
    cosines = [vectors[i] @ vectors[j] for i in range(3) for j in range(i)]
    assert found.value == pytest.approx(1 - fmean(cosines), abs=1e-6)


def test_an_item_without_a_text_vector_is_in_no_pair(tmp_path):
    log = (
        LogBuilder()
        .items({c: [] for c in "abz"})
        .users({"u": ["a"], "v": ["a"]}, {"u": [], "v": []})
        .run("r", {"u": ["a", "z", "b"], "v": ["a", "z", "?"]})
    )
    made = {"Title a": (1.0, 0.0), "Title b": (0.6, 0.8), "Title z": (0.0, 0.0)}
    items = [Item(item_id=i, title=f"Title {i}") for i in "abz"]
    ItemVectors(tmp_path / "vectors").of_items(items, Encoder(made))
    (found,) = measure(log.evidence("r", cache=tmp_path), find_metric("intra_list_diversity_text"), HOW)
    assert found.value == pytest.approx(1 - 0.6, abs=1e-6)  # a with b; z would have made it 0.8
    assert (found.n, found.unscored) == (1, 1)  # v has one item with a vector: no pair
