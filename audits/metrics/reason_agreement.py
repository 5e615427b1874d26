"""Reason agreement: whether stated reasons name what contributed most."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="reason_agreement",
        label="Reasons that name the top item",
        formula=(
            "explained recommendations whose rationale names the history item of the largest Shapley value / those "
            "whose rationale names any"
        ),
        range="[0, 1]",
        direction=Direction.HIGHER,
        unit="share",
        denominator="explained recommendations whose rationale names an item of the history",
        missing="One without a rationale, or whose rationale names no item that it is explained by, is left out.",
        source="stated against causal reasons, after Turpin et al., NeurIPS 2023",
        notes=(
            "Compare with the share expected by chance: a reason that names many items meets the top one easily. Items "
            "are named by their title or label, spelled as in the catalogue. Where no item contributes positively, "
            "nothing agrees."
        ),
    ),
    needs=frozenset({"attributions"}),
    n_unit="recommendations",
)
