"""Windows, drift, lag and cold accuracy over time, on logs whose numbers are worked out by hand."""

from __future__ import annotations

import pytest

from audits.errors import AuditError
from audits.results import AuditFailure, AuditResult, Breakdown, Finding, Measure, NotApplicable, Table
from audits.runner import run_audits
from audits.windows import find_windows
from tests.audits.log_builder import LogBuilder


def judged(log: LogBuilder, **settings: object):
    (outcome,) = run_audits(log.evidence("r"), ["stability"], {"stability": {"resamples": 1000, **settings}})
    assert isinstance(outcome, AuditResult), outcome
    found = {s.name: s for s in outcome.sections if isinstance(s, Measure)}
    for measure in found.values():
        rows = log.connection.execute(measure.sql).fetchdf()
        expected = None if not len(rows) or rows["measured"].isna()[0] else rows["measured"][0]
        assert measure.value == (expected if expected is None else pytest.approx(expected))
    return outcome, found


def drifting() -> LogBuilder:
    """One user who went from x to y (z once, long ago), and whose list has half of each and a new label w."""
    labels = {"x1": ["x"], "x2": ["x"], "x3": ["x", "z"], "y1": ["y"], "y2": ["y"], "w": ["w"], "t": ["y"], "v": ["v"]}
    history = ["x1", "x2", "x3", "x1", "y1", "y2"]
    return (
        LogBuilder()
        .items(labels)
        .users({"u1": history, "u2": ["x1"]}, {"u1": ["t"], "u2": ["t"]}, days={"u1": 1, "u2": 9})
        .run("r", {"u1": ["x1", "t"], "u2": ["t", "?"]}, k=2)
    )


def test_drift_by_hand():
    _, found = judged(drifting(), recent=2, settled=2, min_people=1)
    # older: x 3.5/4, z 0.5/4; recent: y 1; list: x 1/2, y 1/2
    assert found["preference_drift"].value == 1.0
    assert found["list_drift"].value == pytest.approx((0.375 + 0.125 + 0.5) / 2)
    assert found["drift_following"].value == pytest.approx(0.5 - 0.5)
    assert found["preference_drift"].unscored == 1


def test_no_run_is_said_to_follow_drift_on_few_users():
    log = drifting()
    few, _ = judged(log, recent=2, settled=2, min_people=2)
    assert "Insufficient evidence of who follows drift: fewer than 2 users" in few.answer
    enough, _ = judged(log, recent=2, settled=2, min_people=1)
    assert "r follows drift: Drift following@2 0.000." in enough.answer


def test_new_interests_and_their_lag_by_hand():
    outcome, found = judged(drifting(), recent=2, settled=2, min_people=1)
    # after two settled interactions: z (4 interactions ago, not listed) and y (2 ago, listed)
    assert found["new_interest_share"].value == 1.0
    assert found["new_interest_lag"].value == 2
    assert found["new_interest_lag"].n == 2
    (table,) = (s for s in outcome.sections if isinstance(s, Table))
    assert table.rows == ((2, 2, 1, 1, 1.0), (3, 4, 1, 1, 0.0))
    # of 5 labels u1 never met w and v, u2 never met y, z, w and v; only u2's y is listed
    assert f"{100 / 6:.1f}%" in table.note


def test_small_bands_are_left_out():
    outcome, found = judged(drifting(), recent=2, settled=2)
    assert found["new_interest_lag"].value is None
    assert "at least 10 users" in found["new_interest_lag"].note
    assert not [s for s in outcome.sections if isinstance(s, Table)]


def test_new_items_and_new_users_by_hand():
    log = drifting()
    # two windows from the first held-out item on: u1 meets t first of all in window 1, u2 is in window 2
    _, found = judged(log, windows=2, min_people=1)
    assert found["new_item_recall"].value == 1.0
    assert found["new_item_recall"].n == 1
    assert found["known_item_recall"].value == 1.0
    assert found["known_item_recall"].n == 1
    novelty = next(
        s for s in judged(log, windows=2, min_people=1)[0].sections
        if isinstance(s, Breakdown) and s.attributes == ("user",)
    )  # fmt: skip
    assert {g.labels[0]: g.n for g in novelty.groups} == {"first seen in the window": 1, "known before": 1}


