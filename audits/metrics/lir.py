"""Linking interaction recency: how recent the interactions are that recommendations are explained by."""

from __future__ import annotations

from audits.metrics.metric import UNIT, ListMetric
from audits.results import Card, Direction

METRIC = ListMetric(
    card=Card(
        name="lir",
        label="Linking interaction recency (LIR)@k",
        formula=(
            "mean over items with a path of m(i) / m(n): m(i) = (1 - b) m(i - 1) + b (t(i) - t(1)), m(1) = 0, over the "
            "user's n interactions, oldest first; t(i) the moment of the one that the path starts at; b = 0.3"
        ),
        range="[0, 1]",
        direction=Direction.NEITHER,
        unit="",
        denominator="lists with a path from the history: mean over items, then a user's lists, then users",
        missing=(
            "An item without a path, or whose path starts outside the history, is left out; a list of such items, or a "
            "history of one moment, is unscored."
        ),
        source="Balloccu et al., SIGIR 2022, equation of LIR, min-max normalised within each user",
        notes=(
            "1 is the user's last interaction. The first path of each item counts, and the last interaction with the "
            "item that it starts at. Terms more than 100 interactions back weigh less than 1e-15 and are left out."
        ),
    ),
    bounds=UNIT,
    needs=frozenset({"slots", "paths"}),
    parameters=(("recency_beta", 0.3),),
)
