"""Each metric against values worked out by hand, a plain-Python oracle on random logs, and invariances."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.measuring import Lists, measure
from audits.metrics.catalogue import find_list_metric, find_metric, find_metrics
from audits.metrics.metric import ListMetric, RatioMetric
from audits.statistics.resampling import Resampling
from tests.audits.log_builder import INVENTED, LogBuilder, cleared, empty_log

HOW = Resampling(resamples=1000)
QUICK = Resampling(method="normal", max_users=0)
EVERYTHING = frozenset({"targets", "slots", "items", "item_labels", "training"})
SECOND = 1 / math.log2(3)


def looked_at(log, *run_ids):
    evidence = log.evidence(*run_ids)
    evidence.__dict__["available"] = EVERYTHING  # a null comes of itself where there is nothing
    return evidence


def value(log, name, run_id, **lists):
    return measure(looked_at(log, run_id), find_metric(name), HOW, Lists(**lists))[0]


@pytest.mark.parametrize(
    ("name", "run_id", "expected"),
    [
        # most-popular finds u1's target first, u2's second, u3's not at all; u4 has none
        ("ndcg", "most-popular", (1 + SECOND + 0) / 3),
        ("recall", "most-popular", 2 / 3),
        ("hit_rate", "most-popular", 2 / 3),
        ("precision", "most-popular", (1 / 3 + 1 / 3 + 0) / 3),
        ("mrr", "most-popular", (1 + 1 / 2 + 0) / 3),
        # gr: u1's target behind one invented item, u2's behind two, u3's request failed
        ("ndcg", "gr", (SECOND + 1 / 2 + 0) / 3),
        ("mrr", "gr", (1 / 2 + 1 / 3 + 0) / 3),
        ("precision", "gr", (1 / 3 + 1 / 3 + 0) / 3),
        # deliveries: a 1, b 2, c 3, d 3, e 1, f 2 of six items
        ("coverage", "most-popular", 1.0),
        ("gini", "most-popular", (2 * (1 * 1 + 2 * 1 + 3 * 2 + 4 * 2 + 5 * 3 + 6 * 3) - 7 * 12) / (6 * 12)),
        ("entropy", "most-popular", -sum(n / 12 * math.log2(n / 12) for n in (1, 2, 3, 3, 1, 2))),
        # gr delivers c twice and b once
        ("coverage", "gr", 2 / 6),
        ("gini", "gr", (2 * (5 * 1 + 6 * 2) - 7 * 3) / (6 * 3)),
        ("entropy", "gr", -(2 / 3 * math.log2(2 / 3) + 1 / 3 * math.log2(1 / 3))),
        # training: u1 a b, u2 a, u3 a c; u4's only interaction is the last one: a 3, b 1, c 1 of 3 users
        ("arp", "most-popular", ((1 + 0 + 0) / 3 + (0 + 1 + 1) / 3 + (1 + 0 + 0) / 3 + (3 + 1 + 0) / 3) / 4),
        ("novelty", "gr", math.log2(3)),
        ("novelty", "most-popular", (3 * math.log2(3) + (0 + math.log2(3)) / 2) / 4),
        ("cold_item_share", "most-popular", (2 / 3 + 1 / 3 + 2 / 3 + 1 / 3) / 4),
        # head: 20% of six items, rounded up: a and b
        ("aplt", "most-popular", (1 + 2 / 3 + 2 / 3 + 2 / 3) / 4),
        ("aplt", "gr", (1 + 0 + 1) / 3),
        # labels: a x, b x y, c y, d z, f x; e has none
        ("intra_list_diversity", "most-popular", (1 + (1 + 1 / 2 + 1) / 3 + 1 / 2 + 1) / 4),
        # lists cdf, dbc, bef, acd; overlaps 2 of 4, 1 of 5, 2 of 4, 1 of 5, 2 of 4, 0
        ("inter_user_diversity", "most-popular", 1 - (2 / 4 + 1 / 5 + 2 / 4 + 1 / 5 + 2 / 4 + 0) / 6),
        ("inter_user_diversity", "gr", 1 - 1 / 3),
        ("delivered_share", "gr", 3 / 12),
        ("out_of_catalogue_share", "gr", 3 / 8),
        ("near_miss_share", "gr", 1 / 3),
        ("invented_list_share", "gr", 2 / 3),
        ("already_consumed_share", "gr", 1 / 8),
        ("duplicate_share", "gr", 1 / 8),
        ("ineligible_share", "gr", 0.0),
        ("unparseable_share", "gr", 0.0),
        ("missing_share", "gr", 1 / 9),
        ("failed_request_share", "gr", 1 / 4),
    ],
)
def test_worked_out_by_hand(log, name, run_id, expected):
    assert value(log, name, run_id).value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("name", sorted(find_metrics()))
def test_every_metric_is_worked_out_in_some_test(name):
    tests = Path(__file__).parents[1]
    files = [*(tests / "audits").glob("test_*.py"), *(tests / "claims").glob("test_*.py")]
    named = [path.name for path in files if f'"{name}"' in (text := path.read_text()) and "pytest.approx" in text]
    assert named, f"no test that compares numbers names the metric {name}"


def test_requests_without_targets_are_unscored_not_zero(log):
    m = value(log, "ndcg", "most-popular")
    assert (m.n, m.unscored) == (3, 1)


def test_compacted_ranks_move_items_up(log):
    assert value(log, "ndcg", "gr", ranks="compacted").value == pytest.approx((1 + 1 + 0) / 3)
    assert value(log, "mrr", "gr", ranks="compacted").value == pytest.approx(2 / 3)


def test_compacted_ranks_cut_after_k_delivered_items(log):
    assert value(log, "hit_rate", "gr", ranks="strict", k=2).value == pytest.approx(1 / 3)
    assert value(log, "hit_rate", "gr", ranks="compacted", k=1).value == pytest.approx(2 / 3)


def test_k_shorter_than_the_list(log):
    assert value(log, "ndcg", "most-popular", k=1).value == pytest.approx(1 / 3)
    assert value(log, "ndcg", "most-popular", k=1).card.label == "NDCG@1"
    assert value(log, "precision", "most-popular", k=2).value == pytest.approx((1 / 2 + 1 / 2 + 0) / 3)


def test_ideal_gain_counts_at_most_k_targets():
    log = (
        LogBuilder()
        .items({c: [] for c in "abcde"})
        .users({"u": ["e"]}, {"u": ["a", "b", "c"]})
        .run("r", {"u": ["a", "d"]}, k=2, split_n=3)
    )
    assert value(log, "ndcg", "r").value == pytest.approx(1 / (1 + SECOND))
    assert value(log, "recall", "r").value == pytest.approx(1 / 3)


def test_repeats_of_one_user_count_as_one_user():
    log = (
        LogBuilder()
        .items({c: [] for c in "abcd"})
        .users({"u": ["a"], "v": ["a"]}, {"u": ["b"], "v": ["b"]})
        .run("r", {"u": [["b"], ["c"], ["c"], ["c"]], "v": [["b"]]}, k=1)
    )
    m = value(log, "hit_rate", "r")
    assert (m.value, m.n) == (pytest.approx((1 / 4 + 1) / 2), 2)


def test_variants_other_than_the_neutral_one_are_left_out(log):
    log.connection.execute("update store.requests set variant = 'woman' where run_id = 'gr' and user_id <> 'u1'")
    assert value(log, "ndcg", "gr").value == pytest.approx(SECOND)


ITEMS = tuple("abcdefgh")
TEXTS = st.sampled_from([*ITEMS, f"!{INVENTED}", "?", "~"])


@st.composite
def logs(draw):
    users = [f"u{i}" for i in range(draw(st.integers(1, 6)))]
    targets = {u: draw(st.lists(st.sampled_from(ITEMS), unique=True, max_size=3)) for u in users}
    lists = {}
    for user in users:
        texts = draw(st.one_of(st.none(), st.lists(TEXTS, min_size=4, max_size=4)))
        if texts is not None:
            seen: set[str] = set()
            texts = [f"={t}" if t in seen else (seen.add(t) or t) if t in ITEMS else t for t in texts]
        lists[user] = texts
    return users, targets, lists


def build(users, targets, lists, connection=None):
    history = {u: [] for u in users}
    builder = LogBuilder(connection=cleared(connection)) if connection is not None else LogBuilder()
    return builder.items({i: [i] for i in ITEMS}).users(history, targets).run("r", lists, k=4, split_n=3)


def oracle(name, texts, targets, k=4):
    if not targets:
        return None
    ranks = [r for r, t in enumerate(texts or [], 1) if t in targets]
    ideal = sum(1 / math.log2(i + 1) for i in range(1, min(k, len(targets)) + 1))
    return {
        "ndcg": sum(1 / math.log2(r + 1) for r in ranks) / ideal,
        "recall": len(ranks) / len(targets),
        "precision": len(ranks) / k,
        "hit_rate": float(bool(ranks)),
        "mrr": 1 / ranks[0] if ranks else 0.0,
    }[name]


REUSED, SECOND_REUSED = empty_log(), empty_log()


@settings(max_examples=8, deadline=None)
@given(logs())
def test_accuracy_agrees_with_plain_python(case):
    users, targets, lists = case
    log = build(*case, REUSED)
    evidence = looked_at(log)
    for name in ("ndcg", "recall", "precision", "hit_rate", "mrr"):
        scores = [s for u in users if (s := oracle(name, lists[u], targets[u])) is not None]
        m = measure(evidence, find_metric(name), QUICK)[0]
        assert (m.n, m.unscored) == (len(scores), len(users) - len(scores))
        assert m.value == (pytest.approx(np.mean(scores), abs=1e-12) if scores else None)


@settings(max_examples=3, deadline=None)
@given(logs(), st.randoms(use_true_random=False))
def test_order_of_users_changes_nothing_and_values_keep_their_bounds(case, random):
    users, targets, lists = case
    order = list(users)
    random.shuffle(order)
    one, other = build(*case, REUSED), build(order, targets, {u: lists[u] for u in order}, SECOND_REUSED)
    mine, theirs = looked_at(one), looked_at(other)
    for metric in find_metrics().values():
        a, b = measure(mine, metric, HOW)[0], measure(theirs, metric, QUICK)[0]
        assert (a.value, a.n, a.unscored) == (b.value and pytest.approx(b.value, abs=1e-12), b.n, b.unscored)
        if a.value is not None and metric.bounds is not None:
            assert metric.bounds[0] - 1e-12 <= a.value <= metric.bounds[1] + 1e-12
        if a.interval is not None and a.value is not None:
            assert a.interval.low - 1e-9 <= a.value <= a.interval.high + 1e-9


def check_names_of_requests(log, frame, *values):
    """Rows begin with the names of their requests, and may go on with the number that this name has."""
    is_numbered = "request_no" in frame.columns
    names = ["run_id", "request_id", "user_id", *(["request_no"] if is_numbered else [])]
    assert list(frame.columns) == [*names, *values]
    if is_numbered:
        numbers = log.evidence().query("request_names")
        assert set(frame[names].itertuples(index=False)) <= set(numbers[names].itertuples(index=False))


def test_list_metrics_have_a_row_a_request(log):
    for name, metric in find_metrics().items():
        if isinstance(metric, ListMetric):
            if metric.reads:
                continue  # no query gives its rows: see test_list_metrics
            frame = log.evidence().query(name, **dict(find_list_metric(name).parameters))
            check_names_of_requests(log, frame, "metric_value")
            assert len(frame) == 8


@pytest.mark.parametrize("name", [name for name, metric in find_metrics().items() if isinstance(metric, RatioMetric)])
def test_ratio_metrics_have_a_row_a_request(log, name):
    frame = log.evidence().query(name)
    check_names_of_requests(log, frame, "part", "whole")
    assert len(frame) == len(frame[["run_id", "request_id"]].drop_duplicates())
    assert len(frame) in (0, 8)  # none where it rests on what was not derived


@pytest.mark.parametrize("lists", [{"u": [["b"]], "v": [["c"]]}, {"u": [["b"], ["c"]], "v": [["b"]]}])
@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("user_list", {"metric_rows": "hit_rate"}),
        ("user_list", {"metric_rows": "calibration"}),
        ("metric_mean", {"metric_rows": "auc"}),
        ("user_sums", {"ratio_rows": "delivered_share"}),
        ("ratio", {"ratio_rows": "out_of_catalogue_share"}),
        ("ratio_moments", {"ratio_rows": "delivered_share"}),
    ],
)
def test_users_with_one_request_are_not_grouped_and_give_the_same(lists, query, part):
    log = (
        LogBuilder()
        .items({c: ["x"] for c in "abcd"})
        .users({"u": ["a"], "v": ["a"]}, {"u": ["b"], "v": ["b"]})
        .run("r", lists, k=1)
    )
    evidence, asked = log.evidence(), {"using": part, "label_kind": "category"}
    shown = evidence.runnable_sql(query, **asked)
    assert evidence.rows(query, **asked) == tuple(log.connection.execute(shown).fetchall())
