"""Intervals, tests, corrections and effect sizes. Arrays in, records out; no SQL and no evidence here."""
