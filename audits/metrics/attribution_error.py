"""Attribution error: how uncertain sampled contributions are."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="attribution_error",
        label="Error of the contributions",
        formula="mean over explained recommendations of (mean standard error of its contributions) / max |c|",
        range="[0, inf)",
        direction=Direction.LOWER,
        unit="share",
        denominator="explained recommendations that the history contributes to",
        missing=(
            "A recommendation that is not explained adds nothing; one that no history item contributes to is left out."
        ),
        source="Mitchell et al., JMLR 23, 2022 (sampling permutations)",
        notes=(
            "0 where the values are exact. Otherwise the standard error over antithetic permutations; more of them "
            "(`recaudit explain --evaluations`) make it smaller."
        ),
    ),
    bounds=(0.0, float("inf")),
    needs=frozenset({"attributions"}),
    n_unit="recommendations",
)
