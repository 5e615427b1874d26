"""Confidence intervals by resampling users. A user is a cluster: all that was asked for one user stays together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from audits.results import Interval
from audits.statistics.proportions import wilson_interval

Floats = NDArray[np.float64]
Method = Literal["auto", "bootstrap", "poisson", "normal"]

MIN_RESAMPLES = 1_000
_CHUNK = 4_000_000  # weights held at a time
_DELTA = "normal interval over users, delta-method variance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resampling:
    """How intervals are made. "auto": bootstrap up to `max_users` users, the normal interval of the ratio above."""

    resamples: int = 2_000
    seed: int = 7
    level: float = 0.95
    method: Method = "auto"
    max_users: int = 20_000

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ValueError: too few resamples, a level outside (0, 1), or an unknown method.
        """
        if self.resamples < MIN_RESAMPLES:
            raise ValueError(f"at least {MIN_RESAMPLES:,} resamples are needed, not {self.resamples}")
        if not 0 < self.level < 1:
            raise ValueError(f"the level lies between 0 and 1, not at {self.level}")
        if self.method not in ("auto", "bootstrap", "poisson", "normal"):
            raise ValueError(f"the method is auto, bootstrap, poisson or normal, not {self.method!r}")


def mean_interval(values: Floats, how: Resampling, bounds: tuple[float, float] | None = None) -> Interval | None:
    """Return the interval of the mean over users; see `ratio_interval`.

    Args:
        values: one value a user, (n_users,).
        how: resamples, seed, level and method.
        bounds: the least and greatest value that is possible, where there are any.
    """
    return ratio_interval(values, np.ones_like(values), how, bounds)


def ratio_interval(
    parts: Floats, wholes: Floats, how: Resampling, bounds: tuple[float, float] | None = None
) -> Interval | None:
    """Return the interval of sum(parts) / sum(wholes), with users as the units that were drawn.

    Percentile bootstrap (Efron and Tibshirani 1993, ch. 13), Poisson bootstrap (Chamandy et al. 2012), or the normal
    interval with the delta-method variance of a ratio. Where all users have the same value, resampling would claim an
    interval of no width: a Wilson interval over users stands in for values bounded in [0, 1], None otherwise. None
    too for fewer than two users.

    Args:
        parts: numerator of each user, (n_users,).
        wholes: denominator of each user, (n_users,), not all 0.
        how: resamples, seed, level and method.
        bounds: the least and greatest value that is possible, where there are any.

    Raises:
        ValueError: the arrays do not match, or hold a value that is not finite.
    """
    parts, wholes = np.asarray(parts, dtype=float), np.asarray(wholes, dtype=float)
    if parts.shape != wholes.shape or parts.ndim != 1:
        raise ValueError(f"expected two arrays (n_users,), got {parts.shape} and {wholes.shape}")
    if not (np.isfinite(parts).all() and np.isfinite(wholes).all()):
        raise ValueError("values must be finite: leave unscored users out")
    n_users = int((wholes > 0).sum())
    if n_users < 2:
        return None
    ratio = float(parts.sum() / wholes.sum())
    if np.allclose(parts, ratio * wholes, rtol=1e-12, atol=1e-15):
        return _without_variation(ratio, n_users, how, bounds)
    method = how.method
    if method == "auto":
        method = "bootstrap" if len(parts) <= how.max_users else "normal"
    if method == "normal":
        return _normal(parts, wholes, ratio, how, bounds)
    drawn = _resampled(parts, wholes, how, poisson=method == "poisson")
    low, high = np.quantile(drawn, [(1 - how.level) / 2, (1 + how.level) / 2])
    name = "Poisson bootstrap" if method == "poisson" else "bootstrap"
    said = f"{name} over users, {how.resamples:,} resamples, seed {how.seed}"
    return Interval(low=float(low), high=float(high), level=how.level, method=said)


def moments_interval(
    n: int, mean: float, variance: float, level: float, bounds: tuple[float, float] | None = None
) -> Interval | None:
    """Return the t interval of a mean over `n` users from their variance (ddof 1), within the bounds; None below 2."""
    if n < 2:
        return None
    if variance <= 1e-15:
        return _without_variation(mean, n, Resampling(level=level), bounds)
    half = float(stats.t.ppf((1 + level) / 2, n - 1)) * float(np.sqrt(variance / n))
    return _cut(mean - half, mean + half, level, "t interval of the mean over users", bounds)


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioMoments:
    """Sums over users that the normal interval of a ratio needs: `n` users, `n_wholes` of them with a whole above 0."""

    n: int
    n_wholes: int
    parts: float
    wholes: float
    part_squares: float
    products: float
    whole_squares: float


def ratio_moments_interval(
    moments: RatioMoments, how: Resampling, bounds: tuple[float, float] | None = None
) -> Interval | None:
    """Return the normal interval of `ratio_interval` from sums over users, for users too many to be held."""
    if moments.n_wholes < 2:
        return None
    ratio = moments.parts / moments.wholes
    squares = moments.part_squares - 2 * ratio * moments.products + ratio * ratio * moments.whole_squares
    if squares <= 1e-12 * moments.part_squares:  # rounding in a difference of equal numbers
        return _without_variation(ratio, moments.n_wholes, how, bounds)
    n = moments.n
    error = float(np.sqrt(squares / (n - 1) / n)) / (moments.wholes / n)
    half = float(stats.norm.ppf((1 + how.level) / 2)) * error
    return _cut(ratio - half, ratio + half, how.level, _DELTA, bounds)


def _resampled(parts: Floats, wholes: Floats, how: Resampling, *, poisson: bool) -> Floats:
    """Draw users with replacement and return the ratio of each draw, (n_resamples,)."""
    rng = np.random.default_rng(how.seed)
    n = len(parts)
    both = np.stack([parts, wholes], axis=1)  # (n_users, 2)
    drawn: list[Floats] = []
    left = how.resamples
    while left:
        rows = min(left, max(1, _CHUNK // n))
        if poisson:
            sums = rng.poisson(1.0, size=(rows, n)).astype(float) @ both
        else:
            sums = both[rng.integers(0, n, size=(rows, n))].sum(axis=1)
        sums = sums[sums[:, 1] > 0]  # a draw of users without any whole has no ratio
        drawn.append(sums[:, 0] / sums[:, 1])
        left -= rows
    return np.concatenate(drawn)


def _normal(
    parts: Floats, wholes: Floats, ratio: float, how: Resampling, bounds: tuple[float, float] | None
) -> Interval:
    n = len(parts)
    residuals = (parts - ratio * wholes) / wholes.mean()
    half = float(stats.norm.ppf((1 + how.level) / 2)) * float(residuals.std(ddof=1)) / float(np.sqrt(n))
    return _cut(ratio - half, ratio + half, how.level, _DELTA, bounds)


def _without_variation(
    value: float, n_users: int, how: Resampling, bounds: tuple[float, float] | None
) -> Interval | None:
    if bounds != (0.0, 1.0) or not -1e-9 <= value <= 1 + 1e-9:
        return None
    interval = wilson_interval(min(max(float(value), 0.0), 1.0) * n_users, n_users, how.level)
    said = "Wilson interval over users: all have the same value, so that resampling says nothing"
    return Interval(low=interval.low, high=interval.high, level=how.level, method=said)


def _cut(low: float, high: float, level: float, method: str, bounds: tuple[float, float] | None) -> Interval:
    if bounds is not None:
        low, high = max(low, bounds[0]), min(high, bounds[1])
    return Interval(low=float(low), high=float(high), level=level, method=method)
