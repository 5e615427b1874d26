"""Splits never leak: history before what is held out, training without it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.datasets.arrow import empty_table, to_frame
from engine.datasets.describe import describe_split
from engine.datasets.schema import Dataset
from engine.datasets.splits import SplitSpec, parse_split, split
from engine.errors import PlanError

RELAXED = settings(deadline=None, max_examples=40)  # a busy machine is no failure
EVENTS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 8), st.integers(0, 12)), min_size=1, max_size=60)


def dataset_of(events: list[tuple[int, int, int]]) -> Dataset:
    """Make a dataset of (user, item, time) in file order, sorted as the schema promises."""
    rows = pd.DataFrame(events, columns=["user", "item", "timestamp"])
    rows["file_order"] = np.arange(len(rows))
    rows = rows.sort_values(["user", "timestamp", "file_order"], kind="stable").reset_index(drop=True)
    interactions = pd.DataFrame(
        {
            "user_id": "u" + rows["user"].astype(str),
            "item_id": "i" + rows["item"].astype(str),
            "timestamp": rows["timestamp"],
            "rating": rows["file_order"].astype(float),  # so that a test can recognise a row
            "position": rows.groupby("user").cumcount(),
        }
    )
    return Dataset(
        name="made",
        fingerprint="",
        items=pd.DataFrame({"item_id": [f"i{n}" for n in range(9)], "title": [f"Item {n}" for n in range(9)]}),
        users=pd.DataFrame({"user_id": [f"u{n}" for n in range(6)]}),
        interactions=interactions,
        triples=to_frame("triples", empty_table("triples")),
        entities=to_frame("entities", empty_table("entities")),
    )


def parts(dataset, cut):
    """Return history and held-out rows by each user's n_history and n_holdout, as the index and the audits do."""
    rows = dataset.interactions.merge(cut.users, on="user_id")
    history = rows[rows["position"] < rows["n_history"]]
    held = rows[(rows["position"] >= rows["n_history"]) & (rows["position"] < rows["n_history"] + rows["n_holdout"])]
    return history, held


def cut_or_none(dataset, spec):
    try:
        return split(dataset, spec)
    except PlanError:
        return None


@RELAXED
@given(EVENTS, st.integers(1, 4))
def test_leave_last_out_holds_out_the_last_n(events, n):
    dataset = dataset_of(events)
    sizes = dataset.interactions.groupby("user_id").size()
    cut = cut_or_none(dataset, SplitSpec(n=n))
    if cut is None:
        assert (sizes <= n).all()
        return
    history, held = parts(dataset, cut)
    assert len(history) + len(held) == len(events)
    assert not set(history["rating"]) & set(held["rating"])
    assert set(cut.training["rating"]) == set(history["rating"])
    held_sizes = held.groupby("user_id").size()
    assert held_sizes.to_dict() == np.minimum(sizes, n).to_dict()
    assert cut.n_without_history == int((sizes <= n).sum())
    for _, user in cut.users.iterrows():
        before = history[history["user_id"] == user["user_id"]]
        after = held[held["user_id"] == user["user_id"]]
        assert after["timestamp"].min() == user["cutoff"]
        if len(before):
            assert before["timestamp"].max() <= user["cutoff"]
            last = before.iloc[-1]
            ties = after[after["timestamp"] == last["timestamp"]]
            assert (ties["rating"] > last["rating"]).all()  # of equal times, the file's order decides


@RELAXED
@given(EVENTS, st.integers(0, 13))
def test_nothing_after_the_cutoff_is_learned_from(events, cutoff):
    dataset = dataset_of(events)
    cut = cut_or_none(dataset, SplitSpec(kind="cutoff-time", cutoff=cutoff))
    times = [time for _, _, time in events]
    if cut is None:
        assert all(time >= cutoff for time in times) or all(time < cutoff for time in times)
        return
    history, held = parts(dataset, cut)
    assert (cut.training["timestamp"] < cutoff).all()
    assert set(cut.training["rating"]) == set(history["rating"])
    assert (held["timestamp"] >= cutoff).all()
    assert len(history) + len(held) == len(events)
    assert (cut.users["cutoff"] == cutoff).all()


@RELAXED
@given(EVENTS, st.integers(1, 3))
def test_the_split_report_counts_what_the_split_leaves(events, n):
    dataset = dataset_of(events)
    cut = cut_or_none(dataset, SplitSpec(n=n))
    if cut is None:
        return
    _, held = parts(dataset, cut)
    report = describe_split(dataset, cut)
    trained = set(cut.training["item_id"])
    assert (report.n_training, report.n_holdout) == (len(cut.training), len(held))
    assert report.cold_items == 9 - len(trained)
    assert report.cold_holdout_share == pytest.approx((~held["item_id"].isin(list(trained))).mean())


def test_an_impossible_split_says_what_is_left():
    dataset = dataset_of([(0, 1, 1), (1, 2, 2)])
    with pytest.raises(PlanError, match="leave-last-out:1 leaves 0 of 2 interactions to learn from and 2 users"):
        split(dataset, SplitSpec())
    with pytest.raises(PlanError, match="leaves 2 of 2 interactions to learn from and 0 users"):
        split(dataset, SplitSpec(kind="cutoff-time", cutoff=50))
    empty = dataset_of([(0, 1, 1)])
    object.__setattr__(empty, "interactions", empty.interactions.iloc[:0])
    with pytest.raises(PlanError, match="leaves 0 of 0"):
        split(empty, SplitSpec())


class TestText:
    @pytest.mark.parametrize(
        ("text", "spec"),
        [
            ("leave-last-out", SplitSpec(n=1)),
            ("leave-last-out:3", SplitSpec(n=3)),
            ("cutoff:2024-06-01", SplitSpec(kind="cutoff-time", cutoff=1717200000)),
            ("cutoff:2024-06-01T02:00:00+02:00", SplitSpec(kind="cutoff-time", cutoff=1717200000)),
            ("cutoff-time:2024-06-01T00:00:00Z", SplitSpec(kind="cutoff-time", cutoff=1717200000)),
        ],
    )
    def test_reads(self, text, spec):
        assert parse_split(text) == spec

    @pytest.mark.parametrize(
        "text",
        [
            *("", "last", "leave-last-out:0", "leave-last-out:-1", "leave-last-out:x", "cutoff", "cutoff:"),
            *("cutoff:soon", "cutoff:0%", "cutoff:100%", "cutoff:2024-13-01", "cutoff:-5%"),
        ],
    )
    def test_refuses(self, text):
        with pytest.raises(PlanError, match=r"is no split. Expected leave-last-out"):
            parse_split(text, dataset_of([(0, 0, 1)]))

    def test_a_percentage_needs_a_dataset(self):
        with pytest.raises(PlanError, match="needs a dataset"):
            parse_split("cutoff:90%")

    @RELAXED
    @given(EVENTS, st.floats(1, 99).map(lambda share: round(share, 2)))
    def test_at_most_that_share_lies_before_the_cutoff(self, events, percent):
        dataset = dataset_of(events)
        cutoff = parse_split(f"cutoff:{percent}%", dataset).cutoff
        times = np.array([time for _, _, time in events])
        assert (times < cutoff).mean() <= percent / 100
        assert (times <= cutoff).mean() > percent / 100

    @RELAXED
    @given(st.integers(0, 4_000_000_000))
    def test_what_is_written_is_read(self, cutoff):
        for spec in (SplitSpec(kind="cutoff-time", cutoff=cutoff), SplitSpec(n=cutoff % 99_999 + 1)):
            assert parse_split(str(spec)) == spec
