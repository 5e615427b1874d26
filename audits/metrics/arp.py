"""Average popularity: how often the delivered items were met in training."""

from __future__ import annotations

from audits.metrics.metric import ListMetric
from audits.results import Card, Direction

METRIC = ListMetric(
    card=Card(
        name="arp",
        label="Average popularity@k",
        formula="mean over delivered items of their number of training interactions",
        range="[0, most popular item]",
        direction=Direction.NEITHER,
        unit="interactions",
        denominator="lists that hold any delivered item: mean over the list, over a user's lists, then over users",
        missing="An empty list is unscored; it is counted apart, never as 0.",
        source="Yin et al., VLDB 2012 (ARP)",
        notes="A delivered item without training interactions counts as 0. Lost slots do not count.",
    ),
    needs=frozenset({"training", "slots"}),
)
