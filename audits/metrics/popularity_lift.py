"""Popularity lift: are lists more popular than what their users had chosen themselves?"""

from __future__ import annotations

from audits.metrics.metric import DELTA, RunMetric
from audits.results import Card, Direction

METRIC = RunMetric(
    card=Card(
        name="popularity_lift",
        label="Popularity lift@k",
        formula=(
            "mean over users of the mean popularity of their lists / mean over users of the mean popularity of "
            "their histories - 1; popularity is the number of training interactions"
        ),
        range="[-1, unbounded): 0 as popular as the profiles, 1 twice as popular",
        direction=Direction.NEITHER,
        unit="",
        denominator="users with a history and a non-empty list",
        missing="Users without either are left out; unscored where there is none.",
        source=(
            "Abdollahpouri et al., RecSys 2020 (The connection between popularity bias, calibration, and fairness)"
        ),
        notes="The ratio of the two group means as in the paper, not the mean of the users' ratios.",
    ),
    bounds=(-1.0, float("inf")),
    needs=frozenset({"training", "slots"}),
    n_unit="users",
    interval=DELTA,
)
