"""Top item share: how much of what the history contributes comes from one item."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="top_item_share",
        label="Share of the top history item",
        formula="mean over explained recommendations of max |c| / sum |c|, c the Shapley values of the history items",
        range="[1 / items, 1]",
        direction=Direction.NEITHER,
        unit="share",
        denominator="explained recommendations that the history contributes to",
        missing=(
            "A recommendation that is not explained adds nothing; one that no history item contributes to is left out."
        ),
        source="Lundberg and Lee, NeurIPS 2017 (SHAP)",
        notes=(
            "1: one item decides alone; 1 / items: all contribute alike. Signs are left out: what "
            "speaks against the item counts as well."
        ),
    ),
    needs=frozenset({"attributions"}),
    n_unit="recommendations",
)
