"""Variance between users and within the repeats of one request, apart: one-way random effects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from audits.results import Interval
from audits.statistics.resampling import Resampling

Floats = NDArray[np.float64]
_CHUNK = 4_000_000  # indices held at a time
_BLOCKS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """Variances of one answer: between users, within a user's repeats, and the share that the repeats have of both."""

    between: float
    within: float
    share: float | None  # None where there is no variance at all


def components(counts: Floats, sums: Floats, squares: Floats) -> Components | None:
    """Estimate the components from each user's repeats; None below two users, or without any repeat.

    within = SSW / (N - a); between = max(0, (MSB - within) / n0), n0 = (N - sum n_i^2 / N) / (a - 1), for a users with
    n_i answers, N in all.

    Source: Searle, Casella and McCulloch, Variance Components, 1992, section 3.6 (ANOVA estimators, unbalanced).

    Args:
        counts: scored answers of each user, at least 1, (n_users,).
        sums: of their values, (n_users,).
        squares: of their squared values, (n_users,).
    """
    found = _estimate(_totals(counts, sums, squares)[None, :])[0]
    if not np.isfinite(found[:2]).all():
        return None
    return Components(
        between=float(found[0]), within=float(found[1]), share=float(found[2]) if np.isfinite(found[2]) else None
    )


def component_intervals(
    counts: Floats, sums: Floats, squares: Floats, how: Resampling
) -> tuple[Interval | None, Interval | None, Interval | None]:
    """Return the intervals of between, within and share: users resampled, or a block jackknife over many users.

    None where no resample differs.
    """
    rows = np.stack([np.ones_like(counts), counts, counts**2, sums, squares, sums**2 / counts], axis=1)
    if len(counts) < 2:
        return None, None, None
    if len(counts) > how.max_users:
        return _jackknifed(rows, how)
    rng, drawn, left = np.random.default_rng(how.seed), [], how.resamples
    while left:
        n = min(left, max(1, _CHUNK // len(rows)))
        drawn.append(_estimate(rows[rng.integers(0, len(rows), size=(n, len(rows)))].sum(axis=1)))
        left -= n
    said = f"bootstrap over users, {how.resamples:,} resamples, seed {how.seed}"
    found = []
    for values in np.concatenate(drawn).T:
        kept = values[np.isfinite(values)]
        if len(kept) < 2 or float(np.ptp(kept)) < 1e-15:
            found.append(None)
            continue
        low, high = np.quantile(kept, [(1 - how.level) / 2, (1 + how.level) / 2])
        found.append(Interval(low=float(low), high=float(high), level=how.level, method=said))
    return found[0], found[1], found[2]


def _jackknifed(rows: Floats, how: Resampling) -> tuple[Interval | None, Interval | None, Interval | None]:
    order = np.random.default_rng(how.seed).permutation(len(rows)) % _BLOCKS
    blocks = np.stack([np.bincount(order, weights=column, minlength=_BLOCKS) for column in rows.T], axis=1)
    whole = _estimate(rows.sum(axis=0)[None, :])[0]
    without = _estimate(rows.sum(axis=0)[None, :] - blocks)  # (n_blocks, 3)
    errors = np.sqrt((_BLOCKS - 1) * without.var(axis=0))
    half = float(stats.t.ppf((1 + how.level) / 2, _BLOCKS - 1)) * errors
    said = f"jackknife over {_BLOCKS} blocks of users, seed {how.seed}"
    found = [
        Interval(low=max(0.0, float(value - width)), high=float(value + width), level=how.level, method=said)
        if np.isfinite(value) and np.isfinite(width) and width > 0
        else None
        for value, width in zip(whole, half, strict=True)
    ]
    return found[0], found[1], found[2]


def _totals(counts: Floats, sums: Floats, squares: Floats) -> Floats:
    return np.array(
        [len(counts), counts.sum(), (counts**2).sum(), sums.sum(), squares.sum(), (sums**2 / counts).sum()], dtype=float
    )


def _estimate(totals: Floats) -> Floats:
    """Return between, within and share of each row of sums over users, (n, 3), NaN where they have no value."""
    users, answers, counts_squared, total, squares, own = totals.T
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.maximum(np.abs(squares), 1e-300)
        inside = squares - own
        within = np.where(inside > 1e-12 * scale, inside, 0.0) / np.where(answers > users, answers - users, np.nan)
        apart = own - total**2 / answers
        outside = np.where(apart > 1e-12 * scale, apart, 0.0) / np.where(users > 1, users - 1, np.nan)
        size = (answers - counts_squared / answers) / np.where(users > 1, users - 1, np.nan)
        between = np.maximum(0.0, (outside - within) / size)
        share = within / (within + between)
    return np.stack([between, within, share], axis=1)
