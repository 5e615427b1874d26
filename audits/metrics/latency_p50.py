"""Latency, median: what a request costs in wall time."""

from __future__ import annotations

from audits.timing_cards import latency_metric

METRIC = latency_metric(50)
