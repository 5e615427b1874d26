"""Lists with an invented item: how many users are shown at least one."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="invented_list_share",
        label="Lists with an invented item",
        formula="answered lists with any out-of-catalogue item / answered lists",
        range="[0, 1]",
        direction=Direction.LOWER,
        unit="share",
        denominator="answered requests",
        missing="Unscored where every request failed.",
        source="Di Palma et al. 2023 (out-of-catalogue answers), per list",
    ),
    n_unit="lists",
)
