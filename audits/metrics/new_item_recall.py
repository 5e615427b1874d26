"""Recall@k on new items: held-out items first seen by anyone in the time window of the request."""

from __future__ import annotations

from audits.novelty_cards import item_recall

METRIC = item_recall("new_item_recall", "new", "first seen by anyone in")
