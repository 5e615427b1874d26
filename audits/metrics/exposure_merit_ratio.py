"""Exposure over merit: is a group of items seen in proportion to what users choose of it?"""

from __future__ import annotations

from audits.metrics.metric import GROUPS, UNIT, RunMetric
from audits.results import Card, Direction

METRIC = RunMetric(
    card=Card(
        name="exposure_merit_ratio",
        label="Exposure over merit, ratio@k",
        formula=(
            "lowest / highest (exposure of a group / held-out items of the group) over groups with any held-out item"
        ),
        range="[0, 1]: 1 exposure in proportion to merit",
        direction=Direction.HIGHER,
        unit="",
        denominator=(
            "groups of items (providers, unless another grouping is set) that users chose anything of in the "
            "held-out part"
        ),
        missing="Unscored below two such groups, or where nothing of theirs was delivered.",
        source="Singh and Joachims, KDD 2018, disparate treatment",
        notes=(
            "Merit is what users chose next, which what they were shown before has shaped. No interval: the "
            "groups are all there are, not drawn."
        ),
    ),
    bounds=UNIT,
    needs=frozenset({"items", "targets", "slots"}),
    n_unit="groups",
    parameters=GROUPS,
)
