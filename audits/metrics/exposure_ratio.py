"""Exposure ratio: what the worst seen group of items gets of what the best seen gets."""

from __future__ import annotations

from audits.metrics.metric import GROUPS, UNIT, RunMetric
from audits.results import Card, Direction

METRIC = RunMetric(
    card=Card(
        name="exposure_ratio",
        label="Exposure ratio@k",
        formula=(
            "lowest / highest (exposure of a group / its items) over groups; exposure is the sum over deliveries "
            "of 1 / log2(1 + rank)"
        ),
        range="[0, 1]: 1 all groups seen alike",
        direction=Direction.HIGHER,
        unit="",
        denominator="groups of items (providers, unless another grouping is set) whose name is known",
        missing=(
            "Unscored below two groups, or where nothing was delivered. Items of no group are counted apart as unknown."
        ),
        source="Singh and Joachims, KDD 2018, demographic parity of exposure",
        notes="0 as soon as one group is never delivered. No interval: the groups are all there are, not drawn.",
    ),
    bounds=UNIT,
    needs=frozenset({"items", "slots"}),
    n_unit="groups",
    parameters=GROUPS,
)
