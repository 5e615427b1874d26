"""Tokens read and written per delivered item."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="tokens_per_recommendation",
        label="Tokens per delivered item",
        formula="(tokens read + tokens written by all calls of the request) / delivered items",
        range="[0, inf)",
        direction=Direction.LOWER,
        unit="tokens",
        denominator="delivered items",
        missing="A request with a call that has no token count is left out; unscored where nothing was delivered.",
        source="recorded with each call",
        notes=(
            "Every call of a request counts: preferences, judgements, rationales. Requests that deliver nothing still "
            "cost, and count in the numerator."
        ),
    ),
    bounds=(0.0, float("inf")),
    needs=frozenset({"slots", "generations"}),
    n_unit="items",
)
