"""Lag until a new interest shows up in the lists, across users."""

from __future__ import annotations

from audits.metrics.metric import RunMetric
from audits.results import Card, Direction

METRIC = RunMetric(
    card=Card(
        name="new_interest_lag",
        label="Lag of new interests",
        formula=(
            "least age band, in interactions since a label was first met, at which the lists hold half of such labels"
        ),
        range="1, 2, 3, 5, 9, 17 or 33: the beginning of the band",
        direction=Direction.LOWER,
        unit="interactions",
        denominator="labels first met after a settled history, over all requests",
        missing="Unscored where no band of enough users reaches half, or no label is new.",
        source="own definition: current status data, one look at each interest",
        notes=(
            "A user asked once shows each interest at one age only: the lag is read across users, not followed in one. "
            "The share asked for and the length of a settled history are settings of the audit stability."
        ),
    ),
    bounds=(1.0, float("inf")),
    needs=frozenset({"item_labels", "slots"}),
    n_unit="interests",
    parameters=(("label_kind", "category"), ("n_settled", 10), ("listed_share", 0.5), ("min_people", 10)),
)
