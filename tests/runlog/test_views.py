"""The public views: documented to the last column, right on hand-made examples, and portable."""

import re
from pathlib import Path

import duckdb
import pytest
import sqlglot
from runlog_builders import DAY, answer, plan
from runlog_datasets import dataset, store
from sqlglot import exp

from engine.datasets.splits import SplitSpec, split
from engine.runlog import migrate
from engine.runlog.dataset_rows import index_dataset
from engine.runlog.journal import JournalWriter, journal_path

VIEWS_SQL = (Path(migrate.__file__).parent / "views.sql").read_text(encoding="utf-8")
VIEWS = re.findall(r"create or replace view (\w+) as", VIEWS_SQL)
COLUMNS = migrate.view_columns()


@pytest.fixture(scope="module")
def empty():
    with duckdb.connect() as connection:
        migrate.migrate(connection)
        yield connection


def test_all_views_are_known():
    assert len(VIEWS) == 26
    assert list(dict.fromkeys(column.view for column in COLUMNS)) == VIEWS


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_can_be_queried_on_an_empty_log(empty, view):
    assert empty.execute(f"select * from {view}").fetchall() == []


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: f"{column.view}.{column.column}")
def test_every_column_says_what_it_means(column):
    assert column.view_comment
    assert column.view_comment.endswith(".")
    assert column.comment
    assert column.comment.endswith((".", "..."))


def test_the_document_is_what_the_views_say():
    path = Path(migrate.__file__).parent / "VIEWS.md"
    fresh = "stale; run `recaudit log columns --markdown > engine/runlog/VIEWS.md`"
    assert path.read_text(encoding="utf-8") == migrate.views_markdown(), fresh


@pytest.mark.parametrize("view", VIEWS)
def test_names_differ_by_more_than_case(view):
    names = [column.column.lower() for column in COLUMNS if column.view == view]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_runs_on_the_distributed_engine_too(view):
    create = next(
        statement
        for statement in sqlglot.parse(VIEWS_SQL, read="duckdb")
        if isinstance(statement, exp.Create) and statement.this.name == view
    )
    spark = create.expression.sql("spark", unsupported_level=sqlglot.ErrorLevel.RAISE)
    again = sqlglot.parse_one(spark, read="spark").sql("duckdb")
    assert sqlglot.parse_one(again, read="duckdb") == sqlglot.parse_one(create.expression.sql("duckdb"), read="duckdb")
    assert not list(create.find_all(exp.Anonymous)), "a function that sqlglot does not know"


def replaying_views_twice_changes_nothing(connection):
    return connection.execute("select view_name, sql from duckdb_views() where not internal order by 1").fetchall()


def test_migrating_again_changes_nothing():
    with duckdb.connect() as connection:
        migrate.migrate(connection)
        first = replaying_views_twice_changes_nothing(connection)
        assert migrate.schema_state(connection) is migrate.SchemaState.CURRENT
        migrate.migrate(connection)
        assert replaying_views_twice_changes_nothing(connection) == first


def run_on(home, made, spec, **changes):
    """Record a run whose requests are cut by the same split that recommenders are given."""
    cut = split(made, spec)
    run = plan(
        "run",
        dataset_fingerprint=made.fingerprint,
        split_kind=spec.kind,
        split_n=spec.n if spec.kind == "leave-last-out" else None,
        split_cutoff=spec.cutoff,
        **changes,
    )
    with JournalWriter(journal_path(home, "run")) as journal:
        journal.append([run])
        for index, row in enumerate(cut.users.itertuples()):
            parts = {"n_history": int(row.n_history), "n_holdout": int(row.n_holdout), "cutoff": int(row.cutoff)}
            journal.append([answer(index, user_id=row.user_id, **parts)])
    return cut


def rows(log, query):
    return [tuple(row) for row in log.query(query).itertuples(index=False)]


