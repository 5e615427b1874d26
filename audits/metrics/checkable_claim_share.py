"""Checkable claims: of what was claimed, how much the dataset and the log decide."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="checkable_claim_share",
        label="Checkable claims",
        formula="(supported + contradicted claims) / claims",
        range="[0, 1]",
        direction=Direction.NEITHER,
        unit="share",
        denominator="claims in rationales and steps",
        missing="Unscored where nothing was claimed.",
        source="METRICS F: claims in sentences, checked against catalogue, graph and history",
    ),
    needs=frozenset({"claims"}),
    n_unit="claims",
)
