"""Two runs on the same users: paired randomisation test and effect size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]

EXACT_UP_TO = 16  # pairs that differ: 2^16 sign patterns are all tried
NORMAL_FROM = 50_000  # pairs that differ
_CHUNK = 8_000_000  # signs held at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedTest:
    """A two-sided p-value of "no difference", and how it was found."""

    p_value: float
    method: str


def paired_randomisation_test(differences: Floats, *, resamples: int = 10_000, seed: int = 7) -> PairedTest:
    """Test whether differences are centred on 0 by flipping their signs at random.

    Under "no difference" the two runs' values of a user may be swapped. Differences of 0 change nothing and are left
    out of the flips. Exact up to `EXACT_UP_TO` pairs that differ; else p = (1 + as extreme) / (1 + resamples); from
    `NORMAL_FROM` on the sum's normal limit with variance sum d^2.

    Source: Smucker, Allan and Carterette, CIKM 2007; Ihemelandu and Ekstrand, SIGIR 2023.

    Args:
        differences: one a user, (n_users,), finite.
        resamples: random sign patterns.
        seed: of the patterns.

    Raises:
        ValueError: there are no differences, or one is not finite.
    """
    differences = np.asarray(differences, dtype=float)
    if differences.ndim != 1 or differences.size == 0 or not np.isfinite(differences).all():
        raise ValueError("expected at least one finite difference, (n_users,)")
    moving = differences[differences != 0]
    name = "paired randomisation test over users, two-sided"
    if moving.size == 0:
        return PairedTest(p_value=1.0, method=f"{name}, no user differs")
    if moving.size <= EXACT_UP_TO:
        return PairedTest(p_value=_exact(moving), method=f"{name}, exact")
    if moving.size >= NORMAL_FROM:
        z = abs(moving.sum()) / float(np.sqrt((moving**2).sum()))
        return PairedTest(p_value=float(2 * stats.norm.sf(z)), method=f"{name}, normal limit")
    return PairedTest(
        p_value=_sampled(moving, resamples, seed), method=f"{name}, {resamples:,} sign patterns, seed {seed}"
    )


def cohens_d(differences: Floats) -> float | None:
    """Return mean / standard deviation (ddof 1) of paired differences; None where they do not vary.

    Source: Cohen 1988, d_z.
    """
    differences = np.asarray(differences, dtype=float)
    if differences.size < 2:
        return None
    spread = float(differences.std(ddof=1))
    return float(differences.mean()) / spread if spread > 1e-12 else None


def _exact(moving: Floats) -> float:
    n = moving.size
    patterns = (np.arange(2**n)[:, None] >> np.arange(n)) & 1  # (2^n, n)
    return float(_as_extreme((2 * patterns - 1) @ moving, moving).mean())


def _sampled(moving: Floats, resamples: int, seed: int) -> float:
    rng = np.random.default_rng(seed)
    extreme, left = 0, resamples
    while left:
        rows = min(left, max(1, _CHUNK // moving.size))
        bits = np.unpackbits(rng.integers(0, 256, size=(rows, -(-moving.size // 8)), dtype=np.uint8), axis=1)
        sums = 2 * (bits[:, : moving.size].astype(float) @ moving) - moving.sum()
        extreme += int(_as_extreme(sums, moving).sum())
        left -= rows
    return (1 + extreme) / (1 + resamples)


def _as_extreme(sums: Floats, moving: Floats) -> NDArray[np.bool_]:
    tolerance = 1e-10 * float(np.abs(moving).sum())  # equal sums must not be parted by rounding
    return np.abs(sums) >= abs(float(moving.sum())) - tolerance
