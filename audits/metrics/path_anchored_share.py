"""Anchored paths: how many of the paths that were shown lead from what the user had to what is recommended."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="path_anchored_share",
        label="Anchored paths",
        formula="given paths from an item of the user's history to the item recommended / given paths",
        range="[0, 1]",
        direction=Direction.HIGHER,
        unit="share",
        denominator="paths that the recommender gave for delivered items",
        missing="A run whose recommender gives no paths has no value: an audit looks for anchored paths only.",
        source="RecAudit; the start is what Balloccu et al., SIGIR 2022, call the linking interaction",
        notes="Every triple of a path can be true while the user never had what it starts from.",
    ),
    needs=frozenset({"slots"}),
    n_unit="paths",
)
