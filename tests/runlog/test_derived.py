"""Derived rows: kept whole, replaced whole, gone with their run, and the same after a rebuild."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from runlog_builders import answer, write_run
from test_ingest import rebuilt, tables

from engine.runlog import derived, derived_ingest
from engine.runlog.derived import DerivedStamp, derived_path, derived_stamp, write_derived
from engine.runlog.journal import JournalWriter

CLAIM = {
    "request_id": "r0",
    "slot_rank": 1,
    "claim_index": 0,
    "origin": "rationale",
    "step_index": None,
    "sentence": "Alien is by Ridley Scott.",
    "subject_item_id": "i1",
    "relation": "creator",
    "claimed_value": "Ridley Scott",
    "claim_kind": "fact",
    "verdict": "supported",
    "evidence_kind": "catalogue",
    "evidence": "creator of Alien: Ridley Scott",
}
ATTRIBUTION = {
    "request_id": "r0",
    "slot_rank": 1,
    "feature_kind": "history item",
    "feature_index": 0,
    "feature": "i2",
    "contribution": 0.25,
    "standard_error": None,
    "is_named": True,
    "base_value": 0.5,
    "score": 0.75,
    "additivity_gap": float("nan"),
    "n_evaluations": 8,
    "method": "exact Shapley",
}
HOP = {
    "request_id": "r0",
    "slot_rank": 1,
    "path_index": 0,
    "hop_index": 0,
    "head": "e1",
    "relation": "made_by",
    "tail": "e2",
}
ROWS = {"claims": CLAIM, "attributions": ATTRIBUTION, "found_paths": HOP}


def table_of(table, *rows):
    return pa.Table.from_pylist([dict(row) for row in rows], schema=derived.SCHEMAS[table])


def write(home, table, *rows, run_id="run", producer="test 1", head="h" * 64):
    return write_derived(home, table, run_id, table_of(table, *rows), producer=producer, journal_head=head)


def count(log, view="claims"):
    return int(log.query(f"select count(*) as n from {view}")["n"][0])


def test_rows_are_indexed_column_by_column(home, log):
    write_run(home, "run", 1)
    for table, row in ROWS.items():
        assert write(home, table, row) == DerivedStamp(producer="test 1", journal_head="h" * 64, n_rows=1)
    claim = log.query("select * from claims").astype(object)
    expected = {"run_id": "run", **CLAIM}
    assert {name: claim[name][0] for name in claim if name != "step_index"} == {
        name: value for name, value in expected.items() if name != "step_index"
    }
    assert claim["step_index"].isna().all()
    found = log.query("select * from attributions").iloc[0]
    assert (found["feature"], found["contribution"], found["n_evaluations"]) == ("i2", 0.25, 8)
    assert log.query("select additivity_gap, standard_error from attributions").isna().all(axis=None)
    hops = log.query("select origin, head, tail from paths order by origin, hop_index")
    assert hops.values.tolist() == [["found", "e1", "e2"], ["given", "e1", "e2"], ["given", "e2", "e3"]]
    known = log.query("select table_name, run_id, producer, journal_head, n_rows, problem from derived order by 1")
    assert known["table_name"].tolist() == ["attributions", "claims", "found_paths"]
    assert known["producer"].unique().tolist() == ["test 1"]
    assert known["problem"].isna().all()


def test_a_rebuild_gives_the_same_rows(home, log):
    write_run(home, "run", 2)
    write_run(home, "other", 1)
    for table, row in ROWS.items():
        write(home, table, row, {**row, "request_id": "r1"})
        write(home, table, row, run_id="other")
    before = tables(log)
    assert len(before["claims"]) == 3
    assert before == rebuilt(log)


def test_new_rows_take_the_place_of_the_old_ones(home, log):
    write_run(home, "run", 1)
    write(home, "claims", CLAIM, {**CLAIM, "claim_index": 1})
    write(home, "attributions", ATTRIBUTION)
    assert count(log) == 2
    version = log.version(["run"])
    write(home, "claims", {**CLAIM, "verdict": "contradicted"}, producer="test 2")
    assert log.version(["run"]) != version
    assert log.query("select verdict from claims")["verdict"].tolist() == ["contradicted"]
    assert derived_stamp(home, "claims", "run").producer == "test 2"
    assert count(log, "attributions") == 1
    write(home, "claims")  # the audit found none: that is known too
    assert count(log) == 0
    assert log.query("select n_rows from derived where table_name = 'claims'")["n_rows"].tolist() == [0]


def test_a_deleted_file_takes_its_rows_with_it(home, log):
    write_run(home, "run", 1)
    write(home, "claims", CLAIM)
    assert count(log) == 1
    derived_path(home, "claims", "run").unlink()
    assert count(log) == 0
    assert count(log, "derived") == 0
    assert derived_stamp(home, "claims", "run") is None


def test_rows_of_a_run_that_is_gone_are_dropped(home, log):
    path = write_run(home, "run", 1)
    write(home, "claims", CLAIM)
    write(home, "claims", CLAIM, run_id="never")
    assert log.query("select distinct run_id from claims")["run_id"].tolist() == ["run"]
    path.unlink()
    assert count(log) == 0
    assert tables(log) == rebuilt(log)
    write_run(home, "run", 1)  # it comes back, and its file is still there
    assert count(log) == 1


def test_catching_up_finds_nothing_new(home, log, monkeypatch):
    path = write_run(home, "run", 2, ended=False)
    write(home, "claims", CLAIM)
    assert count(log) == 1
    monkeypatch.setattr(derived_ingest, "_take", lambda *_: pytest.fail("read again"))
    assert count(type(log)(home)) == 1
    with JournalWriter(path) as journal:
        journal.append([answer(5)])
    assert count(log) == 1


def test_a_half_written_file_is_ignored(home, log):
    write_run(home, "run", 1)
    write(home, "claims", CLAIM)
    hidden = derived_path(home, "claims", "run").with_name(".abc.part")
    hidden.write_bytes(b"PAR1 half")
    assert count(log) == 1
    os.utime(hidden, (0, 0))
    write(home, "claims", CLAIM)
    assert not hidden.exists()  # long dead


KILLED = """
import os, signal, sys
from pathlib import Path
import pyarrow.parquet as pq
sys.path.insert(0, sys.argv[2])
from engine.home import Home
from engine.runlog import derived
real = pq.write_table
def half(rows, file, **options):
    real(rows, file, **options)
    file.flush()
    os.ftruncate(file.fileno(), 200)
    os.kill(os.getpid(), signal.SIGKILL)
