"""Inequity of amortised attention: attention against relevance, summed up over all lists."""

from __future__ import annotations

from audits.metrics.metric import GROUPS, RunMetric
from audits.results import Card, Direction

METRIC = RunMetric(
    card=Card(
        name="attention_inequity",
        label="Inequity of attention@k",
        formula="sum over groups of |share of all exposure - share of all held-out items|",
        range="[0, 2]: 0 attention in proportion to relevance",
        direction=Direction.LOWER,
        unit="",
        denominator="groups of items (providers, unless another grouping is set) whose name is known",
        missing="Unscored where nothing of them was delivered, or held out.",
        source="Biega, Gummadi and Weikum, SIGIR 2018, eq. 5",
        notes=(
            "Attention is 1 / log2(1 + rank) (the paper: geometric), relevance what users chose next (the paper: "
            "predicted scores), both amortised over all lists of the run. Smaller groups give higher values: "
            "compare the same grouping only. No interval: the groups are all there are, not drawn."
        ),
    ),
    bounds=(0.0, 2.0),
    needs=frozenset({"items", "targets", "slots"}),
    n_unit="groups",
    parameters=GROUPS,
)
