"""Whatever is done to a journal's bytes is found, named and placed."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from runlog_builders import answer, end, plan, write_run

from engine.errors import LogError
from engine.home import Home
from engine.runlog import chain
from engine.runlog.codec import dump
from engine.runlog.journal import JournalWriter
from engine.runlog.verify import ChainState, journals_named, verify


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("verify")
    path = write_run(Home(folder), "run", 4)
    return path, path.read_bytes(), verify(path).head


@pytest.fixture
def lines(written):
    return written[1].splitlines(keepends=True)


def check(path, data, head=None):
    path.write_bytes(data)
    return verify(path, head)


def test_a_journal_that_nobody_touched_is_in_order(written):
    path, data, head = written
    found = check(path, data, head)
    assert (found.state, found.intact, found.n_records, found.n_after_head) == (ChainState.OK, True, 7, 0)
    assert found.detail == "7 records in order, 0 of them after the given head"


def test_an_empty_journal_is_in_order(tmp_path):
    path = tmp_path / "run.jsonl"
    found = check(path, b"")
    assert (found.state, found.n_records, found.head) == (ChainState.OK, 0, chain.genesis("run"))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0), byte=st.integers(0, 255))
def test_any_changed_byte_is_found(written, at, byte):
    path, data, head = written
    at %= len(data)
    if data[at] == byte:
        byte = (byte + 1) % 256
    changed = data[:at] + bytes([byte]) + data[at + 1 :]
    found = check(path, changed, head)
    line = data[:at].count(b"\n") + 1
    if at == len(data) - 1:  # the last newline itself: what is left is a line that was never finished
        assert found.state is ChainState.HEAD_DIFFERS
    else:
        assert (found.state, found.line) == (ChainState.EDITED, line)
    assert not found.intact


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0), inserted=st.binary(min_size=1, max_size=5), deleted=st.integers(0, 5))
def test_any_inserted_or_deleted_bytes_are_found(written, at, inserted, deleted):
    path, data, head = written
    at %= len(data)
    changed = data[:at] + inserted + data[at + deleted :]
    if changed != data:
        found = check(path, changed, head)
        # Only what is put behind the last record, as an unfinished line is, leaves the record whole.
        assert found.intact is (changed.startswith(data) and b"\n" not in changed[len(data) :]), found


def test_each_dropped_line_is_found(written, lines):
    path, _, head = written
    for index in range(len(lines) - 1):
        found = check(path, b"".join(lines[:index] + lines[index + 1 :]))
        assert (found.state, found.line, found.n_records) == (ChainState.DROPPED, index + 1, index)
    assert check(path, b"".join(lines[:-1])).state is ChainState.OK  # nothing in the file can show that
    assert check(path, b"".join(lines[:-1]), head).state is ChainState.HEAD_DIFFERS


def test_each_swap_is_found(written, lines):
    path, _, head = written
    for first in range(len(lines)):
        for second in range(first + 1, len(lines)):
            moved = list(lines)
            moved[first], moved[second] = moved[second], moved[first]
            found = check(path, b"".join(moved), head)
            assert (found.state, found.line) == (ChainState.REORDERED, first + 1)


def test_each_repeated_line_is_found(written, lines):
    path, _, _ = written
    for index in range(len(lines)):
        found = check(path, b"".join([*lines[: index + 1], lines[index], *lines[index + 1 :]]))
        assert (found.state, found.line) == (ChainState.REORDERED, index + 2)


def test_a_cut_at_every_byte_of_the_last_record_is_a_torn_tail(written, lines):
    path, data, head = written
    start = len(data) - len(lines[-1])
    for size in range(start + 1, len(data)):
        found = check(path, data[:size])
        assert (found.state, found.n_records, found.line) == (ChainState.TORN_TAIL, 6, 7)
        assert found.intact
    assert check(path, data[: start + 1], head).state is ChainState.HEAD_DIFFERS
    before = check(path, data[:start])
    assert (before.state, before.n_records) == (ChainState.OK, 6)


def test_the_writer_recovers_from_a_cut_at_every_byte_of_the_last_record(written, lines):
    path, data, _ = written
    start = len(data) - len(lines[-1])
    for size in range(start, len(data), 7):
        path.write_bytes(data[:size])
        with JournalWriter(path) as journal:
            assert (journal.n_records, journal.n_cut_bytes) == (6, size - start)
            journal.append([end(4)])
        assert verify(path).state is ChainState.OK


def test_a_record_replaced_by_one_with_a_hash_of_its_own_is_found(written, lines):
    path, _, _ = written
    entries = [chain.unseal(line, 0) for line in lines]
    forged, _ = chain.seal(3, "answer", dump(answer(9)), entries[3].prev)
    found = check(path, b"".join([*lines[:3], forged, *lines[4:]]))
    assert (found.state, found.line) == (ChainState.EDITED, 5)


def test_a_chain_made_anew_as_a_whole_is_found_by_the_head_only(written, tmp_path):
    path, data, head = written
    path.unlink()
    with JournalWriter(path) as journal:
        journal.append([plan("run"), *(answer(index, user_id="u2") for index in range(4)), end(4)])
    forged = path.read_bytes()
    assert check(path, forged).state is ChainState.OK
    found = check(path, forged, head)
    assert (found.state, found.intact) == (ChainState.HEAD_DIFFERS, False)
    path.write_bytes(data)


def test_records_after_the_given_head_are_counted(written, lines):
    path, data, _ = written
    early = chain.unseal(lines[4], 0).hash
    found = check(path, data, early)
    assert (found.state, found.n_after_head) == (ChainState.OK, 2)


def test_a_renamed_journal_is_found(written):
    path, data, _ = written
    found = check(path.with_name("other.jsonl"), data)
    assert (found.state, found.line) == (ChainState.EDITED, 1)


def test_a_missing_journal_is_an_error(tmp_path):
    with pytest.raises(LogError, match="There is no journal"):
        verify(tmp_path / "none.jsonl")


def test_journals_are_named_by_id_or_its_beginning(home):
    for run_id in ("aa-1", "aa-2", "b", "bc"):
        write_run(home, run_id, 1)
    assert [path.stem for path in journals_named(home, [])] == ["aa-1", "aa-2", "b", "bc"]
    assert [path.stem for path in journals_named(home, ["b", "aa-2"])] == ["b", "aa-2"]
    with pytest.raises(LogError, match="beginning of 2 runs; expected one of: aa-1, aa-2"):
        journals_named(home, ["aa"])
    with pytest.raises(LogError, match="names no run"):
        journals_named(home, ["zz"])


def test_a_verifier_needs_nothing_but_the_bytes(written, lines):
    """The documented form, followed by hand: no code of the log takes part."""
    import hashlib
    import json

    prev = hashlib.sha256(b"recaudit journal, format 1, run run").hexdigest()
    for seq, line in enumerate(lines):
        record = json.loads(line)
        assert (record["seq"], record["prev"]) == (seq, prev)
        payload = line[: line.rindex(b',"prev":"')] + b"}"
        prev = hashlib.sha256(prev.encode() + payload).hexdigest()
        assert record["hash"] == prev
