"""The index is a function of the files: exactly once, in whatever steps, through crashes, damage and repair."""

import shutil

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from runlog_builders import answer, end, failed, fit, plan, write_run
from runlog_datasets import dataset, store

from engine.home import Home
from engine.records import ResumeRecord
from engine.runlog import chain, ingest, ingest_step
from engine.runlog.codec import dump
from engine.runlog.index import RunLog
from engine.runlog.journal import JournalWriter, journal_path
from engine.runlog.summaries import RunStatus


def tables(log):
    """Return every row of every table of the index, sorted."""
    with log.connect() as connection:
        names = connection.execute("select table_name from duckdb_tables() where schema_name = 'store'").fetchall()
        return {name: sorted(map(repr, connection.execute(f"from store.{name}").fetchall())) for (name,) in names}


def rebuilt(log):
    log.rebuild()
    return tables(log)


def count(log, view, run_id="run"):
    return log.query(f"select count(*) as n from {view} where run_id = ?", [run_id])["n"][0]


def seal_after(path, kind, body):
    """Append a record that no writer would write, properly chained."""
    entries = list(ingest.read_journal(path))
    line, _ = chain.seal(len(entries), kind, body, entries[-1].hash)
    with path.open("ab") as file:
        file.write(line)


def test_every_part_of_a_record_has_its_row(home, log):
    write_run(home, "run", 2)
    expected = {"requests": 2, "slots": 6, "generations": 4, "steps": 4, "rationales": 2, "paths": 4}
    assert {view: count(log, view) for view in expected} == expected
    request = log.query("select * from requests where request_index = 1").iloc[0]
    assert request["prompt"] == "[system]\nBe brief.\n\n[user]\nRecommend."
    assert request["candidates_json"] == '["i1", "i2"]'
    assert '"max_price": 9.5' in request["constraints_json"]
    assert str(request["cutoff_at"]) == "1970-01-04 00:00:00"
    slots = log.query("select * from slots where request_id = 'r0' order by slot_rank")
    assert list(slots["outcome"]) == ["delivered", "out_of_catalogue", "missing"]
    assert slots["raw_text"][0] == "1. Älien␚0000 ␚d800 ␚241a"
    assert list(slots["item_id"].notna()) == [True, False, False]
    assert slots["match_score"][0] == 0.9
    hops = log.query("select head, relation, tail from paths where request_id = 'r0' order by hop_index")
    assert hops.values.tolist() == [["e1", "made_by", "e2"], ["e2", "made", "e3"]]
    calls = log.query("select * from generations where request_id = 'r0' order by generation_index")
    assert list(calls["purpose"]) == ["preferences", "recommend"]
    assert calls["gen_ai_usage_output_tokens"][1] == 9


def test_a_run_without_a_model_and_a_failed_request(home, log):
    with JournalWriter(journal_path(home, "run")) as journal:
        journal.append([plan("run", model_name=None, model_digest=None, model_details={}), failed(0)])
    assert log.query("select model_name, model_json from runs").isna().all(axis=None)
    request = log.query("select * from requests").iloc[0]
    assert (request["request_status"], request["error"]) == ("error", "the model did not answer")
    assert log.query("select prompt from requests")["prompt"].isna().all()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(0, 10_000), max_size=6), chunk=st.integers(1, 5))
def test_any_steps_give_the_same_index(tmp_path_factory, cuts, chunk):
    """Let the file grow at any bytes, whole lines or not, and catch up after each."""
    home = Home(tmp_path_factory.mktemp("steps"))
    path = write_run(home, "run", 5)
    write_run(home, "other", 2)
    data = path.read_bytes()
    log = RunLog(home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest_step, "_CHUNK", chunk)
        for size in sorted(cut % len(data) for cut in cuts):
            path.write_bytes(data[:size])
            log.catch_up()
        path.write_bytes(data)
        log.catch_up()
    stepwise = tables(log)
    assert len(stepwise["requests"]) == 7
    assert stepwise == rebuilt(log)


