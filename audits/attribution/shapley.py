"""Shapley values of any set function, by the shap package: exact for few players, sampled for many.

The function is a plain callable of masks; shap never sees a model. Equal masks are evaluated once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from audits.errors import AuditError

if TYPE_CHECKING:
    from shap import Explanation

Value = Callable[[NDArray[np.bool_]], NDArray[np.float64]]
"""Takes masks, shape `(n_masks, n_players)`, True where a player is there; returns the value of each."""

MOST_EXACT = 10  # players: 1,024 values
_MOST_PERMUTATIONS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapley:
    """`score` = `base` + sum of `contributions` + `additivity_gap`. `standard_errors` None: the values are exact."""

    base: float  # with no player there
    score: float  # with all of them
    contributions: tuple[float, ...]
    standard_errors: tuple[float, ...] | None
    additivity_gap: float
    n_evaluations: int  # distinct masks whose value was asked for
    method: str


def shapley_values(value: Value, n_players: int, *, evaluations: int = 2_048, seed: int = 0) -> Shapley:
    """Return each player's mean marginal contribution over all orders in which players can come.

    Exact where there are at most ten players and `evaluations` allows it. Else antithetic permutations are drawn (each
    walked forward and backward), as many as `evaluations` allows and at least two; the standard error is that of their
    mean.

    Raises:
        AuditError: a value is no finite number, or `evaluations` does not suffice for two permutations.

    Source: Lundberg and Lee, NeurIPS 2017; Mitchell et al., JMLR 23, 2022 (antithetic permutations).
    """
    game = _Game(value, n_players)
    if n_players <= MOST_EXACT and 2**n_players <= evaluations:
        return game.result(game.exact(), None, f"exact Shapley values, all {2**n_players:,} subsets")
    n_drawn = min(_MOST_PERMUTATIONS, evaluations // (2 * n_players))
    if n_drawn < 2:
        raise AuditError(
            f"{n_players} parts need at least {4 * n_players:,} evaluations, and {evaluations:,} are allowed: raise "
            "--evaluations, or take fewer parts with --last."
        )
    drawn = np.array([game.permutation(seed + number) for number in range(n_drawn)])
    errors = drawn.std(axis=0, ddof=1) / np.sqrt(n_drawn)
    method = f"sampled Shapley values, {n_drawn} antithetic permutations, seed {seed}"
    return game.result(drawn.mean(axis=0), errors, method)


class _Game:
    """A set function with a memory, in the form that shap takes: a callable of rows of zeros and ones."""

    def __init__(self, value: Value, n_players: int) -> None:
        self._value = value
        self._n_players = n_players
        self._known: dict[bytes, float] = {}

    def exact(self) -> NDArray[np.float64]:
        if not self._n_players:
            return np.zeros(0)
        from shap.explainers import Exact

        _forget_frames()
        with _own_randomness():
            explained = cast(
                "Explanation",
                Exact(self._rows, self._nobody)(self._everybody, max_evals=2 ** (self._n_players + 1), silent=True),
            )
        return np.asarray(explained.values, dtype=float)[0]

    def permutation(self, seed: int) -> NDArray[np.float64]:
        """Return the mean of the marginal contributions along one random order and its reverse."""
        from shap.explainers import Permutation

        _forget_frames()
        with _own_randomness():
            explainer = Permutation(self._rows, self._nobody, seed=seed)
            explained = cast("Explanation", explainer(self._everybody, max_evals=2 * self._n_players + 1, silent=True))
        return np.asarray(explained.values, dtype=float)[0]

    def result(self, values: NDArray[np.float64], errors: NDArray[np.float64] | None, method: str) -> Shapley:
        base, score = self._rows(np.array([np.zeros(self._n_players), np.ones(self._n_players)])).tolist()
        return Shapley(
            base=base,
            score=score,
            contributions=tuple(values.tolist()),
            standard_errors=None if errors is None else tuple(errors.tolist()),
            additivity_gap=score - base - float(values.sum()),
            n_evaluations=len(self._known),
            method=method,
        )

    @property
    def _nobody(self) -> NDArray[np.float64]:
        return np.zeros((1, self._n_players))

    @property
    def _everybody(self) -> NDArray[np.float64]:
        return np.ones((1, self._n_players))

    def _rows(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        masks = np.asarray(rows) > 0.5
        keys = [mask.tobytes() for mask in masks]
        fresh = {key: mask for key, mask in zip(keys, masks, strict=True) if key not in self._known}
        if fresh:
            values = np.asarray(self._value(np.array(list(fresh.values()))), dtype=float)
            if not np.isfinite(values).all():
                raise AuditError("The score is no finite number for some part of the input, so that it has no shares.")
            self._known.update(zip(fresh, values.tolist(), strict=True))
        return np.array([self._known[key] for key in keys])


def _forget_frames() -> None:
    """Let go of the frames of whoever imported shap first: it keeps the errors of packages that it did not find.

    Their tracebacks would hold all that the callers hold, open connections among it, until the process ends.
    """
    from shap.utils import _general

    for _, error in getattr(_general, "import_errors", {}).values():
        error.__traceback__ = None


@contextmanager
def _own_randomness() -> Iterator[None]:
    """Leave numpy's global random state, which shap seeds, as it was."""
    before = np.random.get_state()
    try:
        yield
    finally:
        np.random.set_state(before)
