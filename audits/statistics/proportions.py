"""Intervals of shares."""

from __future__ import annotations

import math

from scipy import stats

from audits.results import Interval


def wilson_interval(successes: float, n: int, level: float = 0.95) -> Interval:
    """Return the Wilson score interval of successes / n; it never has zero width and never leaves [0, 1].

    Source: Wilson 1927; Brown, Cai and DasGupta 2001.

    Raises:
        ValueError: n is not positive, or successes lie outside [0, n].
    """
    if n <= 0 or not 0 <= successes <= n:
        raise ValueError(f"expected 0 <= successes <= n and n > 0, got {successes} of {n}")
    z = float(stats.norm.ppf((1 + level) / 2))
    share = successes / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == n else min(1.0, centre + half)
    return Interval(low=low, high=high, level=level, method="Wilson score interval")
