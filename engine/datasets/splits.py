"""Temporal splits: which part of each user's interactions may be learned from, and which is held out. Never leaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator

from engine.datasets.schema import Dataset
from engine.errors import PlanError


class SplitSpec(BaseModel):
    """How to split: `leave-last-out` holds out each user's last `n`; `cutoff-time` all from `cutoff` on.

    Leave-last-out lets other users' later interactions into training, as the literature does; cutoff-time does not.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["leave-last-out", "cutoff-time"] = "leave-last-out"
    n: int = Field(default=1, ge=1)
    cutoff: int | None = None  # seconds since the epoch, UTC

    @model_validator(mode="after")
    def _cutoff_given(self) -> SplitSpec:
        if (self.kind == "cutoff-time") != (self.cutoff is not None):
            raise ValueError("cutoff is needed for a cutoff-time split, and only there")
        return self


@dataclass(frozen=True)
class Split:
    """A dataset cut in two.

    - `training`: the interactions that may be learned from, columns of `Dataset.interactions`.
    - `users`: one row a user, `user_id`, `n_history` (positions below it are history), `n_holdout` (the positions from
      `n_history` on that are held out) and `cutoff` (seconds; everything in history happened at or before it).
    """

    spec: SplitSpec
    training: pd.DataFrame
    users: pd.DataFrame


def split(dataset: Dataset, spec: SplitSpec) -> Split:
    """Cut each user's interactions by position, so that history and held-out part are disjoint by construction.

    Raises:
        PlanError: nothing is left to learn from, or nothing is held out.
    """
    rows = dataset.interactions
    count = rows.groupby("user_id", sort=False)["position"].transform("size")
    if spec.kind == "leave-last-out":
        in_history = rows["position"] < count - spec.n
    else:
        in_history = rows["timestamp"] < spec.cutoff
    users = (
        pd.DataFrame({"user_id": rows["user_id"], "history": in_history, "timestamp": rows["timestamp"]})
        .assign(held_out_at=lambda f: f["timestamp"].where(~f["history"]))
        .groupby("user_id", sort=False)
        .agg(n_history=("history", "sum"), n=("history", "size"), cutoff=("held_out_at", "min"))
        .reset_index()
    )
    users["n_holdout"] = users["n"] - users["n_history"]
    if spec.cutoff is not None:
        users["cutoff"] = spec.cutoff
    training = rows[in_history].reset_index(drop=True)
    if training.empty or not (users["n_holdout"] > 0).any():
        raise PlanError(
            f"The split {spec.model_dump(exclude_none=True)} leaves {len(training)} of {len(rows)} interactions to learn "
            f"from and {int((users['n_holdout'] > 0).sum())} users with something held out; choose another split."
        )
    return Split(spec=spec, training=training, users=users[["user_id", "n_history", "n_holdout", "cutoff"]])
