"""Recommendations made elsewhere, on their way into the log: mapping, reading, checking, staging, importing."""
