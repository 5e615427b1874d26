"""Delivered: how many of the slots asked for hold a usable item."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="delivered_share",
        label="Delivered slots",
        formula="delivered slots / requested slots",
        range="[0, 1]",
        direction=Direction.HIGHER,
        unit="share",
        denominator="all slots asked for, those of failed requests too",
        missing="Unscored without requests.",
        source="attrition of requested slots, one outcome a slot",
    ),
    n_unit="slots",
)
