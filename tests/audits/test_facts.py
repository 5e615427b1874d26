"""Sums worked out in arrays are the rows that their queries give when run by hand."""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Sequence
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


def varied(*, repeats: bool = True, days: int = 3, seed: int = 4, ends: Sequence[str] = ("?", "~")) -> LogBuilder:
    """Twenty users with lists of every length and histories with repeats, two runs, failed requests."""
    draw = random.Random(seed)

    def answer() -> list[str] | None:
        chosen = draw.sample(ITEMS[:10], 6)
        lost = draw.random()
        return None if lost < 0.15 else [item if draw.random() > lost - 0.1 else draw.choice(ends) for item in chosen]

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
    """Two runs of a dataset, and one of another whose requests are numbered before theirs."""
    return (
        varied(seed=5)
        .set_apart("another")
        .items({"b": [], "i03": [], "z": []})
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
    "training outside": lambda: small(["a", "b"], {"u": ["a", "x"], "v": ["x"]}, {"u": ["b"], "v": ["a", "b"]}, k=2),
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


LOST = ("?", "~", "!x", "!!Title i01", "=i01", "<i02", "#i03")


@pytest.fixture(scope="module")
def stated() -> LogBuilder:
    """Three runs with slots of every kind; variants are stated in the first, of more users, and in the last."""
    users = [f"u{n:02d}" for n in range(20)]
    several = {
        user: [*ITEMS[n % 5 : n % 5 + 3], LOST[n % 7], ITEMS[9 - n % 3], LOST[n // 2 % 7]]
        for n, user in enumerate(users)
    }
    log = varied(seed=9, ends=LOST).run("third", {user: several[user] for user in users[1:15]}, k=6)
    for run_id in ("one", "third"):
        log.stated(run_id, "gender=f", several, k=6)
    return log.stated("one", "gender=m", dict(zip(users, reversed(several.values()), strict=True)), k=6)


RUNS = ("one", "other", "third")
WOMEN = CohortFilter(attribute="gender", values=("f",))
FEMALE = "select user_id from user_attributes where attribute = 'gender' and attribute_value = 'f'"
OF_ALL = "select user_id from requests where variant = 'neutral' group by user_id having count(distinct run_id) = 3"
NARROWED = {  # what is asked of the evidence, and which requests these are, by names
    "neutral": ({}, "variant = 'neutral'"),
    "stated": ({"variant": "gender=f"}, "variant = 'gender=f'"),
    "cohort": ({"cohort": (WOMEN,)}, f"variant = 'neutral' and user_id in ({FEMALE})"),
    "common users": ({"users_common_to": RUNS}, f"variant = 'neutral' and user_id in ({OF_ALL})"),
}
SLOTS = "s.run_id = q.run_id and s.request_id = q.request_id and s.slot_rank <= q.k and q.request_status = 'answered'"
BY_NAMES = {
    "list_facts": f"""
        select q.run_id, q.request_id, count(s.item_id) as n_delivered
        from asked q
        left join slots s on {SLOTS} and s.outcome = 'delivered'
        group by q.run_id, q.request_id
    """,
    "request_outcomes": f"""
        select q.run_id, q.request_id, q.k as n_requested,
            case when q.request_status = 'answered' then q.k else 0 end as n_answered,
            count(*) filter (s.outcome <> 'missing') as n_given,
            count(*) filter (s.outcome not in ('missing', 'unparseable')) as n_named,
            count(*) filter (s.outcome = 'out_of_catalogue') as n_out_of_catalogue,
            count(*) filter (s.outcome_detail like 'near miss%') as n_near_miss,
            count(*) filter (s.outcome = 'already_consumed') as n_already_consumed,
            count(*) filter (s.outcome = 'duplicate') as n_duplicate,
            count(*) filter (s.outcome = 'ineligible') as n_ineligible,
            count(*) filter (s.outcome = 'delivered') as n_delivered
        from asked q
        left join slots s on {SLOTS}
        group by q.run_id, q.request_id, q.k, q.request_status
    """,
    "exposure": f"""
        select r.run_id, i.item_id, count(s.slot_rank) as n_delivered,
            coalesce(sum(1 / log2(1 + s.slot_rank)), 0) as exposure
        from (select distinct run_id from asked) r
        cross join items i
        left join (asked q join slots s on {SLOTS} and s.outcome = 'delivered')
            on q.run_id = r.run_id and s.item_id = i.item_id
        group by r.run_id, i.item_id
    """,
    "accuracy_facts": f"""
        select q.run_id, q.request_id, nullif(count(t.item_id), 0) as n_targets,
            case when count(t.item_id) > 0 then count(s.item_id) end as n_hits
        from asked q
        left join targets t on t.run_id = q.run_id and t.request_id = q.request_id
        left join slots s on {SLOTS} and s.outcome = 'delivered' and s.item_id = t.item_id
        group by q.run_id, q.request_id
    """,
}


def sorted_by_names(frame: pd.DataFrame, columns: list[str] | None = None) -> pd.DataFrame:
    """Return rows in the order of their first two columns, without numbers: these count from other beginnings."""
    columns = columns or [column for column in frame.columns if not column.endswith("_no")]
    return frame[columns].sort_values(columns[:2]).reset_index(drop=True)


def narrowed(evidence: Evidence, which: str) -> Evidence:
    own, _ = NARROWED[which]
    several = evidence.on_common_users(*RUNS) if "users_common_to" in own and len(evidence.run_ids) > 1 else evidence
    return replace(several, **own)


@pytest.mark.parametrize("name", BY_NAMES)
@pytest.mark.parametrize("which", NARROWED)
def test_requests_out_of_scope_do_not_lend_their_slots(stated, name, which):
    several, asked = narrowed(stated.evidence(*RUNS), which), 0
    for run_id in RUNS:
        mine = sorted_by_names(several.of(run_id).query(name))
        alone = sorted_by_names(narrowed(stated.evidence(run_id), which).query(name))
        pd.testing.assert_frame_equal(mine, alone, rtol=1e-12)
        asked += bool(len(mine))
    assert asked == (2 if which == "stated" else 3)


@pytest.mark.parametrize("name", BY_NAMES)
@pytest.mark.parametrize("which", NARROWED)
def test_rows_by_number_of_several_runs_are_those_joined_by_names(stated, name, which):
    text = f"with asked as (select * from requests where {NARROWED[which][1]}) {BY_NAMES[name]}"
    by_names = sorted_by_names(stated.connection.execute(text).df())
    own = sorted_by_names(narrowed(stated.evidence(*RUNS), which).query(name), list(by_names.columns))
    pd.testing.assert_frame_equal(own, by_names, check_dtype=False, rtol=1e-12)
    assert by_names.iloc[:, 2:].sum().all(), "each count has something to count"


@pytest.mark.parametrize("name", ["list_facts", "profile_facts", "exposure"])
def test_one_of_several_runs_gives_what_it_gives_alone(name):
    log = two_datasets()
    whole = log.evidence(*run_ids(log))
    for run_id in whole.run_ids:
        own = whole.of(run_id)
        theirs = sorted_by_names(own.connection.execute(own.runnable_sql(name)).df())
        text = f"-- Its rows.\n-- uses: {name}\nselect {', '.join(theirs.columns)} from {name}"
        mine = sorted_by_names(own.query(text))
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
