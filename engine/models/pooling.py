"""Text vectors of a causal model: the mean of its last hidden states. Not here: sentence encoders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def mean_pooled(module: PreTrainedModel, batch: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    """Return unit vectors, shape `(len(batch), hidden)`; a text without tokens gives the zero vector."""
    width = max(1, *(len(ids) for ids in batch)) if len(batch) > 1 else max(1, len(batch[0]))
    ids = torch.zeros((len(batch), width), dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, tokens in enumerate(batch):
        ids[row, : len(tokens)] = torch.tensor(tokens, dtype=torch.long)  # padded on the right: never attended to
        mask[row, : len(tokens)] = 1
    mask = mask.to(module.device)
    with torch.inference_mode():
        states = module.base_model(input_ids=ids.to(module.device), attention_mask=mask).last_hidden_state  # (B, T, H)
        weights = mask.unsqueeze(-1)
        means = (states.float() * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1)
        unit = torch.nn.functional.normalize(means, dim=-1)
    return unit.cpu().numpy()
