"""GPU memory high water of the processes that worked on a run."""

from __future__ import annotations

from audits.metrics.metric import RunMetric
from audits.results import Card, Direction

METRIC = RunMetric(
    card=Card(
        name="gpu_memory_peak",
        label="GPU memory high water",
        formula="greatest GPU memory that torch allocated in any process of the run, over its devices",
        range="[0, inf)",
        direction=Direction.LOWER,
        unit="MB",
        denominator="phases (fitting, answering) that used a CUDA device",
        missing="Unscored where no CUDA device was used, or nothing was recorded.",
        source="torch.cuda.max_memory_allocated",
        notes=("Memory of a model server is not in it. It is the run's, whatever the cohort."),
    ),
    bounds=(0.0, float("inf")),
    needs=frozenset(),
    n_unit="phases",
)