@pytest.mark.parametrize(
    ("spec", "repeats", "histories", "targets", "training"),
    [
        (
            SplitSpec(n=2),
            False,
            [("u1", "i1", 0), ("u1", "i2", 1), ("u1", "i1", 2)],
            [("u1", "i3", "1970-01-05", 3.0), ("u2", "i2", "1970-01-07", 4.0), ("u2", "i4", "1970-01-02", 1.0),
             ("u3", "i3", "1970-01-06", 4.0)],
            [("u1", 0), ("u1", 1), ("u1", 2)],
        ),
        (
            SplitSpec(n=3),
            False,
            [("u1", "i1", 0), ("u1", "i2", 1)],
            [("u1", "i3", "1970-01-05", 3.0), ("u2", "i2", "1970-01-07", 4.0), ("u2", "i4", "1970-01-02", 1.0),
             ("u3", "i3", "1970-01-06", 4.0)],
            [("u1", 0), ("u1", 1)],
        ),
        (
            SplitSpec(n=3),
            True,
            [("u1", "i1", 0), ("u1", "i2", 1)],
            [("u1", "i1", "1970-01-04", 5.0), ("u1", "i3", "1970-01-05", 3.0), ("u2", "i2", "1970-01-07", 4.0),
             ("u2", "i4", "1970-01-02", 1.0), ("u3", "i3", "1970-01-06", 4.0)],
            [("u1", 0), ("u1", 1)],
        ),
        (
            SplitSpec(kind="cutoff-time", cutoff=3 * DAY),
            False,
            [("u1", "i1", 0), ("u1", "i2", 1), ("u2", "i4", 0)],
            [("u1", "i3", "1970-01-05", 3.0), ("u2", "i2", "1970-01-07", 4.0), ("u3", "i3", "1970-01-06", 4.0)],
            [("u1", 0), ("u1", 1), ("u2", 0)],
        ),
        (
            SplitSpec(kind="cutoff-time", cutoff=3 * DAY),
            True,
            [("u1", "i1", 0), ("u1", "i2", 1), ("u2", "i4", 0)],
            [("u1", "i1", "1970-01-04", 5.0), ("u1", "i3", "1970-01-05", 3.0), ("u2", "i2", "1970-01-07", 4.0),
             ("u3", "i3", "1970-01-06", 4.0)],
            [("u1", 0), ("u1", 1), ("u2", 0)],
        ),
    ],
    ids=["last 2", "last 3", "last 3, repeats count", "cutoff", "cutoff, repeats count"],
)  # fmt: skip
def test_what_was_known_and_what_came_next(home, log, spec, repeats, histories, targets, training):
    made = dataset()
    store(home, made)
    cut = run_on(home, made, spec, allows_repeat_consumption=repeats)
    assert rows(log, "select user_id, item_id, position from histories order by user_id, position") == histories
    query = (
        "select user_id, item_id, strftime(interacted_at, '%Y-%m-%d'), rating from targets order by user_id, item_id"
    )
    assert rows(log, query) == targets
    query = "select user_id, position from training_interactions where run_id = 'run' order by user_id, position"
    assert rows(log, query) == training
    learned = cut.training[["user_id", "position"]].sort_values(["user_id", "position"])
    assert [tuple(row) for row in learned.itertuples(index=False)] == training


def test_the_same_user_asked_twice_has_the_same_targets_in_both(home, log):
    made = dataset()
    store(home, made)
    with JournalWriter(journal_path(home, "run")) as journal:
        journal.append([plan("run", dataset_fingerprint=made.fingerprint)])
        journal.append([answer(index, n_history=4, n_holdout=1, repeat=index) for index in (0, 1)])
    assert rows(log, "select request_id, count(*) from histories group by all order by 1") == [("r0", 4), ("r1", 4)]
    assert rows(log, "select count(*) from targets") == [(0,)]  # i3 is in the history already


def test_a_dataset_with_the_marks_of_the_escape_still_meets_its_items(home, log):
    made = dataset()
    made.items["item_id"] = made.items["item_id"].replace({"i1": "i␚1"})
    with JournalWriter(journal_path(home, "run")) as journal:
        journal.append([plan("run", dataset_fingerprint=made.fingerprint)])
        slot = answer(0).slots[0]
        found = type(slot.recommendation)(
            rank=1, raw_text="x", match=type(slot.recommendation.match)(item_id="i␚1", kind="exact")
        )
        journal.append([answer(0, slots=(type(slot)(rank=1, outcome=slot.outcome, recommendation=found),))])
    with duckdb.connect() as connection:
        migrate.migrate(connection)
        index_dataset(connection, made)
        known = {row[0] for row in connection.execute("select item_id from items").fetchall()}
    assert rows(log, "select item_id from slots")[0][0] in known
