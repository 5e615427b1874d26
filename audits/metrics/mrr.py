"""Reciprocal rank: how far down the first held-out item stands."""

from __future__ import annotations

from audits.metrics.metric import CANDIDATES, NO_TARGETS, STRICT, UNIT, USER_MEAN, ListMetric
from audits.results import Card, Direction

METRIC = ListMetric(
    card=Card(
        name="mrr",
        label="MRR@k",
        formula="1 / rank of the first target in the list, 0 where there is none",
        range="[0, 1]",
        direction=Direction.HIGHER,
        unit="",
        denominator=USER_MEAN,
        missing=NO_TARGETS,
        source="Voorhees, TREC-8 1999",
        notes=f"{STRICT} {CANDIDATES}",
    ),
    bounds=UNIT,
    needs=frozenset({"targets", "slots"}),
)
