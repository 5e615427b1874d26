"""Where local models compute and in what number format. Not here: loading them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import ModelUnavailable

if TYPE_CHECKING:
    import torch


def choose_device(wanted: str = "auto") -> str:
    """Return the device to use; `auto` takes cuda, else mps, else cpu.

    Raises:
        ModelUnavailable: the device that was asked for by name is not there.
    """
    import torch

    there = ["cpu"]
    if torch.backends.mps.is_available():
        there.insert(0, "mps")
    if torch.cuda.is_available():
        there.insert(0, "cuda")
    if wanted == "auto":
        return there[0]
    if wanted.partition(":")[0] not in there:
        raise ModelUnavailable(f"device {wanted!r} is not available here; there is {', '.join(there)}. Use auto.")
    return wanted


def choose_dtype(device: str) -> torch.dtype | str:
    """Return float32 on the CPU, where batching then changes results least; elsewhere the checkpoint's own format."""
    import torch

    return torch.float32 if device == "cpu" else "auto"
