"""Long-tail share: how much of a list lies outside the most popular items."""

from __future__ import annotations

from audits.metrics.metric import UNIT, ListMetric
from audits.results import Card, Direction

METRIC = ListMetric(
    card=Card(
        name="aplt",
        label="Long-tail share@k",
        formula=(
            "delivered items outside the head / delivered items; the head is the 20% of catalogue items with most "
            "training interactions"
        ),
        range="[0, 1]",
        direction=Direction.NEITHER,
        unit="share",
        denominator="lists that hold any delivered item: mean over the list, over a user's lists, then over users",
        missing="An empty list is unscored; it is counted apart, never as 0.",
        source="Abdollahpouri, Burke and Mobasher, FLAIRS 2019 (APLT)",
        notes=(
            "The head is cut by number of catalogue items (items without interactions counted, ties by item id), not "
            "by share of interactions as in Elliot: values differ from tools that do that."
        ),
    ),
    bounds=UNIT,
    needs=frozenset({"training", "slots"}),
    parameters=(("head_share", 0.2),),
)
