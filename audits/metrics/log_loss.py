"""Log-loss of the matching task: how much probability is given to what was the case."""

from __future__ import annotations

from audits.metrics.metric import CANDIDATES, RatioMetric
from audits.results import Card, Direction

METRIC = RatioMetric(
    card=Card(
        name="log_loss",
        label="Log-loss",
        formula=(
            "sum over scored candidates of -ln p, p the probability given to held out (or not held out) as it was "
            "/ candidates"
        ),
        range="[0, unbounded); ln 2 = 0.693 is a coin",
        direction=Direction.LOWER,
        unit="nats",
        denominator="scored candidates of requests that have held-out items",
        missing="Unscored where no candidate's score is a probability.",
        source="Good, JRSS B 1952",
        notes=(
            "What is scored: every candidate that a judge weighed by log-probabilities; in runs whose "
            "configuration says score_kind = log_odds or probability, the delivered items. A judge that only "
            "writes yes or no has no probabilities, and scores that are only an order have none either. "
            f"Probabilities are cut at 1e-15. A candidate that is not held out may still be liked. {CANDIDATES}"
        ),
    ),
    bounds=(0.0, float("inf")),
    needs=frozenset({"targets", "slots"}),
    n_unit="candidates",
)
