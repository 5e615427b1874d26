"""Invented items: how many of the items named are not in the catalogue."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="out_of_catalogue_share",
        label="Invented items (out of catalogue)",
        formula="items that name nothing in the catalogue / items named",
        range="[0, 1]",
        direction=Direction.LOWER,
        unit="share",
        denominator="items named in answered requests: slots whose text names a title",
        missing="Unscored where nothing was named. Empty and unparseable slots name nothing and do not count.",
        source="Di Palma et al. 2023 (out-of-catalogue answers)",
        notes=(
            "Constrained decoding makes invention impossible: read it beside the decoding mode. Grounding errors "
            "would be booked here."
        ),
    ),
)
