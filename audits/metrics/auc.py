"""AUC of the matching task: are held-out candidates scored above the others?"""

from __future__ import annotations

from audits.metrics.metric import CANDIDATES, UNIT, ListMetric
from audits.results import Card, Direction

METRIC = ListMetric(
    card=Card(
        name="auc",
        label="AUC",
        formula=(
            "pairs of a held-out and another candidate of the same request in which the held-out one scores "
            "higher (ties: half) / such pairs"
        ),
        range="[0, 1]; 0.5 is chance",
        direction=Direction.HIGHER,
        unit="",
        denominator=(
            "requests with a scored held-out and a scored other candidate: mean over a user's requests, then over users"
        ),
        missing="A request in which no held-out item, or no other, has a score is unscored; it is counted apart.",
        source="Hanley and McNeil, Radiology 1982; by request: Zhu et al., KDD 2018 (group AUC)",
        notes=(
            "What is scored: every candidate that a judge weighed, shown or not (its log-odds of yes against no); "
            "in a run without a judge, the delivered items that carry a score, so that only requests with a hit "
            "count. The two are not comparable. It does not depend on k beyond that. Papers that pool all pairs "
            f"of all users give other values. {CANDIDATES}"
        ),
    ),
    bounds=UNIT,
    needs=frozenset({"targets", "slots"}),
)
