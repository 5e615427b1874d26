"""What examples are drawn from: nothing after the cutoff, nobody who is set aside, hard negatives that stay negative."""

from __future__ import annotations

import pytest

from engine.training.corpus import LIST_LENGTH, NEAR_FUTURE, Sampler, is_set_aside


@pytest.fixture
def sampler(world) -> Sampler:
    return Sampler(world, 3)


def test_sequences_end_with_the_training_period(world):
    counts = dict(zip(world.split.users["user_id"], world.split.users["n_history"], strict=True))
    assert world.user_ids
    assert [len(sequence) for sequence in world.sequences] == [counts[user] for user in world.user_ids]


def test_some_users_are_set_aside_and_always_the_same(world):
    aside = [user for user in world.user_ids if is_set_aside(user)]
    assert 0 < len(aside) < 0.3 * len(world.user_ids)
    assert {world.user_ids[place] for place in world.taught} == set(world.user_ids) - set(aside)
    share = sum(is_set_aside(f"user {number}") for number in range(5000)) / 5000
    assert share == pytest.approx(0.1, abs=0.02)


def test_without_pauses_a_history_may_end_anywhere(world):
    assert all(starts == list(range(1, len(s))) for starts, s in zip(world.sittings, world.sequences, strict=True))


def test_a_sitting_begins_after_a_pause(world):
    from dataclasses import replace

    from engine.training.corpus import World

    rows = world.split.training.copy()
    rows["timestamp"] += 4 * 3600 * (rows["position"] >= 2)  # one pause, before the third entry
    paused = World(world.dataset, replace(world.split, training=rows))
    assert all(starts == [2] for starts, s in zip(paused.sittings, paused.sequences, strict=True) if len(s) > 2)


def test_a_list_asks_for_the_near_future_only(world, sampler):
    for sequence in world.sequences:
        for cut in range(1, len(sequence)):
            wanted = sampler.wanted(sequence, cut)
            near = [item for item, _ in sequence[cut : cut + NEAR_FUTURE]]
            assert len(wanted) == min(LIST_LENGTH, len(near))
            assert set(wanted) <= set(near)


def test_yes_is_the_near_future_and_no_was_never_met(world, sampler):
    n_hard = n_no = 0
    for sequence in world.sequences:
        met = [item for item, _ in sequence]
        for cut in range(1, len(sequence)):
            judged = sampler.judged(sequence, cut, 8)
            assert 1 <= sum(liked for _, liked in judged) <= 4
            pool = set(world.others.best(met[:cut], met, 50))
            for item, liked in judged:
                assert (item in met[cut : cut + NEAR_FUTURE]) if liked else (item not in met)
            n_no += sum(not liked for _, liked in judged)
            n_hard += sum(not liked and item in pool for item, liked in judged)
    assert n_hard > 0.4 * n_no  # what the retriever would offer


def test_liked_items_come_from_the_pool_that_the_others_come_from(world, sampler):
    mixed = 0
    for sequence in world.sequences:
        met = [item for item, _ in sequence]
        for cut in range(1, len(sequence)):
            pool = set(world.others.best(met[:cut], met, 50))
            judged = sampler.judged(sequence, cut, 8)
            inside = [item in pool for item, liked in judged if liked]
            mixed += 0 < sum(inside) < len(inside)
    assert mixed <= 0.1 * sum(map(len, world.sequences))
