"""Already consumed: how many of the items named the user has had."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="already_consumed_share",
        label="Already consumed",
        formula="items in the history / items named",
        range="[0, 1]",
        direction=Direction.LOWER,
        unit="share",
        denominator="items named in answered requests",
        missing="Unscored where nothing was named.",
        source="attrition of requested slots, one outcome a slot",
    ),
)
