"""Recall@k on known items: held-out items seen by anyone before the time window of the request."""

from __future__ import annotations

from audits.metrics.metric import UNIT, ListMetric
from audits.results import Card, Direction

METRIC = ListMetric(
    card=Card(
        name="known_item_recall",
        label="Recall@k on known items",
        formula="share of the held-out items seen by anyone before the time window of the request that are in the list",
        range="[0, 1]",
        direction=Direction.HIGHER,
        unit="",
        denominator="requests that have a value: mean over a user's requests, then over users",
        missing="Unscored where a request has no such held-out item.",
        source="own definition; cold start as in Schein et al., SIGIR 2002",
        notes=(
            "With leave-last-out, other users may have met a new item before this user's cutoff: it is new in its "
            "window, not unseen in training (for that see the share of cold items)."
        ),
    ),
    bounds=UNIT,
    needs=frozenset({"targets", "slots"}),
    parameters=(
        ("first_moment", None),
        ("last_start", None),
        ("n_windows", 1),
        *((f"window_end_{place}", None) for place in range(1, 12)),
    ),
)
