"""The embedded model's card, written from what was recorded in training and measured afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined

from engine.training.corpus import ASIDE_SHARE
from engine.training.evaluation import HeldOutFigures


def model_card(training: Mapping[str, Any], figures: HeldOutFigures) -> str:
    """Return the card as Markdown."""
    source = resources.files("engine.training").joinpath("model_card.md.jinja").read_text(encoding="utf-8")
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)
    return environment.from_string(source).render(
        training=training,
        recipe=training["recipe"],
        stages=stages(training),
        figures=figures,
        trials=list(zip(figures.validation, figures.judging, strict=True)),
        aside_share=ASIDE_SHARE,
    )


def stages(training: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the records of all fits that led to the weights, the first one first."""
    before = training.get("continued_from")
    return [*(stages(before) if before else []), training]
