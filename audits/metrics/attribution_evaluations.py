"""Evaluations: what an explanation costs."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="attribution_evaluations",
        label="Scores asked for",
        formula="mean over explained recommendations of the number of different inputs that were scored",
        range="[1, inf)",
        direction=Direction.NEITHER,
        unit="scores",
        denominator="explained recommendations",
        missing="A recommendation that is not explained adds nothing.",
        source="counted by the audit",
        notes=("Recommendations of one list share their evaluations: each is counted with all that it rests on."),
    ),
    bounds=(0.0, float("inf")),
    needs=frozenset({"attributions"}),
    n_unit="recommendations",
)
