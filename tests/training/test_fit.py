"""Fitting end to end on the tiny world: weights follow from the seed, a second fit goes on from the first."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.training.embedded_model import Recipe, fit
from engine.training.model_card import stages

SMALL = Recipe(
    vocabulary_size=400, hidden_size=16, intermediate_size=32, layers=1, heads=2, tokens=4000, tokens_per_batch=1200
)


@pytest.fixture(scope="module")
def first(world, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("first")
    fit(world, SMALL, out, lambda _what, _share: None)
    return out


def test_the_weights_follow_from_the_seed(world, first, tmp_path):
    for name, recipe in (("again", SMALL), ("other", replace(SMALL, seed=SMALL.seed + 1))):
        fit(world, recipe, tmp_path / name, lambda _what, _share: None)
    weights = [
        (folder / "model.safetensors").read_bytes() for folder in (first, tmp_path / "again", tmp_path / "other")
    ]
    assert weights[0] == weights[1] != weights[2]
    record = json.loads((first / "training.json").read_text())
    assert SMALL.tokens <= record["tokens_seen"] < SMALL.tokens + 2 * SMALL.tokens_per_batch
    assert record["continued_from"] is None


def test_a_second_fit_goes_on_and_keeps_the_record(world, first, tmp_path):
    fit(world, replace(SMALL, tokens=1500), tmp_path, lambda _what, _share: None, start=first)
    record = json.loads((tmp_path / "training.json").read_text())
    assert (tmp_path / "tokenizer.json").read_bytes() == (first / "tokenizer.json").read_bytes()
    assert (tmp_path / "model.safetensors").read_bytes() != (first / "model.safetensors").read_bytes()
    assert [stage["recipe"]["tokens"] for stage in stages(record)] == [SMALL.tokens, 1500]
