"""The four audits on logs made by hand: answers, gates, findings, edge cases, and SQL that gives the number."""

from __future__ import annotations

import numpy as np
import pytest

from audits.headline import headline
from audits.results import (
    AuditFailure,
    AuditResult,
    Breakdown,
    Comparison,
    Finding,
    Measure,
    NotApplicable,
    Severity,
    Table,
    Waterfall,
)
from audits.runner import run_audits
from audits.serialise import outcomes_from_json, outcomes_to_json
from tests.audits.log_builder import LogBuilder

FEW = {"accuracy": {"resamples": 1000}, "hallucination": {"resamples": 1000}, "coverage": {"resamples": 1000}}


def of_kind(outcome, kind):
    assert isinstance(outcome, AuditResult), outcome
    return [section for section in outcome.sections if isinstance(section, kind)]


def crowd(n=240, better="m", k=2) -> LogBuilder:
    """Many users of two sizeable genders and a few unknown; the better served find their item at rank 1."""
    users = [f"u{i:03d}" for i in range(n)]
    gender = {u: None if i % 24 == 0 else "fm"[i % 2] for i, u in enumerate(users)}
    lists = {u: ["t", "b"] if gender[u] == better and i % 10 else ["b", "c"] for i, u in enumerate(users)}
    return (
        LogBuilder()
        .items({c: [] for c in "abct"})
        .providers({"a": "P", "b": "P", "c": "Q", "t": "Q"})
        .users({u: ["a"] for u in users}, {u: ["t"] for u in users}, {u: {"gender": gender[u]} for u in users})
        .run("most-popular", {u: ["b", "t"] if i % 4 == 0 else ["b", "c"] for i, u in enumerate(users)}, k=k)
        .run("gr", lists, k=k)
        .claims(
            "gr",
            [
                {"request_id": f"{u}:0", "verdict": "contradicted" if i % 5 else "supported"}
                for i, u in enumerate(users)
            ],
        )
    )


@pytest.fixture(scope="module")
def crowded():
    return crowd()


@pytest.fixture(scope="module")
def judged(crowded):
    evidence = crowded.evidence()
    return {outcome.audit: outcome for outcome in run_audits(evidence, settings=FEW)}


