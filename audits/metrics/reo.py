"""Ranking-based equal opportunity: have chosen items of all groups the same chance to be listed?"""

from __future__ import annotations

from audits.metrics.metric import GROUPS, RunMetric
from audits.results import Card, Direction

METRIC = RunMetric(
    card=Card(
        name="reo",
        label="REO@k",
        formula=(
            "standard deviation over mean, over groups, of (held-out items of the group that were delivered / "
            "held-out items of the group)"
        ),
        range="[0, unbounded): 0 the same chance",
        direction=Direction.LOWER,
        unit="",
        denominator=(
            "groups of items (providers, unless another grouping is set) that users chose anything of in the "
            "held-out part"
        ),
        missing="Unscored below two such groups, or where none of their held-out items was delivered.",
        source="Zhu, Wang and Caverlee, SIGIR 2020 (REO)",
        notes=(
            "Population standard deviation, as there. With groups = popularity it is Elliot's PopREO, whose head "
            "is cut by share of interactions. No interval: the groups are all there are, not drawn."
        ),
    ),
    bounds=(0.0, float("inf")),
    needs=frozenset({"items", "targets", "slots"}),
    n_unit="groups",
    parameters=GROUPS,
)
