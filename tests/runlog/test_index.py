"""Readers get a log that is caught up, whatever state the index file is in and whoever else is at it."""

import os
import random
import signal
import subprocess
import sys
import threading
import time

import duckdb
import pytest
from runlog_builders import answer, end, fit, plan, write_run
from runlog_datasets import dataset, store

from engine.errors import LogError
from engine.runlog import index as index_module
from engine.runlog import locks, migrate
from engine.runlog.index import RunLog
from engine.runlog.journal import JournalWriter, journal_path
from engine.runlog.store import Resources, wal_of
from engine.runlog.summaries import RunStatus

READER = """
import sys
from pathlib import Path
from engine.home import Home
from engine.runlog.index import RunLog
log, seen = RunLog(Home(Path(sys.argv[1]))), 0
for _ in range(int(sys.argv[2])):
    with log.connect() as connection:
        n, slots = connection.execute("select (select count(*) from requests), (select count(*) from slots)").fetchone()
    assert n >= seen and slots == 3 * n, (n, slots, seen)
    seen = n
print(seen)
"""


def start(code, *arguments):
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process):
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return out.strip()


def n_requests(log):
    return int(log.query("select count(*) as n from requests")["n"][0])


def test_an_empty_home_is_an_empty_log(home, log):
    assert log.runs() == []
    assert log.status().problems == ()
    assert n_requests(log) == 0


def test_summaries_say_how_a_run_stands(home, log):
    with JournalWriter(journal_path(home, "run")) as journal:
        journal.append([plan("run", n_planned=4), fit(), answer(0), answer(1, user_id="u2"), answer(2, error="lost")])
        found = log.run("run")
    assert (found.status, found.progress, found.n_users, found.n_errors) == (RunStatus.RUNNING, 0.75, 2, 1)
    assert found.delivered_share == pytest.approx(1 / 3)
    assert found.protocol == "leave-last-out 1, full"
    assert (found.n_records, found.fit_seconds) == (5, 1.5)
    assert [(row.name, row.n) for row in log.outcomes("run")] == [
        ("delivered", 3), ("missing", 3), ("out_of_catalogue", 3),
    ]  # fmt: skip
    assert [(row.name, row.n) for row in log.errors("run")] == [("lost", 1)]


def test_a_planned_run_has_no_delivered_share(home, log):
    write_run(home, "run", 0, ended=False)
    found = log.run("run")
    assert (found.delivered_share, found.progress, found.status) == (None, 0.0, RunStatus.INTERRUPTED)


def test_runs_are_found_by_id_beginning_or_label(home, log):
    write_run(home, "alpha-1", 1, label="first")
    write_run(home, "alpha-2", 1, label="second")
    assert log.run("alpha-1").run_id == "alpha-1"
    assert log.run("second").run_id == "alpha-2"
    with pytest.raises(LogError, match="beginning of several run ids; expected one of: alpha-1, alpha-2"):
        log.run("alpha")
    with pytest.raises(LogError, match="names no run"):
        log.run("beta")


def test_the_version_changes_with_the_log(home, log):
    versions = [log.version()]
    write_run(home, "run", 2, ended=False)
    versions.append(log.version())
    one = log.version(["run"])
    write_run(home, "other", 1)
    versions.append(log.version())
    assert log.version(["run"]) == one
    log.catch_up()
    assert log.version() == versions[-1]  # the index is no part of it
    with JournalWriter(journal_path(home, "run")) as journal:
        journal.append([end(2)])
    versions.append(log.version())
    assert log.version(["run"]) != one
    store(home, dataset())
    versions.append(log.version())
    assert len(set(versions)) == len(versions)


def test_catching_up_with_nothing_new_opens_nothing(home, log, monkeypatch):
    write_run(home, "run", 2)
    log.catch_up()
    opened = []
    monkeypatch.setattr(index_module, "open_reader", lambda *_: opened.append("reader"))
    monkeypatch.setattr(index_module, "open_writer", lambda *_: opened.append("writer"))
    log.catch_up()
    assert opened == []


