"""Who chose what in the interactions that a run learned from, read when a claim first asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


class Audiences:
    """Users of items. `read` gives the columns item_id and user_id, a pair of an item and a user once."""

    def __init__(self, read: Callable[[], pa.Table]) -> None:
        self._read = read

    def size(self, item_id: str) -> int:
        """Return how many users chose an item."""
        return len(self._users.get(item_id, ()))

    def shared(self, item_id: str, other_id: str) -> int:
        """Return how many users chose both items."""
        mine, theirs = self._users.get(item_id), self._users.get(other_id)
        return 0 if mine is None or theirs is None else len(np.intersect1d(mine, theirs, assume_unique=True))

    @cached_property
    def _users(self) -> Mapping[str, NDArray[np.int32]]:
        """Item -> numbers of its users, shape `(n_users_of_item,)`."""
        table = self._read().combine_chunks()
        if not len(table):
            return {}
        items, users = (table[name].combine_chunks().dictionary_encode() for name in ("item_id", "user_id"))
        codes = items.indices.to_numpy()
        order = np.argsort(codes, kind="stable")
        starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
        parts = np.split(users.indices.to_numpy()[order].astype(np.int32), starts[1:])
        return {
            items.dictionary[int(codes[order[start]])].as_py(): part for start, part in zip(starts, parts, strict=True)
        }
