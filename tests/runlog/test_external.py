"""The recorder: from many threads, through kills and full disks, resumed by name, judged like any other run."""

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from runlog_datasets import dataset, store
from test_ingest import rebuilt, tables

from engine.errors import LogError
from engine.records import ExternalAnswer
from engine.runlog import external
from engine.runlog.external import external_run, finish_run
from engine.runlog.index import RunLog
from engine.runlog.journal import JournalWriter, journal_path, read_records
from engine.runlog.verify import verify


@pytest.fixture
def shop(home):
    store(home, dataset())
    return home


def live(home, **changes):
    return external_run(home, **{"name": "live", "dataset": "tiny", "k": 3, "delay_s": 0.01, **changes})


def outcomes(home):
    query = "select user_id, slot_rank, outcome, outcome_detail, item_id from slots order by request_id, slot_rank"
    found = RunLog(home).query(query)
    return [tuple(None if value != value else value for value in row) for row in found.itertuples(index=False)]


def recorded(home, run_id):
    return [record for record in read_records(journal_path(home, run_id)) if isinstance(record, ExternalAnswer)]


def test_answers_become_slots_when_the_run_is_closed(shop):
    with live(shop, model="m") as run:
        run.record(
            user_id="u1", items=["i4", "i1", "x"], scores=[1.0, float("nan"), None], rationales=["good", "", ""],
            prompt="Films?", latency_ms=2.5, model="m-1", recorded_at=datetime(2026, 1, 1, tzinfo=UTC),
        )  # fmt: skip
        run.record(user_id="u2", raw_text="1. Aliens\n2. Aliens\n3. Alienz 9", recorded_at="2026-01-02T00:00:00")
        run.record(user_id="nobody", items=["i1"])
        run.flush()
        assert RunLog(shop).run("live").status == "running"
    assert outcomes(shop)[:6] == [
        ("u1", 1, "delivered", "", "i4"),
        ("u1", 2, "already_consumed", "", "i1"),
        ("u1", 3, "out_of_catalogue", "unknown id", None),
        ("u2", 1, "delivered", "", "i2"),
        ("u2", 2, "duplicate", "", "i2"),
        ("u2", 3, "out_of_catalogue", outcomes(shop)[5][3], None),
    ]
    log = RunLog(shop)
    found = log.run("live")
    assert (found.status, found.n_answered, found.n_errors, found.progress) == ("finished", 3, 1, 1.0)
    assert [count.name for count in log.errors(found.run_id)] == ["its user is not in dataset tiny"]
    first = log.query("select * from requests order by request_index").iloc[0]
    assert (first["latency_ms"], first["prompt"], str(first["recorded_at"])) == (
        2.5,
        "[user]\nFilms?",
        "2026-01-01 00:00:00",
    )
    assert log.query("select rationale from rationales")["rationale"].tolist() == ["good"]
    assert log.query("select decoding from generations order by 1")["decoding"].tolist() == ["unknown", "unknown"]
    assert verify(journal_path(shop, found.run_id)).intact
    assert tables(log) == rebuilt(log)


def test_many_threads_lose_and_mix_nothing(shop):
    with live(shop, batch_size=7, finish=False) as run:

        def work(number):
            for i in range(50):
                run.record(user_id=f"u{number}", items=[f"{number}-{i}"])

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        run.flush()
        assert len(recorded(shop, run.run_id)) == 400
    found = recorded(shop, run.run_id)
    assert [one.answer_index for one in found] == list(range(400))
    assert {one.items for one in found} == {(f"{number}-{i}",) for number in range(8) for i in range(50)}
    assert all(one.items[0].startswith(f"{one.user_id[1:]}-") for one in found)


