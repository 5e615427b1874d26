"""The interval of a quantile whose values come in batches that share one value."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from audits.results import Interval
from audits.statistics.resampling import Resampling

Floats = NDArray[np.float64]

MIN_BATCHES = 5
MAX_BATCHES = 5_000  # above, order statistics of the batches stand in for the bootstrap
_CHUNK = 4_000_000  # weights held at a time


def discrete_quantile(values: Floats, weights: Floats, share: float) -> float:
    """Return the least value that at least `share` of the weight does not exceed. `values` (n,) ascend."""
    reached = np.cumsum(weights) >= share * weights.sum() - 1e-9
    return float(values[int(np.argmax(reached))])


def quantile_interval(values: Floats, weights: Floats, share: float, how: Resampling) -> Interval | None:
    """Return the percentile bootstrap interval of a quantile, with batches as the units that were drawn.

    None for fewer than `MIN_BATCHES` batches, or where all have one value.

    Source: Efron and Tibshirani 1993; order statistics: Conover 1999, ch. 3.

    Args:
        values: one a batch, ascending, (n_batches,).
        weights: what the batch counts for, its requests, (n_batches,).
        share: in (0, 1).
        how: resamples, seed and level.
    """
    values, weights = np.asarray(values, dtype=float), np.asarray(weights, dtype=float)
    n = len(values)
    if n < MIN_BATCHES or values[0] == values[-1]:
        return None
    point = discrete_quantile(values, weights, share)
    if n > MAX_BATCHES:
        half = float(stats.norm.ppf((1 + how.level) / 2)) * np.sqrt(n * share * (1 - share))
        middle = int(np.argmax(np.cumsum(weights) >= share * weights.sum() - 1e-9))
        low, high = values[max(0, int(middle - half))], values[min(n - 1, int(np.ceil(middle + half)))]
        said = f"order statistics of {n:,} batches"
    else:
        drawn = _resampled(values, weights, share, how)
        low, high = np.quantile(drawn, [(1 - how.level) / 2, (1 + how.level) / 2])
        said = f"bootstrap over {n:,} batches, {how.resamples:,} resamples, seed {how.seed}"
    return Interval(low=min(float(low), point), high=max(float(high), point), level=how.level, method=said)


def _resampled(values: Floats, weights: Floats, share: float, how: Resampling) -> Floats:
    rng = np.random.default_rng(how.seed)
    n, left = len(values), how.resamples
    drawn: list[Floats] = []
    while left:
        rows = min(left, max(1, _CHUNK // n))
        heavy = rng.multinomial(n, np.full(n, 1 / n), size=rows) * weights  # (rows, n_batches)
        reached = np.cumsum(heavy, axis=1)
        drawn.append(values[np.argmax(reached >= share * reached[:, -1:] - 1e-9, axis=1)])
        left -= rows
    return np.concatenate(drawn)
