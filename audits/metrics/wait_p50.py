"""Wait, median: how long the batch of a request took."""

from __future__ import annotations

from audits.metrics.metric import RunMetric
from audits.results import Card, Direction

METRIC = RunMetric(
    card=Card(
        name="wait_p50",
        label="Wait p50",
        formula=(
            "least wait that at least 50% of the answered requests do not exceed; wait = wall time of the request's "
            "batch"
        ),
        range="[0, inf)",
        direction=Direction.LOWER,
        unit="ms",
        denominator="answered requests that were timed",
        missing="Requests without a latency are left out; unscored where none was timed.",
        source="recorded by the runner",
        notes=(
            "With a batch size of 1 it equals the latency. A production system that answers one user at a time waits "
            "less than a batch and more than a batch divided by its requests. Old journals do not say the batch size: "
            "1 is taken."
        ),
    ),
    bounds=(0.0, float("inf")),
    needs=frozenset({"slots"}),
    n_unit="requests",
)
