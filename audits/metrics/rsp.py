"""Ranking-based statistical parity: have groups of items the same chance to be listed?"""

from __future__ import annotations

from audits.metrics.metric import GROUPS, RunMetric
from audits.results import Card, Direction

METRIC = RunMetric(
    card=Card(
        name="rsp",
        label="RSP@k",
        formula=(
            "standard deviation over mean, over groups, of (deliveries of the group / pairs of a list and an item "
            "of the group that the user had not had)"
        ),
        range="[0, unbounded): 0 the same chance",
        direction=Direction.LOWER,
        unit="",
        denominator="groups of items (providers, unless another grouping is set) whose name is known",
        missing="Unscored below two groups, or where nothing was delivered.",
        source="Zhu, Wang and Caverlee, SIGIR 2020 (RSP)",
        notes=(
            "Population standard deviation, as there. With groups = popularity it is Elliot's PopRSP, whose head "
            "is cut by share of interactions. No interval: the groups are all there are, not drawn."
        ),
    ),
    bounds=(0.0, float("inf")),
    needs=frozenset({"items", "slots"}),
    n_unit="groups",
    parameters=GROUPS,
)
