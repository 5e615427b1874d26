"""History misattribution: items that the user is said to have had and never had."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="history_misattribution_rate",
        label="History misattribution",
        formula="claimed history items that are not in the history / claimed history items",
        range="[0, 1]",
        direction=Direction.LOWER,
        unit="share",
        denominator="items that the user is said to have had",
        missing="Unscored where the history is not mentioned.",
        source="METRICS F; the history before the request's cutoff is known whole",
        notes="A title that no catalogue item has counts as not in the history.",
    ),
    needs=frozenset({"claims"}),
    n_unit="claims",
)
