"""Near misses: how many of the invented items are almost a catalogue title."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="near_miss_share",
        label="Near misses",
        formula="out-of-catalogue items spelled much like a catalogue title / out-of-catalogue items",
        range="[0, 1]",
        direction=Direction.NEITHER,
        unit="share",
        denominator="items that are not in the catalogue",
        missing="Unscored where nothing was invented.",
        source="grounding by spelling; the rest is fabricated",
    ),
)
