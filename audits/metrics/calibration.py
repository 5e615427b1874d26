"""Calibration: do the categories of a list keep the proportions of the user's history?"""

from __future__ import annotations

from audits.kernels.calibration import label_divergence
from audits.metrics.metric import ListMetric
from audits.results import Card, Direction

METRIC = ListMetric(
    card=Card(
        name="calibration",
        label="Miscalibration@k",
        formula=(
            "sum over categories of p ln(p / (0.99 q + 0.01 p)), p the category's share of the history, q of the list"
        ),
        range="[0, ln 100]: 0 same proportions",
        direction=Direction.LOWER,
        unit="nats",
        denominator=(
            "requests with a labelled history and a labelled delivered item: mean over a user's requests, then "
            "over users"
        ),
        missing="A request without either is unscored; it is counted apart.",
        source="Steck, RecSys 2018, with a = 0.01",
        notes=(
            "An item of several categories counts in equal parts for each. History counts each time the user met "
            "an item, without decay; list places count alike. High is not always bad: a list may leave the past "
            "on purpose."
        ),
    ),
    bounds=(0.0, 4.605170185988093),
    needs=frozenset({"item_labels", "slots"}),
    parameters=(("label_kind", "category"),),
    kernel=label_divergence,
)
