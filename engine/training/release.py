"""Measure a trained embedded model and write its figures and its card beside the weights."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import torch

from engine.datasets.store import SAMPLE_WORLD, load_dataset
from engine.errors import ModelUnavailable
from engine.home import Home
from engine.models.registry import open_model
from engine.training.embedded_model import training_period
from engine.training.evaluation import N_USERS, HeldOutFigures, evaluate
from engine.training.model_card import model_card


def measure_and_describe(folder: Path, *, home: Home | None = None, n_users: int = N_USERS) -> HeldOutFigures:
    """Measure the model in `folder` on the sample world's held-out part and write evaluation.json and README.md there.

    Raises:
        ModelUnavailable: the folder holds no trained model.
    """
    try:
        training = json.loads((folder / "training.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelUnavailable(f"{folder} holds no trained model; make one with `recaudit models train`.") from None
    world = training_period(load_dataset(home or Home.default(), SAMPLE_WORLD))
    model = open_model(f"hf:{folder}")
    figures = evaluate(model, world, n_users=n_users, threads=torch.get_num_threads())
    text = json.dumps(asdict(figures), indent=2, sort_keys=True)
    (folder / "evaluation.json").write_text(text + "\n", encoding="utf-8")
    (folder / "README.md").write_text(model_card(training, figures), encoding="utf-8")
    return figures
