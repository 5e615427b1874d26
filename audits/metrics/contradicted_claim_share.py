"""Contradicted claims: what the dataset or the user's history excludes."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="contradicted_claim_share",
        label="Contradicted claims",
        formula="contradicted claims / claims",
        range="[0, 1]",
        direction=Direction.LOWER,
        unit="share",
        denominator="claims in rationales and steps",
        missing="Unscored where nothing was claimed.",
        source="METRICS F: claims in sentences, checked against catalogue, graph and history",
        notes="Contradicted only where the dataset states a value of the relation that excludes the claim.",
    ),
    needs=frozenset({"claims"}),
    n_unit="claims",
)
