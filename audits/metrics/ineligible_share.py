"""Ineligible: how many of the items named break a stated constraint."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="ineligible_share",
        label="Ineligible",
        formula="items that break a constraint / items named",
        range="[0, 1]",
        direction=Direction.LOWER,
        unit="share",
        denominator="items named in answered requests",
        missing="Unscored where nothing was named.",
        source="attrition of requested slots, one outcome a slot",
    ),
)
