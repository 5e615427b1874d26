"""Energy of answering per delivered item, as counters of the machine measured it."""

from __future__ import annotations

from audits.metrics.metric import RunMetric
from audits.results import Card, Direction

METRIC = RunMetric(
    card=Card(
        name="energy_measured",
        label="Energy per delivered item (measured)",
        formula="joules used while answering / requests meanwhile * recorded requests / delivered items",
        range="[0, inf)",
        direction=Direction.LOWER,
        unit="J",
        denominator="delivered items of the whole run",
        missing="Unscored where no energy counter can be read (RAPL often needs root), or nothing was delivered.",
        source="RAPL energy_uj; NVML nvmlDeviceGetTotalEnergyConsumption",
        notes=(
            "The whole machine's processor packages and GPUs, whatever else ran on them; not memory, disks, cooling. A "
            "model server elsewhere is not in it. All variants and users of the run, whatever the cohort. Fitting is "
            "not in it."
        ),
    ),
    bounds=(0.0, float("inf")),
    needs=frozenset({"slots"}),
    n_unit="items",
)
