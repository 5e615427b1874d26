"""Decode one batch with transformers' `generate`: constraints, seeded sampling, stop strings and limits row by row.

A row's result depends on its own prompt, seed and constraint only, never on its neighbours (up to the arithmetic of the
device: float32 on the CPU keeps that far below the gaps between tokens that matter).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import torch
from transformers import GenerationConfig, LogitsProcessor, LogitsProcessorList, StoppingCriteria, StoppingCriteriaList

from engine.errors import ModelError

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from engine.models.constraints import ConstraintState
    from engine.models.contract import Sampling


@dataclass(slots=True, kw_only=True)
class Row:
    """One prompt of a batch while it is decoded."""

    prompt_ids: list[int]
    limit: int  # most tokens it may get
    seed: int
    constraint: ConstraintState | None = None
    ids: list[int] = field(default_factory=list)  # what came, the end token included
    finish_reason: str = ""  # empty: still going
    text: str = ""
    error: str | None = None
    first_token_at: float | None = None  # time.perf_counter()


def decode_batch(
    module: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    rows: Sequence[Row],
    sampling: Sampling,
    end_ids: tuple[int, ...],
) -> None:
    """Continue every row in place. Rows are padded on the left."""
    width = max(len(row.prompt_ids) for row in rows)
    pad = pad_id(tokenizer, end_ids)
    input_ids = torch.full((len(rows), width), pad, dtype=torch.long)  # (B, T)
    mask = torch.zeros_like(input_ids)
    for index, row in enumerate(rows):
        input_ids[index, width - len(row.prompt_ids) :] = torch.tensor(row.prompt_ids)
        mask[index, width - len(row.prompt_ids) :] = 1
    watcher = _Watcher(tokenizer, rows, sampling, end_ids, width)
    config = GenerationConfig(
        max_new_tokens=max(row.limit for row in rows),
        do_sample=False,  # the watcher samples, with a generator for each row
        eos_token_id=list(end_ids) or None,
        pad_token_id=pad,
    )
    with torch.inference_mode():
        module.generate(  # type: ignore[operator]
            input_ids=input_ids.to(module.device),
            attention_mask=mask.to(module.device),
            generation_config=config,
            logits_processor=LogitsProcessorList([_Choose(watcher)]),
            stopping_criteria=StoppingCriteriaList([_Stop(watcher)]),
        )
    for row in rows:
        _finish(tokenizer, row, sampling.stop, end_ids)


def pad_id(tokenizer: PreTrainedTokenizerBase, end_ids: tuple[int, ...]) -> int:
    """Return the token that fills up short rows; it is never attended to."""
    own = tokenizer.pad_token_id
    return own if isinstance(own, int) else (end_ids or (0,))[0]


def _finish(tokenizer: PreTrainedTokenizerBase, row: Row, stop: tuple[str, ...], end_ids: tuple[int, ...]) -> None:
    if row.error is not None:
        return
    row.finish_reason = row.finish_reason or "length"
    exact = row.constraint.text() if row.constraint else None
    row.text = exact if exact is not None else _decode(tokenizer, [token for token in row.ids if token not in end_ids])
    cuts = [position for position in (row.text.find(mark) for mark in stop if mark) if position >= 0]
    if cuts:
        row.text = row.text[: min(cuts)]


def _decode(tokenizer: PreTrainedTokenizerBase, ids: list[int]) -> str:
    return str(tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False))


class _Watcher:
    """Follows the rows of one batch: takes each new token once, and knows which rows have ended."""

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerBase,
        rows: Sequence[Row],
        sampling: Sampling,
        end_ids: tuple[int, ...],
        width: int,
    ) -> None:
        self._tokenizer = tokenizer
        self._rows = rows
        self._sampling = sampling
        self._end_ids = frozenset(end_ids)
        self._prompt_width = width
        self._n_seen = 0
        self._stop = tuple(mark for mark in sampling.stop if mark)
        self._tail = 4 * max((len(mark.encode()) for mark in self._stop), default=0) + 4  # tokens
        self._uniforms = self._draw_uniforms() if sampling.temperature > 0 else None
        for row in rows:
            if row.constraint is not None and row.constraint.finished:
                row.finish_reason = "stop"  # nothing to say, for example no option is left

    def _draw_uniforms(self) -> torch.Tensor:
        """Return one number in [0, 1) for each row and step, shape `(B, longest limit)`, from each row's own seed."""
        longest = max(row.limit for row in self._rows)
        draws = [
            torch.rand(longest, dtype=torch.float64, generator=torch.Generator().manual_seed(row.seed % 2**63))
            for row in self._rows
        ]
        return torch.stack(draws)

    def observe(self, input_ids: torch.Tensor) -> None:
        """Take the tokens that came since the last call."""
        new = input_ids[:, self._prompt_width + self._n_seen :].tolist()  # (B, new)
        now = time.perf_counter()  # one time for the batch, whose tokens come together
        for row, tokens in zip(self._rows, new, strict=True):
            for token in tokens:
                if not row.finish_reason:
                    self._take(row, token, now)
        self._n_seen = input_ids.shape[1] - self._prompt_width

    def _take(self, row: Row, token: int, now: float) -> None:
        if not row.ids:
            row.first_token_at = now
        row.ids.append(token)
        if row.constraint is not None:
            try:
                row.constraint.advance(token)
            except ModelError as error:
                row.finish_reason, row.error = "error", str(error)
                return
        is_end = token in self._end_ids
        if is_end or (row.constraint is not None and row.constraint.finished) or self._meets_stop(row):
            row.finish_reason = "stop"
        elif len(row.ids) >= row.limit:
            row.finish_reason = "length"

    def _meets_stop(self, row: Row) -> bool:
        if not self._stop:
            return False
        tail = _decode(self._tokenizer, row.ids[-self._tail :])
        return any(mark in tail for mark in self._stop)

    def ended(self) -> list[bool]:
        """Return which rows have ended."""
        return [bool(row.finish_reason) for row in self._rows]

    def choose(self, scores: torch.Tensor) -> torch.Tensor:
        """Return scores, shape `(B, V)`, whose largest entry is the next token of each row."""
        scores = self._apply_constraints(scores)
        if self._uniforms is None:
            return scores
        uniforms = self._uniforms[:, min(self._n_seen, self._uniforms.shape[1] - 1)]
        tokens = sample(scores, self._sampling.temperature, self._sampling.top_p, uniforms)
        return torch.full_like(scores, -torch.inf).scatter(1, tokens.unsqueeze(1), 0.0)

    def _apply_constraints(self, scores: torch.Tensor) -> torch.Tensor:
        constrained = [i for i, row in enumerate(self._rows) if row.constraint is not None and not row.finish_reason]
        if not constrained:
            return scores
        blocked = np.zeros(tuple(scores.shape), dtype=bool)  # (B, V)
        for index in constrained:
            state = self._rows[index].constraint
            if state is None:
                continue
            try:
                allowed = state.allowed()
            except ModelError as error:
                self._rows[index].finish_reason, self._rows[index].error = "error", str(error)
                continue
            blocked[index] = True
            blocked[index, np.flatnonzero(allowed) if allowed.dtype == np.bool_ else allowed] = False
        return scores.masked_fill(torch.from_numpy(blocked).to(scores.device), -torch.inf)


