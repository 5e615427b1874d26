"""The audit of providers on a log whose exposure is worked out by hand."""

from __future__ import annotations

import math

import pytest

from audits.results import AuditFailure, AuditResult, Finding, Measure, NotApplicable, Table
from audits.runner import run_audits
from tests.audits.log_builder import LogBuilder

S = 1 / math.log2(3)


@pytest.fixture
def provided(log) -> LogBuilder:
    """The log of the conftest with providers; exposure of most-popular: P 2 + S, Q 3 + 2 S, R S, and f's 1 of none."""
    return log.providers({"a": "P", "b": "P", "c": "Q", "d": "Q", "e": "R"})


def judged(log, *run_ids, **settings):
    (outcome,) = run_audits(log.evidence(*(run_ids or ("most-popular",))), ["providers"], {"providers": settings})
    return outcome


def sections(outcome, kind):
    assert isinstance(outcome, AuditResult), outcome
    return [section for section in outcome.sections if isinstance(section, kind)]


def test_the_table_shows_what_each_group_has_of_everything(provided):
    outcome = judged(provided)
    (table,) = sections(outcome, Table)
    everything = 6 + 4 * S
    assert [row[0] for row in table.rows] == ["Q", "P", "R", "unknown"]
    by_name = {row[0]: row[1:] for row in table.rows}
    assert by_name["Q"] == (2, 6, round(250 * (1.5 + S), 4), round((3 + 2 * S) / everything, 4), 0.3333, 0.6667)
    assert by_name["unknown"] == (1, 2, 250.0, round(1 / everything, 4), 0.1667, 0.0)
    assert sum(row[4] for row in table.rows) == pytest.approx(1, abs=2e-4)
    assert tuple(provided.connection.execute(table.sql).fetchall()) == table.rows
    inequity = abs((2 + S) / (5 + 4 * S) - 1 / 3) + abs((3 + 2 * S) / (5 + 4 * S) - 2 / 3) + S / (5 + 4 * S)
    assert f"most-popular (Inequity of attention@3 {inequity:.3f}, 0 of 3 groups never shown)" in outcome.answer


def test_uneven_exposure_is_a_finding_and_even_exposure_is_none(provided):
    (finding,) = sections(judged(provided, min_expected=2), Finding)
    assert finding.title == "most-popular shows items of R far less than items of Q"
    assert "0 of 3 groups are never shown" in finding.detail
    assert not sections(judged(provided, min_expected=2, unequal=0.29), Finding)  # it is 0.296


def test_groups_too_small_to_expect_places_are_no_finding(provided):
    # 12 places: R, one item of six, would have two of them
    assert not sections(judged(provided, min_expected=2.01), Finding)


def test_several_runs_are_put_in_order(provided):
    answer = judged(provided, "most-popular", "gr").answer
    # gr delivers c twice and b once: R is never shown
    assert "furthest from what users chose next in gr (" in answer or "nearest in gr (" in answer
    assert "1 of 3 groups never shown" in answer


def test_any_kind_of_label_can_stand_for_the_provider(provided):
    outcome = judged(provided, group_kind="category")
    (table,) = sections(outcome, Table)
    # x: a, half of b, f; y: half of b, c; z: d
    exposed = {"x": 1 + (1 + S) / 2 + 1, "y": (1 + S) / 2 + 1.5 + S, "z": 1.5 + S}
    assert {row[0]: row[1] for row in table.rows} == {"x": 2.5, "y": 1.5, "z": 1, "unknown": 1}
    per_item = {"x": exposed["x"] / 2.5, "y": exposed["y"] / 1.5, "z": exposed["z"]}
    ratio = next(m for m in sections(outcome, Measure) if m.name == "exposure_ratio")
    assert ratio.value == pytest.approx(min(per_item.values()) / max(per_item.values()))
    assert "here by category" in ratio.card.denominator
    assert ratio.n == 3


def test_head_and_long_tail_need_no_label(log):
    (table,) = sections(judged(log, group_kind="popularity"), Table)
    assert {row[0]: row[1] for row in table.rows} == {"head": 2, "long tail": 4}


def test_many_groups_show_their_ends_only(provided):
    (table,) = sections(judged(provided, n_groups=2), Table)
    assert [row[0] for row in table.rows] == ["Q", "unknown"]


def test_the_share_of_the_worst_off_follows_its_setting(provided):
    half = next(m for m in sections(judged(provided, worst_off=0.5), Measure) if m.name == "worst_off_share")
    # one and a half of three groups: R, and half of P
    assert half.value == pytest.approx((S + (2 + S) / 2) / (5 + 4 * S))
    assert half.card.label == "Worst-off 50% of groups hold@3"
    assert half.card.range.startswith("[0, 0.5]")


def test_compacted_ranks_move_items_up(provided):
    (table,) = sections(judged(provided, "gr", ranks="compacted"), Table)
    # u1's c and u4's c first, u2's b first
    assert {row[0]: row[3] for row in table.rows} == {"Q": 250.0, "P": 125.0, "R": 0.0, "unknown": 0.0}


def test_a_catalogue_without_providers_says_what_else_there_is(log):
    outcome = judged(log)
    assert isinstance(outcome, NotApplicable)
    assert "grouped by category, popularity: --set providers.group_kind=category" in outcome.reason


def test_one_group_is_nothing_to_compare(log):
    outcome = judged(log.providers(dict.fromkeys("abcdef", "P")))
    assert isinstance(outcome, NotApplicable)
    assert "same provider" in outcome.reason


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"group_kind": "brand"}, "grouped by category, provider, popularity")],
)
def test_a_grouping_that_is_not_there_is_an_error_that_names_what_is(provided, settings, said):
    outcome = judged(provided, **settings)
    assert isinstance(outcome, AuditFailure)
    assert said in outcome.error


@pytest.mark.parametrize("settings", [{"worst_off": 0.0}, {"worst_off": 1.5}, {"unequal": -1}, {"n_groups": 1}])
def test_settings_out_of_range_are_refused(provided, settings):
    from audits.errors import AuditError

    with pytest.raises(AuditError, match="do not fit"):
        judged(provided, **settings)
