"""Corrections of p-values for the number of tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from scipy import stats

Correction = Literal["holm", "benjamini-hochberg"]


def corrected(p_values: Sequence[float], how: Correction = "holm") -> tuple[float, ...]:
    """Correct p-values: Holm bounds any false claim (for claims), Benjamini-Hochberg their share (for exploration).

    Raises:
        ValueError: the correction is unknown, or a p-value lies outside [0, 1].
    """
    if not all(0 <= p <= 1 for p in p_values):
        raise ValueError("p-values lie in [0, 1]")
    if how == "holm":
        return holm(p_values)
    if how == "benjamini-hochberg":
        if not p_values:
            return ()
        return tuple(float(p) for p in stats.false_discovery_control(list(p_values), method="bh"))
    raise ValueError(f"the correction is holm or benjamini-hochberg, not {how!r}")


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return Holm's step-down adjusted p-values, in the order given. Source: Holm 1979."""
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * (p.size - np.arange(p.size)))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(stepped, 1.0)
    return tuple(float(value) for value in adjusted)


def correction_name(how: Correction, n_tests: int) -> str:
    """Say how p-values were corrected."""
    name = "Holm" if how == "holm" else "Benjamini-Hochberg"
    return f"{name} over {n_tests} comparison{'' if n_tests == 1 else 's'}"
