"""Supported claims: what the dataset or the user's history says too."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="supported_claim_share",
        label="Supported claims",
        formula="supported claims / claims",
        range="[0, 1]",
        direction=Direction.HIGHER,
        unit="share",
        denominator="claims in rationales and steps",
        missing="Unscored where nothing was claimed.",
        source="METRICS F: claims in sentences, checked against catalogue, graph and history",
    ),
    needs=frozenset({"claims"}),
    n_unit="claims",
)
