"""Judge what is recorded. Not here: making recommendations (engine) or showing results (dashboard)."""
