"""Fabricated attributes: of what is said about items and can be checked, how much is wrong."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="fabricated_attribute_rate",
        label="Fabricated attributes",
        formula="contradicted claims about items / checkable claims about items",
        range="[0, 1]",
        direction=Direction.LOWER,
        unit="share",
        denominator="checkable claims about items",
        missing="Unscored where nothing checkable was claimed of an item.",
        source="METRICS F: contradicted / checkable",
    ),
    needs=frozenset({"claims"}),
    n_unit="claims",
)
