"""The same lists in other tools: fixed values of ranx 0.3.21, RecTools 0.19.0 and LensKit 2025.8.1.

They do not install beside the app, so their answers stand here. Where a number differs on purpose, the card says so,
and the other tool's number stands here too, with the setting under which both agree, if there is one.
"""

from __future__ import annotations

import pytest

from audits.measuring import Lists, measure
from audits.metrics.catalogue import find_metric
from audits.statistics.resampling import Resampling
from tests.audits.log_builder import LogBuilder

HOW = Resampling(resamples=1000)
LISTS = {
    "u1": "abcde", "u2": "fcahb", "u3": "dgbaf", "u4": "hedcg",
    "u5": "bafec", "u6": "cdhfa", "u7": "gbead", "u8": "ehcbf",
}  # fmt: skip
TARGETS = {
    "u1": {"a": 5, "c": 3}, "u2": {"b": 4}, "u3": {"h": 2, "e": 5},
    "u4": {"h": 1, "e": 2, "d": 3, "c": 4, "g": 5, "a": 5, "b": 1}, "u5": {"e": 3, "f": 3, "g": 1}, "u6": {"c": 2},
    "u7": {"b": 5, "d": 4, "f": 3, "h": 2}, "u8": {"a": 4, "g": 4},
}  # fmt: skip
HISTORY = {  # no two items are equally popular
    "u1": "fh", "u2": "de", "u3": "ce", "u4": "f", "u5": "dh", "u6": "beg", "u7": "h", "u8": "d", "x1": "abcdefgh",
    "x2": "abcdfh", "x3": "abdfh", "x4": "abdh", "x5": "adh", "x6": "ad", "x7": "a", "x8": "a", "x9": "ab", "y": "a",
}  # fmt: skip
LABELS = {
    "a": ["x"], "b": ["x", "y"], "c": ["y"], "d": ["z"], "e": ["x", "z"], "f": ["y", "z"], "g": ["w"], "h": ["w", "x"],
}  # fmt: skip
FEW = ("u1", "u2", "u5", "u8")  # for Gini: over all eight lists all items are delivered almost equally often


def oracle_log() -> LogBuilder:
    log = (
        LogBuilder()
        .items(LABELS)
        .users({u: list(h) for u, h in HISTORY.items()}, {u: list(TARGETS.get(u, ())) for u in HISTORY})
        .run("all", {u: list(items) for u, items in LISTS.items()}, k=5, split_kind="given", split_n=None,
             allows_repeat_consumption=True)
        .run("few", {u: list(LISTS[u]) for u in FEW}, k=5, split_kind="given", split_n=None,
             allows_repeat_consumption=True)
        .run("two", {u: list(LISTS[u]) for u in ("u1", "u5")}, k=5, split_kind="given", split_n=None,
             allows_repeat_consumption=True)
    )  # fmt: skip
    for user, items in TARGETS.items():
        for place, rating in enumerate(items.values(), len(HISTORY[user])):
            log.connection.execute(
                "update store.interactions set rating = ?, held_out = true where user_id = ? and position = ?",
                [rating, user, place],
            )
    return log


@pytest.fixture(scope="module")
def log() -> LogBuilder:
    return oracle_log()


def ours(log: LogBuilder, name: str, k: int, run_id: str = "all") -> float:
    (found,) = measure(log.evidence(run_id), find_metric(name), HOW, Lists(k=k))
    assert found.value is not None, found.note
    return found.value


