"""Root mean squared error of predicted ratings."""

from __future__ import annotations

from audits.metrics.metric import DELTA, RunMetric
from audits.results import Card, Direction

METRIC = RunMetric(
    card=Card(
        name="rmse",
        label="RMSE",
        formula="square root of the mean over predicted held-out ratings of (predicted - given)^2",
        range="[0, width of the rating scale]",
        direction=Direction.LOWER,
        unit="rating points",
        denominator="delivered held-out items that have a rating and a predicted one",
        missing="Unscored unless the run's configuration says score_kind = rating: no other score is a rating.",
        source="Herlocker et al., ACM TOIS 2004",
        notes=(
            "Ratings of items that are not held out for the user have no truth to be compared with; an item that "
            "was not delivered has no prediction."
        ),
    ),
    bounds=(0.0, float("inf")),
    needs=frozenset({"targets", "ratings", "slots"}),
    n_unit="ratings",
    interval=DELTA,
)
