"""Cold items: how much of what is delivered nobody has had before."""

from __future__ import annotations

from audits.metrics.metric import UNIT, ListMetric
from audits.results import Card, Direction

METRIC = ListMetric(
    card=Card(
        name="cold_item_share",
        label="Cold items",
        formula="delivered items without a training interaction / delivered items",
        range="[0, 1]",
        direction=Direction.NEITHER,
        unit="share",
        denominator="lists that hold any delivered item: mean over the list, over a user's lists, then over users",
        missing="An empty list is unscored; it is counted apart, never as 0.",
        source="counted beside novelty, which such items have no value of",
    ),
    bounds=UNIT,
    needs=frozenset({"training", "slots"}),
)
