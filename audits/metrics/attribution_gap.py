"""Additivity gap: what the contributions leave unexplained of the score."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="attribution_gap",
        label="Additivity gap",
        formula="mean over explained recommendations of |score - base value - sum c| / sum |c|",
        range="[0, inf)",
        direction=Direction.LOWER,
        unit="share",
        denominator="explained recommendations that the history contributes to",
        missing=(
            "A recommendation that is not explained adds nothing; one that no history item contributes to is left out."
        ),
        source="Lundberg and Lee, NeurIPS 2017 (SHAP), local accuracy",
        notes=(
            "Exact values, and the mean of permutations, add up but for rounding: a gap means that the score changed "
            "between two evaluations of the same input."
        ),
    ),
    bounds=(0.0, float("inf")),
    needs=frozenset({"attributions"}),
    n_unit="recommendations",
)
