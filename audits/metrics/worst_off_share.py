"""Share of the worst off: what the least seen part of the providers holds together."""

from __future__ import annotations

from audits.metrics.metric import GROUPS, UNIT, RunMetric
from audits.results import Card, Direction

METRIC = RunMetric(
    card=Card(
        name="worst_off_share",
        label="Worst-off 20% of groups hold@k",
        formula="exposure of the least seen 20% of groups / exposure of all groups, on the Lorenz curve",
        range="[0, 0.2]: 0.2 all groups seen alike",
        direction=Direction.HIGHER,
        unit="share",
        denominator=(
            "groups of items (providers, unless another grouping is set) whose name is known, also those never "
            "delivered"
        ),
        missing="Unscored where nothing of them was delivered.",
        source="Lorenz 1905; worst-off groups: Do et al., NeurIPS 2021",
        notes="Groups count alike, large or small. No interval: the groups are all there are, not drawn.",
    ),
    bounds=UNIT,
    needs=frozenset({"items", "slots"}),
    n_unit="groups",
    parameters=(*GROUPS, ("worst_off", 0.2)),
)
