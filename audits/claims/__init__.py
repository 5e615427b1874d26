"""Statements that rationales and reasoning steps make about items and users, checked against the dataset and the log."""
