"""Chance agreement: how often a reason would name the top item if it named items at random."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="reason_agreement_chance",
        label="The same by chance",
        formula="mean over the same recommendations of named history items / history items",
        range="[0, 1]",
        direction=Direction.NEITHER,
        unit="share",
        denominator="explained recommendations whose rationale names an item of the history",
        missing="As for reasons that name the top item.",
        source="uniform draw without replacement of as many items as are named",
        notes=("The noise floor of the agreement."),
    ),
    needs=frozenset({"attributions"}),
    n_unit="recommendations",
)
