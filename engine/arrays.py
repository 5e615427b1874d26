"""Named arrays in safetensors files, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file


def read_arrays(path: Path) -> dict[str, NDArray] | None:
    """Return the arrays of a file; None where there is none or it is damaged, so that it is made again."""
    try:
        return load_file(path)
    except (FileNotFoundError, SafetensorError):
        return None


def write_arrays(path: Path, arrays: Mapping[str, NDArray]) -> None:
    """Write arrays to a file that appears complete or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, hidden = tempfile.mkstemp(dir=path.parent, suffix=".part")
    os.close(descriptor)
    try:
        save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, hidden)
        Path(hidden).replace(path)
    finally:
        Path(hidden).unlink(missing_ok=True)
