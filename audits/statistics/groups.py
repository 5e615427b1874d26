"""The difference of two groups' means among several groups, from moments alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from audits.results import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMoments:
    """A group's number of users, mean, and variance (ddof 1; 0 for one user)."""

    n: int
    mean: float
    variance: float


def gap_interval(
    best: GroupMoments,
    worst: GroupMoments,
    n_groups: int,
    level: float = 0.95,
    bounds: tuple[float, float] | None = None,
) -> Interval | None:
    """Return the interval of best - worst, wide enough for having picked the two out of `n_groups`.

    Games-Howell: Welch's standard error and degrees of freedom with the studentised range in place of t, which for two
    groups is Welch's interval. A bootstrap of max - min would not do: it is never below 0. Where neither group varies,
    values in [0, 1] get the variance of a share with one more user at each end (Agresti and Caffo), others no interval.
    None too where a group has fewer than two users.

    Source: Games and Howell 1976; Welch 1947; Agresti and Caffo 2000.

    Raises:
        ValueError: there are fewer than two groups.
    """
    compared = _compared(best, worst, n_groups, bounds)
    if compared is None:
        return None
    error, freedom, constant = compared
    if n_groups == 2:
        half = float(stats.t.ppf((1 + level) / 2, freedom)) * error
        said = "Welch interval of best minus worst group"
    else:
        half = float(stats.studentized_range.ppf(level, n_groups, freedom)) * error / np.sqrt(2)
        said = f"Games-Howell interval of best minus worst of {n_groups} groups"
    if constant:
        said += ", variance of a share with one more user at each end, as neither group varies"
    gap = best.mean - worst.mean
    return Interval(low=float(gap - half), high=float(gap + half), level=level, method=said)


def gap_p_value(
    best: GroupMoments,
    worst: GroupMoments,
    n_groups: int,
    bounds: tuple[float, float] | None = None,
    n_picked: int = 1,
) -> float | None:
    """Return the p-value that goes with `gap_interval`, times `n_picked` breakdowns that this one was picked from."""
    compared = _compared(best, worst, n_groups, bounds)
    if compared is None:
        return None
    error, freedom, _ = compared
    distance = (best.mean - worst.mean) / error
    if n_groups == 2:
        p_value = 2 * float(stats.t.sf(distance, freedom))
    else:
        p_value = float(stats.studentized_range.sf(distance * np.sqrt(2), n_groups, freedom))
    return min(1.0, max(0.0, p_value) * n_picked)


def _compared(
    best: GroupMoments, worst: GroupMoments, n_groups: int, bounds: tuple[float, float] | None
) -> tuple[float, float, bool] | None:
    """Return standard error and degrees of freedom of the difference, and whether neither group varies."""
    if n_groups < 2:
        raise ValueError("a gap needs at least two groups")
    if min(best.n, worst.n) < 2:
        return None
    errors = np.array([best.variance / best.n, worst.variance / worst.n])
    constant = float(errors.sum()) <= 0
    if constant:
        if bounds != (0.0, 1.0):
            return None
        errors = np.array([_variance_of_share(group) / (group.n + 2) for group in (best, worst)])
    freedom = float(errors.sum() ** 2 / (errors**2 / np.array([best.n - 1, worst.n - 1])).sum())
    return float(np.sqrt(errors.sum())), freedom, constant


def paired_gap_interval(differences: NDArray[np.float64], n_groups: int, level: float = 0.95) -> Interval | None:
    """Return the interval of best - worst where the same users have a value in both groups.

    The t interval of the mean difference, its level raised by Bonferroni for having picked the two out of all pairs of
    `n_groups`. None below two users, and where all differ by the same.

    Args:
        differences: best minus worst of each user, (n_users,), finite.
        n_groups: groups that the two were picked from.
        level: of the interval over all pairs.

    Raises:
        ValueError: there are fewer than two groups.
    """
    if n_groups < 2:
        raise ValueError("a gap needs at least two groups")
    n, n_pairs = len(differences), n_groups * (n_groups - 1) // 2
    if n < 2 or float(np.ptp(differences)) < 1e-12:
        return None
    mean = float(differences.mean())
    half = float(stats.t.ppf(1 - (1 - level) / (2 * n_pairs), n - 1) * differences.std(ddof=1) / np.sqrt(n))
    said = f"paired t interval over users, Bonferroni over {n_pairs} pair{'' if n_pairs == 1 else 's'} of groups"
    return Interval(low=mean - half, high=mean + half, level=level, method=said)


def _variance_of_share(group: GroupMoments) -> float:
    share = (group.n * min(max(group.mean, 0.0), 1.0) + 1) / (group.n + 2)
    return share * (1 - share)
