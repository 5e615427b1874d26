"""Energy of answering per delivered item, estimated from processor time."""

from __future__ import annotations

from audits.metrics.metric import RunMetric
from audits.results import Card, Direction

METRIC = RunMetric(
    card=Card(
        name="energy_estimated",
        label="Energy per delivered item (estimated)",
        formula=(
            "processor seconds of answering * watts per core / metered requests * recorded requests / delivered items"
        ),
        range="[0, inf)",
        direction=Direction.LOWER,
        unit="J",
        denominator="delivered items of the whole run",
        missing=(
            "Unscored where no process recorded its processor time, where the model ran elsewhere or on a GPU, or "
            "nothing was delivered."
        ),
        source=(
            "Lannelongue et al., Advanced Science 2021 (Green Algorithms): 12 W a core where the processor is not known"
        ),
        notes=(
            "An estimate, not a measurement: processor time times a constant. No GPU, memory, disks, cooling. "
            "All variants and users of the run, whatever the cohort. Fitting is not in it."
        ),
    ),
    bounds=(0.0, float("inf")),
    needs=frozenset({"slots"}),
    n_unit="items",
    parameters=(("watts_per_core", 12.0),),
)
