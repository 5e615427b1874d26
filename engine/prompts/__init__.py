"""Prompt templates as files, rendered and hashed. Not here: calling a model."""
