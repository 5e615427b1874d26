"""Fitting loops and the embedded model's training data. Not here: serving a model (engine.models)."""
