"""Unparseable: how many slots hold text that names no title."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="unparseable_share",
        label="Unparseable",
        formula="unparseable slots / slots of answered requests",
        range="[0, 1]",
        direction=Direction.LOWER,
        unit="share",
        denominator="slots asked for in answered requests",
        missing="Unscored where every request failed.",
        source="attrition of requested slots, one outcome a slot",
    ),
    n_unit="slots",
)
