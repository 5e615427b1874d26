"""Path type diversity: how many kinds of reasons a list has."""

from __future__ import annotations

from audits.metrics.metric import UNIT, ListMetric
from audits.results import Card, Direction

METRIC = ListMetric(
    card=Card(
        name="path_type_diversity",
        label="Path type diversity@k",
        formula="distinct types among the first paths of a list / min(items with a path, types there are)",
        range="(0, 1]",
        direction=Direction.HIGHER,
        unit="share",
        denominator="as many types as the list could show: mean over a user's lists, then over users",
        missing="A list without any path is unscored.",
        source="Balloccu et al., SIGIR 2022 (explanation type diversity)",
        notes="The type of a path is the relation that leads to the item, as there; types: relations that join items.",
    ),
    bounds=UNIT,
    needs=frozenset({"slots", "paths"}),
)
