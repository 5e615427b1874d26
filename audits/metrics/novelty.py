"""Novelty: how little known the delivered items are."""

from __future__ import annotations

from audits.metrics.metric import ListMetric
from audits.results import Card, Direction

METRIC = ListMetric(
    card=Card(
        name="novelty",
        label="Novelty@k",
        formula="mean over delivered items of -log2(training users who had the item / training users)",
        range="[0, log2(training users)]",
        direction=Direction.NEITHER,
        unit="bits",
        denominator="lists that hold any delivered item: mean over the list, over a user's lists, then over users",
        missing=(
            "Delivered items that no training user has had have no finite value: they are left out here and counted "
            "as cold items. A list of such items only, or an empty one, is unscored."
        ),
        source="Zhou et al., PNAS 2010; Vargas and Castells, RecSys 2011",
        notes=(
            "More is not better by itself: random items are novel. RecTools counts an item that nobody had as one that "
            "one user had; its values are higher where such items are delivered."
        ),
    ),
    needs=frozenset({"training", "slots"}),
)