pq.write_table = half
rows = derived.SCHEMAS["claims"].empty_table()
derived.write_derived(Home(Path(sys.argv[1])), "claims", "run", rows, producer="killed", journal_head="x")
"""


def test_a_killed_writer_leaves_the_old_rows(home, log):
    write_run(home, "run", 1)
    write(home, "claims", CLAIM)
    dead = subprocess.run([sys.executable, "-c", KILLED, str(home.root), str(Path.cwd())], check=False)
    assert dead.returncode == -signal.SIGKILL
    assert list(home.derived.glob("claims/.*.part"))
    assert count(log) == 1
    assert derived_stamp(home, "claims", "run").producer == "test 1"


@pytest.mark.parametrize("damage", ["bytes", "columns", "no producer", "null"])
def test_a_damaged_file_is_said_and_mended_by_a_new_one(home, log, damage):
    write_run(home, "run", 1)
    write(home, "attributions", ATTRIBUTION)
    write(home, "claims", CLAIM)
    assert count(log) == 1
    path = derived_path(home, "claims", "run")
    rows = pq.read_table(path)
    if damage == "bytes":
        path.write_bytes(b"no Parquet")
    elif damage == "columns":
        pq.write_table(rows.drop_columns(["sentence"]), path)
    elif damage == "no producer":
        pq.write_table(rows.replace_schema_metadata(None), path)
    else:
        nulls = pa.schema([field.with_nullable(True) for field in rows.schema], metadata=rows.schema.metadata)
        changed = pa.Table.from_pylist([{**CLAIM, "verdict": None}], schema=nulls)
        pq.write_table(changed, path)
    assert count(log) == 0
    assert count(log, "attributions") == 1
    (problem,) = log.status().problems[:1]
    assert str(path) in problem
    write(home, "claims", CLAIM)
    assert count(log) == 1
    assert not any(str(path) in problem for problem in log.status().problems)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (pa.table({"request_id": ["r0"]}), "expected the columns request_id, slot_rank"),
        (table_of("claims", CLAIM).append_column("more", pa.array([1])), "expected the columns"),
        (table_of("claims", CLAIM).append_column("run_id", pa.array(["other"])), "rows of other runs"),
        (table_of("claims", {**CLAIM, "verdict": "true"}), "verdict must be one of supported, contradicted"),
        (table_of("claims", CLAIM).set_column(1, "slot_rank", pa.array(["first"])), "does not have its type"),
        (table_of("claims", CLAIM).set_column(5, "sentence", pa.array([None], pa.string())), "sentence must be known"),
    ],
)
def test_rows_that_do_not_fit_are_refused(home, rows, said):
    with pytest.raises(ValueError, match=said):
        write_derived(home, "claims", "run", rows, producer="p", journal_head="h")
    assert not home.derived.exists()


def test_a_contribution_that_is_no_number_is_refused(home):
    with pytest.raises(ValueError, match="contribution must be known"):
        write(home, "attributions", {**ATTRIBUTION, "contribution": float("inf")})


def test_nul_does_not_reach_the_index(home, log):
    write_run(home, "run", 1)
    write(home, "claims", {**CLAIM, "sentence": "a\x00b"})
    assert log.query("select sentence from claims")["sentence"].tolist() == ["a␚0000b"]


def test_an_unknown_table_is_refused(home):
    with pytest.raises(ValueError, match="expected one of claims, attributions, found_paths"):
        derived_path(home, "requests", "run")
