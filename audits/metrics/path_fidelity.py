"""Path fidelity: how many of the knowledge paths that were shown are in the graph."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="path_fidelity",
        label="Path fidelity",
        formula="given paths of which every hop is a triple of the graph and joins the hop before / given paths",
        range="[0, 1]",
        direction=Direction.HIGHER,
        unit="share",
        denominator="paths that the recommender gave for delivered items",
        missing="A run whose recommender gives no paths has no value: paths that an audit found are true by making.",
        source="Xian et al., PGPR, SIGIR 2019; Balloccu et al., SIGIR 2022",
        notes=(
            "A hop counts in either direction of its triple, because a path from item to item must walk some relation "
            "backwards. hopwise calls the share of recommendations with a path fidelity: that is path coverage here."
        ),
    ),
    needs=frozenset({"slots"}),
    n_unit="paths",
)
