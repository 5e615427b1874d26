"""Compare runs with a reference run, user by user: difference, interval, paired test, effect size, correction."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field

from audits.evidence import Evidence
from audits.measuring import Lists, Reading
from audits.metrics.metric import ListMetric
from audits.results import Comparison
from audits.statistics.corrections import Correction, corrected, correction_name
from audits.statistics.pairs import cohens_d, paired_randomisation_test
from audits.statistics.resampling import Resampling, mean_interval

INSUFFICIENT = "insufficient evidence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Testing:
    """How differences are judged. Fewer than `min_users` pairs are never called a difference."""

    alpha: float = 0.05
    min_users: int = 20
    permutations: int = 10_000
    correction: Correction = "holm"
    how: Resampling = field(default_factory=Resampling)


def compare_runs(
    evidence: Evidence,
    metrics: Sequence[ListMetric],
    run_ids: Sequence[str],
    reference_run_id: str,
    testing: Testing,
    lists: Lists | None = None,
) -> tuple[Comparison, ...]:
    """Compare each run with the reference by each metric, on the users scored in both; p-values corrected over all.

    Runs that cannot be compared must be left out before (`comparability.obstacles`).
    """
    raw = [
        _compare(evidence.of(run_id, reference_run_id), metric, run_id, reference_run_id, testing, lists or Lists())
        for metric in metrics
        for run_id in run_ids
        if run_id != reference_run_id
    ]
    tested = [index for index, comparison in enumerate(raw) if comparison.p_value is not None]
    p_values = corrected([p for c in raw if (p := c.p_value) is not None], testing.correction)
    name = correction_name(testing.correction, len(tested))
    for index, p_value in zip(tested, p_values, strict=True):
        raw[index] = dataclasses.replace(
            raw[index], p_value=p_value, correction=name, verdict=_verdict(raw[index], p_value, testing)
        )
    return tuple(raw)


def _compare(
    evidence: Evidence, metric: ListMetric, run_id: str, reference_run_id: str, testing: Testing, lists: Lists
) -> Comparison:
    reading = Reading(evidence=evidence, metric=metric, lists=lists)
    pairs = reading.frame("user_pairs", run_id=run_id, reference_run_id=reference_run_id)
    differences = pairs["difference"].to_numpy(dtype=float)
    nothing = Comparison(
        card=reading.card(run_id), run_id=run_id, reference_run_id=reference_run_id, difference=None, interval=None,
        p_value=None, correction="", effect_size=None, n=len(differences), test="none", verdict=INSUFFICIENT,
        sql=reading.sql_of((run_id, reference_run_id), "pair_means", run_id=run_id, reference_run_id=reference_run_id),
    )  # fmt: skip
    if not len(differences):
        return nothing
    test = paired_randomisation_test(differences, resamples=testing.permutations, seed=testing.how.seed)
    return dataclasses.replace(
        nothing,
        difference=float(differences.mean()),
        value=float(pairs["run_value"].to_numpy(dtype=float).mean()),
        reference_value=float(pairs["reference_value"].to_numpy(dtype=float).mean()),
        interval=mean_interval(differences, testing.how),
        p_value=test.p_value,
        effect_size=cohens_d(differences),
        test=test.method,
    )


def _verdict(comparison: Comparison, p_value: float, testing: Testing) -> str:
    if comparison.n < testing.min_users or p_value >= testing.alpha or not comparison.difference:
        return INSUFFICIENT
    return "higher" if comparison.difference > 0 else "lower"