KILLED = """
import os, signal, sys
from engine.runlog.external import external_run
with external_run(sys.argv[1], name="live", dataset="tiny", k=3, delay_s=60, batch_size=10_000) as run:
    for i in range(5):
        run.record(user_id="u1", items=[f"i{i}"])
    run.flush()
    run.record(user_id="u2", items=["never acknowledged"])
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_was_acknowledged_survives_a_kill_and_the_name_goes_on(shop):
    env = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    dead = subprocess.run([sys.executable, "-c", KILLED, str(shop.root)], check=False, env=env)
    assert dead.returncode == -signal.SIGKILL
    (found,) = RunLog(shop).runs()
    assert (found.status, found.n_answered) == ("interrupted", 0)
    with live(shop) as run:
        assert run.n_recorded == 5
        run.record(user_id="u2", items=["i2"])
    assert run.run_id == found.run_id
    assert [one.user_id for one in recorded(shop, run.run_id)] == ["u1"] * 5 + ["u2"]
    rows = RunLog(shop).query("select request_index, user_id, repeat_index from requests order by 1")
    assert rows.values.tolist() == [[0, "u1", 0], [1, "u1", 1], [2, "u1", 2], [3, "u1", 3], [4, "u1", 4], [5, "u2", 0]]
    with live(shop) as run:  # after its end, too
        run.record(user_id="u2", items=["i3"])
    assert RunLog(shop).query("select repeat_index from requests where request_index = 6")["repeat_index"].tolist() == [
        1
    ]
    assert tables(RunLog(shop)) == rebuilt(RunLog(shop))


def test_an_error_in_the_block_leaves_the_run_open(shop):
    def serve(run):
        run.record(user_id="u1", items=["i4"])
        raise KeyError("of the service")

    with pytest.raises(KeyError), live(shop) as run:
        serve(run)
    assert RunLog(shop).run("live").status == "interrupted"
    assert len(recorded(shop, run.run_id)) == 1
    assert finish_run(shop, "live").n_answered == 1
    assert RunLog(shop).run("live").status == "finished"
    n = len(list(read_records(journal_path(shop, run.run_id))))
    assert finish_run(shop, run.run_id[:8]).n_answered == 1  # again: nothing to do
    assert len(list(read_records(journal_path(shop, run.run_id)))) == n


def test_a_killed_finish_goes_on_where_it_stopped(shop, monkeypatch):
    monkeypatch.setattr(external, "_ANSWERS_AT_ONCE", 2)
    with live(shop, finish=False) as run:
        for _ in range(5):
            run.record(user_id="u1", items=["i4"])
    real, calls = JournalWriter.append, []

    def stop(self, records):
        calls.append(records)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(self, records)

    monkeypatch.setattr(JournalWriter, "append", stop)
    with pytest.raises(KeyboardInterrupt):
        finish_run(shop, "live")
    monkeypatch.setattr(JournalWriter, "append", real)
    assert finish_run(shop, "live").n_answered == 5
    rows = RunLog(shop).query("select repeat_index from requests order by request_index")
    assert rows["repeat_index"].tolist() == [0, 1, 2, 3, 4]
    assert run.n_recorded == 5


def test_a_full_disk_is_said_to_who_records(shop, monkeypatch):
    def full(*_):
        raise LogError("the disk is full")

    def serve(run):
        run.flush()
        monkeypatch.setattr(run._journal, "append", full)
        run.record(user_id="u1", items=["i4"])
        run.flush()

    with pytest.raises(LogError, match="disk is full"), live(shop, finish=False) as run:
        serve(run)
    monkeypatch.undo()
    with pytest.raises(LogError, match="disk is full"):
        run.record(user_id="u1", items=["i4"])


def test_misuse_is_refused(shop):
    with live(shop, finish=False) as run:
        for wrong, said in (
            ({}, "either items or raw_text"),
            ({"items": [], "raw_text": ""}, "either items or raw_text"),
            ({"items": ["i1"], "scores": [1.0, 2.0]}, "as many as the 1 items"),
            ({"items": ["i1"], "recorded_at": "yesterday"}, "Invalid isoformat"),
        ):
            with pytest.raises(ValueError, match=said):
                run.record(user_id="u1", **wrong)
        with pytest.raises(ValueError, match="user_id"):
            run.record(user_id="", items=[])
        with pytest.raises(LogError, match="written by another process"), live(shop):
            pass
    with pytest.raises(ValueError, match="is closed"):
        run.record(user_id="u1", items=[])
    with pytest.raises(ValueError, match="k must lie between"), live(shop, k=0):
        pass
    with pytest.raises(LogError, match="names no run"):
        finish_run(shop, "other")
