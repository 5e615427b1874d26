"""Graded NDCG: where in the list the held-out items stand, better rated ones counting more."""

from __future__ import annotations

from audits.metrics.metric import CANDIDATES, STRICT, UNIT, USER_MEAN, ListMetric
from audits.results import Card, Direction

METRIC = ListMetric(
    card=Card(
        name="graded_ndcg",
        label="Graded NDCG@k",
        formula=(
            "sum over rated hits of (2^rating - 1) / log2(1 + rank), over the same sum for the best rated targets "
            "at the top"
        ),
        range="[0, 1]",
        direction=Direction.HIGHER,
        unit="",
        denominator=USER_MEAN,
        missing="A request without a rated held-out item is unscored; it is counted apart, never as 0.",
        source="Burges et al., ICML 2005 (exponential gains); Jarvelin and Kekalainen, ACM TOIS 2002",
        notes=(
            "Ratings stand as they are in the dataset; held-out items without a rating count for nothing. LensKit "
            f"takes the rating itself as gain, ranx offers both. {STRICT} {CANDIDATES}"
        ),
    ),
    bounds=UNIT,
    needs=frozenset({"targets", "ratings", "slots"}),
)
