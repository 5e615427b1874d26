"""Metrics worked out in arrays give what their queries say, row by row; and many users get what few users get."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
import pytest

from audits.kernels import calibration, diversity, lists, vectors
from audits.measuring import Lists, Reading, measure
from audits.metrics.catalogue import find_metric, find_metrics
from audits.metrics.metric import ListMetric
from audits.statistics.resampling import Resampling
from engine.item_vectors import item_text
from engine.records import Item
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
    expected = sorted(rows, key=lambda row: row[:2])
    mixed = [rows[place] for place in sorted(range(len(rows)), key=lambda place: (rows[place][1], place))]
    found, ranks, counts = lists._best_first(listed(mixed), 10)
    assert found.tolist() == [item - 1 for _, _, item in expected]
    assert ranks.tolist() == [rank for _, rank, _ in expected]
    assert counts.tolist() == [sum(request == row[0] for row in rows) for request in range(1, 11)]


def test_no_item_at_all_makes_no_list():
    assert [found.tolist() for found in lists._best_first(listed([]), 2)] == [[], [], [0, 0]]
    assert [found.tolist() for found in lists._best_first(listed([]), 0)] == [[], [], []]


def listed(rows):
    """Rows of request, rank and item as DuckDB hands them over, in batches of five."""
    columns = np.array(rows, dtype=np.int32).reshape(-1, 3).T
    table = pa.table(dict(zip(("request_no", "item_rank", "item_no"), columns, strict=True)))
    return pa.concat_tables([table.slice(first, 5) for first in range(0, max(1, len(rows)), 5)])


def test_text_vectors_are_looked_for_by_the_texts_that_the_catalogue_has():
    log = (
        LogBuilder()
        .items({"b": ["drama", "war"], "a": [], "c": ["comedy"]})
        .users({"u": ["a"]}, {"u": ["b"]})
        .run("r", {"u": ["b", "c"]})
    )
    log.connection.execute(
        "update store.items set title = ' Two  words', description = 'Told\n well.' where item_id = 'b'"
    )
    log.connection.execute(
        "insert into store.item_labels (dataset_fingerprint, item_id, kind, label, label_index) values"
        " ('d0', 'c', 'creator', 'Second', 1), ('d0', 'c', 'creator', 'First', 0), ('d0', 'c', 'alias', 'Sea', 0)"
    )
    (found,) = vectors.read_catalogues(log.evidence("r"), {}, {})
    items = [
        Item(item_id="a", title="Title a"),
        Item(item_id="b", title=" Two  words", categories=("drama", "war"), description="Told\n well."),
        Item(item_id="c", title="Title c", creators=("First", "Second"), categories=("comedy",)),
    ]
    assert found.item_ids == [item.item_id for item in items]
    assert found.texts == [item_text(item) for item in items]
    assert found.texts[1:] == ["Two words. drama, war. Told well.", "Title c. First, Second. comedy"]


def test_each_dataset_has_a_catalogue_of_its_own():
    log = LogBuilder().items({"a": ["x"], "b": []}).users({"u": ["a"]}, {"u": ["b"]}).run("r", {"u": ["b"]})
    log.connection.execute(
        "insert into store.items (dataset_fingerprint, item_id, title) values ('d1', 'a', 'Another'), ('d2', 'z', 'No')"
    )
    log.run("s", {"u": ["a"]}, dataset_fingerprint="d1")
    found = vectors.read_catalogues(log.evidence("r", "s"), {}, {})
    assert [(one.item_ids, one.texts) for one in found] == [
        (["a", "b"], ["Title a. x", "Title b"]),
        (["a"], ["Another"]),
    ]


def test_pairs_of_lists_by_hand():
    words = diversity.bit_sets(lists.sparse.csr_array([[1, 1, 0], [0, 1, 1], [0, 0, 0], [1, 1, 0], [0, 0, 0]]), 5)
    items = np.array([[0, 1, 2, 3], [0, 3, -1, -1], [2, 4, 0, -1], [-1, -1, -1, -1]], dtype=np.int32)
    for sets in (words, np.concatenate((words, np.zeros_like(words)), axis=1)):  # one word of bits; two
        found = diversity.mean_label_distance(items, sets)
        # a third of the labels in common, all, none; item 2 is in no pair, and two items without labels are none
        assert found == pytest.approx([(2 / 3 + 0 + 2 / 3) / 3, 0.0, np.nan, np.nan], nan_ok=True)


def test_divergence_by_hand():
    history = np.array([[1.0, 1.0, 0.0], [3.0, 0.0, 0.0], [0.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    listed_labels = np.array([[0.0, 2.0, 2.0], [5.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    expected = 0.5 * np.log(0.5 / (0.01 * 0.5)) + 0.5 * np.log(0.5 / (0.99 * 0.5 + 0.01 * 0.5))
    found = calibration.dense_divergence(history, listed_labels)
    assert found == pytest.approx([expected, 0.0, np.nan, np.nan], abs=1e-15, nan_ok=True)
