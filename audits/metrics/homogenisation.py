"""Homogenisation: how alike the lists of different users are."""

from __future__ import annotations

from audits.metrics.metric import UNIT, RunMetric
from audits.results import Card, Direction

METRIC = RunMetric(
    card=Card(
        name="homogenisation",
        label="Homogenisation@k",
        formula="mean over pairs of users of |items in common| / |items of either|",
        range="[0, 1]: 1 everybody sees the same",
        direction=Direction.NEITHER,
        unit="",
        denominator=(
            "all pairs of users with a non-empty list; above 1,000 users, of 1,000 users drawn by a hash of their name"
        ),
        missing="Users with an empty list are left out; unscored below two users.",
        source=(
            "Jaccard 1901; Chaney, Stewart and Engelhardt, RecSys 2018; standard error of the U-statistic: "
            "Hoeffding 1948"
        ),
        notes=(
            "One minus the diversity between users. A filter bubble is another thing: see the diversity of a "
            "user's own lists."
        ),
    ),
    bounds=UNIT,
    needs=frozenset({"slots"}),
    n_unit="users",
    parameters=(("sample_users", 1000), ("sample_salt", "recaudit")),
)
