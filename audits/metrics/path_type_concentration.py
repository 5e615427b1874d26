"""Path type concentration: how far a list's reasons are of one kind."""

from __future__ import annotations

from audits.metrics.metric import UNIT, ListMetric
from audits.results import Card, Direction

METRIC = ListMetric(
    card=Card(
        name="path_type_concentration",
        label="Path type concentration@k",
        formula="sum over types of (share of the list's first paths that are of the type)^2",
        range="(0, 1]",
        direction=Direction.LOWER,
        unit="",
        denominator="lists with a path: mean over a user's lists, then over users",
        missing="A list without any path is unscored.",
        source="Simpson, Nature 1949; Balloccu et al., Knowledge-Based Systems 2023 (path type concentration)",
        notes=(
            "1 where all are of one type, also in a list with one path. Balloccu et al. give one minus Simpson's index "
            "without replacement, so that high is even there."
        ),
    ),
    bounds=UNIT,
    needs=frozenset({"slots", "paths"}),
)