def test_a_crash_before_the_commit_takes_nothing_twice(home, log, monkeypatch):
    write_run(home, "run", 5)
    monkeypatch.setattr(ingest_step, "_CHUNK", 2)
    real, calls = ingest_step._insert, []

    def crash(connection, run_id, table, rows):
        real(connection, run_id, table, rows)
        calls.append(table)
        if len(calls) == 12:  # in the middle of the second step, with rows of the first tables already in
            raise KeyboardInterrupt

    monkeypatch.setattr(ingest_step, "_insert", crash)
    with pytest.raises(KeyboardInterrupt):
        log.catch_up()
    monkeypatch.setattr(ingest_step, "_insert", real)
    assert count(log, "requests") == 5
    assert count(log, "slots") == 15
    assert tables(log) == rebuilt(log)


def test_a_journal_that_was_cut_is_read_again(home, log):
    path = write_run(home, "run", 5)
    assert count(log, "requests") == 5
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:4]))
    assert count(log, "requests") == 2
    assert log.runs()[0].status is RunStatus.INTERRUPTED
    assert tables(log) == rebuilt(log)


def test_a_journal_that_was_replaced_is_read_again(home, log):
    path = write_run(home, "run", 3)
    assert log.query("select distinct label from runs")["label"][0] == "label of run"
    path.unlink()
    write_run(home, "run", 6, label="another")
    assert log.query("select label from runs")["label"].tolist() == ["another"]
    assert count(log, "requests") == 6
    assert tables(log) == rebuilt(log)


def test_a_journal_that_is_gone_takes_its_rows_with_it(home, log):
    path = write_run(home, "run", 3)
    write_run(home, "other", 2)
    assert len(log.runs()) == 2
    path.unlink()
    assert [run.run_id for run in log.runs()] == ["other"]
    assert count(log, "slots") == 0
    assert tables(log) == rebuilt(log)


def test_damage_keeps_what_came_before_and_the_other_runs(home, log):
    path = write_run(home, "run", 5)
    write_run(home, "other", 2)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"request_id":"r3"', b'"request_id":"x3"'))
    found = {run.run_id: run for run in log.runs()}
    assert found["other"].problem is None
    assert found["run"].n_answered == 3
    assert "Line 6" in found["run"].problem
    assert "Line 6" in log.status().problems[0]
    assert tables(log) == rebuilt(log)
    path.write_bytes(whole)  # put back
    assert log.run("run").problem is None
    assert log.run("run").n_answered == 5
    path.write_bytes(whole + b"\n")
    assert "Line 9" in log.run("run").problem
    path.write_bytes(whole)
    assert log.run("run").problem is None


@pytest.mark.parametrize(
    ("kind", "body", "told"),
    [
        ("answer", dump(answer(0)), "answers request r0 a second time"),
        ("answer", dump(answer(0, request_id="r9")), "answers request 0 a second time"),
        ("plan", dump(plan("run")), "the plan is expected on the first line"),
        ("hologram", "{}", "Update RecAudit"),
        ("answer", "{}", "does not have the expected form"),
        ("end", dump(end(2, status="exploded")), "ends it as 'exploded'"),
        ("end", dump(end(2, finished_at="yesterday")), "not a moment in ISO 8601"),
        ("answer", dump(answer(7, cutoff=10**15)), "not a moment in seconds"),
    ],
)
def test_a_record_that_makes_no_sense_is_reported_not_guessed_at(home, log, kind, body, told):
    path = write_run(home, "run", 2, ended=False)
    seal_after(path, kind, body)
    assert told in log.run("run").problem
    assert log.run("run").n_answered == 2
    assert tables(log) == rebuilt(log)


def test_a_journal_under_a_wrong_name_is_reported(home, log):
    path = write_run(home, "run", 2)
    shutil.copy(path, journal_path(home, "copy"))
    assert any("Line 1 of" in problem and "copy.jsonl" in problem for problem in log.status().problems)
    assert [run.run_id for run in log.runs()] == ["run"]


