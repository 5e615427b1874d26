"""Failed requests: how many requests came back with an error."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="failed_request_share",
        label="Failed requests",
        formula="requests with an error / requests",
        range="[0, 1]",
        direction=Direction.LOWER,
        unit="share",
        denominator="requests",
        missing="Unscored without requests.",
        source="recorded by the runner",
    ),
    n_unit="requests",
)
