"""Repeats: variance components and agreement of lists, by hand; and never a value where nothing was repeated."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.errors import AuditError
from audits.results import AuditResult, Finding, Measure, NotApplicable, Table
from audits.runner import run_audits
from audits.statistics.components import component_intervals, components
from audits.statistics.resampling import Resampling
from tests.audits.log_builder import LogBuilder, cleared, empty_log

CONNECTION = empty_log()


def logged(lists, targets=None, **facts) -> LogBuilder:
    """One run "r" whose users had nothing before; `lists` is user -> one list a repeat."""
    log = LogBuilder(connection=cleared(CONNECTION)).items({c: [] for c in "abcdefgh"})
    return log.users({u: [] for u in lists}, targets or {u: ["a"] for u in lists}).run("r", lists, **facts)


def judged(log, *runs, **settings) -> AuditResult:
    given = {"resamples": 1000, "metrics": "hit_rate", **settings}
    (outcome,) = run_audits(log.evidence(*(runs or ("r",))), ["repeats"], {"repeats": given})
    assert isinstance(outcome, AuditResult), outcome
    return outcome


def measured(outcome, name) -> Measure:
    (found,) = (s for s in outcome.sections if isinstance(s, Measure) and s.name == name)
    return found


def findings(outcome) -> list[Finding]:
    return [s for s in outcome.sections if isinstance(s, Finding)]


HIT, MISS = ["a", "b", "c"], ["d", "e", "f"]


def test_components_by_hand():
    # hits of the users: 1 1 0, 0 0 0, 1 1 1. Means 2/3, 0, 1; SSW = 3 * (2/3)(1/3) = 2/3 over 6 -> 1/9.
    # Grand mean 5/9; MSB = 3 ((1/9)^2 + (5/9)^2 + (4/9)^2) / 2 = 3 * 42/81 / 2 = 7/9; between (7/9 - 1/9) / 3 = 2/9.
    outcome = judged(logged({"u1": [HIT, HIT, MISS], "u2": [MISS] * 3, "u3": [HIT] * 3}))
    assert measured(outcome, "within_prompt_variance:hit_rate").value == pytest.approx(1 / 9)
    assert measured(outcome, "between_user_variance:hit_rate").value == pytest.approx(2 / 9)
    assert measured(outcome, "sampling_share:hit_rate").value == pytest.approx(1 / 3)
    (table,) = (s for s in outcome.sections if isinstance(s, Table))
    assert table.rows == (("r", 1, 3, 0.6667), ("r", 2, 3, 0.6667), ("r", 3, 3, 0.3333))
    once, ten = ((2 / 9 + 1 / 9 / n) ** 0.5 / 3**0.5 for n in (1, 10))
    assert f"{once:.4f} asked once, {ten:.4f} ten times" in table.note


def test_users_with_unequal_repeats_weigh_as_they_should():
    # values 1 0 | 1 1 1 1 | 0 0 0: N = 9, a = 3, SSW = .5 over 6, sums of squares over counts .5 + 4 + 0, total 5
    found = components(np.array([2.0, 4, 3]), np.array([1.0, 4, 0]), np.array([1.0, 4, 0]))
    within, outside = 0.5 / 6, (4.5 - 25 / 9) / 2
    size = (9 - (4 + 16 + 9) / 9) / 2
    assert found.within == pytest.approx(within)
    assert found.between == pytest.approx((outside - within) / size)


@given(st.lists(st.lists(st.floats(-5, 5), min_size=2, max_size=5), min_size=2, max_size=8))
def test_components_are_never_negative_and_the_share_lies_between_0_and_1(values):
    counts, sums, squares = np.array([(len(v), sum(v), sum(x * x for x in v)) for v in values], dtype=float).T
    found = components(counts, sums, squares)
    assert min(found.within, found.between) >= 0
    assert found.share is None or 0 <= found.share <= 1


def test_components_are_found_again_in_simulated_answers_and_both_intervals_agree():
    rng = np.random.default_rng(5)
    values = rng.normal(0, 2, (600, 1)) + rng.normal(0, 1, (600, 4))  # between 4, within 1
    moments = np.full(600, 4.0), values.sum(axis=1), (values**2).sum(axis=1)
    found = components(*moments)
    assert (found.between, found.within, found.share) == pytest.approx((4, 1, 0.2), rel=0.12)
    drawn = component_intervals(*moments, Resampling(resamples=1000))
    blocked = component_intervals(*moments, Resampling(resamples=1000, max_users=100))
    for truth, one, other in zip((4, 1, 0.2), drawn, blocked, strict=True):
        assert one.low < truth < one.high
        assert one.high - one.low == pytest.approx(other.high - other.low, rel=0.35)
    assert blocked[0].method == "jackknife over 100 blocks of users, seed 7"


def test_agreement_of_lists_by_hand():
    # abc bac: jaccard 1, top differs; RBO p .9: overlap 0 1 1 -> .1 (0 + .9 + .81) + .729
    outcome = judged(logged({"u1": [list("abc"), list("bac"), ["?", "?", "?"]]}))
    assert measured(outcome, "repeat_jaccard").value == pytest.approx(1 / 3)  # beside the empty answer, 0 twice
    assert measured(outcome, "repeat_same_top").value == 0.0
    assert measured(outcome, "repeat_rbo").value == pytest.approx((0.1 * (0.9 + 0.81) + 0.729) / 3)


def test_a_deterministic_run_agrees_with_itself_and_all_variance_is_between_users():
    outcome = judged(logged({f"u{i:02d}": [HIT if i % 2 else MISS] * 3 for i in range(30)}))
    for name in ("repeat_jaccard", "repeat_rbo", "repeat_same_top"):
        assert measured(outcome, name).value == 1.0
    assert measured(outcome, "within_prompt_variance:hit_rate").value == 0.0
    assert measured(outcome, "sampling_share:hit_rate").value == 0.0
    assert not findings(outcome)


def test_a_run_whose_answers_are_chance_is_a_finding():
    rng = np.random.default_rng(2)
    lists = {f"u{i:02d}": [HIT if rng.random() < 0.5 else MISS for _ in range(4)] for i in range(60)}
    outcome = judged(logged(lists))
    (finding,) = findings(outcome)
    assert "of the variance of one answer is chance" in finding.title
    share = measured(outcome, "sampling_share:hit_rate")
    assert share.interval.low > 0.5
    assert share.interval.low <= share.value <= share.interval.high


def test_failed_and_unscored_answers_are_left_out_and_counted():
    log = logged({"u1": [HIT, HIT, MISS], "u2": [HIT, MISS, HIT]})
    log.connection.execute("update store.requests set request_status = 'error' where request_id in ('u2:1', 'u2:2')")
    outcome = judged(log)
    assert (measured(outcome, "repeat_rbo").n, measured(outcome, "repeat_rbo").unscored) == (1, 1)
    assert "insufficient evidence: 1 users" in outcome.answer


def test_without_repeats_the_command_is_said():
    log = logged({"u1": [HIT], "u2": [HIT]})
    (outcome,) = run_audits(log.evidence("r"), ["repeats"])
    assert isinstance(outcome, NotApplicable)
    assert "`recaudit run r --dataset toy --users 2 --repeats 3`; a model samples" in outcome.reason
    twice = logged({"u1": [HIT, HIT]})
    assert isinstance(run_audits(twice.evidence("r"), ["repeats"])[0], NotApplicable)
    assert isinstance(run_audits(twice.evidence("r"), ["repeats"], {"repeats": {"min_repeats": 2}})[0], AuditResult)


def test_runs_without_repeats_are_named_beside_one_with():
    log = logged({"u1": [HIT, HIT, MISS], "u2": [HIT] * 3}).run("once", {"u1": HIT})
    outcome = judged(log, "r", "once")
    (finding,) = (f for f in findings(outcome) if f.title == "Not judged: once")
    assert "--repeats 3" in finding.detail


def test_every_shown_query_gives_the_shown_number():
    log = logged({f"u{i}": [HIT, HIT if i % 3 else MISS, MISS if i % 2 else list("bca")] for i in range(12)})
    outcome = judged(log, metrics="hit_rate, ndcg")
    checked = 0
    for section in outcome.sections:
        if isinstance(section, Finding):
            continue
        cursor = log.connection.execute(section.sql)
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        checked += 1
        if isinstance(section, Measure):
            assert rows[0]["measured"] == pytest.approx(section.value)
            assert rows[0]["n_users"] == section.n
        else:
            assert tuple(tuple(row.values()) for row in rows) == section.rows
    assert checked == 3 + 2 * 4


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"min_repeats": 1}, "min_repeats"), ({"rbo_p": 1.0}, "rbo_p"), ({"metrics": "coverage"}, "no value a request"),
        ({"metrics": ""}, "names no metric"), ({"resamples": 5}, "resamples"),
    ],
)  # fmt: skip
def test_settings_that_do_not_fit_are_refused(settings, said):
    with pytest.raises(AuditError, match=said):
        run_audits(logged({"u1": [HIT] * 3}).evidence("r"), ["repeats"], {"repeats": settings})
