"""The requests of a run, made from plan and split: each the same however often and in whatever order it is made."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from engine.datasets.schema import Dataset
from engine.datasets.splits import Split
from engine.errors import PlanError
from engine.plan import PlannedVariant, RunPlan
from engine.records import Interaction, Request, User


@dataclass(frozen=True)
class RequestMaker:
    """Makes request number i of a run: users outermost, then variants, then repeats."""

    plan: RunPlan
    dataset: Dataset
    split: Split
    run_id: str

    @cached_property
    def user_ids(self) -> tuple[str, ...]:
        """The users of the run, in the order in which they are asked for.

        Raises:
            PlanError: a named user is unknown or has nothing held out, or nobody is left.
        """
        users = self.split.users
        eligible = users.loc[users["n_holdout"] > 0, "user_id"].sort_values()
        wanted = self.plan.users
        if isinstance(wanted, tuple):
            missing = sorted(set(wanted) - set(eligible))
            if missing:
                raise PlanError(
                    f"{len(missing)} of the users asked for are unknown or have nothing held out under this split: "
                    f"{', '.join(missing[:5])}. Leave them out, or choose another split."
                )
            return tuple(dict.fromkeys(wanted))
        drawn = np.random.default_rng(self.plan.seed).permutation(eligible.to_numpy(dtype=object))
        return tuple(drawn if wanted is None else drawn[:wanted])

    def __len__(self) -> int:
        """Return the number of requests."""
        return int(self._ends[-1])

    def request_id(self, index: int) -> str:
        """Return the id of request number `index`."""
        return f"{self.run_id}:{index:06d}"

    def request(self, index: int) -> Request:
        """Make request number `index`."""
        user_index = int(np.searchsorted(self._ends, index, side="right"))
        user_id = self.user_ids[user_index]
        forms = self._forms[user_index]
        planned, repeat = forms[index - int(self._ends[user_index]) + len(forms)]
        row = self._split_rows.loc[user_id]
        variant = planned.record()
        return Request(
            request_id=self.request_id(index),
            user=self._user(user_id),
            history=tuple(self._interactions(user_id)[: int(row["n_history"])]),
            cutoff=int(row["cutoff"]),
            k=self.plan.k,
            candidates=self._candidates(user_id, int(row["n_history"])),
            constraints=self.plan.constraints.record(),
            variant=variant,
            repeat=repeat,
            seed=derived_seed(self.plan.seed, user_id, variant.name, str(repeat)),
        )

    def n_history(self, request: Request) -> int:
        """Return how many interactions the request's user had before the cutoff, withheld ones too."""
        return int(self._split_rows.loc[request.user.user_id, "n_history"])

    def n_holdout(self, request: Request) -> int:
        """Return how many interactions are held out for the request's user."""
        return int(self._split_rows.loc[request.user.user_id, "n_holdout"])

    @cached_property
    def _forms(self) -> list[tuple[tuple[PlannedVariant, int], ...]]:
        """Each user's requests as variant and repeat, in order; equal ones are one object."""
        variants, made = self.plan.variants, {}
        forms = []
        for user_id in self.user_ids:
            user = self._user(user_id)
            asked = tuple(variant for variant in variants if variant.is_for(user))
            if asked not in made:
                repeats = [(variant, variant.repeats or self.plan.repeats) for variant in asked]
                made[asked] = tuple((variant, repeat) for variant, n in repeats for repeat in range(n))
            forms.append(made[asked])
        return forms

    @cached_property
    def _ends(self) -> np.ndarray:
        """The number of requests up to and with each user, (n_users,)."""
        return np.cumsum([len(forms) for forms in self._forms])

    def _user(self, user_id: str) -> User:
        return self.dataset.users_by_id.get(user_id, User(user_id=user_id))

    @cached_property
    def _split_rows(self) -> pd.DataFrame:
        return self.split.users.set_index("user_id")

    @cached_property
    def _rows_by_user(self) -> dict[str, pd.DataFrame]:
        rows = self.dataset.interactions
        wanted = rows.loc[rows["user_id"].isin(list(self.user_ids))]
        return {str(user_id): part for user_id, part in wanted.groupby("user_id", sort=False)}

    def _interactions(self, user_id: str) -> list[Interaction]:
        rows = self._rows_by_user[user_id]
        return [
            Interaction(item_id=item, timestamp=int(at), rating=None if pd.isna(rating) else float(rating))
            for item, at, rating in zip(rows["item_id"], rows["timestamp"], rows["rating"], strict=True)
        ]

    def _candidates(self, user_id: str, n_history: int) -> tuple[str, ...] | None:
        """Draw what is to be ranked: the held-out items hidden among items that the user never met."""
        wanted = self.plan.n_negatives
        if wanted is None:
            return None
        met = [interaction.item_id for interaction in self._interactions(user_id)]
        held_out = [item for item in dict.fromkeys(met[n_history:]) if item not in set(met[:n_history])]
        random = np.random.default_rng(derived_seed(self.plan.seed, user_id, "candidates"))
        unmet = sorted(set(self.dataset.item_ids) - set(met))
        negatives = random.choice(len(unmet), size=min(wanted, len(unmet)), replace=False)
        candidates = held_out + [unmet[i] for i in negatives]
        return tuple(candidates[i] for i in random.permutation(len(candidates)))


def derived_seed(seed: int, *parts: str) -> int:
    """Return a seed in [0, 2**31) that depends on every part and on nothing else."""
    digest = hashlib.sha256("\x1f".join((str(seed), *parts)).encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1
