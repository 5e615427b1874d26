"""Can a user's group be told from the user's lists? A classifier, cross-validated by user, against shuffled groups.

Arrays only. Not here: reading lists and groups (audits.attribute_leakage), and what is called a leak there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn import config_context
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from audits.results import Interval
from audits.statistics.resampling import Resampling

Floats = NDArray[np.float64]
STOP_AFTER = 10  # shuffles that do as well as the truth: then the p-value is known well enough
_INVERSE_PENALTY = 1.0
_INTERCEPT = 1.0  # the feature that stands for it
_L2_LOGISTIC = 0  # liblinear's number for logistic regression with an L2 penalty, in its primal form
_TOLERANCE = 1e-4
_MOST_STEPS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """How well groups are told from lists. `chance` is the mean over shuffles of who is in which group."""

    auc: float
    interval: Interval | None
    chance: float
    p_value: float
    n_shuffles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """Held-out scores: of each user for each class that is told from the others, and the fold it was held out in."""

    scores: Floats  # (n_users, n_classes)
    folds: NDArray[np.int64]  # (n_users,)


def features(
    users: Sequence[str], pairs: Sequence[tuple[str, str]], labels: Sequence[tuple[str, str]]
) -> sparse.csr_matrix:
    """Return one row a user: each item 1 or 0, and each label's share of the user's items.

    Args:
        users: the rows, in their order.
        pairs: user, item; each once. Users that are not asked for are left out.
        labels: item, label.
    """
    rows = {user: place for place, user in enumerate(users)}
    kept = [(rows[user], item) for user, item in pairs if user in rows]
    items = {item: place for place, item in enumerate(sorted({item for _, item in kept}))}
    names = {label: place for place, label in enumerate(sorted({label for item, label in labels if item in items}))}
    by_user = np.array([row for row, _ in kept], dtype=np.int64)
    by_item = np.array([items[item] for _, item in kept], dtype=np.int64)
    has = sparse.csr_matrix((np.ones(len(kept)), (by_user, by_item)), shape=(len(users), len(items)))
    known = [(items[item], names[label]) for item, label in labels if item in items]
    of_item = sparse.csr_matrix(
        (np.ones(len(known)), tuple(np.array(known, dtype=np.int64).reshape(-1, 2).T)), shape=(len(items), len(names))
    )
    lengths = np.asarray(has.sum(axis=1)).ravel()
    shares = sparse.diags_array(1 / np.maximum(lengths, 1)) @ (has @ of_item)
    return sparse.csr_matrix(sparse.hstack([has, shares]))


def tell(x: sparse.csr_matrix, groups: Sequence[str], how: Resampling, *, folds: int, shuffles: int) -> Telling:
    """Tell groups from features, and say how much of that is chance.

    AUC within each fold, over pairs of users of which one is in the group: logistic regression (L2) of each group
    against the others, the mean over groups where there are more than two. The interval resamples users within folds
    and groups, with the fitted models as they are. The p-value is the share of shuffles that do as well, counted until
    10 have (Besag and Clifford 1991), else with the truth among them (Ojala and Garriga 2010).

    Args:
        x: features, (n_users, n_features).
        groups: one label a user, (n_users,); each has at least `folds` users.
        how: resamples, seed and level of the interval; the seed decides folds and shuffles too.
        folds: at least 2.
        shuffles: at most this many.
    """
    names = np.array(sorted(set(groups)))
    truth = np.searchsorted(names, np.array(groups))
    scored = _held_out(x, truth, folds, how.seed)
    auc = _auc(scored, truth)
    rng = np.random.default_rng(how.seed)
    by_chance: list[float] = []
    while len(by_chance) < shuffles and sum(value >= auc for value in by_chance) < STOP_AFTER:
        shuffled = rng.permutation(truth)
        by_chance.append(_auc(_held_out(x, shuffled, folds, how.seed), shuffled))
    as_good = sum(value >= auc for value in by_chance)
    stopped = as_good >= STOP_AFTER and len(by_chance) < shuffles
    return Telling(
        auc=auc,
        interval=_interval(scored, truth, auc, how),
        chance=float(np.mean(by_chance)),
        p_value=as_good / len(by_chance) if stopped else (as_good + 1) / (len(by_chance) + 1),
        n_shuffles=len(by_chance),
    )


def auc_of(x: sparse.csr_matrix, groups: Sequence[str], *, folds: int, seed: int) -> float:
    """Return how well groups are told from features, without interval and test; see `tell`."""
    truth = np.searchsorted(np.array(sorted(set(groups))), np.array(groups))
    return _auc(_held_out(x, truth, folds, seed), truth)


def drawn_users(users: Sequence[str], n: int, seed: int) -> tuple[str, ...]:
    """Return at most `n` users, the same ones whoever else there is more often than not: those of the lowest hashes."""
    if len(users) <= n:
        return tuple(users)
    return tuple(sorted(sorted(users, key=lambda user: hashlib.sha256(f"{seed}:{user}".encode()).digest())[:n]))


def _held_out(x: sparse.csr_matrix, truth: NDArray[np.int64], n_folds: int, seed: int) -> Scored:
    n_classes = int(truth.max()) + 1
    told = [1] if n_classes == 2 else list(range(n_classes))
    scores, folds = np.zeros((len(truth), len(told))), np.zeros(len(truth), dtype=np.int64)
    splits = StratifiedKFold(n_splits=n_folds, shuffle=True, random_state=seed).split(truth, truth)
    for fold, (train, test) in enumerate(splits):
        folds[test] = fold
        fitted, held = x[train], x[test]
        for column, group in enumerate(told):
            scores[test, column] = decisions(fitted, truth[train] == group, held)
    return Scored(scores=scores, folds=folds)


def decisions(fitted: sparse.csr_matrix, inside: NDArray[np.bool_], held: sparse.csr_matrix) -> Floats:
    """Return logistic regression's scores of the held-out rows: above 0 where it says that they are inside.

    These are the numbers of scikit-learn's `LogisticRegression(C=1, solver="liblinear")` (a test compares them), asked
    of its solver: the checks around it take three quarters of the time, and an audit fits thousands of models. Where
    another scikit-learn keeps that solver elsewhere or calls it otherwise, the model itself is asked.

    Args:
        fitted: features of the rows that are learned from, (n_train, n_features).
        inside: whether each of them is in the group; some are and some are not, (n_train,).
        held: features of the rows to score, (n_test, n_features).

    Raises:
        ValueError: all rows that are learned from are in the group, or none is.
    """
    if inside.all() or not inside.any():
        raise ValueError("expected rows inside and outside of the group to learn from, got only one of the two")
    small = _with_small_indices(fitted)
    try:
        coefficients = _solved(small, inside)
    except (ImportError, TypeError):
        return _decisions_of_the_model(small, inside, held)
    return np.asarray(held @ coefficients[:-1] + _INTERCEPT * coefficients[-1])


def _solved(fitted: sparse.csr_matrix, inside: NDArray[np.bool_]) -> Floats:
    """Return the coefficients and, last, that of the intercept, (n_features + 1,), of scikit-learn's private solver.

    Arguments go by their names, so that a solver that takes others is noticed.

    Raises:
        ImportError: this scikit-learn has none there.
        TypeError: it takes other arguments.
    """
    from sklearn.svm._liblinear import set_verbosity_wrap, train_wrap

    set_verbosity_wrap(0)
    coefficients, _ = train_wrap(
        X=fitted, Y=inside.astype(np.float64), is_sparse=True, solver_type=_L2_LOGISTIC, eps=_TOLERANCE,
        bias=_INTERCEPT, C=_INVERSE_PENALTY, class_weight=np.ones(2), max_iter=_MOST_STEPS, random_seed=0, epsilon=0.1,
        sample_weight=np.ones(len(inside)),
    )  # fmt: skip
    return coefficients[0]


def _decisions_of_the_model(fitted: sparse.csr_matrix, inside: NDArray[np.bool_], held: sparse.csr_matrix) -> Floats:
    model = LogisticRegression(
        C=_INVERSE_PENALTY, solver="liblinear", tol=_TOLERANCE, max_iter=_MOST_STEPS, random_state=0
    )
    with config_context(assume_finite=True, skip_parameter_validation=True):  # checks cost more than the fit
        return model.fit(fitted, inside).decision_function(held)


def _with_small_indices(x: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return the matrix with the 32-bit indices that liblinear reads."""
    if x.indices.dtype == np.int32 and x.indptr.dtype == np.int32:
        return x
    return sparse.csr_matrix((x.data, x.indices.astype(np.int32), x.indptr.astype(np.int32)), shape=x.shape)


