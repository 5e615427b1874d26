"""Wall time per delivered item."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="latency_per_recommendation",
        label="Time per delivered item",
        formula="latency of the request / delivered items, summed over requests before dividing",
        range="[0, inf)",
        direction=Direction.LOWER,
        unit="ms",
        denominator="delivered items of timed requests",
        missing="Requests that were not timed are left out; unscored where nothing was delivered.",
        source="recorded by the runner",
        notes=("Latency as in the latency percentiles: the batch's wall time divided by its requests."),
    ),
    bounds=(0.0, float("inf")),
    needs=frozenset({"slots"}),
    n_unit="items",
)
