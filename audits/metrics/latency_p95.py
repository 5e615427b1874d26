"""Latency, 95th percentile: what a request costs in wall time."""

from __future__ import annotations

from audits.metrics.metric import RunMetric
from audits.results import Card, Direction

METRIC = RunMetric(
    card=Card(
        name="latency_p95",
        label="Latency p95",
        formula="least latency that at least 95% of the answered requests do not exceed",
        range="[0, inf)",
        direction=Direction.LOWER,
        unit="ms",
        denominator="answered requests that were timed",
        missing="Requests without a latency are left out; unscored where none was timed.",
        source="recorded by the runner",
        notes=(
            "A recommender answers a batch of requests at once, and the runner times the batch: a request's latency is "
            "the batch's wall time divided by its requests, so that it says what a request costs, not how long its "
            "user waits (see the wait). Imported logs: the latency that they give. The interval resamples batches, not "
            "users, because the requests of a batch share one value."
        ),
    ),
    bounds=(0.0, float("inf")),
    needs=frozenset({"slots"}),
    n_unit="requests",
)
