"""Diversity between users: how different the lists of two users are."""

from __future__ import annotations

from audits.metrics.metric import UNIT, RunMetric
from audits.results import Card, Direction

METRIC = RunMetric(
    card=Card(
        name="inter_user_diversity",
        label="Diversity between users@k",
        formula="1 - mean over pairs of users of |items in common| / |items of either|",
        range="[0, 1]",
        direction=Direction.NEITHER,
        unit="",
        denominator=(
            "all pairs of users with a non-empty list; above 1,000 users, of 1,000 users drawn by a hash of their name"
        ),
        missing="Users with an empty list are left out; unscored below two users.",
        source="Jaccard 1901; Zhou et al., PNAS 2010; standard error of the U-statistic: Hoeffding 1948",
        notes="Its complement is homogenisation. The first repetition of each request only.",
    ),
    bounds=UNIT,
    needs=frozenset({"slots"}),
    n_unit="users",
    parameters=(("sample_users", 1000), ("sample_salt", "recaudit")),
)
