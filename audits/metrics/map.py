"""Mean average precision: how pure the list is down to each held-out item."""

from __future__ import annotations

from audits.metrics.metric import CANDIDATES, NO_TARGETS, STRICT, UNIT, USER_MEAN, ListMetric
from audits.results import Card, Direction

METRIC = ListMetric(
    card=Card(
        name="map",
        label="MAP@k",
        formula="sum over hits of (hits down to its rank / its rank), over min(k, number of targets)",
        range="[0, 1]",
        direction=Direction.HIGHER,
        unit="",
        denominator=USER_MEAN,
        missing=NO_TARGETS,
        source="Manning, Raghavan and Schuetze 2008, ch. 8.4, cut at k",
        notes=(
            "Divided by min(k, targets), so that a perfect list scores 1. ranx and RecTools divide by the number "
            "of targets, which is lower where there are more targets than places; Elliot averages precision over "
            f"all k ranks, hit or not. {STRICT} {CANDIDATES}"
        ),
    ),
    bounds=UNIT,
    needs=frozenset({"targets", "slots"}),
)
