"""Throughput: tokens written per second of model time."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="tokens_per_second",
        label="Tokens per second",
        formula=(
            "tokens written / seconds of the calls that wrote them; a call's seconds are its batch's, divided by the "
            "calls in it"
        ),
        range="[0, inf)",
        direction=Direction.HIGHER,
        unit="tokens/s",
        denominator="milliseconds of calls that wrote tokens and were timed",
        missing="Calls without time or token count are left out; unscored where none has both.",
        source="recorded with each call",
        notes=(
            "Reading the prompt is in the time. Server calls that run side by side each count their own time: the "
            "server's throughput over all of them is higher."
        ),
    ),
    bounds=(0.0, float("inf")),
    needs=frozenset({"slots", "generations"}),
    n_unit="ms",
)
