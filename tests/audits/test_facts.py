"""Sums worked out in arrays are the rows that their queries give when run by hand."""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.evidence import Evidence
from audits.group_cells import attribute_parameters
from audits.kernels import facts, lists
from audits.queries import Parameter, named_queries
from audits.scope import CohortFilter
from tests.audits.log_builder import LogBuilder, cleared, empty_log, insert

IN_ARRAYS = sorted(name for name, query in named_queries().items() if query.in_arrays is not None)
COMPACTED = {"ranked": "ranked_compacted", "placed": "placed_compacted"}
ITEMS = [f"i{n:02d}" for n in range(12)]


def compared(name: str, frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    keys = [column for column in columns if column.endswith("_no")] + (["n_had"] if name == "group_items" else [])
    return frame[columns].sort_values(keys).reset_index(drop=True).astype(float)


def check(evidence: Evidence, name: str, using: dict[str, str] | None = None, **parameters: Parameter) -> pd.DataFrame:
    """Hold the kept rows of a query to the rows of its text, and return them."""
    asked = {**attribute_parameters(("gender",)), **parameters}
    theirs = evidence.connection.execute(evidence.runnable_sql(name, using=using, **asked)).df()
    columns = list(theirs.columns)
    text = f"-- Its rows.\n-- uses: {name}\nselect {', '.join(columns)} from {name}"
    own, by_hand = (compared(name, f, columns) for f in (evidence.query(text, using=using, **asked), theirs))
    assert len(own) == len(by_hand)
    for column in columns:
        np.testing.assert_allclose(own[column], by_hand[column], rtol=1e-12, atol=0, equal_nan=True, err_msg=column)
    return own


def varied(*, repeats: bool = True, days: int = 3, seed: int = 4) -> LogBuilder:
    """Twenty users with lists of every length and histories with repeats, two runs, failed requests."""
    draw = random.Random(seed)

    def answer() -> list[str] | None:
        chosen = draw.sample(ITEMS[:10], 6)
        lost = draw.random()
        return None if lost < 0.15 else [item if draw.random() > lost - 0.1 else draw.choice("?~") for item in chosen]

    users = [f"u{n:02d}" for n in range(20)]
    return (
        LogBuilder()
        .items({item: [] for item in ITEMS})
        .users(
            {u: draw.choices(ITEMS[3:], k=draw.randint(0, 6)) for u in users},
            {u: draw.sample(ITEMS, 2) for u in users},
            {u: {"gender": draw.choice(["f", "m", None])} for u in users},
        )
        .run("one", {u: [answer(), answer()] if repeats and draw.random() < 0.3 else answer() for u in users}, k=6)
        .run("other", {u: answer() for u in users[3:]}, k=6, split_n=days)
    )


def two_datasets() -> LogBuilder:
    """Two runs of a dataset, and one of another whose items are numbered before theirs."""
    log = varied(seed=5)
    tables = log.connection.execute(
        "select table_name from duckdb_columns() where schema_name = 'store' and column_name = 'dataset_fingerprint'"
    ).fetchall()
    for (table,) in tables:
        log.connection.execute(f"update store.{table} set dataset_fingerprint = 'another'")
    return (
        log.items({"b": [], "i03": [], "z": []})
        .users({"u01": ["z", "b"], "v": ["i03"], "w": []}, {"u01": ["b"], "v": []}, {"v": {"gender": "f"}})
        .run("new", {"u01": ["z", "?", "b"], "v": ["b", "i03", "z"], "w": ["!Nope", "?", "z"]})
    )


def small(
    items: list[str], history: dict[str, list[str]], answers: dict[str, list[str] | None], **of_run: object
) -> LogBuilder:
    log = LogBuilder().items({item: [] for item in items})
    return log.users(history, {}, {u: {"gender": "f"} for u in history}).run("one", answers, **of_run)


LOGS: dict[str, Callable[[], LogBuilder]] = {
    "several requests of a user": varied,
    "one request a user": lambda: varied(repeats=False),
    "one run without training": lambda: varied(days=100),
    "two datasets": two_datasets,
    "nothing delivered": lambda: small(ITEMS, {"u": ["i00"], "v": ["i01"]}, {"u": ["?", "~", "!x"], "v": None}),
    "no training": lambda: small(["a", "b", "c"], {"u": ["c"]}, {"u": ["a", "?", "b"]}, split_n=3),
    "no training, lists end with other items": lambda: small(
        ["a", "b", "c", "d"], {"u": ["a"], "v": []}, {"u": ["?", "?", "d"], "v": ["a", "?", "c"]}, split_n=3
    ),
    "no history": lambda: small(["a", "b"], {"u": [], "v": []}, {"u": ["a", "b", "?"], "v": ["b", "?", "?"]}),
    "no catalogue": lambda: small([], {"u": ["a"]}, {"u": ["!x", "?", "~"]}),
    "no request": lambda: small(["a"], {"u": ["a"]}, {}),
}  # fmt: skip


@pytest.fixture(scope="module", params=sorted(LOGS))
def log(request) -> LogBuilder:
    return LOGS[request.param]()


def run_ids(log: LogBuilder) -> list[str]:
    return [str(row[0]) for row in log.connection.execute("select run_id from runs order by run_id").fetchall()]


@pytest.mark.parametrize("most_keys", [4, 0])  # counted; sorted
@pytest.mark.parametrize("name", IN_ARRAYS)
def test_arrays_give_what_the_query_says(log, name, most_keys, monkeypatch):
    monkeypatch.setattr(facts, "_MOST_KEYS", most_keys)
    monkeypatch.setattr(lists, "CHUNK", 7)
    evidence = log.evidence(*run_ids(log))
    for using in ({}, COMPACTED):
        for k in (1, 2, None):
            check(evidence, name, using, k=k)


@pytest.mark.parametrize("name", IN_ARRAYS)
def test_items_at_one_rank_all_count(name):
    log = small(ITEMS, {"u": ["i00"], "v": ["i00", "i01"]}, {"u": ["i00", "i01"], "v": ["i02", "?"]}, k=2)
    again = {"run_id": "one", "request_id": "u:0", "request_index": 0, "slot_rank": 2, "outcome": "delivered"}
    insert(log.connection, "slots", [{**again, "outcome_detail": "", "raw_text": "Title i02", "item_id": "i02"}])
    log.number()
    rows = check(log.evidence("one"), name)
    assert "exposure" not in rows or rows["exposure"].sum() == pytest.approx(2 + 2 / np.log2(3))


@pytest.mark.parametrize("name", IN_ARRAYS)
def test_a_run_alone_and_a_cohort_give_what_the_query_says(name):
    log = varied()
    for run_id in ("one", "other"):
        assert len(check(log.evidence(run_id), name))
    cohort = log.evidence("one", "other", cohort=(CohortFilter(attribute="gender", values=("f",)),))
    assert len(check(cohort, name))
    assert len(check(log.evidence("one", "other").on_common_users("one", "other"), name))


@pytest.mark.parametrize("name", ["list_facts", "request_outcomes", "exposure"])
@pytest.mark.parametrize("variant", ["neutral", "gender=f"])
def test_requests_of_other_variants_do_not_lend_their_slots(name, variant):
    log = varied()
    users = [f"u{n:02d}" for n in range(20)]
    log.stated("one", "gender=f", dict.fromkeys(users, ITEMS[:6]), k=6)
    log.stated("other", "gender=f", dict.fromkeys(users, ITEMS[2:8]), k=6)
    both = replace(log.evidence("one", "other"), variant=variant)
    for run_id in ("one", "other"):
        alone = replace(log.evidence(run_id), variant=variant)
        columns = [column for column in alone.query(name).columns if not column.endswith("_no")]
        mine, theirs = (
            evidence.query(name)[columns].sort_values(columns).reset_index(drop=True)
            for evidence in (both.of(run_id), alone)
        )
        assert len(mine)
        pd.testing.assert_frame_equal(mine, theirs)


@pytest.mark.parametrize("name", ["list_facts", "profile_facts", "exposure"])
def test_one_of_several_runs_gives_what_it_gives_alone(name):
    log = two_datasets()
    runs = run_ids(log)
    whole = log.evidence(*runs)
    for run_id in runs:
        own = whole.of(run_id)
        theirs = own.connection.execute(own.runnable_sql(name)).df()
        columns = [column for column in theirs.columns if not column.endswith("_no")]  # counted from other beginnings
        text = f"-- Its rows.\n-- uses: {name}\nselect {', '.join(columns)} from {name}"
        keys = columns[:2]
        mine = own.query(text).sort_values(keys).reset_index(drop=True)
        theirs = theirs[columns].sort_values(keys).reset_index(drop=True)
        pd.testing.assert_frame_equal(mine, theirs, check_dtype=False, rtol=1e-12, atol=0)
        assert len(mine)


TEXTS = st.sampled_from([*ITEMS[:6], "!An Invented Title", "?", "~"])
ANSWERS = st.one_of(st.none(), st.lists(TEXTS, min_size=4, max_size=4))
REUSED = empty_log()


@settings(max_examples=8, deadline=None)
@given(st.data())
def test_arrays_give_what_the_query_says_of_any_log(data):
    users = [f"u{n}" for n in range(data.draw(st.integers(1, 5)))]
    histories = {u: data.draw(st.lists(st.sampled_from(ITEMS[:8]), max_size=5)) for u in users}
    genders = {u: {"gender": data.draw(st.sampled_from(["f", "m", None]))} for u in users}
    log = LogBuilder(connection=cleared(REUSED)).items({item: [] for item in ITEMS[:8]}).users(histories, {}, genders)
    for run_id in ("one", "other"):
        asked = {u: [data.draw(ANSWERS) or ["?"] * 4, ["i01", "?", "i00", "~"]] for u in users}
        once = {u: data.draw(ANSWERS) for u in users}
        log.run(run_id, asked if data.draw(st.booleans()) else once, k=4, split_n=data.draw(st.integers(1, 3)))
    evidence = log.evidence("one", "other")
    for name in IN_ARRAYS:
        check(evidence, name)
        check(evidence, name, COMPACTED, k=2)


def test_information_of_items_that_nearly_all_users_had_is_exact():
    users = [f"u{n}" for n in range(400)]
    log = small(
        ["a", "b"], {u: ["a", "b"] if n else ["b", "b"] for n, u in enumerate(users)}, {"u1": ["a"]}, k=1, split_n=0
    )
    (row,) = check(log.evidence("one"), "list_sums").to_dict("records")
    assert row["information_sum"] == pytest.approx(np.log2(400 / 399), rel=1e-15, abs=0)


def test_each_function_is_named_by_a_query_and_each_query_names_one():
    public = {
        name
        for name, function in inspect.getmembers(facts, inspect.isfunction)
        if function.__module__ == facts.__name__ and not name.startswith("_")
    }
    assert public == {named_queries()[name].in_arrays for name in IN_ARRAYS}
    assert all(named_queries()[name].kept for name in IN_ARRAYS), "only kept rows are worked out elsewhere"
