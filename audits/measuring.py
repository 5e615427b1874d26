"""Take a metric of runs: value, interval, what it is taken over, what has no value, and the SQL that gives it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import stats

from audits.errors import AuditError, Unmeasured
from audits.evidence import Evidence
from audits.metrics.metric import ListMetric, Metric, RatioMetric, RunMetric, card_at
from audits.queries import Parameter
from audits.results import Card, Interval, Measure
from audits.statistics.resampling import (
    RatioMoments,
    Resampling,
    mean_interval,
    moments_interval,
    ratio_interval,
    ratio_moments_interval,
)

MAX_K = 1_000  # the table of discounts ends there


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """How lists are looked at: the first `k` places (None: all that were asked for), with strict or compacted ranks."""

    k: int | None = None
    ranks: str = "strict"

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            AuditError: k is not between 1 and 1,000, or the ranks are something else.
        """
        if self.k is not None and not 1 <= self.k <= MAX_K:
            raise AuditError(f"k must lie between 1 and {MAX_K}, not at {self.k}.")
        if self.ranks not in ("strict", "compacted"):
            raise AuditError(f"ranks are strict or compacted, not {self.ranks!r}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A metric as it is read from evidence: which queries play which part, with which parameters."""

    evidence: Evidence
    metric: Metric
    lists: Lists = field(default_factory=Lists)

    @property
    def using(self) -> dict[str, str]:
        """Which query plays which part."""
        parts = {} if self.lists.ranks == "strict" else {"ranked": "ranked_compacted", "placed": "placed_compacted"}
        if isinstance(self.metric, ListMetric):
            parts["metric_rows"] = self.metric.card.name
        if isinstance(self.metric, RatioMetric):
            parts["ratio_rows"] = self.metric.card.name
            parts["user_parts"] = "ratio_parts"
        return parts

    @property
    def parameters(self) -> dict[str, Parameter]:
        """The metric's own parameters and the list length."""
        own = () if isinstance(self.metric, RatioMetric) else self.metric.parameters
        return {"k": self.lists.k, **dict(own)}

    def frame(self, query: str, using: dict[str, str] | None = None, **parameters: Parameter) -> pd.DataFrame:
        """Run a query that reads the metric's rows; `using` names more queries that play a part.

        Raises:
            Unmeasured: the metric's rows cannot be worked out for these runs.
        """
        self._work_out()
        return self.evidence.query(query, using={**self.using, **(using or {})}, **{**self.parameters, **parameters})

    def sql(self, query: str, run_id: str, **parameters: Parameter) -> str:
        """Return the query's runnable text for one run."""
        return self.sql_of((run_id,), query, **parameters)

    def sql_of(self, run_ids: tuple[str, ...], query: str, **parameters: Parameter) -> str:
        """Return the query's runnable text for these runs; of what the kernel reads where no query gives the rows."""
        evidence = self.evidence.of(*run_ids)
        if isinstance(self.metric, ListMetric) and self.metric.reads:
            read = evidence.runnable_sql(self.metric.reads, using=self.using, **self.parameters)
            return f"-- No query gives this number: {self.metric.kernel_name} works it out from these rows.\n{read}"
        return evidence.runnable_sql(query, using=self.using, **{**self.parameters, **parameters})

    def _work_out(self) -> None:
        """Work out in arrays what SQL is the wrong tool for, once for all runs."""
        if not isinstance(self.metric, ListMetric) or self.metric.kernel is None:
            return
        kernel, using, parameters, whole = self.metric.kernel, self.using, self.parameters, self.evidence.whole
        name = self.metric.card.name
        self.evidence.keep_rows(name, lambda: kernel(whole, using, parameters), using=using, **parameters)

    def card(self, run_id: str) -> Card:
        """Return the metric's card with the list length of this run.

        Raises:
            AuditError: the run's lists are shorter than asked for.
        """
        asked = self.evidence.run(run_id).k
        if self.lists.k is not None and self.lists.k > asked:
            raise AuditError(f"k = {self.lists.k} is more than the {asked} items that run {run_id} was asked for.")
        return card_at(self.metric.card, self.lists.k or asked)


def measure(evidence: Evidence, metric: Metric, how: Resampling, lists: Lists | None = None) -> tuple[Measure, ...]:
    """Take one metric of every run of the evidence, in the order of the runs.

    A run without anything to take it over gives a measure whose value is None, with a note that says why.
    """
    reading = Reading(evidence=evidence, metric=metric, lists=lists or Lists())
    missing = metric.needs - evidence.available
    if missing:
        return _unmeasured(
            reading, f"Needs {', '.join(sorted(missing)).replace('_', ' ')}, which the log does not hold."
        )
    match metric:
        case ListMetric():
            try:
                return _means(reading, how)
            except Unmeasured as error:
                return _unmeasured(reading, str(error))
        case RatioMetric():
            return _ratios(reading, metric, how)
        case RunMetric():
            return _wholes(reading, metric, how)


def _unmeasured(reading: Reading, note: str) -> tuple[Measure, ...]:
    return tuple(
        Measure(card=reading.card(run.run_id), run_id=run.run_id, value=None, n=0, unscored=run.n_users, note=note)
        for run in reading.evidence.runs
    )


def _means(reading: Reading, how: Resampling) -> tuple[Measure, ...]:
    rows = reading.frame("metric_mean").set_index("run_id")
    small = bool((rows["n_users"] <= how.max_users).all()) or how.method in ("bootstrap", "poisson")
    values = reading.frame("user_list") if small and bool((rows["n_users"] > 0).any()) else None
    bounds = reading.metric.bounds
    measures = []
    for run_id in reading.evidence.run_ids:
        n, unscored, value, interval = 0, 0, None, None
        if run_id in rows.index:
            row = rows.loc[run_id]
            n, unscored, value = int(row["n_users"]), int(row["n_unscored"]), _number(row["measured"])
            if small:
                if values is not None and n:
                    own = values.loc[values["run_id"] == run_id, "user_value"].to_numpy(dtype=float)
                    interval = mean_interval(own, how, bounds)
            elif value is not None:
                interval = moments_interval(n, value, _number(row["user_variance"]) or 0.0, how.level, bounds)
        measures.append(
            Measure(
                card=reading.card(run_id), run_id=run_id, value=value, n=n, unscored=unscored, interval=interval,
                sql=reading.sql("metric_mean", run_id), note=_mean_note(reading, value, interval, n),
            )
        )  # fmt: skip
    return tuple(measures)


def _ratios(reading: Reading, metric: RatioMetric, how: Resampling) -> tuple[Measure, ...]:
    rows = reading.frame("ratio").set_index("run_id")
    intervals = _ratio_intervals(reading, metric, how)
    measures = []
    for run_id in reading.evidence.run_ids:
        n, unscored, value, interval = 0, 0, None, None
        if run_id in rows.index:
            row = rows.loc[run_id]
            n, unscored, value = int(row["n_units"]), int(row["n_unscored"]), _number(row["measured"])
            interval = intervals.get(run_id) if value is not None else None
        measures.append(
            Measure(
                card=reading.card(run_id), run_id=run_id, value=value, n=n, n_unit=metric.n_unit, unscored=unscored,
                interval=interval, sql=reading.sql("ratio", run_id),
                note=_ratio_note(metric, value, interval, unscored),
            )
        )  # fmt: skip
    return tuple(measures)


def _ratio_intervals(reading: Reading, metric: RatioMetric, how: Resampling) -> dict[str, Interval | None]:
    """Return each run's interval: from every user's sums, or from sums over users where these are too many.

    Users with a part but no whole count as well: a cost without any delivery.
    """
    many = max((run.n_users for run in reading.evidence.runs), default=0) > how.max_users
    if how.method == "normal" or (how.method == "auto" and many):
        return {
            str(run_id): ratio_moments_interval(
                RatioMoments(
                    n=n, n_wholes=n_wholes, parts=parts, wholes=wholes, part_squares=part_squares, products=products,
                    whole_squares=whole_squares,
                ),
                how, metric.bounds,
            )
            for run_id, n, n_wholes, parts, wholes, part_squares, products, whole_squares
            in reading.frame("ratio_moments").itertuples(index=False, name=None)
        }  # fmt: skip
    sums = reading.frame("user_sums")
    sums = sums.loc[(sums["whole_sum"] > 0) | (sums["part_sum"] > 0)]
    intervals: dict[str, Interval | None] = {}
    for run_id, own in sums.groupby("run_id"):
        parts, wholes = own[["part_sum", "whole_sum"]].to_numpy(dtype=float).T
        intervals[str(run_id)] = ratio_interval(parts, wholes, how, metric.bounds) if wholes.sum() > 0 else None
    return intervals


def _wholes(reading: Reading, metric: RunMetric, how: Resampling) -> tuple[Measure, ...]:
    rows = reading.frame(metric.card.name).set_index("run_id")
    measures = []
    for run_id in reading.evidence.run_ids:
        n, value, interval = 0, None, None
        if run_id in rows.index:
            row = rows.loc[run_id]
            n, value = int(row["n_units"]), _number(row["measured"])
            interval = _normal(value, _number(row["standard_error"]), how.level, metric)
        measures.append(
            Measure(
                card=reading.card(run_id), run_id=run_id, value=value, n=n, n_unit=metric.n_unit, interval=interval,
                sql=reading.sql(metric.card.name, run_id),
                note="" if value is not None else reading.metric.card.missing,
            )
        )  # fmt: skip
    return tuple(measures)


def _normal(value: float | None, error: float | None, level: float, metric: RunMetric) -> Interval | None:
    if value is None or error is None or error <= 0:
        return None
    half = float(stats.norm.ppf((1 + level) / 2)) * error
    low, high = metric.bounds or (-np.inf, np.inf)
    return Interval(low=max(low, value - half), high=min(high, value + half), level=level, method=metric.interval)


def _mean_note(reading: Reading, value: float | None, interval: Interval | None, n: int) -> str:
    if value is None:
        return f"No request of this run has a value. {reading.metric.card.missing}"
    said = []
    if interval is None:
        said.append(f"No interval: {'only one user' if n < 2 else 'all users have the same value'}.")
    if isinstance(reading.metric, ListMetric) and reading.metric.reads:
        encoder = reading.parameters.get("encoder")
        said.append(
            f"Worked out in arrays by {reading.metric.kernel_name} with vectors of {encoder}; the query gives the rows "
            "that it reads, not the number."
        )
    return " ".join(said)


def _ratio_note(metric: RatioMetric, value: float | None, interval: Interval | None, unscored: int) -> str:
    if value is None:
        return metric.card.missing
    said = [] if interval is not None else ["No interval: only one user, or all users alike."]
    return " ".join([*said, *([f"Unscored counts users ({unscored})."] if unscored else [])])


def _number(value: object) -> float | None:
    """Return a number, None for SQL's null."""
    return None if value is None or pd.isna(value) else float(value)  # type: ignore[arg-type]
