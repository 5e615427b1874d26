"""A journal keeps every acknowledged record, whatever happens to its writer."""

import os
import subprocess
import sys

import pytest
from journal_kills import SCRIPT, kill_once
from runlog_builders import answer, end, fit, plan, write_run

from engine.errors import LogError
from engine.runlog import journal as journal_module
from engine.runlog.chain import JournalDamaged
from engine.runlog.journal import JournalWriter, is_active, journal_path, read_journal, read_records
from engine.runlog.verify import ChainState, verify


def test_what_was_appended_is_read_back(home):
    path = write_run(home, "run", 3)
    assert list(read_records(path)) == [plan("run", n_planned=3), fit(), answer(0), answer(1), answer(2), end(3)]


def test_entries_carry_their_place_in_the_file(home):
    path = write_run(home, "run", 3)
    entries = list(read_journal(path))
    assert [entry.seq for entry in entries] == list(range(6))
    assert entries[0].start == 0
    assert [entry.start for entry in entries[1:]] == [entry.end for entry in entries[:-1]]
    assert entries[-1].end == path.stat().st_size
    rest = list(read_journal(path, entries[2].end, seq=3, prev=entries[2].hash))
    assert rest == entries[3:]
    with pytest.raises(ValueError, match="prev is needed"):
        next(read_journal(path, entries[2].end))


def test_a_batch_is_one_write_and_synced_before_append_returns(home, monkeypatch):
    calls = []
    write, sync = os.write, journal_module._sync
    monkeypatch.setattr(journal_module.os, "write", lambda fd, data: (calls.append("write"), write(fd, data))[1])
    monkeypatch.setattr(journal_module, "_sync", lambda fd: (calls.append("sync"), sync(fd))[1])
    with JournalWriter(journal_path(home, "run")) as journal:
        journal.append([plan("run")])
        journal.append([answer(index) for index in range(16)])
        journal.append([])
    assert calls == ["write", "sync", "write", "sync"]


def test_resuming_goes_on_behind_the_last_whole_record(home):
    path = write_run(home, "run", 2, ended=False)
    whole = path.read_bytes()
    with JournalWriter(path) as journal:
        assert (journal.n_records, journal.n_cut_bytes) == (4, 0)
        journal.append([answer(2), end(3)])
    assert path.read_bytes().startswith(whole)
    assert verify(path).state is ChainState.OK


def test_opening_cuts_an_unfinished_last_line_and_says_so(home):
    path = write_run(home, "run", 2, ended=False)
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"seq":4,"kind":"answer","body":{"requ')
    with JournalWriter(path) as journal:
        assert journal.n_cut_bytes == 38
        assert path.read_bytes() == whole
        journal.append([end(2)])
    assert verify(path).state is ChainState.OK


def test_opening_refuses_any_other_damage_and_leaves_it_alone(home):
    path = write_run(home, "run", 3)
    damaged = path.read_bytes().replace(b'"user_id":"u1"', b'"user_id":"u2"', 1)
    path.write_bytes(damaged)
    with pytest.raises(
        JournalDamaged, match=r"Line 3 of .*expected [0-9a-f]{64}, found [0-9a-f]{64}.*recaudit verify run"
    ):
        JournalWriter(path).__enter__()
    assert path.read_bytes() == damaged
    assert not is_active(path)


def test_only_one_writer_at_a_time(home):
    path = journal_path(home, "run")
    assert not is_active(path)
    with JournalWriter(path) as journal:
        journal.append([plan("run")])
        assert is_active(path)
        with pytest.raises(LogError, match="being written by another process"):
            JournalWriter(path).__enter__()
    assert not is_active(path)


def test_looking_whether_a_run_is_active_does_not_disturb_a_starting_writer(home):
    path = write_run(home, "run", 1)
    watcher = (
        "import sys; from pathlib import Path; from engine.runlog.journal import is_active\nprint(1, flush=True)\n"
    )
    watcher += "while True: is_active(Path(sys.argv[1]))"
    process = subprocess.Popen([sys.executable, "-c", watcher, str(path)], stdout=subprocess.PIPE)
    try:
        process.stdout.read(1)
        for _ in range(30):
            with JournalWriter(path):
                pass
    finally:
        process.kill()
        process.communicate()


def test_a_forked_worker_does_not_keep_the_lock(home):
    path = journal_path(home, "run")
    read_end, write_end = os.pipe()
    ready_read, ready_write = os.pipe()
    journal = JournalWriter(path).__enter__()
    # A child by the bare system call, as a data loader's worker is; it lives on after the writer has closed.
    child = os.fork()
    if child == 0:
        os.close(write_end)
        os.write(ready_write, b"1")
        os.read(read_end, 1)
        os._exit(0)
    try:
        os.read(ready_read, 1)
        assert is_active(path)
        journal.close()
        assert not is_active(path)
    finally:
        for descriptor in (write_end, read_end, ready_read, ready_write):
            os.close(descriptor)
        os.waitpid(child, 0)


def test_a_full_disk_takes_the_batch_back(home, monkeypatch):
    path = journal_path(home, "run")
    write = os.write
    with JournalWriter(path) as journal:
        journal.append([plan("run")])
        before = path.read_bytes()
        monkeypatch.setattr(journal_module.os, "write", lambda fd, data: write(fd, data[: len(data) // 2]))
        with pytest.raises(LogError, match="disk full"):
            journal.append([answer(0), answer(1)])
        assert path.read_bytes() == before
        with pytest.raises(ValueError, match="not open"):
            journal.append([answer(0)])
    monkeypatch.undo()
    with JournalWriter(path) as journal:
        journal.append([answer(0)])
    assert verify(path).n_records == 2


def test_a_record_that_cannot_be_written_leaves_the_journal_usable(home):
    with JournalWriter(journal_path(home, "run")) as journal:
        with pytest.raises(LogError, match="no JSON form"):
            journal.append([plan("run", config={"x": object()})])
        journal.append([plan("run")])
        assert journal.n_records == 1


def test_a_journal_begins_with_the_plan_of_its_run(home):
    with JournalWriter(journal_path(home, "run")) as journal:
        with pytest.raises(ValueError, match="first record"):
            journal.append([answer(0)])
        with pytest.raises(ValueError, match="does not belong"):
            journal.append([plan("other")])
        journal.append([plan("run")])
        with pytest.raises(ValueError, match="only the first"):
            journal.append([plan("run")])


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "x" * 200])
def test_a_run_id_names_a_plain_file(home, name):
    with pytest.raises(ValueError, match="cannot name a run"):
        journal_path(home, name)


def test_a_killed_writer_loses_nothing_that_it_acknowledged(tmp_path):
    path = tmp_path / "killed.jsonl"
    for delay_s in (0.01, 0.07, 0.15):
        n_acknowledged, head = kill_once(path, delay_s)
        assert not is_active(path)
        found = verify(path, head or None)
        assert found.intact, found
        assert found.n_records >= n_acknowledged
    assert SCRIPT.exists()
    with JournalWriter(path) as journal:
        assert journal.n_records == found.n_records
