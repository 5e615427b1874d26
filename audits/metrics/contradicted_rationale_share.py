"""Contradicted rationales: reasons given that hold at least one contradicted claim."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="contradicted_rationale_share",
        label="Rationales with a contradiction",
        formula="rationales with a contradicted claim / rationales",
        range="[0, 1]",
        direction=Direction.LOWER,
        unit="share",
        denominator="rationales",
        missing="Unscored where nothing was explained.",
        source="METRICS F: claims in sentences, checked against catalogue, graph and history",
    ),
    needs=frozenset({"claims"}),
    n_unit="rationales",
)
