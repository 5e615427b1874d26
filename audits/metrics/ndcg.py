"""Binary NDCG: where in the list the held-out items stand."""

from __future__ import annotations

from audits.metrics.metric import CANDIDATES, NO_TARGETS, STRICT, UNIT, USER_MEAN, ListMetric
from audits.results import Card, Direction

METRIC = ListMetric(
    card=Card(
        name="ndcg",
        label="NDCG@k",
        formula="sum over hits of 1 / log2(1 + rank), over the same sum for min(k, number of targets) hits at the top",
        range="[0, 1]",
        direction=Direction.HIGHER,
        unit="",
        denominator=USER_MEAN,
        missing=NO_TARGETS,
        source="Jarvelin and Kekalainen, ACM TOIS 2002, binary gains",
        notes=(
            "RecTools takes k hits for the best list, however few targets there are, unless divide_by_achievable is "
            "set; LensKit discounts by log2(rank), ranks 1 and 2 alike, unless an offset of 1 is set. ranx gives the "
            f"same. {STRICT} {CANDIDATES}"
        ),
    ),
    bounds=UNIT,
    needs=frozenset({"targets", "slots"}),
)
