"""Named SQL: well formed, portable, and literals that mean the value they were made of."""

from __future__ import annotations

import re

import duckdb
import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st

from audits.errors import AuditError
from audits.evidence import Evidence
from audits.queries import bind, compose, fill, literal, named_queries

NAMES = sorted(named_queries())
PARAMETERS = {
    "k": 10, "label_kind": "category", "sample_users": 1000, "sample_salt": "recaudit", "group_kind": "provider",
    "worst_off": 0.2,
    "n_rows": 5, "min_people": 10, "run_id": "r1", "reference_run_id": "r2",
    "lab_run_ids": ["lab"], "rbo_p": 0.9, "lab_test": "early", "lab_levels": ["0", "0.25"], "n_levels": 2,
    "of_top": True, "is_net": True, "about": "dropped",
    "dataset": "d0", "first": 0, "last": 9,
    "dataset_fingerprint": "d0", "recency_beta": 0.3, "popularity_beta": 0.3,
    "n_recent": 1, "n_settled": 0, "listed_share": 0.5, "first_moment": "2020-01-01", "last_start": "2020-01-01",
    "n_windows": 1, "watts_per_core": 12.0, **{f"window_end_{i}": None for i in range(1, 12)},
    **{f"model_{i}": "m" for i in range(1, 4)},
    **{f"{side}_price_{i}": 0.5 for i in range(1, 4) for side in ("input", "output")},
    "wanted": "u1", "request_id": "u1:0",
    "attribute": "gender", "similarity": "jaccard", "pattern": "(^|[^a-z0-9])(gender|woman)([^a-z0-9]|$)",
    "min_sufficient": 100, "hidden_groups": [""], "higher_is_better": True, "item_group": "x",
    "ratio_line": 0.8, "min_share": 0.02, "min_repeats": 3, "component": "within", "agreement": "rbo",
    **{f"place_{i}": i for i in range(1, 7)},
    **{f"attribute_{i}": "gender" for i in range(1, 7)}, **{f"label_{i}": "f" for i in range(1, 7)},
}  # fmt: skip


def runnable(name: str, log) -> str:
    using = {"metric_rows": "ndcg", "ratio_rows": "delivered_share"}
    return Evidence(connection=log.connection, run_ids=("gr",)).runnable_sql(name, using=using, **PARAMETERS)


@pytest.mark.parametrize("name", NAMES)
def test_every_query_transpiles_to_spark(name, log):
    sql = runnable(name, log)
    translated = sqlglot.transpile(sql, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)
    assert len(translated) == 1
    sqlglot.parse_one(translated[0], read="spark")
    functions = {type(f).__name__ for f in sqlglot.parse_one(sql, read="duckdb").find_all(sqlglot.exp.Anonymous)}
    assert not functions, "only functions that both dialects know"


@pytest.mark.parametrize("name", NAMES)
def test_every_query_runs_by_hand(name, log):
    log.connection.execute(runnable(name, log))


@pytest.mark.parametrize("name", NAMES)
def test_every_query_keeps_to_the_style(name):
    query = named_queries()[name]
    code = re.sub(r"'[^']*'", "''", "\n".join(line.partition("--")[0] for line in query.select.splitlines()))
    assert query.description.endswith(".")
    assert code == code.lower()
    assert ";" not in code
    assert not re.search(r"select\s+\*|\.\*", code), "columns are named"
    assert not re.search(r"/\s*(?!nullif|\s|[0-9]|\(|log2)\w+\.?\w*", re.sub(r"/ (t|p|d)\.n_\w+", "", code)), "nullif"
    assert not re.search(r"avg\([^()]*\d\.\d", code), (
        "Spark rounds a mean of decimals to a few places: take whole numbers"
    )
    assert "epoch(" not in code, "Spark cuts fractions of a second off: date_diff in microseconds keeps them"
    for use in query.uses:
        assert use in named_queries() or use in {"metric_rows", "ratio_rows"}
        assert re.search(rf"\b{use}\b", code) or any(
            re.search(rf"\b{use}\b", named_queries()[u].select) for u in query.uses if u in named_queries()
        ), f"{use} is not used"


@given(st.one_of(st.none(), st.booleans(), st.integers(-(2**60), 2**60), st.text().filter(lambda t: "\x00" not in t)))
def test_a_literal_means_its_value(value):
    with duckdb.connect() as connection:
        assert connection.execute(f"select {literal(value)}").fetchone() == (value,)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_survives_as_literal(value):
    with duckdb.connect() as connection:
        assert connection.execute(f"select {literal(value)}").fetchone() == (value,)


@given(st.text(alphabet="a'$;-x_0 ", max_size=20), st.lists(st.text(alphabet="b'$", max_size=5), max_size=4))
def test_bound_and_filled_give_the_same(text, texts):
    sql = "select $text as one, $text in ($texts) as two, $texts_more as three"
    values = {"text": text, "texts": texts, "texts_more": 3, "surplus": 1}
    bound = bind(sql, values)
    with duckdb.connect() as connection:
        by_value = connection.execute(bound.sql, dict(bound.parameters)).fetchone()
        assert by_value == connection.execute(fill(sql, values)).fetchone()
        assert by_value is not None
        assert by_value[:2] == (text, text in texts if texts else None)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\x00", object()])
def test_what_has_no_literal_is_refused(value):
    with pytest.raises(ValueError, match="literal"):
        literal(value)


def test_a_missing_parameter_is_refused():
    with pytest.raises(ValueError, match=r"\$k"):
        fill("select $k", {})


def test_an_unknown_query_names_what_there_is():
    with pytest.raises(AuditError, match="ndcg"):
        compose("ndgc")


def test_compose_takes_the_query_that_plays_a_part():
    text = compose("metric_mean", {"metric_rows": "recall", "placed": "placed_compacted"})
    assert "metric_rows as (\n-- One row a request: share of its targets" in text
    assert "row_number()" in text
    assert text.index("scope as (") < text.index("placed as (") < text.index("metric_rows as (")
