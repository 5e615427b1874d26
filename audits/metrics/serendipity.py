"""Serendipity: hits that popularity would not have led to."""

from __future__ import annotations

from audits.metrics.metric import CANDIDATES, NO_TARGETS, STRICT, UNIT, USER_MEAN, ListMetric
from audits.results import Card, Direction

METRIC = ListMetric(
    card=Card(
        name="serendipity",
        label="Serendipity@k",
        formula=(
            "sum over hits of max(p(i) - p_u(i), 0), over k; p(i) = (items + 1 - rank in the list) / items, "
            "p_u(i) = (items + 1 - place by popularity) / items"
        ),
        range="[0, 1]",
        direction=Direction.HIGHER,
        unit="",
        denominator=USER_MEAN,
        missing=NO_TARGETS,
        source="Murakami et al., JSAI 2007; Ge et al., RecSys 2010; p and p_u as in RecTools",
        notes=(
            "p says how readily the run gives the item to this user, p_u how readily it would be given to any "
            "user, by training interactions alone. Places of equally popular items follow the item id; RecTools "
            f"follows its table's order. The denominator is k, also where the list is shorter. {STRICT} {CANDIDATES}"
        ),
    ),
    bounds=UNIT,
    needs=frozenset({"targets", "training", "slots"}),
)
