"""Diversity of one user's lists: does the user see other items the next time?"""

from __future__ import annotations

from audits.metrics.metric import UNIT, ListMetric
from audits.results import Card, Direction

METRIC = ListMetric(
    card=Card(
        name="intra_user_diversity",
        label="Diversity of a user's lists@k",
        formula="mean over pairs of lists of the same user of 1 - |items in common| / |items of either|",
        range="[0, 1]: 0 always the same list",
        direction=Direction.NEITHER,
        unit="",
        denominator=(
            "users with several non-empty lists in the run (repeats of a request, or requests at several times): "
            "mean over pairs, then over users"
        ),
        missing="A user with one list, or a list without another to compare with, is unscored; it is counted apart.",
        source=(
            "Lathia et al., SIGIR 2010 (temporal diversity, there by |new items| / k); Anwar, Schoenebeck and "
            "Dhillon, WWW 2024 (against diversity between users)"
        ),
        notes=(
            "Low for one user: a filter bubble. Low between users: homogenisation. Repeats of the same request "
            "measure sampling noise; requests at several times measure change."
        ),
    ),
    bounds=UNIT,
    needs=frozenset({"slots"}),
)
