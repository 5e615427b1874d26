"""Model calls per request."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="calls_per_request",
        label="Model calls per request",
        formula="model calls / requests",
        range="[0, inf)",
        direction=Direction.LOWER,
        unit="calls",
        denominator="requests",
        missing="Unscored without any model call in the log.",
        source="recorded with each call",
        notes=("Failed calls and calls that only score given continuations count too."),
    ),
    bounds=(0.0, float("inf")),
    needs=frozenset({"slots", "generations"}),
    n_unit="requests",
)
