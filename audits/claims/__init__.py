"""Statements of rationales and reasoning steps about items and users, checked against the dataset and the log."""
