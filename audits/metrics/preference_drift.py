"""Preference drift: how far the recent history has moved from the older one."""

from __future__ import annotations

from audits.metrics.metric import UNIT, ListMetric
from audits.results import Card, Direction

METRIC = ListMetric(
    card=Card(
        name="preference_drift",
        label="Preference drift",
        formula=(
            "total variation 1/2 sum over labels |share in the recent history - share in the older one|; an item's "
            "weight is spread over its labels"
        ),
        range="[0, 1]: 0 same taste, 1 nothing in common",
        direction=Direction.NEITHER,
        unit="",
        denominator="requests that have a value: mean over a user's requests, then over users",
        missing="Unscored where the history is shorter than twice the recent part, or a part has no labelled item.",
        source="total variation distance; label shares as in Steck, RecSys 2018",
        notes=(
            "It is a fact about users, the same for every run that asks for them. Few items on either side make the "
            "distance larger by chance: compare runs on the same users, and the three drift measures with each other, "
            "not with 0. By labels only, not by embedding."
        ),
    ),
    bounds=UNIT,
    needs=frozenset({"item_labels"}),
    parameters=(("label_kind", "category"), ("n_recent", 10)),
)
