"""The sample world: catalogue of true facts, simulated behaviour, embedded model, datasheet and generator."""

from importlib.resources import files
from pathlib import Path


def world_path() -> Path:
    """Return the folder of the sample world's tables, world.json and pictures."""
    return Path(str(files("sample_data") / "world"))


def embedded_model_path() -> Path:
    """Return the folder of the embedded model's weights, tokenizer and model card."""
    return Path(str(files("sample_data") / "embedded_model"))
