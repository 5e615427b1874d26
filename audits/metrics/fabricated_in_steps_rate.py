"""Fabricated attributes in reasoning: the same rate over reasoning steps alone."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="fabricated_in_steps_rate",
        label="Fabricated attributes in steps",
        formula="contradicted claims about items in steps / checkable ones in steps",
        range="[0, 1]",
        direction=Direction.LOWER,
        unit="share",
        denominator="checkable claims about items in reasoning steps",
        missing="Unscored where no step claims anything checkable.",
        source="METRICS F: contradicted / checkable",
        notes="A step that repeats a rationale word for word counts as the rationale.",
    ),
    needs=frozenset({"claims"}),
    n_unit="claims",
)
