"""What is hidden stays hidden, also from one who combines all that is shown by linear algebra."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.group_cells import Cells
from audits.grouping import Gates, break_down
from audits.metrics.ndcg import METRIC
from audits.suppression import Partition, large_groups, suppressed_groups

MIN = 10


def one(*sizes):
    """Suppress in a single breakdown whose groups are single cells."""
    groups = np.eye(len(sizes), dtype=bool)
    totals = np.ones((1, len(sizes)), dtype=bool)
    return suppressed_groups([Partition(groups=groups)], totals, np.array(sizes), MIN)[0].tolist()


def test_a_single_small_group_takes_the_smallest_other_with_it():
    assert one(3, 200, 50, 400) == [True, False, True, False]


def test_two_small_groups_that_are_few_together_take_a_third():
    assert one(3, 4, 50, 400) == [True, True, True, False]


def test_two_small_groups_that_are_enough_together_are_enough():
    assert one(6, 7, 50, 400) == [True, True, False, False]


def test_nothing_small_nothing_hidden():
    assert one(10, 11, 500) == [False, False, False]


def test_margins_do_not_give_a_hidden_intersection_away():
    # women: young 5, old 100; men: young 80, old 90. Shown beside the intersections: both margins
    cells = [("f", "young"), ("f", "old"), ("m", "young"), ("m", "old")]
    counts = np.array([5, 100, 80, 90])
    crossed = np.eye(4, dtype=bool)
    by_gender = np.array([[g == label for g, _ in cells] for label in "fm"])
    by_age = np.array([[a == label for _, a in cells] for label in ("young", "old")])
    partitions = [Partition(groups=g) for g in (by_gender, by_age, crossed)]
    hidden = suppressed_groups(partitions, np.ones((1, 4), dtype=bool), counts, MIN)
    assert not can_be_worked_out(np.concatenate([by_gender, by_age, crossed]), np.concatenate(hidden), crossed[0])
    assert hidden[2][0]
    assert hidden[2].sum() + hidden[0].sum() + hidden[1].sum() >= 2


def can_be_worked_out(groups, hidden, wanted):
    """Tell whether the attacker's linear combinations of shown sums and the overall sum give the wanted one."""
    known = np.concatenate([groups[~hidden], np.ones((1, groups.shape[1]))]).astype(float)
    weights = np.linalg.lstsq(known.T, wanted.astype(float), rcond=None)[0]
    return bool(np.abs(known.T @ weights - wanted).max() < 1e-6)


labels = st.sampled_from("abc")
tables = st.dictionaries(st.tuples(labels, labels, labels), st.integers(1, 40), min_size=1, max_size=14)
breakdowns = st.lists(
    st.sampled_from([("x",), ("y",), ("z",), ("x", "y"), ("y", "z"), ("x", "y", "z")]),
    min_size=1,
    max_size=4,
    unique=True,
)


@settings(max_examples=60, deadline=None)
@given(tables, breakdowns, st.booleans())
def test_no_hidden_number_can_be_worked_out_of_what_is_shown(table, by, controlled):
    rng = np.random.default_rng(0)
    counts = np.array(list(table.values()))
    names = np.array(list(table))
    control = ("z",) if controlled else ()
    by = tuple(attributes for attributes in by if not set(attributes) & set(control)) or (("x",),)
    sums = np.array([rng.random(n).sum() for n in counts])
    cells = Cells(
        card=METRIC.card, run_id="r", attributes=("x", "y", "z"), labels=names, counts=counts, sums=sums,
        squares=sums**2 / counts * 1.01, bounds=(0.0, 1.0),
    )  # fmt: skip
    shown_vectors, small = [], []
    result = break_down(cells, by, Gates(min_people=MIN), control)
    levels = sorted(set(names[:, 2])) if controlled else [None]
    assert len(result) == len(by) * len(levels)
    for breakdown, (attributes, level) in zip(result, itertools.product(by, levels), strict=True):
        inside = np.ones(len(counts), dtype=bool) if level is None else names[:, 2] == level
        if breakdown.overall is not None:
            shown_vectors.append(inside)
        for group in breakdown.groups:
            member = inside.copy()
            for attribute, label in zip(attributes, group.labels, strict=True):
                member &= names[:, "xyz".index(attribute)] == label
            n = counts[member].sum()
            assert group.suppressed or (group.n == n and np.isclose(group.value, sums[member].sum() / n))
            assert (group.value is None) == (group.n is None) == group.suppressed == (group.interval is None)
            if group.suppressed:
                small += [member] if n < MIN else []
            else:
                assert n >= MIN
                shown_vectors.append(member)
    if not shown_vectors:
        return
    known = np.array(shown_vectors, dtype=float)
    for member in small:
        weights = np.linalg.lstsq(known.T, member.astype(float), rcond=None)[0]
        assert np.abs(known.T @ weights - member).max() > 1e-7
    for parent, other in itertools.product(shown_vectors, shown_vectors):  # plain subtraction of one shown from another
        rest = parent & ~other
        if (other <= parent).all() and rest.any():
            assert counts[rest].sum() >= MIN


def test_a_small_group_takes_the_smallest_large_one_along():
    assert large_groups({"a": 40, "b": 12, "c": 3}, 10) == {"a"}  # 3 alone would follow from the total
    assert large_groups({"a": 40, "b": 12, "c": 6, "d": 5}, 10) == {"a", "b"}  # 11 together tell of neither
    assert large_groups({"a": 40, "b": 12}, 10) == {"a", "b"}
    assert large_groups({"a": 12, "b": 3}, 10) == set()
    assert large_groups({}, 10) == set()


def test_nothing_shown_leaves_out_too_few_of_something_shown_that_is_no_total():
    # x holds all cells but one of y's,: shown both, they would tell of three people
    x, y = np.array([[True, True, False, False]]), np.array([[True, True, True, False]])
    partitions = [Partition(groups=x), Partition(groups=y)]
    hidden = suppressed_groups(partitions, np.ones((1, 4), dtype=bool), np.array([20, 30, 3, 90]), MIN)
    assert [mask.tolist() for mask in hidden] == [[True], [False]]


def test_thousands_of_groups_are_told_apart_one_by_one():
    # 3,000 zip codes: every third of 4 people. Those are hidden and are many together; two alike are never mixed up
    sizes = np.tile([4, 25, 40], 1_000)
    assert one(*sizes) == (sizes < MIN).tolist()


def test_among_thousands_a_single_small_group_takes_the_smallest_other_with_it():
    sizes = np.arange(10, 3_010)
    sizes[1_500] = 4
    assert np.flatnonzero(one(*sizes)).tolist() == [0, 1_500]
