"""Precision: how many of the places asked for hold a held-out item."""

from __future__ import annotations

from audits.metrics.metric import CANDIDATES, NO_TARGETS, STRICT, UNIT, USER_MEAN, ListMetric
from audits.results import Card, Direction

METRIC = ListMetric(
    card=Card(
        name="precision",
        label="Precision@k",
        formula="targets in the list / k",
        range="[0, 1]",
        direction=Direction.HIGHER,
        unit="share",
        denominator=USER_MEAN,
        missing=NO_TARGETS,
        source="Herlocker et al., ACM TOIS 2004",
        notes=f"The denominator is k, also where the list is shorter. {STRICT} {CANDIDATES}",
    ),
    bounds=UNIT,
    needs=frozenset({"targets", "slots"}),
)
