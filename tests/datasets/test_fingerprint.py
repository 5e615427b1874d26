"""The fingerprint: blind to order and storage, not blind to any value."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.datasets.arrow import TABLE_NAMES, empty_table
from engine.datasets.fingerprint import fingerprint

RELAXED = settings(deadline=None, max_examples=40)  # a busy machine is no failure


def tables(**given) -> dict[str, pa.Table]:
    return {name: given.get(name, empty_table(name)) for name in TABLE_NAMES}


ITEM_ID = st.text(min_size=1, max_size=6)
ITEMS = st.lists(st.tuples(ITEM_ID, st.lists(st.text(max_size=4), max_size=3)), max_size=8, unique_by=lambda i: i[0])


def items_of(rows) -> pa.Table:
    template = empty_table("items")
    values = {field.name: pa.nulls(len(rows), field.type) for field in template.schema}
    for name in ("item_id", "title"):
        values[name] = pa.array([row[0] for row in rows], pa.large_string())
    for name in ("creators", "categories", "aliases"):
        values[name] = pa.array([row[1] for row in rows], template.schema.field(name).type)
    return pa.table(values)


@RELAXED
@given(ITEMS.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_order_of_items_does_not_matter(pair):
    rows, shuffled = pair
    assert fingerprint(tables(items=items_of(rows))) == fingerprint(tables(items=items_of(shuffled)))


@RELAXED
@given(ITEMS, ITEMS)
def test_other_items_have_another_fingerprint(rows, others):
    same = {r[0]: r[1] for r in rows} == {r[0]: r[1] for r in others}
    assert (fingerprint(tables(items=items_of(rows))) == fingerprint(tables(items=items_of(others)))) == same


def test_chunks_and_slices_do_not_matter():
    rows = [("b", ["x"]), ("a", []), ("c", ["y", ""])]
    whole = items_of(rows)
    pieces = pa.concat_tables([whole.slice(0, 1), whole.slice(1)])
    sliced = items_of([("z", ["q"]), *rows, ("y", [])]).slice(1, 3)
    assert fingerprint(tables(items=whole)) == fingerprint(tables(items=pieces)) == fingerprint(tables(items=sliced))


def test_values_do_not_run_into_each_other():
    triples = [
        pa.table({"head": ["ab"], "relation": ["c"], "tail": ["d"]}),
        pa.table({"head": ["a"], "relation": ["bc"], "tail": ["d"]}),
        pa.table({"head": ["ab"], "relation": ["c"], "tail": [None]}).cast(empty_table("triples").schema),
        pa.table({"head": ["ab"], "relation": ["c"], "tail": [""]}),
    ]
    assert len({fingerprint(tables(triples=triple)) for triple in triples}) == 4


@pytest.mark.parametrize("change", ["timestamp", "rating", "position", "item_id"])
def test_every_value_of_an_interaction_counts(import_files, change):
    from engine.datasets.arrow import to_table, to_tables

    dataset = import_files().dataset
    rows = dataset.interactions.copy()
    first, second = rows.loc[1, change], rows.loc[2, change]
    rows.loc[1, change] = second if pd.notna(second) and second != first else 1.0
    changed = {**to_tables(dataset), "interactions": to_table("interactions", rows)}
    assert fingerprint(changed) != dataset.fingerprint


def test_file_order_of_users_and_items_does_not_matter_but_that_of_ties_does(import_files):
    from tests.datasets.conftest import GOOD

    def turned(name: str) -> str:
        head, *rows = GOOD[name].splitlines()
        return "\n".join([head, *reversed(rows)])

    plain = import_files().dataset.fingerprint
    other = import_files(name="turned", users=turned("users.csv"), items=turned("items.csv")).dataset.fingerprint
    assert other == plain
    ties = import_files(name="ties", interactions=turned("interactions.csv")).dataset.fingerprint
    assert ties != plain  # u1 met i2 and i10 in the same second: the file's order is part of the data
