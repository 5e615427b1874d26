"""Requests: the same whenever they are made, with nothing of the held-out part in them."""

from __future__ import annotations

import pytest

from engine.datasets.splits import parse_split, split
from engine.datasets.store import load_dataset
from engine.errors import PlanError
from engine.home import Home
from engine.plan import RunPlan
from engine.requests import RequestMaker, derived_seed


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return load_dataset(Home(tmp_path_factory.mktemp("home")), "sample-world")


def maker(world, **plan) -> RequestMaker:
    settled = RunPlan(dataset="sample-world", recommender="most-popular", **plan)
    return RequestMaker(settled, world, split(world, parse_split("cutoff:90%", world)), "run")


def test_history_lies_before_the_cutoff(world) -> None:
    requests = maker(world, users=50)
    for index in range(len(requests)):
        request = requests.request(index)
        assert all(interaction.timestamp <= request.cutoff for interaction in request.history)


def test_the_same_users_are_drawn_for_every_recommender_and_a_smaller_draw_is_part_of_a_larger(world) -> None:
    assert maker(world, users=20, seed=5).user_ids == maker(world, users=60, seed=5).user_ids[:20]
    assert maker(world, users=20, seed=5).user_ids != maker(world, users=20, seed=6).user_ids


def test_sampled_candidates_hold_the_targets_and_nothing_else_that_the_user_met(world) -> None:
    requests = maker(world, users=10, candidates="sampled:30")
    met = world.interactions.groupby("user_id")["item_id"].agg(list)
    for index in range(10):
        request = requests.request(index)
        own = met[request.user.user_id]
        held_out = set(own[len(request.history) :])
        assert request.candidates is not None
        assert held_out <= set(request.candidates)
        assert not (set(request.candidates) - held_out) & set(own)
        assert len(set(request.candidates)) == len(request.candidates) == 30 + len(held_out)
        assert request.candidates == maker(world, users=10, candidates="sampled:30").request(index).candidates


def test_unknown_users_are_refused_by_name(world) -> None:
    with pytest.raises(PlanError, match="nobody-7"):
        maker(world, users=("nobody-7",)).user_ids  # noqa: B018


@pytest.mark.parametrize(
    "wrong",
    [{"users": 0}, {"users": ()}, {"k": 0}, {"candidates": "sampled:0"}, {"candidates": "some"}, {"variants": ()}],
)
def test_plans_that_make_no_sense_are_refused(wrong) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        RunPlan(dataset="d", recommender="r", **wrong)


def test_derived_seeds_depend_on_every_part() -> None:
    seeds = {derived_seed(s, u, v) for s in (0, 1) for u in ("a", "b", "ab") for v in ("", "b", "x")}
    assert len(seeds) == 18
    assert all(0 <= seed < 2**31 for seed in seeds)
