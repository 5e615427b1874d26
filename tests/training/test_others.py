"""Co-occurrence with one user left out."""

from __future__ import annotations

import numpy as np
import pytest

from engine.training.others import SHRINKAGE, OthersChoices

# What u0 met, and what two others met: b goes with a for u0 only.
SEQUENCES = (["a", "b", "c"], ["a", "c"], ["a", "d", "e"])


@pytest.fixture
def others() -> OthersChoices:
    return OthersChoices.fit(["a", "b", "c", "d", "e"], SEQUENCES)


def test_pairs_are_counted(others):
    assert others.together.tolist() == [
        [3, 1, 2, 1, 1],
        [1, 1, 1, 0, 0],
        [2, 1, 2, 0, 0],
        [1, 0, 0, 1, 1],
        [1, 0, 0, 1, 1],
    ]


def test_a_users_own_later_choices_do_not_count_for_them(others):
    assert others.best(["a"], ["a", "b", "c"], 5) == ["d", "e", "c"]  # c: one other user, but of two that met it
    assert "b" in others.best(["a"], ["a"], 5)  # whom the counts owe nothing


def test_recent_entries_count_more_and_the_history_is_no_answer(others):
    found = others.best(["d", "c"], ["d", "c"], 5)
    assert not {"c", "d"} & set(found)
    before, after = 0.5**0.2, 1.0
    scores = {
        "a": before / (np.sqrt(1 * 3) + SHRINKAGE) + after * 2 / (np.sqrt(2 * 3) + SHRINKAGE),
        "b": after / (np.sqrt(2 * 1) + SHRINKAGE),
        "e": before / (np.sqrt(1 * 1) + SHRINKAGE),
    }
    assert found == sorted(scores, key=lambda item: -scores[item])
    assert others.best(["d", "c"], ["d", "c"], 1) == found[:1]
