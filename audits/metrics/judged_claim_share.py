"""Judged claims: verdicts that rest on a model's answer alone."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="judged_claim_share",
        label="Verdicts of a judge",
        formula="claims whose verdict a language model or a classifier of entailment gave / claims",
        range="[0, 1]",
        direction=Direction.NEITHER,
        unit="share",
        denominator="claims in rationales and steps",
        missing="Unscored where nothing was claimed.",
        source="setting claims.judge",
    ),
    needs=frozenset({"claims"}),
    n_unit="claims",
)
