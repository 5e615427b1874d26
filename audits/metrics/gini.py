"""Gini coefficient: how unequally deliveries are spread over the catalogue."""

from __future__ import annotations

from audits.metrics.metric import UNIT, RunMetric
from audits.results import Card, Direction

METRIC = RunMetric(
    card=Card(
        name="gini",
        label="Gini@k",
        formula=(
            "sum over items, least delivered first, of (2 place - items - 1) deliveries, over items times all "
            "deliveries"
        ),
        range="[0, 1 - 1 / items]: 0 all items equally often, 1 all deliveries to one item",
        direction=Direction.NEITHER,
        unit="",
        denominator="all items of the dataset, also those never delivered",
        missing="Unscored where nothing was delivered.",
        source="Gini 1912; Fleder and Hosanagar, Management Science 2009",
        notes=(
            "Tools that take delivered items only give far lower values; Elliot shows one minus inequality. No "
            "interval: resampling users only ever repeats items, which biases it."
        ),
    ),
    bounds=UNIT,
    needs=frozenset({"items", "slots"}),
)
