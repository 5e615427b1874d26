"""Recommenders, one file each, and the blocks that they share. Not here: timing, seeding, recording (the runner)."""
