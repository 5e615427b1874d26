"""Lessons as tensors: each tree becomes one row whose attention follows its branches. Not here: what is taught."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from engine.training.lessons import Branch

WIDTH_STEP = 16  # few shapes: memory for each is kept for good


@dataclass
class Row:
    """A tree as tokens, parents before their branches. Lists of equal length: `ids`, `positions`, `part`.

    `part` is the number of the text that a token belongs to, `parents` the number of the text before each text (-1: the
    root's). A target is (place of the token that predicts, predicted id, weight, number of the avoided text or -1).
    """

    ids: list[int] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    part: list[int] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    targets: list[tuple[int, int, float, int]] = field(default_factory=list)

    def mask(self) -> NDArray[np.bool_]:
        """Tell which token sees which, shape (T, T): those before it in its own text and in the texts above."""
        above = np.eye(len(self.parents), dtype=bool)
        for part, parent in enumerate(self.parents):
            if parent >= 0:
                above[part] |= above[parent]
        part = np.array(self.part)
        return above[part[:, None], part] & np.tri(len(part), dtype=bool)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Rows of like length, right-padded, and their targets, flat: N of them over all rows."""

    ids: torch.Tensor  # (B, T)
    positions: torch.Tensor  # (B, T)
    mask: torch.Tensor  # (B, 1, T, T), 0 where a token is seen, else very negative
    places: torch.Tensor  # (N,), into the B * T tokens: which token predicts
    targets: torch.Tensor  # (N,)
    weights: torch.Tensor  # (N,)
    avoided: torch.Tensor  # (N,), number of the avoided text, -1: a target to be learned
    n_tokens: int  # without padding


def row_of(tokenizer, lesson: Branch, limit: int) -> Row:
    """Write a tree as a row; branches beyond `limit` tokens of the row are left out."""
    row = Row()
    _add(row, tokenizer, lesson, parent=-1, before=-1, position=0, limit=limit)
    return row


def _add(row: Row, tokenizer, branch: Branch, *, parent: int, before: int, position: int, limit: int) -> None:
    ids = tokenizer(branch.text, add_special_tokens=False)["input_ids"]
    if len(row.ids) + len(ids) > limit:
        return
    number, start = len(row.parents), len(row.ids)
    row.parents.append(parent)
    row.ids += ids
    row.positions += range(position, position + len(ids))
    row.part += [number] * len(ids)
    if branch.weight or branch.avoided:
        predicting = [before, *range(start, start + len(ids) - 1)]
        for place, target in zip(predicting, ids, strict=True):
            if place >= 0:
                row.targets.append((place, target, branch.weight, number if branch.avoided else -1))
    for following in branch.branches:
        _add(
            row,
            tokenizer,
            following,
            parent=number,
            before=start + len(ids) - 1,
            position=position + len(ids),
            limit=limit,
        )


def batch_of(rows: Sequence[Row], pad: int) -> Batch:
    """Put rows side by side."""
    width = -WIDTH_STEP * (-max(len(row.ids) for row in rows) // WIDTH_STEP)
    ids = torch.full((len(rows), width), pad, dtype=torch.long)
    positions = torch.zeros_like(ids)
    seen = np.zeros((len(rows), width, width), dtype=bool)
    seen[:, np.arange(width), np.arange(width)] = True  # padding sees itself, so that no row of scores is empty
    flat: list[tuple[int, int, float, int]] = []
    n_parts = 0
    for index, row in enumerate(rows):
        n = len(row.ids)
        ids[index, :n] = torch.tensor(row.ids)
        positions[index, :n] = torch.tensor(row.positions)
        seen[index, :n, :n] = row.mask()
        flat += [(index * width + p, t, w, a + n_parts if a >= 0 else -1) for p, t, w, a in row.targets]
        n_parts += len(row.parents)
    mask = torch.zeros((len(rows), 1, width, width)).masked_fill_(~torch.from_numpy(seen)[:, None], -1e9)
    places, targets, weights, avoided = zip(*flat, strict=True)
    return Batch(
        ids=ids,
        positions=positions,
        mask=mask,
        places=torch.tensor(places),
        targets=torch.tensor(targets),
        weights=torch.tensor(weights),
        avoided=torch.tensor(avoided),
        n_tokens=sum(len(row.ids) for row in rows),
    )


def by_length(rows: Sequence[Row], tokens: int, random: np.random.Generator) -> Iterator[list[Row]]:
    """Group rows of like length into batches of about `tokens`, padding counted, batches in random order."""
    lengths = np.array([len(row.ids) for row in rows])
    order = np.argsort(lengths + random.integers(0, 16, len(lengths)), kind="stable")
    groups: list[list[int]] = [[]]
    width = 0
    for index in order:
        width = max(width, int(lengths[index]))
        if groups[-1] and width * (len(groups[-1]) + 1) > tokens:
            groups.append([])
            width = int(lengths[index])
        groups[-1].append(int(index))
    for place in random.permutation(len(groups)):
        yield [rows[index] for index in groups[place]]