def _wins(scored: Scored, truth: NDArray[np.int64]) -> list[list[tuple[NDArray, NDArray, Floats]]]:
    """Return of each class and fold: who is in it, who is not, and whether the former scores higher (a tie: half)."""
    n_columns = scored.scores.shape[1]
    groups = [1] if n_columns == 1 else list(range(n_columns))
    found = []
    for column, group in enumerate(groups):
        within = []
        for fold in np.unique(scored.folds):
            inside = np.flatnonzero((scored.folds == fold) & (truth == group))
            outside = np.flatnonzero((scored.folds == fold) & (truth != group))
            gap = scored.scores[inside, column][:, None] - scored.scores[outside, column][None, :]
            within.append((inside, outside, (gap > 0) + 0.5 * (gap == 0)))
        found.append(within)
    return found


def _auc(scored: Scored, truth: NDArray[np.int64]) -> float:
    per_class = [
        sum(float(wins.sum()) for *_, wins in within) / sum(wins.size for *_, wins in within)
        for within in _wins(scored, truth)
    ]
    return float(np.mean(per_class))


def _interval(scored: Scored, truth: NDArray[np.int64], auc: float, how: Resampling) -> Interval | None:
    """Return the bootstrap interval of the AUC: users drawn with replacement within fold and group."""
    rng = np.random.default_rng(how.seed)
    weights = np.zeros((how.resamples, len(truth)))
    for fold in np.unique(scored.folds):
        for group in np.unique(truth):
            members = np.flatnonzero((scored.folds == fold) & (truth == group))
            drawn = rng.multinomial(len(members), np.full(len(members), 1 / len(members)), size=how.resamples)
            weights[:, members] = drawn
    total = np.zeros(how.resamples)
    found = _wins(scored, truth)
    for within in found:
        won = sum(((weights[:, i] @ wins) * weights[:, o]).sum(axis=1) for i, o, wins in within)
        total += np.asarray(won) / sum(wins.size for *_, wins in within)
    drawn_auc = total / len(found)
    low, high = np.quantile(drawn_auc, [(1 - how.level) / 2, (1 + how.level) / 2])
    if not low < high:
        return None
    said = f"bootstrap over users within fold and group, models as fitted, {how.resamples:,} resamples, seed {how.seed}"
    return Interval(low=min(float(low), auc), high=max(float(high), auc), level=how.level, method=said)
