"""The embedded model's card, written from what was recorded in training and measured afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined

from engine.training.evaluation import HeldOutFigures


def model_card(training: Mapping[str, Any], figures: HeldOutFigures) -> str:
    """Return the card as Markdown."""
    source = resources.files("engine.training").joinpath("model_card.md.jinja").read_text(encoding="utf-8")
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)
    return environment.from_string(source).render(training=training, recipe=training["recipe"], figures=figures)
