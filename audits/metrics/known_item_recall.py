"""Recall@k on known items: held-out items seen by anyone before the time window of the request."""

from __future__ import annotations

from audits.novelty_cards import item_recall

METRIC = item_recall("known_item_recall", "known", "seen by anyone before")