def test_every_shown_query_gives_the_shown_number(crowded, judged):
    n_checked = 0
    for outcome in judged.values():
        for section in outcome.sections:
            if not isinstance(section, (Measure, Comparison, Breakdown, Waterfall, Table)):
                continue
            if not section.sql:
                assert section.value is None
                assert "which the log does not hold" in section.note or "text vectors" in section.note
                continue
            cursor = crowded.connection.execute(section.sql)
            names = [column[0] for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            n_checked += 1
            if isinstance(section, Measure):
                found = rows[0]["measured"] if rows else None
                assert found == (section.value if section.value is None else pytest.approx(section.value, rel=1e-12))
                assert section.value is None or section.n == rows[0].get("n_users", rows[0].get("n_units"))
            elif isinstance(section, Comparison):
                assert rows[0]["measured"] == pytest.approx(section.difference, rel=1e-9, abs=1e-12)
                assert rows[0]["n_users"] == section.n
            elif isinstance(section, Breakdown):
                by_hand = {row["group_1"]: row for row in rows}
                for group in section.groups:
                    assert by_hand[group.labels[0]]["measured"] == pytest.approx(group.value)
                    assert by_hand[group.labels[0]]["n_users"] == group.n
            elif isinstance(section, Waterfall):
                assert [rows[0][name] for name in names[1:]] == [stage.remaining for stage in section.stages]
            else:
                assert tuple(tuple(row.values()) for row in rows) == section.rows
    assert n_checked > 40


def test_accuracy_compares_with_the_most_popular_run(judged):
    comparisons = of_kind(judged["accuracy"], Comparison)
    assert {(c.run_id, c.reference_run_id) for c in comparisons} == {("gr", "most-popular")}
    hit_rate = next(c for c in comparisons if c.card.name == "hit_rate")
    assert hit_rate.verdict == "higher"
    assert hit_rate.correction == "Holm over 3 comparisons"
    assert hit_rate.interval.low > 0
    assert hit_rate.n == 240
    assert "gr ranks best" in judged["accuracy"].answer
    assert not [f for f in of_kind(judged["accuracy"], Finding) if f.severity is Severity.MEDIUM]


def test_a_group_that_is_served_worse_is_a_finding_of_high_severity(judged):
    (finding,) = (f for f in of_kind(judged["fairness"], Finding) if f.run_id == "gr")
    assert finding.severity is Severity.HIGH
    assert "serves f" in finding.title
    assert finding.request_ids
    breakdown = next(b for b in of_kind(judged["fairness"], Breakdown) if b.run_id == "gr")
    unknown = next(g for g in breakdown.groups if g.labels == ("unknown",))
    assert (unknown.n, unknown.sufficient) == (10, False)
    assert breakdown.gap == pytest.approx(max(g.value for g in breakdown.groups) - 0)


def test_the_headline_repeats_the_audits(crowded, judged):
    line = headline(list(judged.values()), crowded.evidence().runs)
    gr = next(row for row in line.runs if row.run.run_id == "gr")
    assert gr.delivered.value == 1.0
    assert gr.invented.value == 0.0
    assert gr.accuracy.name == "ndcg"
    assert gr.against_reference.verdict == "higher"
    assert gr.widest_gap.attributes == ("gender",)
    severities = [list(Severity).index(f.severity) for f in line.findings]
    assert severities == sorted(severities)
    assert not line.unjudged


def test_outcomes_survive_json_exactly(judged):
    outcomes = [
        *judged.values(),
        NotApplicable(audit="a", question="q", run_ids=("r",), reason="none"),
        AuditFailure(audit="a", question="q", run_ids=(), error="broke"),
    ]
    assert outcomes_from_json(outcomes_to_json(outcomes)) == outcomes


def test_the_waterfall_adds_up_and_names_where_slots_are_lost(log):
    (outcome,) = run_audits(log.evidence("gr"), ["hallucination"], FEW)
    (waterfall,) = of_kind(outcome, Waterfall)
    lost = {stage.name: stage.lost for stage in waterfall.stages}
    assert lost == {
        "requested": 0, "answered": 3, "given": 1, "parsed": 0, "in_catalogue": 3, "not_consumed": 1,
        "not_duplicate": 1, "delivered": 0,
    }  # fmt: skip
    assert waterfall.stages[0].remaining - sum(lost.values()) == waterfall.stages[-1].remaining == 3
    (table,) = of_kind(outcome, Table)
    assert table.rows[0][:2] == ("Nope", 2)
    assert table.columns[3] == "request_id"
    first = next(f for f in of_kind(outcome, Finding) if f.measure == "out_of_catalogue_share")
    assert first.severity is Severity.MEDIUM  # of four users: the interval begins at 0
    assert set(first.request_ids) == {"u1:0", "u2:0"}


@pytest.mark.parametrize(("decoding", "said"), [("choices", "invention was impossible"), ("free", "Decoding: free.")])
def test_the_decoding_mode_is_said(log, decoding, said):
    log.connection.execute(
        "insert into store.generations (run_id, request_id, generation_index, purpose, gen_ai_request_model, "
        "gen_ai_request_temperature, gen_ai_input_messages, gen_ai_output_text, gen_ai_response_finish_reason, "
        "decoding, batch_size) values ('gr', 'u1:0', 0, 'recommend', 'm', 0, '[]', '', 'stop', ?, 1)",
        [decoding],
    )
    (outcome,) = run_audits(log.evidence("gr"), ["hallucination"], FEW)
    assert said in outcome.answer


def test_different_protocols_are_not_compared_silently(log):
    log.run("sampled", {"u1": ["c", "d", "f"]}, candidate_protocol="sampled:99")
    (outcome,) = run_audits(log.evidence("most-popular", "sampled"), ["accuracy"], FEW)
    assert not of_kind(outcome, Comparison)
    (finding,) = of_kind(outcome, Finding)
    assert "Not compared" in finding.title
    assert finding.detail == "Because the candidate protocol differs (sampled:99 against full)."
    assert "different candidate protocols" in outcome.answer


def test_runs_of_other_users_are_compared_on_common_ones_and_that_is_said(log):
    log.run("part", {"u1": ["c", "d", "f"]})
    (outcome,) = run_audits(log.evidence("most-popular", "part"), ["accuracy"], FEW)
    comparison = of_kind(outcome, Comparison)[0]
    assert (comparison.n, comparison.verdict) == (1, "insufficient evidence")
    assert any("1 common user" in f.title for f in of_kind(outcome, Finding))


EDGES = {
    "one user": {"u1": ["c", "d", "f"]},
    "nothing delivered": {"u1": ["?", "?", "?"], "u2": ["~", "!no", "?"]},
    "all failed": {"u1": None, "u2": None},
    "no targets": {"u4": ["c", "d", "e"]},
    "no request": {},
}


@pytest.mark.parametrize("name", EDGES)
def test_edges_give_outcomes_and_never_a_crash(log, name):
    log.run("edge", EDGES[name], recommender="edge")
    outcomes = {o.audit: o for o in run_audits(log.evidence("edge"), settings=FEW)}
    assert not [o for o in outcomes.values() if isinstance(o, AuditFailure)]
    assert outcomes_from_json(outcomes_to_json(list(outcomes.values()))) == list(outcomes.values())
    if name in ("no targets", "no request"):
        assert isinstance(outcomes["accuracy"], NotApplicable)
    if name == "all failed":
        ndcg = next(m for m in of_kind(outcomes["accuracy"], Measure) if m.name == "ndcg")
        assert (ndcg.value, ndcg.n) == (0.0, 2)
        assert next(m for m in of_kind(outcomes["hallucination"], Measure) if m.name == "delivered_share").value == 0.0
    if name == "nothing delivered":
        gini = next(m for m in of_kind(outcomes["coverage"], Measure) if m.name == "gini")
        assert (gini.value, gini.interval) == (None, None)
        assert gini.note
    if name == "one user":
        ndcg = next(m for m in of_kind(outcomes["accuracy"], Measure) if m.name == "ndcg")
        assert (ndcg.value, ndcg.interval, ndcg.note) == (1.0, None, "No interval: only one user.")


def test_unknown_groups_only_gives_no_verdict():
    log = crowd()
    log.connection.execute("update store.user_attributes set attribute_value = null where user_id <> 'u001'")
    (outcome,) = run_audits(log.evidence("gr"), ["fairness"])
    breakdowns = of_kind(outcome, Breakdown)
    assert {b.card.name for b in breakdowns} == {"ndcg", "delivered_share", "out_of_catalogue_share", "coverage"}
    assert all(g.suppressed for b in breakdowns for g in b.groups)  # one known person would be found by subtraction
    assert "Insufficient evidence" in outcome.answer


def test_no_interval_or_value_is_ever_nan(judged):
    for outcome in judged.values():
        for m in of_kind(outcome, Measure):
            numbers = [m.value, *((m.interval.low, m.interval.high) if m.interval else ())]
            assert not [x for x in numbers if x is not None and not np.isfinite(x)]
