"""Temporal splits: which part of each user's interactions may be learned from, and which is held out. Never leaks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator

from engine.datasets.schema import HELD_OUT, Dataset
from engine.errors import PlanError


class SplitSpec(BaseModel):
    """How to split: `leave-last-out` holds out each user's last `n`; `cutoff-time` all from `cutoff` on.

    Leave-last-out lets other users' later interactions into training, as the literature does; cutoff-time does not.
    `given` holds out what the dataset came with as held out; such a dataset has no other split.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["leave-last-out", "cutoff-time", "given"] = "leave-last-out"
    n: int = Field(default=1, ge=1)
    cutoff: int | None = None  # seconds since the epoch, UTC

    @model_validator(mode="after")
    def _cutoff_given(self) -> SplitSpec:
        if (self.kind == "cutoff-time") != (self.cutoff is not None):
            raise ValueError("cutoff is needed for a cutoff-time split, and only there")
        return self

    def __str__(self) -> str:
        """Return the text that `parse_split` reads."""
        if self.kind == "given":
            return "given"
        if self.cutoff is None:
            return f"leave-last-out:{self.n}"
        return f"cutoff:{datetime.fromtimestamp(self.cutoff, UTC):%Y-%m-%dT%H:%M:%SZ}"


@dataclass(frozen=True)
class Split:
    """A dataset cut in two.

    - `training`: the interactions that may be learned from, columns of `Dataset.interactions`.
    - `users`: one row a user with interactions, `user_id`, `n_history` (positions below it are history), `n_holdout`
      (the positions from `n_history` on that are held out) and `cutoff` (seconds; everything in history happened at or
      before it). A user with no more interactions than are held out has an empty history and adds nothing to training.
    """

    spec: SplitSpec
    training: pd.DataFrame
    users: pd.DataFrame

    @property
    def n_without_history(self) -> int:
        """Count the users with something held out and nothing before it: only what ignores history can serve them."""
        return int(np.count_nonzero((self.users["n_history"] == 0) & (self.users["n_holdout"] > 0)))


def split(dataset: Dataset, spec: SplitSpec) -> Split:
    """Cut each user's interactions by position, so that history and held-out part are disjoint by construction.

    Raises:
        PlanError: nothing is left to learn from, or nothing is held out; the dataset came with a held-out part, and
            another split is asked for, or the other way round.
    """
    rows = dataset.interactions
    if dataset.has_given_holdout != (spec.kind == "given"):
        came = "came with a held-out part: its only split is given"
        without = "came without a held-out part, so that it cannot be split as given; name another split"
        raise PlanError(f"The dataset {dataset.name} {came if dataset.has_given_holdout else without}.")
    user, user_ids = pd.factorize(rows["user_id"])
    position, timestamp = rows["position"].to_numpy(), rows["timestamp"].to_numpy()
    count = np.bincount(user, minlength=len(user_ids))
    if spec.kind == "given":
        in_history = ~rows[HELD_OUT].to_numpy(dtype=bool)
    else:
        in_history = position < count[user] - spec.n if spec.cutoff is None else timestamp < spec.cutoff
    n_history = np.bincount(user[in_history], minlength=len(user_ids))
    n_users_held = int(np.count_nonzero(count > n_history))
    n_training = int(np.count_nonzero(in_history))
    if n_training == 0 or n_users_held == 0:
        raise PlanError(
            f"The split {spec} leaves {n_training:,} of {len(rows):,} interactions to learn from and {n_users_held:,} "
            "users with something held out; choose another split."
        )
    cutoff = np.full(len(user_ids), -1 if spec.cutoff is None else spec.cutoff, dtype=np.int64)
    if spec.cutoff is None:
        first_held_out = position == n_history[user]
        cutoff[user[first_held_out]] = timestamp[first_held_out]
    users = pd.DataFrame(
        {"user_id": user_ids, "n_history": n_history, "n_holdout": count - n_history, "cutoff": cutoff}
    )
    return Split(spec=spec, training=rows.loc[in_history].reset_index(drop=True), users=users)


def parse_split(text: str, dataset: Dataset | None = None) -> SplitSpec:
    """Read a split: `leave-last-out:1`, `cutoff:2024-06-01` (ISO 8601, UTC where no zone is given) or `cutoff:90%`;
    `given` for a dataset that came with a held-out part.

    A percentage needs the dataset: the cutoff is the time before which at most that share of all interactions lies,
    less where many share one time.

    Raises:
        PlanError: the text is none of these, or says something impossible.
    """
    kind, _, value = text.strip().partition(":")
    if text.strip() == "given":
        return SplitSpec(kind="given")
    if kind == "leave-last-out" and re.fullmatch(r"([1-9]\d{0,5})?", value):
        return SplitSpec(n=int(value or 1))
    if kind in {"cutoff", "cutoff-time"}:
        share = re.fullmatch(r"(\d{1,2}(?:\.\d+)?)%", value)
        if share is not None and float(share[1]) > 0:
            return SplitSpec(kind="cutoff-time", cutoff=_time_at_share(float(share[1]) / 100, text, dataset))
        if (cutoff := _seconds(value)) is not None:
            return SplitSpec(kind="cutoff-time", cutoff=cutoff)
    raise PlanError(
        f"{text!r} is no split. Expected leave-last-out:<n>, cutoff:<date or time, ISO 8601> or cutoff:<percent>%, for "
        "example leave-last-out:1, cutoff:2024-06-01, cutoff:90%; or given, for a dataset with a held-out part."
    )


def _time_at_share(share: float, text: str, dataset: Dataset | None) -> int:
    if dataset is None or dataset.interactions.empty:
        raise PlanError(f"The split {text!r} needs a dataset with interactions to find the time of that share.")
    times = np.sort(dataset.interactions["timestamp"].to_numpy())
    return int(times[int(share * len(times))])


def _seconds(value: str) -> int | None:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
