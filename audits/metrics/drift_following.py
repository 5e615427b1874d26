"""Do lists follow drift? How much nearer a list is to the recent history than to the older one."""

from __future__ import annotations

from audits.metrics.metric import ListMetric
from audits.results import Card, Direction

METRIC = ListMetric(
    card=Card(
        name="drift_following",
        label="Drift following@k",
        formula="distance(list, older history) - distance(list, recent history), total variation over labels",
        range="[-1, 1]: above 0 nearer to the recent taste, below 0 to the older one",
        direction=Direction.NEITHER,
        unit="",
        denominator="requests that have a value: mean over a user's requests, then over users",
        missing="Unscored where the history is shorter than twice the recent part, or a part has no labelled item.",
        source="own definition over total variation distance",
        notes=(
            "The shorter recent part is farther from any list by chance, which draws the value down. Few items on "
            "either side make the distance larger by chance: compare runs on the same users, and the three drift "
            "measures with each other, not with 0. By labels only, not by embedding."
        ),
    ),
    bounds=(-1.0, 1.0),
    needs=frozenset({"item_labels", "slots"}),
    parameters=(("label_kind", "category"), ("n_recent", 10)),
)