def test_another_reader_finds_nothing_to_write(home, log, monkeypatch):
    write_run(home, "run", 2)
    store(home, dataset())
    log.catch_up()
    monkeypatch.setattr(index_module, "open_writer", lambda *_: pytest.fail("the index was opened to write"))
    assert n_requests(RunLog(home)) == 2


def test_connections_are_read_only_and_nest(home, log):
    write_run(home, "run", 2, ended=False)
    with log.connect() as outer:
        with pytest.raises(duckdb.InvalidInputException, match="read-only"):
            outer.execute("delete from store.runs")
        with JournalWriter(journal_path(home, "run")) as journal:
            journal.append([answer(2)])
        assert n_requests(log) == 2  # within the connection: the same state of the log
        with pytest.raises(ValueError, match="leave `connect"):
            log.rebuild()
        with pytest.raises(ValueError, match="leave `connect"):
            log.catch_up()
    assert n_requests(log) == 3


def test_a_nested_reader_does_not_wait_for_a_waiting_writer(home):
    write_run(home, "run", 2)
    log = RunLog(home, timeout_s=30)
    with log.connect():
        writer = threading.Thread(target=lambda: RunLog(home, timeout_s=30).rebuild())
        writer.start()
        time.sleep(0.3)  # it holds the gate now
        began = time.monotonic()
        assert n_requests(log) == 2
        assert time.monotonic() - began < 20
    writer.join()


def test_a_reader_that_stays_too_long_is_named_as_the_reason(home, log):
    write_run(home, "run", 2, ended=False)
    log.catch_up()
    with locks.shared(home.index, 1):
        with JournalWriter(journal_path(home, "run")) as journal:
            journal.append([answer(2)])
        with pytest.raises(LogError, match=r"stayed in use for 0.2 s .* try again"):
            RunLog(home, timeout_s=0.2).catch_up()


def test_threads_read_while_a_run_is_written(home):
    failures = []
    done = threading.Event()

    def read():
        log, seen = RunLog(home), 0
        try:
            while not done.is_set():
                with log.connect() as connection:
                    query = "select (select count(*) from requests), (select count(*) from slots)"
                    n, slots = connection.execute(query).fetchone()
                if slots != 3 * n or n < seen:
                    failures.append((n, slots, seen))
                seen = n
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(3)]
    with JournalWriter(journal_path(home, "run")) as journal:
        journal.append([plan("run")])
        for thread in threads:
            thread.start()
        for index in range(0, 40, 4):
            journal.append([answer(number) for number in range(index, index + 4)])
            time.sleep(0.02)
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert n_requests(RunLog(home)) == 40


def test_processes_catch_up_at_once_and_take_nothing_twice(home, log):
    write_run(home, "first", 30)
    processes = [start(READER, home.root, 4) for _ in range(3)]
    for number in range(4):
        write_run(home, f"more-{number}", 5)
    assert all(int(finish(process)) >= 30 for process in processes)
    assert n_requests(log) == 50
    assert len(log.runs()) == 5


@pytest.mark.parametrize("delay_s", [0.0, 0.1])
def test_a_catch_up_that_is_killed_costs_nothing(home, log, delay_s):
    write_run(home, "run", 60)
    code = READER.replace("log, seen", "print(0, flush=True)\nlog, seen").replace("RunLog(Home", "RunLog(Home")
    with start(code, home.root, 1) as process:
        process.stdout.readline()
        time.sleep(delay_s * random.Random(1).uniform(0.5, 1.5))
        process.send_signal(signal.SIGKILL)
    assert n_requests(log) == 60
    assert log.query("select count(*) as n from slots")["n"][0] == 180


