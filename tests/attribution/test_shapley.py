"""Shapley values: worked out by hand, by enumeration, and with the properties that define them."""

from __future__ import annotations

import subprocess
import sys
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.attribution.shapley import shapley_values
from audits.errors import AuditError


def by_definition(value, n: int) -> np.ndarray:
    """The mean marginal contribution over all orders, by enumeration of the orders."""
    total, count = np.zeros(n), 0
    for order in permutations(range(n)):
        mask = np.zeros(n, dtype=bool)
        before = value(mask[None])[0]
        for player in order:
            mask[player] = True
            after = value(mask[None])[0]
            total[player] += after - before
            before = after
        count += 1
    return total / count


def test_gloves():
    """One left glove, two right ones; a pair is worth 1. By hand: 2/3, 1/6, 1/6."""
    found = shapley_values(lambda masks: (masks[:, 0] & (masks[:, 1] | masks[:, 2])).astype(float), 3)
    assert found.contributions == pytest.approx((2 / 3, 1 / 6, 1 / 6))
    assert (found.base, found.score) == (0.0, 1.0)
    assert found.n_evaluations == 8
    assert found.standard_errors is None
    assert "exact" in found.method
    assert "8 subsets" in found.method


@given(st.integers(1, 5).flatmap(lambda n: st.lists(st.floats(-9, 9), min_size=2**n, max_size=2**n)))
@settings(max_examples=25)
def test_exact_values_are_those_of_the_definition(table):
    n = len(table).bit_length() - 1
    weights = 2 ** np.arange(n)

    def value(masks):
        return np.array(table)[(masks * weights).sum(axis=1)]

    found = shapley_values(value, n)
    assert np.array(found.contributions) == pytest.approx(by_definition(value, n), abs=1e-9)
    assert found.additivity_gap == pytest.approx(0, abs=1e-9)


def test_sampled_values_of_an_additive_game_are_exact_without_error():
    parts = np.arange(14.0)
    found = shapley_values(lambda masks: 5 + masks @ parts, 14, evaluations=200)
    assert found.contributions == pytest.approx(tuple(parts))
    assert found.standard_errors == pytest.approx((0.0,) * 14, abs=1e-12)
    assert (found.base, found.score) == (5.0, 96.0)
    assert "sampled" in found.method


def test_the_standard_error_covers_what_sampling_misses():
    """A game of triples among 12 players: the exact value of each is its share of its triple, a third of it."""
    worth = np.array([3.0, 6.0, 9.0, 12.0])

    def value(masks):
        return sum(w * masks[:, 3 * i : 3 * i + 3].all(axis=1) for i, w in enumerate(worth))

    found = shapley_values(value, 12, evaluations=1_200, seed=3)
    exact = np.repeat(worth / 3, 3)
    errors = np.array(found.standard_errors)
    assert (errors > 0).all()
    assert (np.abs(np.array(found.contributions) - exact) < 4 * errors).all()
    assert found.additivity_gap == pytest.approx(0, abs=1e-9)
    assert found.n_evaluations <= 1_200


def test_the_same_seed_gives_the_same_values_and_leaves_numpy_as_it_was():
    def value(masks):
        return masks.sum(axis=1) ** 2.5 + masks[:, 0] * masks[:, 5]

    np.random.seed(4)
    expected = np.random.random()
    np.random.seed(4)
    first, second = (shapley_values(value, 12, evaluations=120, seed=1) for _ in range(2))
    assert np.random.random() == expected
    assert first == second
    assert first != shapley_values(value, 12, evaluations=120, seed=2)


def test_a_player_that_changes_nothing_gets_nothing():
    found = shapley_values(lambda masks: masks[:, 1].astype(float), 3)
    assert found.contributions == pytest.approx((0.0, 1.0, 0.0))


def test_nobody_playing_leaves_the_base():
    found = shapley_values(lambda masks: np.full(len(masks), 7.0), 0)
    assert (found.base, found.score, found.contributions) == (7.0, 7.0, ())


def test_few_evaluations_make_it_sample_and_too_few_are_refused():
    assert "sampled" in shapley_values(lambda m: m.sum(axis=1) * 1.0, 8, evaluations=100).method
    with pytest.raises(AuditError, match="at least 80 evaluations"):
        shapley_values(lambda m: m.sum(axis=1) * 1.0, 20, evaluations=50)


def test_a_score_that_is_no_number_is_refused():
    with pytest.raises(AuditError, match="no finite number"):
        shapley_values(lambda m: np.where(m[:, 0], 1.0, np.nan), 2)


def test_what_the_first_caller_holds_is_let_go():
    """Shap keeps errors of packages that it did not find, and with them every frame below its first import."""
    code = """
import gc, weakref
from audits.attribution.shapley import shapley_values
class Held: pass
def call():
    held = Held()
    shapley_values(lambda masks: masks.sum(axis=1) * 1.0, 3)
    return weakref.ref(held)
kept = call()
gc.collect()
assert kept() is None
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
