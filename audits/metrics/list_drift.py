"""Drift of the lists: how far a list has moved from the older history."""

from __future__ import annotations

from audits.metrics.metric import UNIT, ListMetric
from audits.results import Card, Direction

METRIC = ListMetric(
    card=Card(
        name="list_drift",
        label="List drift@k",
        formula="total variation 1/2 sum over labels |share in the list - share in the older history|",
        range="[0, 1]: 0 the older taste, 1 nothing in common with it",
        direction=Direction.NEITHER,
        unit="",
        denominator="requests that have a value: mean over a user's requests, then over users",
        missing="Unscored where the history is shorter than twice the recent part, or a part has no labelled item.",
        source="total variation distance; label shares as in Steck, RecSys 2018",
        notes=(
            "Few items on either side make the distance larger by chance: compare runs on the same users, and the "
            "three drift measures with each other, not with 0. By labels only, not by embedding."
        ),
    ),
    bounds=UNIT,
    needs=frozenset({"item_labels", "slots"}),
    parameters=(("label_kind", "category"), ("n_recent", 10)),
)
