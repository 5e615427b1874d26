"""Time to the first token, median over calls."""

from __future__ import annotations

from audits.metrics.metric import RunMetric
from audits.results import Card, Direction

METRIC = RunMetric(
    card=Card(
        name="first_token_p50",
        label="Time to first token p50",
        formula="least time until a call's first token that at least half of the calls do not exceed",
        range="[0, inf)",
        direction=Direction.LOWER,
        unit="ms",
        denominator="calls whose backend says when their first token was there",
        missing="Unscored where no backend says it: answers of OpenAI-compatible servers are not streamed here.",
        source="recorded with each call",
        notes=(
            "Local models: from the start of the call's batch. Ollama: the call's time without the time that the "
            "server says it generated for. Nothing is streamed to a user: it is the time at which streaming could "
            "begin."
        ),
    ),
    bounds=(0.0, float("inf")),
    needs=frozenset({"generations"}),
    n_unit="calls",
)
