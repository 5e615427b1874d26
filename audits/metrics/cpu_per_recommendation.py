"""Processor time of answering per delivered item."""

from __future__ import annotations

from audits.metrics.metric import RunMetric
from audits.results import Card, Direction

METRIC = RunMetric(
    card=Card(
        name="cpu_per_recommendation",
        label="Processor time per delivered item",
        formula="processor milliseconds of answering / metered requests * recorded requests / delivered items",
        range="[0, inf)",
        direction=Direction.LOWER,
        unit="ms",
        denominator="delivered items of the whole run",
        missing="Unscored where nothing was delivered or no process recorded it.",
        source="getrusage through time.process_time",
        notes=(
            "All threads of the process; a model server's are not in it. Fitting is not in it. All variants and users "
            "of the run, whatever the cohort."
        ),
    ),
    bounds=(0.0, float("inf")),
    needs=frozenset({"slots"}),
    n_unit="items",
)
