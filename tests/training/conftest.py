"""The tiny world as a training period, and a tokenizer and a model small enough to fit within a test."""

from __future__ import annotations

import pytest

from engine.datasets.splits import SplitSpec, split
from engine.training.corpus import World
from engine.training.embedded_model import Recipe, build_model
from engine.training.tokenizer import train_tokenizer

SMALL = Recipe(
    vocabulary_size=400, hidden_size=16, intermediate_size=32, layers=1, heads=2, tokens=4000, tokens_per_batch=1200
)


@pytest.fixture(scope="package")
def world(tiny_dataset) -> World:
    return World(tiny_dataset, split(tiny_dataset, SplitSpec(n=2)))


@pytest.fixture(scope="package")
def tokenizer(world):
    return train_tokenizer(list(world.labels.values()) + ["Recommend titles: yes no"], 400, 1024)


@pytest.fixture
def model(tokenizer):
    import torch

    torch.manual_seed(1)
    return build_model(SMALL, tokenizer).eval()
