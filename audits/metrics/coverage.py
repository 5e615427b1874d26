"""Catalogue coverage: how much of the catalogue anyone is shown."""

from __future__ import annotations

from audits.metrics.metric import UNIT, RunMetric
from audits.results import Card, Direction

METRIC = RunMetric(
    card=Card(
        name="coverage",
        label="Catalogue coverage@k",
        formula="different items delivered / items in the catalogue",
        range="[0, 1]",
        direction=Direction.NEITHER,
        unit="share",
        denominator="all items of the dataset",
        missing="Unscored where the catalogue is empty.",
        source="Ge, Delgado-Battenfeld and Jannach, RecSys 2010",
        notes=(
            "It grows with the number of requests: compare runs on the same users only. No interval: resampling users"
            " only ever repeats items, which biases it."
        ),
    ),
    bounds=UNIT,
    needs=frozenset({"items", "slots"}),
)
