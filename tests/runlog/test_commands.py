"""`recaudit runs`, `verify`, `log` and `sql` as a person or a script uses them."""

import csv
import io
import json

import pytest
import typer
from runlog_builders import answer, plan, write_run
from typer.testing import CliRunner

from dashboard.cli import log as log_group
from dashboard.cli import runs as runs_group
from dashboard.cli import sql as sql_group
from engine.errors import LogError
from engine.runlog.journal import JournalWriter, journal_path
from engine.runlog.migrate import views_markdown
from engine.runlog.verify import verify


@pytest.fixture
def call(home, monkeypatch):
    monkeypatch.setenv("RECAUDIT_HOME", str(home.root))
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("TERM", "dumb")
    app = typer.Typer()
    for group in (runs_group, log_group, sql_group):
        group.register(app)

    def run(*arguments, code=0):
        result = CliRunner().invoke(app, list(arguments))
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    return run


def test_no_runs_yet(call):
    assert "No runs yet" in call("runs").stdout
    assert json.loads(call("runs", "--json").stdout) == []
    assert "nothing to verify" in call("verify").stdout


def test_runs_are_listed(home, call):
    write_run(home, "finished-run", 3)
    write_run(home, "stopped-run", 2, ended=False, model_name=None)
    table = call("runs").stdout
    for told in ("finished-run", "zero-shot", "GR", "tiny", "embedded", "leave-last-out 1, full", "3/3", "33.3%"):
        assert told in table
    assert "interrupted" in table
    listed = {run["run_id"]: run for run in json.loads(call("runs", "--json").stdout)}
    assert listed["finished-run"]["delivered_share"] == pytest.approx(1 / 3)
    assert listed["finished-run"]["status"] == "finished"
    assert listed["finished-run"]["planned_at"] == "2026-11-01T10:00:00Z"
    assert listed["stopped-run"]["status"] == "interrupted"


def test_a_run_is_shown(home, call):
    path = write_run(home, "run-1", 3)
    shown = call("runs", "show", "run").stdout
    for told in ("label of run-1", "3 of 3 requests", verify(path).head, "out_of_catalogue", "finished"):
        assert told in shown
    as_json = json.loads(call("runs", "show", "run-1", "--json").stdout)
    assert as_json["outcomes"][0] == {"name": "delivered", "n": 3}
    with pytest.raises(LogError, match="names no run"):
        call("runs", "show", "other")


def test_verify_tells_sound_from_edited(home, call):
    sound, edited = write_run(home, "sound", 2), write_run(home, "edited", 2)
    head = verify(sound).head
    assert "sound: ok" in call("verify", "sound", "--head", head).stdout
    edited.write_bytes(edited.read_bytes().replace(b"Because you liked", b"Because she liked", 1))
    told = call("verify", code=1).stdout
    assert "sound: ok" in told
    assert "edited: edited" in told
    assert "edited at line 3: its content does not match its hash" in " ".join(told.split())
    assert "head differs" in call("verify", "sound", "--head", "0" * 64, code=1).stdout
    found = {run["run_id"]: run for run in json.loads(call("verify", "--json", code=1).stdout)}
    assert (found["sound"]["intact"], found["edited"]["intact"], found["edited"]["line"]) == (True, False, 3)
    with pytest.raises(LogError, match="A head belongs to one run; 2 were chosen"):
        call("verify", "--head", head)


def test_a_torn_tail_is_told_but_is_no_failure(home, call):
    path = write_run(home, "run", 2, ended=False)
    path.write_bytes(path.read_bytes()[:-10])
    assert "torn tail" in call("verify").stdout


def test_the_index_is_made_again_and_described(home, call):
    write_run(home, "run", 2)
    assert "1 runs, 5 journal records and 0 datasets" in " ".join(call("log", "rebuild").stdout.split())
    status = call("log", "status", code=1).stdout
    assert "holds     1 runs, 5 journal records, 0 datasets" in status
    assert "rests on dataset tiny" in " ".join(status.split())


def test_a_log_without_problems_says_so(call):
    assert "problems  none" in call("log", "status").stdout


def test_columns_are_described(call):
    assert "match_score" in call("log", "columns").stdout
    assert call("log", "columns", "--markdown").stdout == views_markdown()


def test_sql_in_three_formats(home, call):
    write_run(home, "run", 2)
    query = "select outcome, count(*) as n, null as nothing from slots group by outcome order by outcome"
    table = call("sql", query).stdout
    assert "delivered" in table
    assert "null" in table
    rows = list(csv.reader(io.StringIO(call("sql", query, "--format", "csv").stdout)))
    assert rows == [
        ["outcome", "n", "nothing"],
        ["delivered", "2", ""],
        ["missing", "2", ""],
        ["out_of_catalogue", "2", ""],
    ]
    assert json.loads(call("sql", query, "--format", "json").stdout)[0] == {
        "outcome": "delivered",
        "n": 2,
        "nothing": None,
    }


def test_a_cut_result_says_so_beside_the_rows(call):
    result = call("sql", "select i from range(30) t(i)", "--limit", "10", "--format", "csv")
    assert len(result.stdout.splitlines()) == 11
    assert "the first 10 rows; there are more" in result.stderr
    result = call("sql", "select i from range(3000) t(i)", "--limit", "0", "--format", "csv")
    assert len(result.stdout.splitlines()) == 3001
    assert result.stderr == ""


def test_sql_refuses_to_write_and_stops_in_time(call):
    with pytest.raises(LogError, match="DELETE statements are refused"):
        call("sql", "delete from store.runs")
    with pytest.raises(LogError, match=r"did not end within 0.2 s"):
        call("sql", "select count(*) from range(1000000000000) t(i) where i % 7 = 3", "--timeout", "0.2")


def test_model_output_does_not_steer_the_terminal(home, call):
    evil = "\x1b]0;owned\x07\x1b[2J[bold]title[/bold]"
    with JournalWriter(journal_path(home, "run")) as journal:
        journal.append([plan("run"), answer(0, error=evil)])
    for told in (call("sql", "select error from requests").stdout, call("runs", "show", "run").stdout):
        assert "\x1b]0" not in told
        assert "\\x1b]0;owned\\x07" in told
        assert "[bold]title[/bold]" in told
