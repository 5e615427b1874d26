"""Shared entity popularity: how well known the entities are that recommendations are explained by."""

from __future__ import annotations

from audits.metrics.metric import UNIT, ListMetric
from audits.results import Card, Direction

METRIC = ListMetric(
    card=Card(
        name="sep",
        label="Shared entity popularity (SEP)@k",
        formula=(
            "mean over items with a path of m(j) / m(n): m(j) = (1 - b) m(j - 1) + b (v(j) - v(1)), m(1) = 0, over the "
            "n entities of one kind, fewest links to items first; v(j) the links of the entity before the item; b = 0.3"
        ),
        range="[0, 1]",
        direction=Direction.NEITHER,
        unit="",
        denominator="lists with a path through a shared entity: mean over items, then a user's lists, then users",
        missing=(
            "An item without a path, or linked with the history item directly, is left out; a list of such items is "
            "unscored, as is a kind whose entities all have equally many links."
        ),
        source="Balloccu et al., SIGIR 2022, equation of SEP, min-max normalised within each kind of entity",
        notes=(
            "High means popular, which is not good by itself. Entities with equally many links have one value, that of "
            "the last of them (the original's depends on their order). Entities of no known kind are one kind. Terms "
            "more than 100 entities back weigh less than 1e-15 and are left out."
        ),
    ),
    bounds=UNIT,
    needs=frozenset({"slots", "paths"}),
    parameters=(("popularity_beta", 0.3),),
)
