"""Wait, 95th percentile: how long the batch of a request took."""

from __future__ import annotations

from audits.timing_cards import wait_metric

METRIC = wait_metric(95)
