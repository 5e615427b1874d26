"""Groups through MetricFrame over cells: equal to MetricFrame over raw rows, gated, with the unknown group kept."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import MetricFrame, mean_prediction

from audits.errors import AuditError
from audits.group_cells import Cells, read_cells
from audits.grouping import Gates, break_down
from audits.measuring import Reading
from audits.metrics.ndcg import METRIC


def cells_of(frame: pd.DataFrame, *attributes: str) -> Cells:
    sums = frame.groupby(list(attributes))["value"].agg(["size", "sum", lambda v: (v**2).sum()])
    keys = [key if isinstance(key, tuple) else (key,) for key in sums.index]
    n, total, squares = sums.to_numpy(dtype=float).T
    return Cells(
        card=METRIC.card, run_id="r", attributes=attributes, labels=np.array(keys), counts=n.astype(np.int64),
        sums=total, squares=squares, bounds=(0.0, 1.0),
    )  # fmt: skip


def people(seed=0, n=1200) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {"gender": rng.choice(["f", "m", "unknown"], n, p=[0.45, 0.45, 0.1]), "age": rng.choice(["o", "y"], n)}
    )
    return frame.assign(value=rng.beta(0.5, 2, n) + 0.1 * (frame["gender"] == "m"))


def test_equals_metric_frame_over_raw_rows():
    frame = people()
    raw = MetricFrame(
        metrics=mean_prediction,
        y_true=frame["value"],
        y_pred=frame["value"],
        sensitive_features=frame[["gender", "age"]],
    )
    (breakdown,) = break_down(cells_of(frame, "gender", "age"), (("gender", "age"),), Gates(min_sufficient=10))
    for group in breakdown.groups:
        own = frame[(frame["gender"] == group.labels[0]) & (frame["age"] == group.labels[1])]["value"]
        assert group.value == pytest.approx(raw.by_group[group.labels])
        assert group.n == len(own)
        assert group.interval.low == pytest.approx(own.mean() - 1.96 * own.std() / len(own) ** 0.5, abs=0.004)
    assert breakdown.overall == pytest.approx(raw.overall)


def test_gap_and_ratio_are_over_known_sufficient_groups():
    frame = people()
    frame.loc[frame["gender"] == "unknown", "value"] = 0.0
    (breakdown,) = break_down(cells_of(frame, "gender"), (("gender",),), Gates())
    means = frame.groupby("gender")["value"].mean()
    assert {group.labels for group in breakdown.groups} == {("f",), ("m",), ("unknown",)}
    assert breakdown.gap == pytest.approx(means["m"] - means["f"])
    assert breakdown.ratio == pytest.approx(means["f"] / means["m"])
    assert breakdown.gap_interval.low < breakdown.gap < breakdown.gap_interval.high


def test_few_are_shown_as_insufficient_and_never_judged():
    frame = people(n=150)
    (breakdown,) = break_down(cells_of(frame, "gender"), (("gender",),), Gates())
    assert not any(group.sufficient for group in breakdown.groups)
    assert (breakdown.gap, breakdown.ratio, breakdown.gap_interval) == (None, None, None)


def test_control_features_compare_within_each_level_only():
    frame = people()
    frame["value"] = np.where(frame["age"] == "y", 0.9, 0.1)  # age explains everything
    frame["value"] += np.random.default_rng(1).normal(0, 0.01, len(frame))
    found = break_down(cells_of(frame, "gender", "age"), (("gender",),), Gates(), control=("age",))
    assert [b.note.partition(".")[0] for b in found] == ["Within age = o", "Within age = y"]
    assert all(b.gap < 0.01 for b in found)
    assert [b.overall for b in found] == [pytest.approx(0.1, abs=0.01), pytest.approx(0.9, abs=0.01)]


def test_no_scored_user_no_breakdown():
    empty = np.zeros(0)
    cells = Cells(
        card=METRIC.card, run_id="r", attributes=("a",), labels=np.zeros((0, 1), dtype=str),
        counts=empty.astype(np.int64), sums=empty, squares=empty,
    )  # fmt: skip
    assert break_down(cells, (("a",),), Gates()) == ()


def test_nobody_with_a_hit_has_a_ratio_of_nothing():
    frame = people()
    frame["value"] = 0.0
    (breakdown,) = break_down(cells_of(frame, "gender"), (("gender",),), Gates())
    assert (breakdown.gap, breakdown.ratio) == (0.0, None)
    assert breakdown.gap_interval.low < 0 < breakdown.gap_interval.high


def test_cells_come_from_the_log(log):
    reading = Reading(evidence=log.evidence("most-popular"), metric=METRIC)
    cells = read_cells(reading, ("gender",))["most-popular"]
    assert dict(zip(cells.labels[:, 0], cells.counts, strict=True)) == {"f": 2, "m": 1}
    assert cells.n_unscored == 1  # u4: gender unknown, no targets
    with pytest.raises(AuditError, match="1 to 6"):
        read_cells(reading, tuple("abcdefg"))
