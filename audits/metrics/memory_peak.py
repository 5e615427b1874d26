"""Memory high water of the processes that worked on a run."""

from __future__ import annotations

from audits.metrics.metric import RunMetric
from audits.results import Card, Direction

METRIC = RunMetric(
    card=Card(
        name="memory_peak",
        label="Memory high water",
        formula="greatest resident memory that any process of the run held in a phase of it",
        range="[0, inf)",
        direction=Direction.LOWER,
        unit="MB",
        denominator="phases (fitting, answering) that ended or were stopped",
        missing="Unscored where no process recorded it (older or imported runs, killed processes).",
        source="VmHWM of /proc/self/status, begun anew for each phase; else ru_maxrss of getrusage",
        notes=(
            "The whole process: interpreter, libraries, dataset and local weights. The memory of a model server is not "
            "in it. Outside Linux, and in older runs, it is since the process started: what the process did before the "
            "run counts too. It is the run's, whatever the cohort."
        ),
    ),
    bounds=(0.0, float("inf")),
    needs=frozenset(),
    n_unit="phases",
)
