"""Unread sentences: of rationales' sentences, those that no claim was read from."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="unread_sentence_share",
        label="Sentences without a claim",
        formula="sentences of rationales without a claim / sentences of rationales",
        range="[0, 1]",
        direction=Direction.NEITHER,
        unit="share",
        denominator="sentences of rationales",
        missing="Unscored where nothing was explained.",
        source="opinions, and statements that the checker cannot read",
    ),
    needs=frozenset({"claims"}),
    n_unit="sentences",
)
