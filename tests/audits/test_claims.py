"""The audit of claims on a log whose numbers are worked out by hand."""

from __future__ import annotations

import hashlib

import pytest

from audits.errors import AuditError
from audits.measuring import measure
from audits.metrics.catalogue import find_metric
from audits.results import AuditResult, Finding, Measure, NotApplicable, Severity, Table
from audits.runner import run_audits
from audits.statistics.resampling import Resampling
from tests.audits.log_builder import LogBuilder

QUICK = {"claims": {"resamples": 1000}}
JUDGED = {"evidence_kind": "judge", "evidence": "embedded answers yes"}


def spoken() -> LogBuilder:
    """Two users: 4 rationales of 6 sentences with 7 claims, and 3 claims in steps; a third user hears nothing."""
    one, two = {"request_id": "u1:0"}, {"request_id": "u2:0", "sentence": "E."}
    history = {"claim_kind": "history", "relation": "in_history", "claimed_value": "Heat", "evidence_kind": "history"}
    step = {"origin": "step", "slot_rank": None, "step_index": 0, "sentence": "S."}
    no, unknown, unscored = ({"verdict": name} for name in ("contradicted", "unverifiable", "unscored"))
    nothing = {"relation": None, "claimed_value": None, "evidence_kind": "none", "evidence": None, **unscored}
    return (
        LogBuilder()
        .items({c: ["x"] for c in "abc"})
        .users({"u1": ["a"], "u2": ["a"], "u3": ["a"]}, {"u1": ["b"], "u2": ["b"], "u3": ["b"]})
        .run("r", {u: ["b", "c", "?"] for u in ("u1", "u2", "u3")})
        .run("silent", {u: ["b", "c", "?"] for u in ("u1", "u2", "u3")})
        .claims(
            "r",
            [
                {**one, "sentence": "A."},
                {**one, "sentence": "A.", "relation": "created_by", **no, "evidence": "creator: Y"},
                {**one, "sentence": "B.", **nothing},
                {**one, "slot_rank": 2, "sentence": "C.", **history, **no},
                {**one, "slot_rank": 2, "sentence": "C.", **history, "relation": "taste", **unknown},
                {**one, "slot_rank": 3, "sentence": "D."},
                {**two, **history},
                {**two, "sentence": "F.", **history, "claimed_value": "not Heat", **no},
                {**two, **step, **no},
                {**two, **step, **JUDGED},
                {**two, **step, **JUDGED, **unscored},
            ],
        )
    )


@pytest.fixture(scope="module")
def log():
    return spoken()


@pytest.mark.parametrize(
    ("name", "part", "whole"),
    [
        ("supported_claim_share", 4, 10),
        ("contradicted_claim_share", 4, 10),
        ("unverifiable_claim_share", 1, 10),
        ("unscored_claim_share", 1, 10),
        ("checkable_claim_share", 8, 10),
        ("judged_claim_share", 1, 10),
        ("fabricated_attribute_rate", 2, 5),
        ("fabricated_in_steps_rate", 1, 2),
        # "not Heat" says that the user did not have it: nothing is ascribed to the user
        ("history_misattribution_rate", 1, 2),
        ("contradicted_rationale_share", 3, 4),
        ("claims_per_rationale", 7, 4),
        ("unread_sentence_share", 1, 6),
    ],
)
def test_worked_out_by_hand(log, name, part, whole):
    found = measure(log.evidence("r"), find_metric(name), Resampling(resamples=1000))[0]
    assert found.value == pytest.approx(part / whole, abs=1e-12)
    assert found.n == whole
    row = log.connection.execute(found.sql).fetchdf().iloc[0]
    assert row["measured"] == pytest.approx(found.value, abs=1e-12)


def judged(log: LogBuilder, *run_ids: str, **settings: object) -> AuditResult:
    (outcome,) = run_audits(log.evidence(*run_ids), ["claims"], {"claims": {"resamples": 1000, **settings}})
    assert isinstance(outcome, AuditResult), outcome
    return outcome


def test_each_contradicted_claim_is_shown_with_the_row_that_excludes_it(log):
    tables = [s for s in judged(log, "r").sections if isinstance(s, Table)]
    wrong = next(t for t in tables if "contradicted" in t.title)
    rows = [dict(zip(wrong.columns, row, strict=True)) for row in wrong.rows]
    assert len(rows) == 4
    assert next(r for r in rows if r["relation"] == "created_by")["evidence"] == "creator: Y"
    assert all(r["evidence"] for r in rows)
    assert log.connection.execute(wrong.sql).fetchall() == list(wrong.rows)


