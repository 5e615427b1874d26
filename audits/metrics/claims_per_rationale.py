"""Claims a rationale: how much of what is said can be looked up at all."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="claims_per_rationale",
        label="Claims a rationale",
        formula="claims read in rationales / rationales",
        range="[0, inf)",
        direction=Direction.NEITHER,
        unit="claims",
        denominator="rationales",
        missing="Unscored where nothing was explained.",
        source="METRICS F: claims in sentences, checked against catalogue, graph and history",
    ),
    bounds=None,
    needs=frozenset({"claims"}),
    n_unit="rationales",
)
