"""Unverifiable claims: read, but nothing known decides them."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="unverifiable_claim_share",
        label="Unverifiable claims",
        formula="unverifiable claims / claims",
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
