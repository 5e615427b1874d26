"""Metrics of how long requests take: latency and wait at a percentile, which differ in nothing else."""

from __future__ import annotations

from audits.metrics.metric import RunMetric
from audits.results import Card, Direction

_LATENCY = (
    "A recommender answers a batch of requests at once, and the runner times the batch: a request's latency is "
    "the batch's wall time divided by its requests, so that it says what a request costs, not how long its "
    "user waits (see the wait). Imported logs: the latency that they give. The interval resamples batches, not "
    "users, because the requests of a batch share one value."
)
_WAIT = (
    "With a batch size of 1 it equals the latency. A production system that answers one user at a time waits "
    "less than a batch and more than a batch divided by its requests. Old journals do not say the batch size: "
    "1 is taken."
)


def latency_metric(percent: int) -> RunMetric:
    """Return the latency that `percent` of the answered requests do not exceed, in milliseconds."""
    return _metric("latency", percent, "", _LATENCY)


def wait_metric(percent: int) -> RunMetric:
    """Return the wait that `percent` of the answered requests do not exceed, in milliseconds."""
    return _metric("wait", percent, "; wait = wall time of the request's batch", _WAIT)


def _metric(what: str, percent: int, meaning: str, notes: str) -> RunMetric:
    return RunMetric(
        card=Card(
            name=f"{what}_p{percent}",
            label=f"{what.capitalize()} p{percent}",
            formula=f"least {what} that at least {percent}% of the answered requests do not exceed{meaning}",
            range="[0, inf)",
            direction=Direction.LOWER,
            unit="ms",
            denominator="answered requests that were timed",
            missing="Requests without a latency are left out; unscored where none was timed.",
            source="recorded by the runner",
            notes=notes,
        ),
        bounds=(0.0, float("inf")),
        needs=frozenset({"slots"}),
        n_unit="requests",
    )
