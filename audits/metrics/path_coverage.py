"""Path coverage: how many recommendations a knowledge path leads to."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="path_coverage",
        label="Path coverage@k",
        formula="delivered items with a path / delivered items",
        range="[0, 1]",
        direction=Direction.HIGHER,
        unit="share",
        denominator="delivered items",
        missing="A list without delivered items has none that could have a path; it adds nothing.",
        source="Balloccu et al., SIGIR 2022 (as in hopwise, which calls it fidelity)",
        notes=(
            "Of the paths that the recommender gave; where it gives none, of those that the audit found in the "
            "dataset's graph within its limits. The audit says which."
        ),
    ),
    needs=frozenset({"slots"}),
)
