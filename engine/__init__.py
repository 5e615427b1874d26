"""Make recommendations and record them. Not here: judging them (audits) or showing them (dashboard)."""
