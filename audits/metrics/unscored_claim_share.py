"""Unscored claims: the judge that was asked gave no answer that could be read, or none that was sure enough."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="unscored_claim_share",
        label="Unscored claims",
        formula="claims without a verdict / claims",
        range="[0, 1]",
        direction=Direction.LOWER,
        unit="share",
        denominator="claims in rationales and steps",
        missing="Unscored where nothing was claimed.",
        source="a judge's missing answers are counted, never a pass, and a classifier's below its thresholds too",
    ),
    needs=frozenset({"claims"}),
    n_unit="claims",
)
