"""Duplicates: how many of the items named were named before in the same list."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="duplicate_share",
        label="Duplicates",
        formula="items named before in the list / items named",
        range="[0, 1]",
        direction=Direction.LOWER,
        unit="share",
        denominator="items named in answered requests",
        missing="Unscored where nothing was named.",
        source="attrition of requested slots, one outcome a slot",
    ),
)
