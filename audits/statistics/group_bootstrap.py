"""Groups of users resampled each by itself: an interval of each, and of the gap between the two that were picked."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from audits.results import Interval
from audits.statistics.resampling import Resampling

Floats = NDArray[np.float64]
_CHUNK = 4_000_000  # indices held at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class GapTest:
    """The gap of the best and the worst group: its interval, and the p-value of there being none."""

    interval: Interval
    p_value: float
    ratio_interval: Interval | None  # of lowest / highest; None where it is no number in some draw


def group_draws(parts: Floats, wholes: Floats, how: Resampling, key: str) -> Floats:
    """Draw a group's users with replacement and return sum(parts) / sum(wholes) of each draw, NaN without any whole.

    Args:
        parts: numerator of each user of the group, (n_users,).
        wholes: denominator of each user; ones for a mean, (n_users,).
        how: resamples and seed.
        key: names the group, so that its draws do not depend on which other groups there are.

    Returns:
        (n_resamples,)
    """
    rng = np.random.default_rng([how.seed, crc32(key.encode())])
    n, drawn, left = len(parts), [], how.resamples
    both = np.stack([parts, wholes], axis=1)  # (n_users, 2)
    while left:
        rows = min(left, max(1, _CHUNK // n))
        sums = both[rng.integers(0, n, size=(rows, n))].sum(axis=1)
        drawn.append(np.divide(sums[:, 0], sums[:, 1], out=np.full(rows, np.nan), where=sums[:, 1] > 0))
        left -= rows
    return np.concatenate(drawn)


def gap_test(
    draws: Floats, values: Floats, best: int, worst: int, how: Resampling, n_picked: int = 1
) -> GapTest | None:
    """Return what the draws say of values[best] - values[worst], wide enough for having picked the two.

    Max-t: the difference of every pair of groups, centred and studentised, and of each draw the largest; its quantile
    times the standard error of the picked pair. Bonferroni over `n_picked` such families, where the family was picked
    too. A percentile interval of max - min would not do: it is never below 0. None where neither of the two varies.

    Args:
        draws: of each group, (n_resamples, n_groups).
        values: of each group, (n_groups,).
        best: index of the highest.
        worst: index of the lowest.
        how: level, resamples and seed.
        n_picked: families that this one was picked from.

    Source: Romano and Wolf, JASA 2005 (studentised step-down max-t), its first step.
    """
    kept = draws[np.isfinite(draws).all(axis=1)]
    if len(kept) < 2:
        return None
    errors = kept.var(axis=0, ddof=1)  # (n_groups,)
    spread = np.sqrt(errors[:, None] + errors[None, :])  # (n_groups, n_groups)
    if spread[best, worst] <= 1e-12:
        return None
    largest = np.zeros(len(kept))
    centred = kept - values
    for one in range(len(values)):
        for other in range(one):
            if spread[one, other] > 1e-12:
                np.maximum(largest, np.abs(centred[:, one] - centred[:, other]) / spread[one, other], out=largest)
    gap, error = float(values[best] - values[worst]), float(spread[best, worst])
    half = float(np.quantile(largest, 1 - (1 - how.level) / n_picked)) * error
    p_value = min(1.0, n_picked * (1 + int((largest >= gap / error - 1e-12).sum())) / (1 + len(kept)))
    groups = f"max-t over {len(values)} groups" if len(values) > 2 else "studentised"
    picked = f", Bonferroni over {n_picked} groups of items" if n_picked > 1 else ""
    said = f"bootstrap over users within groups, {how.resamples:,} resamples, seed {how.seed}, {groups}{picked}"
    return GapTest(
        interval=Interval(low=gap - half, high=gap + half, level=how.level, method=said),
        p_value=p_value,
        ratio_interval=_ratio_interval(kept[:, worst], kept[:, best], float(values[worst]), float(values[best]), how),
    )


def percentile_interval(draws: Floats, how: Resampling) -> Interval | None:
    """Return the percentile interval of one group's value; None where no draw differs from another."""
    kept = draws[np.isfinite(draws)]
    if len(kept) < 2 or float(np.ptp(kept)) < 1e-12:
        return None
    low, high = np.quantile(kept, [(1 - how.level) / 2, (1 + how.level) / 2])
    said = f"bootstrap over users, {how.resamples:,} resamples, seed {how.seed}"
    return Interval(low=float(low), high=float(high), level=how.level, method=said)


def _ratio_interval(lowest: Floats, highest: Floats, low: float, high: float, how: Resampling) -> Interval | None:
    """Return the interval of the ratio, from the distance of the draws on the log scale."""
    if min(low, high) <= 0 or float(min(lowest.min(), highest.min())) <= 0:
        return None
    ratio = np.log(low / high)
    apart = float(np.quantile(np.abs(np.log(lowest / highest) - ratio), how.level))
    said = f"bootstrap over users within groups, {how.resamples:,} resamples, seed {how.seed}, of the log ratio"
    return Interval(low=float(np.exp(ratio - apart)), high=float(np.exp(ratio + apart)), level=how.level, method=said)
