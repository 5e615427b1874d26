"""Metrics worked out in arrays give what their queries say, row by row; and many users get what few users get."""

from __future__ import annotations

import random

import numpy as np
import pytest

from audits.kernels import calibration, diversity, lists
from audits.measuring import Lists, Reading, measure
from audits.metrics.catalogue import find_metric, find_metrics
from audits.metrics.metric import ListMetric
from audits.statistics.resampling import Resampling
from tests.audits.log_builder import LogBuilder

KERNELS = sorted(
    name
    for name, metric in find_metrics().items()
    if isinstance(metric, ListMetric) and metric.kernel and not metric.reads
)


@pytest.fixture(scope="module")
def varied() -> LogBuilder:
    """Thirty users with lists of every length, items with none to five of seventy labels, repeats in histories."""
    draw = random.Random(4)
    items = {f"i{n:02d}": draw.sample([f"l{n}" for n in range(70)], draw.randint(0, 5)) for n in range(25)}
    names = list(items)

    def answer() -> list[str] | None:
        if draw.random() < 0.1:
            return None
        chosen = draw.sample(names, 6)
        return [item if draw.random() < 0.8 else draw.choice("?~") for item in chosen]

    users = [f"u{n:02d}" for n in range(30)]
    return (
        LogBuilder()
        .items(items)
        .users({u: draw.choices(names, k=draw.randint(0, 6)) for u in users}, {u: draw.sample(names, 2) for u in users})
        .run("one", {u: [answer(), answer()] if draw.random() < 0.3 else answer() for u in users}, k=6, split_n=2)
        .run("other", {u: answer() for u in users}, k=6, split_n=2)
    )


def by_kernel_and_by_query(log: LogBuilder, name: str, ranks: str, k: int | None):
    metric = find_metric(name)
    evidence = log.evidence("one", "other")
    reading = Reading(evidence=evidence, metric=metric, lists=Lists(k=k, ranks=ranks))
    own = metric.kernel(evidence, reading.using, reading.parameters).to_pandas()
    theirs = log.evidence("one", "other").query(name, using=reading.using, **reading.parameters)
    keys = ["run_id", "request_id", "user_id"]
    return own.sort_values(keys).reset_index(drop=True), theirs.sort_values(keys).reset_index(drop=True)


@pytest.mark.parametrize(("ranks", "k"), [("strict", None), ("compacted", 3)])
@pytest.mark.parametrize("name", KERNELS)
def test_a_kernel_gives_what_its_query_says(varied, name, ranks, k):
    own, theirs = by_kernel_and_by_query(varied, name, ranks, k)
    assert list(own["request_id"]) == list(theirs["request_id"])
    assert own["metric_value"].isna().tolist() == theirs["metric_value"].isna().tolist()
    assert own["metric_value"].to_numpy(dtype=float) == pytest.approx(
        theirs["metric_value"].to_numpy(dtype=float), abs=1e-12, nan_ok=True
    )
    assert 0 < own["metric_value"].notna().sum() < len(own)


def test_many_labels_give_what_few_labels_give(varied, monkeypatch):
    dense, _ = by_kernel_and_by_query(varied, "calibration", "strict", None)
    monkeypatch.setattr(calibration, "MAX_DENSE_LABELS", 0)
    sparse, _ = by_kernel_and_by_query(varied, "calibration", "strict", None)
    assert dense["metric_value"].to_numpy(dtype=float) == pytest.approx(
        sparse["metric_value"].to_numpy(dtype=float), abs=1e-12, nan_ok=True
    )


def test_chunks_and_threads_change_nothing(varied, monkeypatch):
    whole, _ = by_kernel_and_by_query(varied, "intra_list_diversity", "strict", None)
    monkeypatch.setattr(lists, "CHUNK", 3)
    parts, _ = by_kernel_and_by_query(varied, "intra_list_diversity", "strict", None)
    assert whole.equals(parts)


def test_lists_are_put_in_order_whatever_order_rows_come_in(varied):
    evidence = varied.evidence("one", "other")
    straight = lists.read_lists(evidence, {}, {})
    rows = evidence.table("list_items")
    mixed = rows.take(np.random.default_rng(1).permutation(rows.num_rows))

    class Mixed:
        def table(self, name, **_):
            return mixed if name == "list_items" else evidence.table(name)

        def remember(self, _name, make, **_):
            return make()

    other = lists.read_lists(Mixed(), {}, {})
    assert other.items.tolist() == straight.items.tolist()
    assert other.starts.tolist() == straight.starts.tolist()


def test_no_list_has_a_value_where_no_item_has_a_label():
    words = diversity.bit_sets(lists.sparse.csr_array((3, 1)), 3)
    assert np.isnan(diversity.mean_label_distance(np.array([[0, 1], [2, -1]], dtype=np.int32), words)).all()


@pytest.mark.parametrize("name", ["ndcg", "recall", "arp", "log_loss", "delivered_share", "out_of_catalogue_share"])
def test_many_users_get_the_numbers_that_few_users_get(varied, name):
    few = measure(varied.evidence("one", "other"), find_metric(name), Resampling(method="normal", max_users=100))
    many = measure(varied.evidence("one", "other"), find_metric(name), Resampling(max_users=0))
    for a, b in zip(few, many, strict=True):
        assert (b.n, b.unscored) == (a.n, a.unscored)
        assert b.value == (a.value if a.value is None else pytest.approx(a.value))
        assert (b.interval is None) == (a.interval is None)
        if a.interval is not None:
            # t in place of the normal's quantile for means: a little wider
            assert b.interval.low == pytest.approx(a.interval.low, abs=0.02 * max(1, abs(a.value)))
            assert b.interval.high == pytest.approx(a.interval.high, abs=0.02 * max(1, abs(a.value)))


@pytest.mark.parametrize("most_places", [4, 0])  # put in their places; sorted
@pytest.mark.parametrize("taken_twice", [False, True])
def test_items_come_list_by_list_and_best_first_however_they_are_stored(monkeypatch, most_places, taken_twice):
    monkeypatch.setattr(lists, "_MOST_PLACES", most_places)
    draw = np.random.default_rng(3)
    rows = [
        (r, rank, draw.integers(1, 50))
        for r in (1, 2, 4, 9)
        for rank in draw.permutation(12)[: draw.integers(1, 9)] + 1
    ]
    if taken_twice:
        rows.append((rows[0][0], rows[0][1], 7))
    expected = [item for _, _, item in sorted(rows, key=lambda row: row[:2])]
    sorted_ranks = [rank for _, rank, _ in sorted(rows, key=lambda row: row[:2])]
    mixed = [rows[place] for place in sorted(range(len(rows)), key=lambda place: (rows[place][1], place))]
    requests, ranks, items = (np.array(column, dtype=np.int32) for column in zip(*mixed, strict=True))
    found, found_ranks = lists._best_first(requests, ranks, items)
    assert found.tolist() == expected
    assert found_ranks.tolist() == sorted_ranks


def test_no_item_at_all_makes_no_list():
    nothing = np.zeros(0, dtype=np.int32)
    assert [found.tolist() for found in lists._best_first(nothing, nothing, nothing)] == [[], []]