def sample(scores: torch.Tensor, temperature: float, top_p: float, uniforms: torch.Tensor) -> torch.Tensor:
    """Draw one token a row by inverting the cumulative distribution: one uniform number decides a row's token.

    Args:
        scores: shape `(B, V)`, logits.
        temperature: above 0.
        top_p: in (0, 1]; only the most likely tokens that together reach it are kept.
        uniforms: shape `(B,)`, in [0, 1).

    Returns:
        Token ids, shape `(B,)`.
    """
    wide = torch.float32 if scores.device.type == "mps" else torch.float64  # mps has no float64
    probabilities, order = torch.softmax(scores.to(wide) / temperature, dim=-1).sort(
        dim=-1, descending=True, stable=True
    )
    cumulative = probabilities.cumsum(dim=-1)
    kept = cumulative - probabilities < top_p
    n_kept = kept.sum(dim=-1, keepdim=True)
    total = cumulative.gather(1, n_kept - 1)
    wanted = uniforms.to(scores.device, wide).unsqueeze(1) * total
    position = torch.searchsorted(cumulative, wanted, right=True).minimum(n_kept - 1)
    return order.gather(1, position).squeeze(1)


class _Choose(LogitsProcessor):
    def __init__(self, watcher: _Watcher) -> None:
        self._watcher = watcher

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        self._watcher.observe(input_ids)
        return self._watcher.choose(scores)


class _Stop(StoppingCriteria):
    def __init__(self, watcher: _Watcher) -> None:
        self._watcher = watcher

    def __call__(self, input_ids: torch.Tensor, scores: object, **_: object) -> torch.BoolTensor:
        self._watcher.observe(input_ids)
        return torch.tensor(self._watcher.ended(), device=input_ids.device)  # type: ignore[return-value]
