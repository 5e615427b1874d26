"""Rank-weighted Gini: how unequally attention is spread over the catalogue."""

from __future__ import annotations

from audits.metrics.metric import UNIT, RunMetric
from audits.results import Card, Direction

METRIC = RunMetric(
    card=Card(
        name="exposure_gini",
        label="Exposure Gini@k",
        formula="the Gini coefficient of the items' exposure, the sum over their deliveries of 1 / log2(1 + rank)",
        range="[0, 1 - 1 / items]: 0 all items equally seen, 1 all attention on one item",
        direction=Direction.NEITHER,
        unit="",
        denominator="all items of the dataset, also those never delivered",
        missing="Unscored where nothing was delivered.",
        source="Gini 1912; exposure: Singh and Joachims, KDD 2018",
        notes=(
            "As the Gini coefficient, with a delivery far down the list counting less. No interval: resampling "
            "users only ever repeats items, which biases it."
        ),
    ),
    bounds=UNIT,
    needs=frozenset({"items", "slots"}),
)
