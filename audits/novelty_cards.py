"""Recall on items by whether anyone had met them before the time window of the request."""

from __future__ import annotations

from audits.metrics.metric import UNIT, ListMetric
from audits.results import Card, Direction


def item_recall(name: str, label: str, items: str) -> ListMetric:
    """Return recall@k on the held-out items that `items` describes."""
    return ListMetric(
        card=Card(
            name=name,
            label=f"Recall@k on {label} items",
            formula=f"share of the held-out items {items} the time window of the request that are in the list",
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
