"""Shannon entropy: how many items deliveries are effectively spread over."""

from __future__ import annotations

from audits.metrics.metric import RunMetric
from audits.results import Card, Direction

METRIC = RunMetric(
    card=Card(
        name="entropy",
        label="Entropy@k",
        formula="-sum over items of p log2 p, p the share of deliveries that the item has",
        range="[0, log2(items)]",
        direction=Direction.NEITHER,
        unit="bits",
        denominator="delivered slots",
        missing="Unscored where nothing was delivered.",
        source="Shannon 1948; Adomavicius and Kwon, IEEE TKDE 2012",
        notes="No interval: resampling users only ever repeats items, which biases it.",
    ),
    needs=frozenset({"items", "slots"}),
    n_unit="slots",
)