def damage(path, how):
    data = bytearray(path.read_bytes())
    match how:
        case "not a database":
            data = bytearray(b"this is not a database" * 400)
        case "empty":
            data = bytearray()
        case "torn header":
            data[4096 : 3 * 4096] = bytes(2 * 4096)
        case "cut in half":
            del data[len(data) // 2 :]
        case "torn metadata":
            data[3 * 4096 : 3 * 4096 + 262_144] = os.urandom(min(262_144, len(data) - 3 * 4096))
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("how", ["not a database", "empty", "torn header", "cut in half", "torn metadata"])
def test_an_index_that_cannot_be_opened_is_made_again(home, log, how):
    write_run(home, "run", 3)
    store(home, dataset())
    assert n_requests(log) == 3
    damage(home.index, how)
    assert n_requests(RunLog(home)) == 3
    assert RunLog(home).query("select count(*) as n from items")["n"][0] == 4


def test_the_reason_for_making_it_again_is_logged(home, log, caplog):
    write_run(home, "run", 3)
    log.catch_up()
    damage(home.index, "torn metadata")
    RunLog(home).catch_up()
    assert "is made again from the journals" in caplog.text


def test_damage_that_shows_in_a_query_says_what_to_do(home, log, monkeypatch):
    log.catch_up()
    with log.connect() as connection:
        pass

    class Torn:
        def execute(self, *_):
            raise duckdb.IOException("Corrupt database file: computed checksum 1 does not match stored checksum 2")

        def close(self):
            connection.close()

    monkeypatch.setattr(index_module, "open_reader", lambda *_: Torn())
    with pytest.raises(LogError, match="Run `recaudit log rebuild`"):
        log.query("select 1")


def test_an_index_may_be_deleted_at_any_time(home, log):
    write_run(home, "run", 3)
    log.catch_up()
    wal_of(home.index).write_bytes(b"left behind by the index that is deleted now")
    home.index.unlink()
    assert n_requests(log) == 3


def test_a_killed_rebuild_leaves_the_old_index_in_place(home, log, monkeypatch):
    write_run(home, "run", 3)
    log.catch_up()
    monkeypatch.setattr(index_module, "catch_up", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        log.rebuild()
    monkeypatch.undo()
    assert n_requests(log) == 3
    log.rebuild()
    assert n_requests(log) == 3
    assert not home.index.with_name(home.index.name + ".rebuild").exists()


def test_a_rebuild_reports_how_far_it_is(home, log):
    for number in range(3):
        write_run(home, f"run-{number}", 2)
    told = []
    log.rebuild(lambda what, share: told.append((what, share)))
    assert [what for what, _ in told] == ["run-0", "run-1", "run-2", "done"]
    assert [share for _, share in told] == sorted(share for _, share in told)


def with_migration(tmp_path, monkeypatch, text):
    """Give the program one more migration, as a later version has it."""
    folder = tmp_path / "schema" / "migrations"
    folder.mkdir(parents=True)
    for path in migrate._migrations():
        (folder / path.name).write_bytes(path.read_bytes())
    for path in migrate._view_files():
        (folder.parent / path.name).write_bytes(path.read_bytes())
    (folder / "0900_later.sql").write_text(text)
    monkeypatch.setattr(migrate, "_HERE", folder.parent)
    migrate._expected.cache_clear()


@pytest.mark.parametrize("first_line", ["-- a new table", "-- needs: rebuild"])
def test_an_older_index_is_brought_up_to_date(home, log, tmp_path, monkeypatch, caplog, first_line):
    write_run(home, "run", 3)
    log.catch_up()
    before = home.index.stat().st_ino
    with_migration(tmp_path, monkeypatch, f"{first_line}\ncreate table store.later (n integer);\n")
    try:
        assert n_requests(RunLog(home)) == 3
        assert RunLog(home).query("select count(*) as n from store.later")["n"][0] == 0
        assert (home.index.stat().st_ino == before) is (first_line == "-- a new table")
    finally:
        monkeypatch.undo()
        migrate._expected.cache_clear()
    with pytest.raises(LogError, match="newer version of RecAudit"):
        RunLog(home).catch_up()
    log.rebuild()
    assert n_requests(log) == 3


def test_resources_are_kept(home):
    log = RunLog(home, resources=Resources(memory_limit="64MB", threads=1))
    assert log.query("select current_setting('threads') as n")["n"][0] == 1
    assert "61" in log.query("select current_setting('memory_limit') as m")["m"][0]
    rows = log.query("select count(distinct i::varchar) as n from range(3000000) t(i)")  # larger than that memory
    assert rows["n"][0] == 3_000_000


def test_a_wrong_query_is_an_error_for_people(log):
    with pytest.raises(LogError, match="The query failed: Catalog Error"):
        log.query("select * from nowhere")
