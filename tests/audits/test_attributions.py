"""Attributions on a log made by hand: what scores rest on, whether reasons name it, and what is said of none."""

from __future__ import annotations

import pytest

from audits.errors import AuditError
from audits.measuring import measure
from audits.metrics.catalogue import find_metric
from audits.results import AuditResult, Finding, Measure, NotApplicable, Severity, Table
from audits.runner import run_audits
from audits.settings import configured
from audits.statistics.resampling import Resampling
from tests.audits.log_builder import LogBuilder


def explained(request_id: str, rank: int, parts: list[tuple[str, float, bool | None]], **facts: object) -> list[dict]:
    return [
        {"request_id": request_id, "slot_rank": rank, "feature_index": place, "feature": feature, "contribution": size,
         "is_named": is_named, **facts}
        for place, (feature, size, is_named) in enumerate(parts)
    ]  # fmt: skip


@pytest.fixture
def log() -> LogBuilder:
    return (
        LogBuilder()
        .items({i: [] for i in "abcdef"})
        .users(history={"u1": ["a", "b"], "u2": ["a", "c"], "u3": ["e"]}, held_out={"u1": [], "u2": [], "u3": []})
        .run("item-knn", {"u1": ["c", "d"], "u2": ["b", "d"], "u3": ["f", "d"]}, k=2)
        .run("live-shop", {"u1": ["c", "d"]}, k=2)
    )


@pytest.fixture
def kept(log: LogBuilder) -> LogBuilder:
    rows = [
        *explained("u1:0", 1, [("a", 3.0, True), ("b", -1.0, False)], additivity_gap=0.1, n_evaluations=4),
        *explained("u1:0", 2, [("a", 1.0, False), ("b", 1.0, False)], n_evaluations=8, standard_error=0.5),
        *explained("u2:0", 1, [("a", 1.0, True), ("c", 4.0, False)], n_evaluations=6),
        *explained("u2:0", 2, [("a", 0.0, None), ("c", 0.0, None)], n_evaluations=4),  # nothing contributes
        *explained("u2:0", 1, [("You are a recommender.", 99.0, None)], feature_kind="prompt segment"),  # not of items
    ]
    return log.attributions("item-knn", rows)


def value(log: LogBuilder, name: str) -> float | None:
    return measure(log.evidence("item-knn"), find_metric(name), Resampling())[0].value


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("top_item_share", (3 / 4 + 1 / 2 + 4 / 5) / 3),
        ("attribution_gap", (0.1 / 4 + 0 + 0) / 3),
        ("attribution_error", (0 + 0.5 / 1 + 0) / 3),
        ("attribution_evaluations", (4 + 8 + 6 + 4) / 4),
        ("reason_agreement", 1 / 2),  # u1's first reason names a, which contributes most; u2's first names a, not c
        ("reason_agreement_chance", 1 / 2),  # each names one of two
    ],
)
def test_worked_out_by_hand(kept, name, expected):
    assert value(kept, name) == pytest.approx(expected)


WORKED_OUT = {row[0] for row in test_worked_out_by_hand.pytestmark[0].args[1]}


def test_a_reason_cannot_name_the_top_item_where_none_contributes_positively(log):
    log.attributions("item-knn", explained("u1:0", 1, [("a", 0.0, True), ("b", -1.0, False)]))
    assert value(log, "reason_agreement") == 0.0


def test_the_audit_says_what_scores_rest_on(kept):
    result = run_audits(kept.evidence("item-knn"), ["attributions"])[0]
    assert isinstance(result, AuditResult)
    assert "68% [" in result.answer
    assert "over 3 explained recommendations" in result.answer
    table = next(s for s in result.sections if isinstance(s, Table))
    assert len(table.rows) == 4
    by_place = {row[:2]: dict(zip(table.columns, row, strict=True)) for row in table.rows}
    assert by_place["u1:0", 1]["top_history_item"] == "Title a"
    assert by_place["u1:0", 1]["reason_names_it"] == "yes"
    assert by_place["u1:0", 2]["reason_names_it"] == "none"
    assert by_place["u2:0", 1]["reason_names_it"] == "another"
    assert by_place["u2:0", 2]["reason_names_it"] is None
    assert kept.connection.execute(table.sql).fetchall()[0][1] == "u1:0"


