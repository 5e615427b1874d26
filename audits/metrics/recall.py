"""Recall: how many of the held-out items the list finds."""

from __future__ import annotations

from audits.metrics.metric import CANDIDATES, NO_TARGETS, STRICT, UNIT, USER_MEAN, ListMetric
from audits.results import Card, Direction

METRIC = ListMetric(
    card=Card(
        name="recall",
        label="Recall@k",
        formula="targets in the list / targets",
        range="[0, 1]",
        direction=Direction.HIGHER,
        unit="share",
        denominator=USER_MEAN,
        missing=NO_TARGETS,
        source="Herlocker et al., ACM TOIS 2004",
        notes=(
            "The denominator is all targets; LensKit divides by min(k, targets), which is higher where there are more "
            f"targets than places. {STRICT} {CANDIDATES}"
        ),
    ),
    bounds=UNIT,
    needs=frozenset({"targets", "slots"}),
)
