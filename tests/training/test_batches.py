"""Trees as tensors: a branch predicts what its conversation alone would, and nothing leaks between branches."""

from __future__ import annotations

import math
from itertools import islice

import numpy as np
import pytest
import torch

from engine.training.batches import batch_of, by_length, row_of
from engine.training.embedded_model import AVOIDED_WEIGHT, loss_of
from engine.training.lessons import Branch, Teacher

# Two answers to one question, and a title that must not follow.
LESSON = Branch(
    text="<|begin|><|user|>ab<|end|>",
    branches=(
        Branch(text=" x", weight=1.0, branches=(Branch(text=" y", weight=2.0),)),
        Branch(text=" z", avoided=True),
    ),
)


def test_a_row_by_hand(tokenizer):
    row = row_of(tokenizer, LESSON, 100)
    stem = len(tokenizer(LESSON.text)["input_ids"])
    one = [len(tokenizer(text)["input_ids"]) for text in (" x", " y", " z")]
    assert row.parents == [-1, 0, 1, 0]
    n_x, n_y, n_z = one
    after_z = stem + n_x + n_y
    assert row.positions[after_z : after_z + n_z] == list(range(stem, stem + n_z))  # as if nothing stood between
    mask = row.mask()
    assert mask[after_z, :stem].all()
    assert not mask[after_z, stem:after_z].any()
    assert mask[stem + n_x, : stem + n_x + 1].all()
    assert not np.triu(mask, 1).any()
    assert [place for place, *_ in row.targets] == [
        stem - 1, *range(stem, stem + n_x - 1), stem + n_x - 1, *range(stem + n_x, after_z - 1),
        stem - 1, *range(after_z, after_z + n_z - 1),
    ]  # fmt: skip
    assert {(weight, avoided) for _, _, weight, avoided in row.targets} == {(1.0, -1), (2.0, -1), (0.0, 3)}


def test_what_does_not_fit_is_left_out_whole(tokenizer):
    stem = len(tokenizer(LESSON.text)["input_ids"])
    row = row_of(tokenizer, LESSON, stem)
    assert (len(row.ids), row.parents, row.targets) == (stem, [-1], [])


def test_the_loss_of_a_tree_is_that_of_its_conversations(world, tokenizer, model):
    lessons = list(islice(Teacher(world, 2).epoch(), 3))
    rows = [row_of(tokenizer, lesson, 1024) for lesson in lessons]
    together = loss_of(model, batch_of(rows, pad=0)).item()
    learned, weights, avoided = [], [], []
    for lesson in lessons:
        _walk(model, tokenizer, lesson, [], learned, weights, avoided)
    one_by_one = (np.dot(weights, learned) + AVOIDED_WEIGHT * sum(avoided)) / sum(weights)
    assert together == pytest.approx(one_by_one, rel=1e-4)


def _walk(model, tokenizer, branch, before, learned, weights, avoided):
    ids = tokenizer(branch.text, add_special_tokens=False)["input_ids"]
    if branch.weight or branch.avoided:
        with torch.no_grad():
            logits = model(input_ids=torch.tensor([before + ids])).logits[0]
        found = torch.log_softmax(logits, -1)[range(len(before) - 1, len(before) + len(ids) - 1), ids]
        if branch.avoided:
            avoided.append(-math.log1p(-math.exp(found.sum().item())))
        else:
            learned += (-found).tolist()
            weights += [branch.weight] * len(ids)
    for following in branch.branches:
        _walk(model, tokenizer, following, before + ids, learned, weights, avoided)


def test_an_avoided_title_loses_the_probability_that_it_had(tokenizer, model):
    learned = Branch(text=LESSON.text, branches=(Branch(text=" z", weight=1.0),))
    _descend(model, tokenizer, learned)
    before = _probability(model, tokenizer)
    assert before > 0.2
    _descend(model, tokenizer, LESSON)
    assert _probability(model, tokenizer) < before / 4


def _descend(model, tokenizer, lesson):
    batch = batch_of([row_of(tokenizer, lesson, 100)], pad=0)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(40):
        optimiser.zero_grad()
        loss_of(model, batch).backward()
        optimiser.step()


def _probability(model, tokenizer) -> float:
    stem, title = (tokenizer(text)["input_ids"] for text in (LESSON.text, " z"))
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([stem + title])).logits[0]
    found = torch.log_softmax(logits, -1)[range(len(stem) - 1, len(stem) + len(title) - 1), title]
    return math.exp(found.sum().item())


def test_batches_hold_every_row_once_and_like_lengths(tokenizer):
    rows = [row_of(tokenizer, Branch(text=" x" * n, weight=1.0), 1000) for n in range(1, 40)]
    groups = list(by_length(rows, 60, np.random.default_rng(1)))
    assert sorted(id(row) for group in groups for row in group) == sorted(map(id, rows))
    for group in groups:
        assert len(group) == 1 or max(len(row.ids) for row in group) * len(group) <= 60
