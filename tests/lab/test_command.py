"""`recaudit lab`: from a finished run to a judged lab run, and errors that say what to do."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from dashboard.cli.main import build
from engine.errors import PlanError
from engine.home import Home
from engine.plan import RunPlan
from engine.runlog.index import RunLog
from tests.lab.lab_models import obedient
from tests.lab.test_runs import OPTIONS, carry_out, home

__all__ = ["home"]  # the fixture


@pytest.fixture
def base(home: Home, monkeypatch) -> str:
    """A finished run in the log that the command sees; the model that it names is a scripted one."""
    monkeypatch.setenv("RECAUDIT_HOME", str(home.root))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("engine.preparation.open_model", lambda *_args, **_more: obedient())
    plan = RunPlan(dataset="tiny", recommender="cot-matcher", config=OPTIONS, users=4, k=3)
    return carry_out(home, plan, obedient()).run_id


def recaudit(*arguments: str):
    return CliRunner().invoke(build(), arguments)


def test_a_lab_run_is_made_told_of_and_judged(home, base):
    done = recaudit("lab", base, "--users", "3", "--repeats", "2")
    assert done.exit_code == 0, done.output
    assert "left out: necessity" in done.output
    assert f"recaudit audit --run {base} --audit faithfulness" in done.output
    lab = next(run for run in RunLog(home, timeout_s=20).runs() if run.base_run_id)
    assert (lab.n_users, lab.n_answered) == (3, 3 * (2 + 5 + 2 + 1 + 1 + 1))
    judged = recaudit("audit", "--run", base, "--audit", "faithfulness")
    assert judged.exit_code == 0, judged.output
    assert "follow its reasoning cannot be told from 3 users: cutting it changes them by 1.000" in " ".join(
        judged.output.split()
    )
    again = recaudit("lab", base, "--users", "3", "--repeats", "2")
    assert "already finished" in again.output
    shown = " ".join(recaudit("runs", "show", lab.run_id).output.split())
    assert f"lab run of {base}" in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--tests", "early,nonsense"], "no lab test nonsense"),
        (["--paraphrase", "poet"], "--paraphrase"),
        (["--candidates", "none"], "--candidates"),
        (["--repeats", "0"], "--repeats"),
        (["--users", "0"], "at least one user"),
        (["--tests", "necessity"], "does not hold a rationale that names an item"),
    ],
)
def test_what_does_not_fit_is_said(base, arguments, said):
    failed = recaudit("lab", base, *arguments)
    assert isinstance(failed.exception, PlanError)
    assert said in str(failed.exception)
