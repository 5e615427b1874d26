"""Hit rate: how many users get any held-out item."""

from __future__ import annotations

from audits.metrics.metric import CANDIDATES, NO_TARGETS, STRICT, UNIT, USER_MEAN, ListMetric
from audits.results import Card, Direction

METRIC = ListMetric(
    card=Card(
        name="hit_rate",
        label="Hit rate@k",
        formula="1 where any target is in the list, else 0",
        range="[0, 1]",
        direction=Direction.HIGHER,
        unit="share",
        denominator=USER_MEAN,
        missing=NO_TARGETS,
        source="Deshpande and Karypis, ACM TOIS 2004",
        notes=f"{STRICT} {CANDIDATES}",
    ),
    bounds=UNIT,
    needs=frozenset({"targets", "slots"}),
)
