"""Long-tail coverage: how many items of a list lie outside the most popular ones."""

from __future__ import annotations

from audits.metrics.metric import ListMetric
from audits.results import Card, Direction

METRIC = ListMetric(
    card=Card(
        name="aclt",
        label="Long-tail items@k",
        formula=(
            "delivered items outside the head; the head is the 20% of catalogue items with most training interactions"
        ),
        range="[0, k]",
        direction=Direction.NEITHER,
        unit="items",
        denominator="lists that hold any delivered item: mean over a user's lists, then over users",
        missing="An empty list is unscored; it is counted apart, never as 0.",
        source="Abdollahpouri, Burke and Mobasher, FLAIRS 2019 (ACLT)",
        notes="The long tail is that of the long-tail share, and differs from Elliot's in the same way.",
    ),
    needs=frozenset({"training", "slots"}),
)