def test_verdicts_by_relation_add_up(log):
    table = next(s for s in judged(log, "r").sections if isinstance(s, Table) and "relation" in s.title)
    by_name = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    assert sum(row["n_claims"] for row in by_name) == 10
    for row in by_name:
        verdicts = ("n_supported", "n_contradicted", "n_unverifiable", "n_unscored")
        assert sum(row[name] for name in verdicts) == row["n_claims"]


def test_too_much_that_is_wrong_is_a_finding_that_leads_to_its_requests(log):
    found = {f.measure: f for f in judged(log, "r").sections if isinstance(f, Finding)}
    assert found["fabricated_attribute_rate"].severity is Severity.HIGH
    assert found["history_misattribution_rate"].severity is Severity.MEDIUM  # of one user: no interval
    assert found["history_misattribution_rate"].request_ids == ("u1:0",)
    low = [s for s in judged(log, "r", fabricated_high=0.5, misattributed_high=0.5).sections if isinstance(s, Finding)]
    assert {f.severity for f in low if f.measure.endswith("_rate")} == {Severity.LOW}


def test_verdicts_of_a_judge_are_said_to_be_its_own():
    log = spoken()
    log.connection.execute("update store.derived_files set producer = 'claims 2; judge=ollama:x' where run_id = 'r'")
    (said,) = (s for s in judged(log, "r").sections if isinstance(s, Finding) and s.measure == "judged_claim_share")
    assert said.title.startswith("10% [")
    assert "Judge: ollama:x. Its weights are not recorded." in said.detail
    log.connection.execute("update store.claims set evidence_kind = 'catalogue' where evidence_kind = 'judge'")
    assert not [s for s in judged(log, "r").sections if getattr(s, "measure", "") == "judged_claim_share"]


def test_verdicts_say_whose_weights_they_are_of(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    now = hashlib.sha256(b"weights").hexdigest()
    log, told = spoken(), {}
    for name, digest in ((f"nli:{tmp_path}", now), (f"nli:{tmp_path}", "0" * 64), ("nli:some/where", "0" * 64)):
        log.connection.execute(
            "update store.derived_files set producer = ? where run_id = 'r'",
            [f"claims 3; judge={name}; judge_digest={digest}"],
        )
        (said,) = (s for s in judged(log, "r").sections if isinstance(s, Finding) and s.measure == "judged_claim_share")
        told[name, digest] = said.detail.partition(". ")[2]
    as_they_are, changed, not_known = told.values()
    assert as_they_are.startswith("Its verdicts count")
    assert changed.startswith(f"It has other weights now ({now[:12]}): with claims.judge=nli:{tmp_path}")
    assert not_known.startswith("Whether it has other weights now is not known here")
    assert "until they are derived again" in not_known


@pytest.mark.parametrize("judge", ["", "none", "ollama:x", "nli:x"])
@pytest.mark.parametrize("value", ["5", "0.5", "-1", "nan"])
def test_a_threshold_that_is_no_probability_is_refused(log, judge, value):
    with pytest.raises(AuditError, match=r"judge_unverifiable.*at most 1"):
        judged(log, "r", judge=judge, judge_unverifiable=value)


@pytest.mark.parametrize("judge", ["", "none", "ollama:x"])
def test_thresholds_that_would_do_nothing_are_refused_with_what_to_do(log, judge):
    with pytest.raises(AuditError, match=r"change nothing without a classifier.*claims\.judge=nli:"):
        judged(log, "r", judge=judge, judge_supported="0.9")
    assert judged(log, "r", judge=judge, judge_supported="0.8").settings
    assert judged(log, "r", judge="nli:x", judge_supported="0.9").settings


def test_what_cannot_be_read_is_said(log):
    found = [s for s in judged(log, "r", unread_low=0.1).sections if isinstance(s, Finding)]
    assert any(f.measure == "unread_sentence_share" for f in found)


def test_a_run_that_gives_no_reasons_is_unscored_beside_one_that_does(log):
    taken = [s for s in judged(log, "r", "silent").sections if isinstance(s, Measure) and s.run_id == "silent"]
    assert taken
    assert all(m.value is None and m.note for m in taken)
    (outcome,) = run_audits(log.evidence("silent"), ["claims"], QUICK)
    assert isinstance(outcome, NotApplicable)
