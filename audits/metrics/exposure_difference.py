"""Exposure difference: how far apart the best and the worst seen group of items are."""

from __future__ import annotations

from audits.metrics.metric import GROUPS, RunMetric
from audits.results import Card, Direction

METRIC = RunMetric(
    card=Card(
        name="exposure_difference",
        label="Exposure difference@k",
        formula=(
            "highest minus lowest (exposure of a group / its items) over groups; exposure is the sum over "
            "deliveries of 1 / log2(1 + rank), per 1,000 lists"
        ),
        range="[0, unbounded): 0 all groups seen alike",
        direction=Direction.NEITHER,
        unit="per item and 1,000 lists",
        denominator="groups of items (providers, unless another grouping is set) whose name is known",
        missing="Unscored below two groups. Items of no group are counted apart as unknown.",
        source="Singh and Joachims, KDD 2018, demographic parity of exposure",
        notes="Groups of one item swing most. No interval: the groups are all there are, not drawn.",
    ),
    bounds=(0.0, float("inf")),
    needs=frozenset({"items", "slots"}),
    n_unit="groups",
    parameters=GROUPS,
)
