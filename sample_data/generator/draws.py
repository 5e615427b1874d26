"""Random draws that give the same result on every CPU. Not here: what is drawn (population, behaviour).

Only the streams of PCG64 are used, which NumPy keeps stable, and every weight is rounded to an integer before it is
drawn from, so that the last bit of a floating-point unit does not change an outcome. Weighted draws take `random` and
not `integers`, whose rejection step turns a total that differs by one into quite another number.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_SCALE = 1e9  # weights are kept to nine decimals, relative to the largest


def stream(seed: int, *key: int) -> np.random.Generator:
    """Return an independent generator for one part of the world, so that one part's draws never shift another's."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *key])))


def pick(rng: np.random.Generator, weights: np.ndarray) -> int:
    """Draw one index in proportion to `weights` (n,), which must be finite, not negative and not all zero."""
    largest = float(weights.max())
    if not largest > 0:
        raise ValueError(f"at least one weight must be positive, the largest is {largest}")
    cumulated = np.cumsum(np.rint(weights * (_SCALE / largest)).astype(np.int64))
    return int(np.searchsorted(cumulated, int(rng.random() * int(cumulated[-1])), side="right"))


def pick_some(rng: np.random.Generator, weights: np.ndarray, n: int) -> list[int]:
    """Draw `n` different indices, one after the other, in proportion to `weights`."""
    left = weights.astype(float).copy()
    chosen = []
    for _ in range(min(n, int((left > 0).sum()))):
        chosen.append(pick(rng, left))
        left[chosen[-1]] = 0.0
    return chosen


def jitter(rng: np.random.Generator, n: int, sharpness: float) -> np.ndarray:
    """Draw `n` positive factors with median near 1; a larger `sharpness` spreads them more."""
    return np.round((-np.log1p(-rng.random(n)) / np.log(2.0)) ** sharpness, 6)


def noise(rng: np.random.Generator, n: int) -> np.ndarray:
    """Draw `n` roughly normal values, mean 0, variance 1: twelve uniforms summed, the same on every CPU."""
    return np.round(rng.random((n, 12)).sum(axis=1) - 6.0, 6)


def apportion(weights: np.ndarray, total: int, least: int) -> np.ndarray:
    """Share `total` out in proportion to `weights`, at least `least` each, by largest remainder.

    Raises:
        ValueError: `total` is too small to give each its least.
    """
    free = total - least * len(weights)
    if free < 0:
        raise ValueError(f"{total} cannot give {len(weights)} at least {least} each")
    exact = np.round(weights / weights.sum() * free, 6)
    counts = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - counts), kind="stable")
    counts[order[: free - int(counts.sum())]] += 1
    return counts + least


def names(rng: np.random.Generator, labels: Sequence[str], weights: Sequence[float], n: int) -> list[str]:
    """Draw `n` labels independently in proportion to `weights`."""
    drawn = np.asarray(weights, dtype=float)
    return [labels[pick(rng, drawn)] for _ in range(n)]
