"""New interests that show up: categories met for the first time lately, and listed."""

from __future__ import annotations

from audits.metrics.metric import UNIT, ListMetric
from audits.results import Card, Direction

METRIC = ListMetric(
    card=Card(
        name="new_interest_share",
        label="New interests listed@k",
        formula=(
            "of the labels first met in the last recent interactions, after a settled history, the share that any item "
            "of the list has"
        ),
        range="[0, 1]",
        direction=Direction.HIGHER,
        unit="",
        denominator="requests that have a value: mean over a user's requests, then over users",
        missing="Unscored where no label is new.",
        source="own definition",
        notes=(
            "A label is new where the user had met it in none of the first settled interactions nor before its first "
            "one. A longer list shows more labels by chance: see the share of labels never met."
        ),
    ),
    bounds=UNIT,
    needs=frozenset({"item_labels", "slots"}),
    parameters=(("label_kind", "category"), ("n_recent", 10), ("n_settled", 10)),
)
