"""Which paths the page shows: of the origin that the paths audit judges, one for the whole run."""

from __future__ import annotations

import pytest

from dashboard.queries import named_query
from tests.audits.log_builder import LogBuilder

FOUND = "a found_by p found_by c"


@pytest.fixture
def log() -> LogBuilder:
    return (
        LogBuilder()
        .items({i: [] for i in "abcd"})
        .users(history={"u1": ["a"]}, held_out={"u1": []})
        .run("kg", {"u1": ["c", "d"]}, k=2)
        .graph([("a", "made_by", "p"), ("c", "made_by", "p")], {i: (i, None, None) for i in "acp"})
    )


def shown(log: LogBuilder, rank: int) -> list[tuple[str, str]]:
    place = {"run_id": "kg", "request_id": "u1:0", "slot_rank": rank}
    return [(row[0], row[4]) for row in log.connection.execute(named_query("paths_of_slot"), place).fetchall()]


def judged(log: LogBuilder) -> set[tuple[int, str]]:
    return {(row[4], row[7]) for row in log.evidence("kg").rows("path_facts")}


def test_in_a_run_that_gives_paths_none_that_was_found_is_shown(log):
    log.paths("kg", {("u1:0", 1): ["a made_by p made_by c"]}, given=True)
    log.paths("kg", {("u1:0", 1): [FOUND], ("u1:0", 2): [FOUND]})
    assert shown(log, 1) == [("given", "made_by"), ("given", "made_by")]
    assert shown(log, 2) == []
    assert judged(log) == {(1, "given")}
    assert log.connection.execute(named_query("graph_of_run"), ["kg"]).df()["gives_paths"].tolist() == [True]


def test_in_a_run_that_gives_none_those_that_were_found_are_shown(log):
    log.paths("kg", {("u1:0", 2): [FOUND]})
    assert shown(log, 1) == []
    assert shown(log, 2) == [("found", "found_by"), ("found", "found_by")]
    assert judged(log) == {(2, "found")}
    assert log.connection.execute(named_query("graph_of_run"), ["kg"]).df()["gives_paths"].tolist() == [False]