def test_an_unfinished_last_line_is_no_news(home, log):
    path = write_run(home, "run", 2, ended=False)
    with path.open("ab") as file:
        file.write(b'{"seq":4,"kind":"ans')
    log.catch_up()
    with duckdb.connect(home.index, read_only=True) as connection:
        assert ingest.is_current(connection, home)
    assert log.run("run").problem is None


def test_the_status_follows_end_and_resume(home, log):
    path = journal_path(home, "run")
    moment = "2026-11-01T11:00:00+00:00"
    with JournalWriter(path) as journal:
        journal.append([plan("run"), fit(seconds=2.0)])
        assert log.run("run").status is RunStatus.RUNNING
        journal.append([answer(0), end(1, status="cancelled")])
    assert log.run("run").status is RunStatus.CANCELLED
    with JournalWriter(path) as journal:
        journal.append([ResumeRecord(n_answered=1, n_cut_bytes=0, recorded_at=moment), fit(seconds=0.1, restored=True)])
        assert log.run("run").status is RunStatus.RUNNING
    found = log.run("run")
    assert (found.status, found.finished_at, found.fit_seconds) == (RunStatus.INTERRUPTED, None, 2.0)
    with JournalWriter(path) as journal:
        journal.append([end(1)])
    assert log.run("run").status is RunStatus.FINISHED
    assert tables(log) == rebuilt(log)


def test_a_dataset_goes_in_whole_and_once(home, log):
    made = dataset()
    store(home, made)
    assert log.query(
        "select n_users, n_items, n_interactions, n_triples, disclosure from datasets"
    ).values.tolist() == [[3, 4, 8, 2, "made up for a test"]]
    again = tables(log)
    log.add_dataset(made)
    assert tables(log) == again
    assert log.query("select count(*) as n from interactions where rating is null")["n"][0] == 1
    assert log.query("select title from items where item_id = 'i3'")["title"][0] == "Kid A ␚241a"
    labels = log.query("select kind, label from item_labels where item_id = 'i1' order by kind, label_index")
    assert labels.values.tolist() == [
        ["alias", "Alien 1"], ["category", "horror"], ["category", "sf"], ["creator", "Ridley Scott"],
    ]  # fmt: skip
    unknown = log.query("select user_id, attribute from user_attributes where attribute_value is null")
    assert unknown.values.tolist() == [["u2", "gender"]]
    assert log.query("select provider, price, year from items where item_id = 'i4'").isna().all(axis=None)
    assert again == rebuilt(log)


def test_a_replaced_dataset_stays_as_long_as_a_run_rests_on_it(home, log):
    old, new = dataset(), dataset(extra=2)
    store(home, old)
    path = write_run(home, "run", 2, dataset_fingerprint=old.fingerprint)
    assert count(log, "histories") == 4
    store(home, new, replace=True)
    assert set(log.query("select dataset_fingerprint from datasets")["dataset_fingerprint"]) == {
        old.fingerprint, new.fingerprint,
    }  # fmt: skip
    before = tables(log)
    assert before == rebuilt(log)  # the old rows are taken over from the old index
    assert count(log, "histories") == 4
    path.unlink()
    assert log.query("select dataset_fingerprint from datasets")["dataset_fingerprint"].tolist() == [new.fingerprint]


def test_a_missing_or_damaged_dataset_is_reported_and_its_runs_stay_readable(home, log, caplog):
    made = dataset()
    store(home, made)
    next((home.datasets / "tiny").glob("rows-*/items.parquet")).write_bytes(b"not parquet")
    write_run(home, "run", 2, dataset_fingerprint=made.fingerprint)
    assert "cannot be read" in (caplog.text if log.runs() else "")
    assert count(log, "requests") == 2
    assert "rests on dataset tiny" in log.status().problems[0]
