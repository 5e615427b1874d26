"""`recaudit audit` and `recaudit compare` over a real log: journals, index, locked-down SQL."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from rich.console import Console
from typer.testing import CliRunner

from audits.errors import AuditError
from audits.results import AuditFailure, AuditResult, Finding, NotApplicable, Severity, Table
from audits.serialise import outcomes_from_json
from dashboard.cli.main import build
from dashboard.render import terminal
from engine.errors import LogError
from engine.home import Home
from engine.runlog.index import RunLog
from engine.runlog.sandbox import run_query
from tests.dashboard.log_fixture import stored, write_demo_log, write_run


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    root = tmp_path_factory.mktemp("audits")
    home = Home(root / "home")
    write_demo_log(home, root / "files", n_users=40)
    write_run(home, stored(home), "item-knn", run_id="short-run", label="short", k=3, status="cancelled")
    return home


@pytest.fixture
def recaudit(home, monkeypatch):
    monkeypatch.setenv("RECAUDIT_HOME", str(home.root))
    monkeypatch.setenv("COLUMNS", "160")
    return lambda *words: CliRunner().invoke(build(), list(words))


def test_it_prints_answers_with_intervals_and_n(recaudit):
    done = recaudit("audit")
    assert done.exit_code == 0, done.output
    for text in ("accuracy: Which run", "hallucination: Is what", "NDCG@5", "40 users", "Holm over 12 comparisons"):
        assert text in done.output
    assert "Where the slots of zero-shot are lost" in done.output
    assert "insufficient evidence" in done.output


def test_only_what_is_asked_for(recaudit):
    done = recaudit("audit", "--run", "zero-shot", "--audit", "fairness", "--by", "gender+age_band", "--json")
    (outcome,) = outcomes_from_json(done.stdout)
    assert outcome.audit == "fairness"
    assert outcome.sections[0].attributes == ("gender", "age_band")


def test_every_shown_query_runs_in_the_locked_down_sql_and_gives_the_number(recaudit, home):
    done = recaudit(
        "audit", "--json", "--set", "accuracy.resamples=1000", "--run", "zero-shot", "--run", "most-popular"
    )
    outcomes = outcomes_from_json(done.stdout)
    judged = [o for o in outcomes if isinstance(o, AuditResult)]
    sections = [s for o in judged for s in o.sections if getattr(s, "value", None) is not None and s.sql]
    assert len(sections) > 40
    for section in sections:
        result = run_query(RunLog(home), section.sql)
        measured = dict(zip(result.columns, result.rows[0], strict=True))["measured"]
        number = section.difference if hasattr(section, "difference") else section.value
        assert measured == pytest.approx(number, rel=1e-9, abs=1e-12)


def test_show_sql_prints_the_queries(recaudit):
    done = recaudit("audit", "--show-sql", "--audit", "hallucination", "--run", "zero-shot")
    assert "-- Delivered slots, zero-shot" in done.output
    assert "as n_requested" in done.output


def test_settings_and_a_failure_give_exit_code_1(recaudit):
    done = recaudit("audit", "--audit", "accuracy", "--set", "accuracy.k=50")
    assert done.exit_code == 1
    assert "more than the 5 items" in done.output
    assert isinstance(recaudit("audit", "--set", "accuracy.k").exception, AuditError)
    assert isinstance(recaudit("audit", "--audit", "acuracy").exception, AuditError)
    assert isinstance(recaudit("audit", "--run", "nope").exception, LogError)


@pytest.mark.parametrize(
    "wrong",
    ["accuracy.resamples=10", "coverage.level=1.5", "fairness.resamples=9"],
)
def test_settings_without_an_interval_are_refused_before_anything_runs(recaudit, wrong):
    refused = recaudit("audit", wrong.partition(".")[0], "--set", wrong).exception
    assert isinstance(refused, AuditError)
    assert "do not fit" in str(refused)


def test_a_cohort_by_an_attribute_that_nobody_has_is_refused(recaudit):
    refused = recaudit("audit", "accuracy", "--where", "shoe_size=44").exception
    assert isinstance(refused, AuditError)
    assert "shoe_size" in str(refused)
    assert "gender" in str(refused)


def test_a_report_that_cannot_be_written_is_refused_before_the_audits(recaudit, tmp_path, monkeypatch):
    monkeypatch.setattr("dashboard.cli.audit.audited", lambda *_: pytest.fail("the audits ran"))
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.html").mkdir()
    for out in (tmp_path / "file" / "r.html", tmp_path / "folder.html"):
        refused = recaudit("report", "--out", str(out)).exception
        assert isinstance(refused, AuditError)
        assert "cannot be written" in str(refused)


def test_one_run_is_not_said_to_be_the_most_of_several(recaudit):
    alone = recaudit("audit", "coverage", "hallucination", "--run", "zero-shot", "--brief").output
    assert "most" not in alone
    assert "of the catalogue's" in alone
    both = recaudit("audit", "coverage", "hallucination", "--run", "zero-shot", "--run", "most-popular").output
    assert "invents most" in both
    assert "shows most of the catalogue" in both


def test_list_names_audits_and_settings(recaudit):
    done = recaudit("audit", "--list")
    assert "accuracy.resamples = 2000" in done.output


def test_one_audit_is_named_as_an_argument_and_listed_with_the_cards_of_its_metrics(recaudit):
    listed = recaudit("audit", "--list", "providers")
    assert listed.exit_code == 0, listed.output
    said = " ".join(listed.output.split())
    assert "providers.group_kind = provider" in said
    assert "reo REO@k (section C) formula standard deviation over mean" in said
    assert "direction lower is better" in said
    assert "missing Unscored below two such groups" in said
    assert "accuracy" not in listed.output
    (outcome,) = outcomes_from_json(recaudit("audit", "providers", "--run", "most-popular", "--json").stdout)
    assert outcome.audit == "providers"
    assert isinstance(recaudit("audit", "--list", "provider").exception, AuditError)


def test_compare_puts_runs_side_by_side(recaudit):
    done = recaudit("compare", "most-popular", "unisrec", "zero-shot")
    assert done.exit_code == 0, done.output
    assert "on 40 common users" in done.output
    assert "NDCG@5 against most-popular" in done.output
    assert "Holm over 6 comparisons" in done.output


def test_compare_refuses_runs_that_differ_and_says_how(recaudit):
    done = recaudit("compare", "most-popular", "short")
    assert done.exit_code == 1
    assert "k differs (3 against 5" in " ".join(done.output.split())
    assert recaudit("compare", "most-popular", "short", "--k", "3").exit_code == 0


@pytest.mark.parametrize(
    "words",
    [
        ("most-popular",),
        ("most-popular", "unisrec", "--correction", "none"),
        ("most-popular", "unisrec", "--resamples", "5"),
        ("most-popular", "unisrec", "--where", "gender"),
    ],
)
def test_compare_says_what_is_wrong(recaudit, words):
    assert isinstance(recaudit("compare", *words).exception, AuditError)


def test_a_cohort_of_few_is_refused(recaudit):
    done = recaudit("audit", "--where", "age_band=18-34", "--audit", "hallucination", "--json")
    assert done.exit_code == 0
    (outcome,) = outcomes_from_json(done.stdout)
    assert not isinstance(outcome, NotApplicable)
    done = recaudit("audit", "--where", "gender=nobody", "--audit", "hallucination", "--json")
    assert isinstance(outcomes_from_json(done.stdout)[0], NotApplicable)


def test_json_is_plain_json(recaudit):
    done = recaudit("compare", "most-popular", "unisrec", "--json")
    assert json.loads(done.stdout)[0]["kind"] == "AuditResult"


def printed(*sections):
    from audits.results import AuditResult

    outcome = AuditResult(audit="a", version=1, question="Q?", run_ids=("r",), answer="A.", sections=sections)
    console = Console(file=StringIO(), width=100)
    for part in terminal.outcome(outcome, {"r": "R"}):
        console.print(part, markup=False, highlight=False)
    return console.file.getvalue()


def test_what_a_model_wrote_cannot_steer_the_terminal():
    hostile = "\x1b[2J[red]x[/red]\u202e"
    text = printed(
        Table(title=hostile, columns=("raw_text",), rows=((hostile,), (None,))),
        Finding(severity=Severity.HIGH, title=hostile, detail=hostile, run_id="r", request_ids=(hostile,)),
    )
    assert "\x1b[2J" not in text
    assert "\u202e" not in text
    assert "[red]x[/red]" in text


def test_a_failure_and_what_is_not_applicable_are_printed_as_such():
    console = Console(file=StringIO(), width=100)
    for outcome in (
        AuditFailure(audit="a", question="Q?", run_ids=(), error="broke"),
        NotApplicable(audit="a", question="Q?", run_ids=(), reason="nothing"),
    ):
        for part in terminal.outcome(outcome, {}):
            console.print(part)
    assert "Failed: broke" in console.file.getvalue()
    assert "Not applicable: nothing" in console.file.getvalue()
