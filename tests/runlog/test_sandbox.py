"""What a person types can read the log and nothing else."""

import json

import pytest
from runlog_builders import write_run

from engine.errors import LogError
from engine.runlog.sandbox import check_query, run_query

SECRET = "only-in-a-file-of-this-machine"


@pytest.fixture
def outside(tmp_path):
    path = tmp_path / "secret.csv"
    path.write_text(f"a,b\n{SECRET},2\n")
    return path


@pytest.fixture
def filled(home, log):
    write_run(home, "run", 3)
    log.catch_up()
    return log


@pytest.mark.parametrize(
    "query",
    [
        "select outcome, count(*) from slots group by all",
        "from runs",
        "with r as (select 1 as a) select * from r;",
        "values (1), (2)",
        "describe slots",
        "show tables",
        "summarize slots",
        "explain select * from slots",
        "-- a comment\nselect 1",
    ],
)
def test_queries_are_answered(filled, query):
    assert run_query(filled, query).rows


@pytest.mark.parametrize(
    "query",
    [
        "insert into store.runs select * from store.runs",
        "update store.runs set label = 'x'",
        "delete from store.runs",
        "drop view slots",
        "create table t (a integer)",
        "create temp table t (a integer)",
        "create macro m() as 1",
        "alter table store.runs add column x integer",
        "truncate store.runs",
        "copy runs to '{folder}/out.csv'",
        "copy runs to '{index}'",
        "export database '{folder}/out'",
        "import database '{folder}/out'",
        "attach '{folder}/other.duckdb' as other",
        "detach recaudit",
        "install httpfs",
        "load httpfs",
        "set threads = 1",
        "reset threads",
        "set variable x = 1",
        "pragma database_list",
        "pragma enable_profiling",
        "call pragma_version()",
        "checkpoint",
        "vacuum",
        "begin",
        "use memory",
        "prepare p as select 1",
        "create secret s (type s3, key_id 'k', secret 's')",
        "comment on view runs is 'x'",
    ],
)
def test_other_statements_are_refused_by_name(filled, home, tmp_path, query):
    before = home.index.read_bytes()
    with pytest.raises(LogError, match="statements are refused: the log can only be read here"):
        run_query(filled, query.format(folder=tmp_path, index=home.index))
    assert home.index.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"home"}


@pytest.mark.parametrize(
    "query",
    [
        "select * from read_csv('{outside}')",
        "select * from read_csv_auto('{outside}')",
        "select * from read_text('{outside}')",
        "select * from read_blob('{outside}')",
        "select * from read_json('{outside}')",
        "select * from read_parquet('{outside}')",
        "select * from sniff_csv('{outside}')",
        "select * from '{outside}'",
        "select * from glob('{outside}*')",
        "select * from read_text('/etc/passwd')",
        "select * from read_csv('https://example.org/x.csv')",
        "select (select content from read_text('{outside}'))",
        "with x as (insert into store.journals values ('x', 0, 0, 'h', null, null) returning run_id) select * from x",
        "explain analyze insert into store.journals values ('x', 0, 0, 'h', null, null)",
        "explain analyze copy runs to '{outside}.out'",
        "select * from query('copy runs to ''{outside}.out''')",
        "select getenv('HOME')",
        "select * from home",
    ],
)
def test_queries_reach_nothing_outside_the_log(filled, home, outside, query):
    with pytest.raises(LogError, match=r"^The query (was refused|failed)"):
        run_query(filled, query.format(outside=outside))
    assert {path.name for path in outside.parent.iterdir()} == {"home", "secret.csv"}
    assert len(filled.runs()) == 1


def test_variables_of_the_program_are_out_of_reach(filled):
    import pandas as pd

    frame = pd.DataFrame({"a": [SECRET]})
    assert frame["a"][0] == SECRET
    with pytest.raises(LogError, match="frame does not exist"):
        run_query(filled, "select * from frame")


@pytest.mark.parametrize("query", ["select 1; delete from store.runs", "select 1; select 2", "", "-- nothing", ";"])
def test_one_query_at_a_time(query):
    with pytest.raises(LogError, match="Expected one query, got"):
        check_query(query)


def test_a_query_that_cannot_be_read_says_where():
    with pytest.raises(LogError, match=r"cannot be read: Parser Error: syntax error at or near .selct"):
        check_query("selct 1")


def test_long_results_are_cut_and_say_so(filled):
    found = run_query(filled, "select i from range(10) t(i) order by i", limit=4)
    assert (found.columns, found.rows, found.is_cut) == (("i",), ((0,), (1,), (2,), (3,)), True)
    assert not run_query(filled, "select i from range(4) t(i)", limit=4).is_cut
    assert len(run_query(filled, "select i from range(5000) t(i)", limit=None).rows) == 5000
    assert run_query(filled, "select 1 where false").rows == ()
    with pytest.raises(ValueError, match="limit"):
        run_query(filled, "select 1", limit=-1)


def test_a_query_without_end_is_stopped_and_the_log_stays_usable(filled):
    with pytest.raises(LogError, match=r"did not end within 0.2 s and was stopped"):
        run_query(filled, "select count(*) from range(1000000000000) t(i) where i % 7 = 3", timeout_s=0.2)
    assert run_query(filled, "select count(*) from runs").rows == ((1,),)


def test_values_of_all_kinds_come_through(filled):
    found = run_query(
        filled, "select [1, 2] as l, {'a': 1} as s, date '2026-01-01' as d, null as n, 1.5::decimal(4,2) as m"
    )
    assert json.loads(json.dumps(found.rows[0][:2])) == [[1, 2], {"a": 1}]
    assert str(found.rows[0][2]) == "2026-01-01"
    assert found.rows[0][3] is None
