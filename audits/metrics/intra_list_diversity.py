"""Diversity within a list, by what its items are labelled as."""

from __future__ import annotations

from audits.kernels.diversity import label_diversity
from audits.metrics.metric import UNIT, ListMetric
from audits.results import Card, Direction

METRIC = ListMetric(
    card=Card(
        name="intra_list_diversity",
        label="Diversity within lists@k",
        formula=(
            "mean over pairs of delivered items of 1 - |labels in common| / |labels of either|, labels being categories"
        ),
        range="[0, 1]",
        direction=Direction.NEITHER,
        unit="",
        denominator=(
            "lists with at least one pair of labelled items: mean over pairs, over a user's lists, then over users"
        ),
        missing="Pairs in which an item has no category are left out; a list without a pair is unscored.",
        source="Ziegler et al., WWW 2005 (one minus intra-list similarity)",
    ),
    bounds=UNIT,
    needs=frozenset({"item_labels", "slots"}),
    parameters=(("label_kind", "category"),),
    kernel=label_diversity,
)
