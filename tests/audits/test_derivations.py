"""Derived rows are made once, and again only when what makes them or the run has changed."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import pytest

from audits import derivations, runner
from audits.audit import Audit
from audits.derivations import Derivation, Job, bring_up_to_date, stale_runs
from audits.evidence import Evidence, open_evidence
from audits.results import AuditFailure, AuditResult, NotApplicable
from audits.runner import prepare_audits, run_audits
from engine.home import Home
from engine.runlog.derived import SCHEMAS, derived_stamp
from engine.runlog.index import RunLog
from engine.runlog.journal import JournalWriter, journal_path
from tests.runlog.runlog_builders import answer, write_run

made: list[tuple[str, dict[str, str]]] = []


def derive(job: Job) -> pa.Table:
    """One claim a rationale, and a note of every call."""
    made.append((job.run_id, dict(job.options)))
    rows = job.connection.execute(
        "select request_id, slot_rank, rationale from rationales where run_id = ?", [job.run_id]
    ).fetchall()
    known = {
        "claim_index": 0,
        "origin": "rationale",
        "claim_kind": "fact",
        "verdict": "unscored",
        "evidence_kind": "none",
    }
    claims = [{"request_id": request, "slot_rank": rank, "sentence": text, **known} for request, rank, text in rows]
    return pa.Table.from_pylist(claims, schema=SCHEMAS["claims"])


def derive_as_a_judge(job: Job) -> pa.Table:
    """As a checkpoint in a folder judges: it tells the digest of its weights."""
    weights = Path(job.options["judge"].partition(":")[2]) / "model.safetensors"
    job.told["judge_digest"] = hashlib.sha256(weights.read_bytes()).hexdigest()
    return derive(job)


def crash(job: Job) -> pa.Table:
    raise ZeroDivisionError("by nothing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reads(Audit):
    judge: str = ""

    name: ClassVar[str] = "reads"
    title: ClassVar[str] = "Reads"
    question: ClassVar[str] = "What is there?"
    version: ClassVar[int] = 1
    needs: ClassVar[frozenset[str]] = frozenset({"claims"})
    derives: ClassVar[tuple[str, ...]] = ("claims",)

    def derive_options(self) -> dict[str, str]:
        return {"judge": self.judge}

    def run(self, evidence: Evidence) -> AuditResult | NotApplicable:
        return NotApplicable(audit=self.name, question=self.question, run_ids=evidence.run_ids, reason="read")


@pytest.fixture
def log(tmp_path, monkeypatch):
    made.clear()
    given(monkeypatch, "derive")
    monkeypatch.setattr(runner, "find_audit", lambda name: {"reads": Reads}[name])
    write_run(Home(tmp_path), "one", 3)
    write_run(Home(tmp_path), "two", 2, ended=False)
    return RunLog(Home(tmp_path))


def given(monkeypatch, function: str, version: int = 1) -> None:
    entry = f"{__name__}:{function}"
    monkeypatch.setitem(derivations.DERIVATIONS, "claims", Derivation(table="claims", version=version, entry=entry))


def test_rows_are_derived_once(log):
    assert bring_up_to_date(log, ["one", "two", "nowhere"], "claims") == ("one", "two")
    assert bring_up_to_date(log, ["one", "two"], "claims") == ()
    assert made == [("one", {}), ("two", {})]
    assert log.query("select run_id, count(*) as n from claims group by run_id order by run_id").values.tolist() == [
        ["one", 3], ["two", 2],
    ]  # fmt: skip


def test_a_longer_journal_is_derived_again(log):
    bring_up_to_date(log, ["one", "two"], "claims")
    with JournalWriter(journal_path(log.home, "two")) as journal:
        journal.append([answer(2)])
    assert bring_up_to_date(log, ["one", "two"], "claims") == ("two",)
    assert log.query("select count(*) as n from claims where run_id = 'two'")["n"][0] == 3


def test_another_version_is_derived_again(log, monkeypatch):
    bring_up_to_date(log, ["one"], "claims")
    given(monkeypatch, "derive", version=2)
    assert bring_up_to_date(log, ["one"], "claims") == ("one",)
    assert derived_stamp(log.home, "claims", "one").producer == "claims 2"  # type: ignore[union-attr]


def test_an_option_that_is_not_named_leaves_the_rows_as_they_are(log):
    judged = {"judge": "embedded"}
    assert bring_up_to_date(log, ["one"], "claims", judged) == ("one",)
    assert derived_stamp(log.home, "claims", "one").producer == "claims 1; judge=embedded"  # type: ignore[union-attr]
    for options, again in (({}, ()), ({"judge": ""}, ()), (judged, ()), ({"judge": "none"}, ("one",)), ({}, ())):
        assert bring_up_to_date(log, ["one"], "claims", options) == again


def checkpoint(folder: Path, weights: bytes) -> str:
    """Put weights into a checkpoint's folder, and return their digest."""
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(weights)
    os.utime(folder / "model.safetensors", ns=(len(weights), len(weights)))
    return hashlib.sha256(weights).hexdigest()


def test_other_weights_in_the_judges_folder_judge_again(log, monkeypatch, tmp_path):
    given(monkeypatch, "derive_as_a_judge")
    folder = tmp_path / "judge"
    for name in (f"nli:{folder}", f"hf:{folder}", f"encoder:{folder}"):
        options = {"judge": name}
        first = checkpoint(folder, b"some")
        assert bring_up_to_date(log, ["one"], "claims", options) == ("one",)
        assert bring_up_to_date(log, ["one"], "claims", options) == ()
        assert f"; judge_digest={first}" in derived_stamp(log.home, "claims", "one").producer  # type: ignore[union-attr]
        second = checkpoint(folder, b"others")
        assert stale_runs(log, ["one"], "claims") == ()  # no judge is named: as was last derived
        assert stale_runs(log, ["one"], "claims", options) == ("one",)
        assert bring_up_to_date(log, ["one"], "claims", options) == ("one",)
        assert f"; judge_digest={second}" in derived_stamp(log.home, "claims", "one").producer  # type: ignore[union-attr]
        assert bring_up_to_date(log, ["one"], "claims", options) == ()
        (folder / "model.safetensors").unlink()  # what it holds is not known now: rows are kept
        assert bring_up_to_date(log, ["one"], "claims", options) == ()


def test_progress_ends_where_the_last_run_begins(log):
    seen: list[tuple[str, float]] = []
    bring_up_to_date(log, ["one", "two"], "claims", progress=lambda what, share: seen.append((what, share)))
    assert seen == [("claims of one: reading", 0.0), ("claims of two: reading", 0.5)]


def test_an_audit_has_its_rows_before_it_runs(log):
    assert prepare_audits(log, ["one"], ["reads"], {"reads": {"judge": "embedded"}}) == {}
    assert made == [("one", {"judge": "embedded"})]
    with log.connect() as connection:
        (outcome,) = run_audits(open_evidence(connection, ["one"]), ["reads"])
    assert isinstance(outcome, NotApplicable)
    assert outcome.reason == "read"


def test_a_crash_while_deriving_is_the_audits_failure(log, monkeypatch):
    given(monkeypatch, "crash")
    failed = prepare_audits(log, ["one"], ["reads"])
    assert "ZeroDivisionError: by nothing (test_derivations.py" in failed["claims"]
    with log.connect() as connection:
        (outcome,) = run_audits(open_evidence(connection, ["one"]), ["reads"], not_derived=failed)
    assert isinstance(outcome, AuditFailure)
    assert outcome.error == failed["claims"]
