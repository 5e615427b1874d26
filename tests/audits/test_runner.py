"""Running audits: one crash loses no other, unmet needs are said, settings are checked first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pytest

from audits import discovery
from audits.audit import Audit
from audits.checks.accuracy import Accuracy
from audits.errors import AuditError
from audits.evidence import Evidence
from audits.results import AuditFailure, AuditResult, NotApplicable
from audits.runner import run_audits
from audits.settings import configured, read_settings, settings_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken(Audit):
    name: ClassVar[str] = "broken"
    title: ClassVar[str] = "Broken"
    question: ClassVar[str] = "Does it break?"
    version: ClassVar[int] = 1
    needs: ClassVar[frozenset[str]] = frozenset()

    def run(self, evidence: Evidence) -> AuditResult | NotApplicable:
        raise ZeroDivisionError("by nothing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rare(Broken):
    name: ClassVar[str] = "rare"
    routine: ClassVar[bool] = False


def test_a_crash_is_a_record_and_the_others_run(log, monkeypatch):
    audits = {"broken": Broken, "rare": Rare, **discovery.find_audits()}
    monkeypatch.setattr(discovery, "find_audits", lambda: audits)
    outcomes = {o.audit: o for o in run_audits(log.evidence())}
    assert isinstance(outcomes["broken"], AuditFailure)
    assert "ZeroDivisionError: by nothing (test_runner.py" in outcomes["broken"].error
    assert isinstance(outcomes["accuracy"], AuditResult)
    assert set(outcomes) == {name for name, audit in audits.items() if audit.routine}


def test_what_is_no_routine_is_run_when_named(log, monkeypatch):
    monkeypatch.setattr(discovery, "find_audits", lambda: {"broken": Broken, "rare": Rare})
    assert [o.audit for o in run_audits(log.evidence())] == ["broken"]
    assert [o.audit for o in run_audits(log.evidence(), ["rare"])] == ["rare"]


def test_unmet_needs_are_not_applicable_with_the_reason(log):
    log.connection.execute("delete from store.user_attributes")
    (outcome,) = run_audits(log.evidence(), ["fairness"])
    assert isinstance(outcome, NotApplicable)
    assert "user attributes" in outcome.reason


def test_unknown_names_are_refused_before_anything_runs(log):
    with pytest.raises(AuditError, match="accuracy"):
        run_audits(log.evidence(), ["acuracy"])
    with pytest.raises(AuditError, match="resamples"):
        run_audits(log.evidence(), settings={"accuracy": {"resample": 1}})
    with pytest.raises(AuditError, match="no audit named"):
        run_audits(log.evidence(), ["accuracy"], settings={"acuracy": {}})


def test_a_user_error_within_an_audit_is_said_plainly(log):
    (outcome,) = run_audits(log.evidence(), ["accuracy"], {"accuracy": {"k": "50"}})
    assert isinstance(outcome, AuditFailure)
    assert "more than the 3 items" in outcome.error
    (outcome,) = run_audits(log.evidence(), ["fairness"], {"fairness": {"by": "hair"}})
    assert "no attribute 'hair'" in outcome.error


def test_settings_are_read_as_their_types():
    settings = read_settings(["accuracy.k=5", "accuracy.metrics=ndcg, mrr", "accuracy.alpha=0.01", "accuracy.k=none"])
    audit = configured(Accuracy, settings["accuracy"])
    assert (audit.k, audit.metrics, audit.alpha) == (None, ("ndcg", "mrr"), 0.01)
    assert dict(settings_of(audit))["metrics"] == "ndcg, mrr"


@pytest.mark.parametrize("text", ["accuracy", "accuracy.k", "k=3", "=", ".=1"])
def test_settings_of_another_form_are_refused(text):
    with pytest.raises(AuditError, match=r"audit\.setting=value"):
        read_settings([text])


@pytest.mark.parametrize(("name", "value"), [("resamples", "many"), ("correction", "bonferroni"), ("k", "1.5")])
def test_values_that_do_not_fit_are_refused(name, value):
    with pytest.raises(AuditError, match="does not fit"):
        configured(Accuracy, {name: value})
