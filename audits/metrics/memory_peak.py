"""Memory high water of the processes that worked on a run."""

from __future__ import annotations

from audits.metrics.metric import RunMetric
from audits.results import Card, Direction

METRIC = RunMetric(
    card=Card(
        name="memory_peak",
        label="Memory high water",
        formula="greatest resident memory that any process of the run held since its start",
        range="[0, inf)",
        direction=Direction.LOWER,
        unit="MB",
        denominator="phases (fitting, answering) that ended or were stopped",
        missing="Unscored where no process recorded it (older or imported runs, killed processes).",
        source="getrusage, ru_maxrss",
        notes=(
            "The whole process: interpreter, libraries, dataset and local weights. The memory of a model server is not "
            "in it. "
            "It is the run's, whatever the cohort."
        ),
    ),
    bounds=(0.0, float("inf")),
    needs=frozenset(),
    n_unit="phases",
)
