"""Teacher-forced log-probabilities of continuations: every prefix runs once, its cache serves all its continuations."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from engine.models.contract import ContinuationScore

if TYPE_CHECKING:
    from transformers import Cache, PreTrainedModel


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenisedRequest:
    """A prefix and its continuations as token ids; none of them is empty."""

    prefix: list[int]
    continuations: tuple[list[int], ...]


def score_batch(
    module: PreTrainedModel, requests: Sequence[TokenisedRequest], pad: int, rows: int
) -> list[tuple[ContinuationScore, ...]]:
    """Score all continuations of some requests; at most `rows` continuations run side by side."""
    with torch.inference_mode():
        first, cache, mask = _run_prefixes(module, requests, pad)
        pairs = [(index, ids) for index, request in enumerate(requests) for ids in request.continuations]
        sums = torch.tensor([float(first[index, ids[0]]) for index, ids in pairs], dtype=torch.float64)
        longer = [position for position, (_, ids) in enumerate(pairs) if len(ids) > 1]
        longer.sort(key=lambda position: len(pairs[position][1]))
        for start in range(0, len(longer), rows):
            chunk = longer[start : start + rows]
            rest = _run_continuations(module, [pairs[position] for position in chunk], cache, mask, pad)
            sums[torch.tensor(chunk)] += rest
    scores = iter(sums.tolist())
    return [
        tuple(
            ContinuationScore(logprob=next(scores), tokens=len(ids), prefix_tokens=len(request.prefix))
            for ids in request.continuations
        )
        for request in requests
    ]


def _run_prefixes(
    module: PreTrainedModel, requests: Sequence[TokenisedRequest], pad: int
) -> tuple[torch.Tensor, Cache, torch.Tensor]:
    """Return the log-probabilities of the first token `(R, V)`, the prefixes' cache, and their mask `(R, T)`."""
    width = max(len(request.prefix) for request in requests)
    ids = torch.full((len(requests), width), pad, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for index, request in enumerate(requests):
        ids[index, width - len(request.prefix) :] = torch.tensor(request.prefix)
        mask[index, width - len(request.prefix) :] = 1
    ids, mask = ids.to(module.device), mask.to(module.device)
    positions = (mask.cumsum(dim=-1) - 1).clamp(min=0)
    output = module(input_ids=ids, attention_mask=mask, position_ids=positions, use_cache=True, logits_to_keep=1)
    first = torch.log_softmax(output.logits[:, -1, :].float(), dim=-1).cpu()
    return first, output.past_key_values, mask


def _run_continuations(
    module: PreTrainedModel, pairs: Sequence[tuple[int, list[int]]], cache: Cache, mask: torch.Tensor, pad: int
) -> torch.Tensor:
    """Return the summed log-probabilities `(C,)` of all tokens but the first of each continuation."""
    width = max(len(ids) for _, ids in pairs)
    ids = torch.full((len(pairs), width), pad, dtype=torch.long)
    real = torch.zeros((len(pairs), width), dtype=torch.long)
    for row, (_, tokens) in enumerate(pairs):
        ids[row, : len(tokens)] = torch.tensor(tokens)
        real[row, : len(tokens)] = 1
    ids, real = ids.to(module.device), real.to(module.device)
    chosen = torch.tensor([index for index, _ in pairs], device=module.device)
    prefix_mask = mask[chosen]  # (C, T)
    expanded = copy.deepcopy(cache)  # the model appends to the cache that it is given
    expanded.batch_select_indices(chosen)
    output = module(
        input_ids=ids[:, :-1],
        attention_mask=torch.cat([prefix_mask, real[:, :-1]], dim=1),
        position_ids=prefix_mask.sum(dim=-1, keepdim=True) + torch.arange(width - 1, device=module.device),
        past_key_values=expanded,
        use_cache=True,
    )
    logprobs = torch.log_softmax(output.logits.float(), dim=-1)  # (C, width - 1, V)
    picked = logprobs.gather(2, ids[:, 1:].unsqueeze(-1)).squeeze(-1)
    return (picked * real[:, 1:]).sum(dim=-1).double().cpu()