def test_findings_name_a_gap_and_reasons_no_better_than_chance(kept):
    settings = {"attributions": {"untrue_gap": 0.005, "enough": 2}}
    result = run_audits(kept.evidence("item-knn"), ["attributions"], settings)[0]
    assert isinstance(result, AuditResult)
    found = {s.measure: s for s in result.sections if isinstance(s, Finding)}
    assert found["attribution_gap"].severity is Severity.HIGH
    assert found["reason_agreement"].severity is Severity.MEDIUM
    assert "do not tell" in found["reason_agreement"].detail
    assert "by chance 50.0%" in found["reason_agreement"].detail


def test_few_reasons_are_no_evidence_against_them(kept):
    result = run_audits(kept.evidence("item-knn"), ["attributions"])[0]
    assert isinstance(result, AuditResult)
    found = {s.measure: s for s in result.sections if isinstance(s, Finding)}
    assert found["reason_agreement"].severity is Severity.LOW
    assert "--set attributions.n_lists=20" in found["reason_agreement"].detail


@pytest.mark.parametrize(
    ("n", "severity", "said"),
    [(5, Severity.INFO, "tell more of the scores than chance"), (4, Severity.LOW, "Too few to tell from chance")],
)
def test_reasons_that_always_name_the_top_item_have_to_be_enough(log, n, severity, said):
    # by chance one of two items: five times in a row 1/32, below 0.05; four times 1/16
    places = [(f"u{user}:0", rank) for user in (1, 2, 3) for rank in (1, 2)][:n]
    rows = [row for place in places for row in explained(*place, [("a", 2.0, True), ("b", 1.0, False)])]
    log.attributions("item-knn", rows)
    result = run_audits(log.evidence("item-knn"), ["attributions"])[0]
    assert isinstance(result, AuditResult)
    found = {s.measure: s for s in result.sections if isinstance(s, Finding)}
    assert found["reason_agreement"].severity is severity
    assert said in found["reason_agreement"].detail


def test_the_shown_sql_gives_the_number(kept):
    result = run_audits(kept.evidence("item-knn"), ["attributions"])[0]
    assert isinstance(result, AuditResult)
    measures = [s for s in result.sections if isinstance(s, Measure)]
    assert len(measures) == 6
    for one in measures:
        assert kept.connection.execute(one.sql).fetchall()[0][1] == pytest.approx(one.value)


def test_without_any_it_names_the_commands(log):
    outcome = run_audits(log.evidence("item-knn"), ["attributions"])[0]
    assert isinstance(outcome, NotApplicable)
    assert "`recaudit audit attributions --run item-knn`" in outcome.reason
    assert "recaudit explain item-knn USER" in outcome.reason


def test_a_run_made_elsewhere_is_said_to_give_no_scores(kept):
    alone = run_audits(kept.evidence("live-shop"), ["attributions"])[0]
    assert isinstance(alone, NotApplicable)
    assert "made elsewhere" in alone.reason
    beside = run_audits(kept.evidence("item-knn", "live-shop"), ["attributions"])[0]
    assert isinstance(beside, AuditResult)
    told = [s for s in beside.sections if isinstance(s, Finding) and s.run_id == "live-shop"]
    assert "made elsewhere" in told[0].detail


@pytest.mark.parametrize("settings", [{"n_lists": -1}, {"n_ranks": 0}])
def test_wrong_numbers_are_refused(settings):
    from audits.discovery import find_audit

    with pytest.raises(AuditError, match="at least"):
        configured(find_audit("attributions"), settings)