def crowd(n: int = 400) -> LogBuilder:
    """Users spread over 20 days; lists hit in the first half of them only."""
    users = {f"u{i:03d}": 1 + i % 20 for i in range(n)}
    return (
        LogBuilder()
        .items({c: ["x"] for c in "abt"})
        .users({u: ["a"] for u in users}, {u: ["t"] for u in users}, days=users)
        .run(
            "r",
            {u: ["t", "b"] if day <= 10 and i % 10 else ["b", "?"] for i, (u, day) in enumerate(users.items())},
            k=2,
        )
    )


def test_a_metric_that_falls_over_time_is_a_finding():
    log = crowd()
    outcome, _ = judged(log, windows=2)
    ndcg = next(s for s in outcome.sections if isinstance(s, Breakdown) and s.card.name == "ndcg")
    assert [g.n for g in ndcg.groups] == [200, 200]
    assert ndcg.groups[0].labels[0].startswith("1: 2020-01-01")
    assert ndcg.gap == pytest.approx(0.9)
    by_hand = log.connection.execute(ndcg.sql).fetchdf()
    assert list(by_hand["measured"]) == pytest.approx([g.value for g in ndcg.groups])
    findings = [s for s in outcome.sections if isinstance(s, Finding) and s.measure == "ndcg"]
    assert "not stable" in findings[0].title
    assert "more than chance explains" in outcome.answer


def test_a_window_hidden_to_protect_another_is_not_in_the_query_either():
    log = crowd()
    # 395 users in window 1, five in window 2: the large one would give the small one away
    log.connection.execute("update store.interactions set interacted_at = timestamp '2020-01-01'")
    late = "('u000', 'u001', 'u002', 'u003', 'u004')"
    log.connection.execute(
        f"update store.interactions set interacted_at = timestamp '2020-03-01' where user_id in {late}"
    )
    outcome, _ = judged(log, windows=2)
    ndcg = next(s for s in outcome.sections if isinstance(s, Breakdown) and s.card.name == "ndcg")
    assert [g.suppressed for g in ndcg.groups] == [True, True]
    assert not len(log.connection.execute(ndcg.sql).fetchall())


def test_few_users_are_insufficient_evidence():
    outcome, _ = judged(crowd(80), windows=2)
    assert "Insufficient evidence" in outcome.answer
    assert not [s for s in outcome.sections if isinstance(s, Finding)]


def test_windows_of_days():
    log = crowd(40)
    windows = find_windows(log.evidence("r"), 4, days=5)
    assert windows.n == 4
    assert windows.label(2) == "2: 2020-01-06 to 2020-01-11"
    with pytest.raises(AuditError, match="more than 12"):
        find_windows(log.evidence("r"), 4, days=0.5)
    (outcome,) = run_audits(log.evidence("r"), ["stability"], {"stability": {"windows": 1}})
    assert isinstance(outcome, AuditFailure)


def test_an_order_that_is_no_calendar_time_has_no_windows():
    log = LogBuilder().items({"a": ["x"], "b": ["x"]})
    log.users({"u1": ["a"], "u2": ["a"]}, {"u1": ["b"], "u2": ["b"]}, days={"u1": 1, "u2": 9})
    log.run("r", {"u1": ["b"], "u2": ["b"]}, k=1)
    assert find_windows(log.evidence("r"), 2) is not None
    for table, column in (("interactions", "interacted_at"), ("requests", "cutoff_at")):
        log.connection.execute(f"update store.{table} set {column} = {column} - interval 50 year")
    assert find_windows(log.evidence("r"), 2) is None


def test_one_moment_is_not_applicable():
    log = LogBuilder().items({"a": ["x"]}).users({"u1": [], "u2": []}, {}).run("r", {"u1": ["a"], "u2": ["a"]}, k=1)
    (outcome,) = run_audits(log.evidence("r"), ["stability"])
    assert isinstance(outcome, NotApplicable)
    assert "lie apart in time" in outcome.reason