# (metric, run, k, value, whose it is); tools that agree share a row
AGREED = [
    ("hit_rate", "all", 3, 0.625, "ranx hit_rate, RecTools HitRate, LensKit Hit"),
    ("hit_rate", "all", 5, 0.75, "ranx hit_rate, RecTools HitRate, LensKit Hit"),
    ("precision", "all", 3, 0.3333333333333333, "ranx precision, RecTools Precision, LensKit Precision"),
    ("precision", "all", 5, 0.325, "ranx precision, RecTools Precision, LensKit Precision"),
    ("recall", "all", 3, 0.37648809523809523, "ranx recall, RecTools Recall"),
    ("recall", "all", 5, 0.6101190476190477, "ranx recall, RecTools Recall"),
    ("mrr", "all", 3, 0.4791666666666667, "ranx mrr, RecTools MRR, LensKit RecipRank"),
    ("mrr", "all", 5, 0.5041666666666667, "ranx mrr, RecTools MRR, LensKit RecipRank"),
    ("ndcg", "all", 3, 0.43130525789067886, "ranx ndcg; RecTools, divide_by_achievable; LensKit, offset 1"),
    ("ndcg", "all", 5, 0.5175802891078988, "ranx ndcg; RecTools, divide_by_achievable; LensKit, offset 1"),
    ("graded_ndcg", "all", 3, 0.3528530329906504, "ranx ndcg_burges"),
    ("graded_ndcg", "all", 5, 0.4834126509934075, "ranx ndcg_burges"),
    ("serendipity", "all", 3, 0.10416666666666666, "RecTools Serendipity"),
    ("serendipity", "all", 5, 0.0875, "RecTools Serendipity"),
    ("novelty", "all", 3, 1.761628522920104, "RecTools MeanInvUserFreq"),
    ("novelty", "all", 5, 1.734665399951652, "RecTools MeanInvUserFreq"),
    ("arp", "all", 3, 5.958333333333334, "RecTools AvgRecPopularity"),
    ("arp", "all", 5, 6.05, "RecTools AvgRecPopularity"),
    ("intra_list_diversity", "all", 3, 0.8402777777777778, "RecTools IntraListDiversity of Jaccard distances"),
    ("intra_list_diversity", "all", 5, 0.7916666666666666, "RecTools IntraListDiversity of Jaccard distances"),
    ("coverage", "two", 3, 0.5, "RecTools CatalogCoverage, normalised"),
    ("coverage", "two", 5, 0.75, "RecTools CatalogCoverage, normalised"),
    ("gini", "few", 3, 0.4166666666666667, "LensKit ListGini"),
    ("gini", "few", 5, 0.2875, "LensKit ListGini"),
    ("exposure_gini", "few", 3, 0.3896649551513751, "LensKit ExposureGini, LogRankWeight with offset 1, in 32 bits"),
    ("exposure_gini", "few", 5, 0.30289478521439533, "LensKit ExposureGini, LogRankWeight with offset 1, in 32 bits"),
]


@pytest.mark.parametrize(("name", "run_id", "k", "expected", "whose"), AGREED)
def test_other_tools_give_the_same_number(log, name, run_id, k, expected, whose):
    tolerance = 1e-7 if "32 bits" in whose else 1e-12
    assert ours(log, name, k, run_id) == pytest.approx(expected, abs=tolerance), whose


# (metric, k, their value, tool, what the card says of it)
DIFFERENT = [
    ("recall", 3, 0.4583333333333333, "LensKit", "min(k, targets)"),
    ("recall", 5, 0.6458333333333333, "LensKit", "min(k, targets)"),
    ("map", 3, 0.31225198412698413, "ranx", "divide by the number of targets"),
    ("map", 3, 0.31225198412698413, "RecTools", "divide by the number of targets"),
    ("ndcg", 3, 0.3379897611292668, "RecTools", "divide_by_achievable"),
    ("ndcg", 5, 0.32999317317784577, "RecTools", "divide_by_achievable"),
    ("ndcg", 3, 0.42942138875872427, "LensKit", "ranks 1 and 2 alike"),
    ("ndcg", 5, 0.5166187765211281, "LensKit", "ranks 1 and 2 alike"),
    ("graded_ndcg", 5, 0.49711833977786146, "LensKit", "rating itself as gain"),
]


@pytest.mark.parametrize(("name", "k", "theirs", "tool", "said"), DIFFERENT)
def test_what_differs_on_purpose_is_on_the_card(log, name, k, theirs, tool, said):
    assert abs(ours(log, name, k) - theirs) > 5e-4
    notes = find_metric(name).card.notes
    assert tool in notes
    assert said in notes


def test_average_precision_is_theirs_where_all_targets_have_a_place(log):
    # ranx map@5 and RecTools MAP@5 give .4063 with u4's seven targets; u4 has 5 / 7 there and 1 here
    assert ours(log, "map", 5) == pytest.approx(0.4062996031746032 + (1 - 5 / 7) / 8, abs=1e-12)


def test_errors_of_ratings_are_those_of_lenskit():
    predicted = {"a": 4.5, "c": 2.0, "b": 4.75, "h": 2.25, "e": 3.5}
    log = (
        LogBuilder()
        .items(LABELS)
        .users({"u": ["g"]}, {"u": list(predicted)})
        .run("r", {"u": list(predicted)}, k=5, split_n=5, config_json='{"score_kind": "rating"}')
    )
    for (item, score), rating in zip(predicted.items(), (5, 3, 4, 2, 5), strict=True):
        log.connection.execute("update store.interactions set rating = ? where item_id = ?", [rating, item])
        log.connection.execute("update store.slots set score = ? where item_id = ?", [score, item])
    assert ours(log, "rmse", 5, "r") == pytest.approx(0.9082951062292475)
    assert ours(log, "mae", 5, "r") == pytest.approx(0.8)
