"""UniSRec's network: mixture-of-experts adaptor over text vectors, causal Transformer over items. Not here: fitting."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

_INIT_STD = 0.02
_LAYER_NORM_EPS = 1e-12


class MoeAdaptor(nn.Module):
    """Map text vectors to item vectors by parametric-whitening experts, dense-summed by a noisy gate.

        sum_e g_e(x) (dropout(x) - b_e) W_e,   g = softmax(x Wg + eps * softplus(x Wn)), eps ~ N(0, 1) in training only

    Source: Hou et al., KDD 2022, section 2.1.2, and the authors' code (there each
    expert draws its own dropout, here they share it).
    """

    def __init__(self, n_dimensions: int, width: int, *, n_experts: int, dropout: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n_experts, n_dimensions, width) * _INIT_STD)
        self.bias = nn.Parameter(torch.zeros(n_experts, 1, n_dimensions))
        self.gate = nn.Parameter(torch.zeros(n_dimensions, n_experts))
        self.noise = nn.Parameter(torch.zeros(n_dimensions, n_experts))
        self.dropout = dropout

    def forward(self, texts: Tensor) -> Tensor:
        """Map `(n, n_dimensions)` to `(n, width)`."""
        logits = texts @ self.gate
        if self.training:
            logits = logits + torch.randn_like(logits) * functional.softplus(texts @ self.noise)
        gates = functional.softmax(logits, dim=-1)  # (n, E)
        n_experts, n_dimensions, width = self.weight.shape
        dropped = functional.dropout(texts, self.dropout, self.training)
        joint = self.weight.transpose(0, 1).reshape(n_dimensions, n_experts * width)  # one product for all experts
        mapped = (dropped @ joint).view(-1, n_experts, width) - torch.bmm(self.bias, self.weight).squeeze(1)
        return torch.einsum("new,ne->nw", mapped, gates)


class LinearAdaptor(nn.Module):
    """The ablation: one linear map in the place of the experts."""

    def __init__(self, n_dimensions: int, width: int, *, dropout: float) -> None:
        super().__init__()
        self.map = nn.Linear(n_dimensions, width)
        nn.init.normal_(self.map.weight, std=_INIT_STD)
        nn.init.zeros_(self.map.bias)
        self.dropout = dropout

    def forward(self, texts: Tensor) -> Tensor:
        """Map `(n, n_dimensions)` to `(n, width)`."""
        return self.map(functional.dropout(texts, self.dropout, self.training))


class Block(nn.Module):
    """One Transformer layer, normalised after each part as in SASRec: causal self-attention, then two linear maps."""

    def __init__(self, width: int, heads: int, *, inner: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.attend = nn.Linear(width, 3 * width)
        self.project = nn.Linear(width, width)
        self.widen = nn.Linear(width, inner)
        self.narrow = nn.Linear(inner, width)
        self.norm_attention = nn.LayerNorm(width, eps=_LAYER_NORM_EPS)
        self.norm_output = nn.LayerNorm(width, eps=_LAYER_NORM_EPS)
        self.dropout = dropout

    def forward(self, states: Tensor) -> Tensor:
        """Map `(B, T, width)` to the same shape; position t sees positions up to t only."""
        B, T, width = states.shape
        split = self.attend(states).view(B, T, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        query, key, value = split.unbind(0)  # (B, heads, T, width / heads)
        rate = self.dropout if self.training else 0.0
        mixed = functional.scaled_dot_product_attention(query, key, value, dropout_p=rate, is_causal=True)
        mixed = self.project(mixed.transpose(1, 2).reshape(B, T, width))
        states = self.norm_attention(states + functional.dropout(mixed, self.dropout, self.training))
        wider = self.narrow(functional.gelu(self.widen(states)))
        return self.norm_output(states + functional.dropout(wider, self.dropout, self.training))


class SequenceEncoder(nn.Module):
    """A SASRec-style Transformer over item vectors. Sequences are padded on the right, where nothing real looks."""

    def __init__(self, width: int, *, layers: int, heads: int, max_length: int, dropout: float) -> None:
        super().__init__()
        self.positions = nn.Parameter(torch.randn(max_length, width) * _INIT_STD)
        self.norm = nn.LayerNorm(width, eps=_LAYER_NORM_EPS)
        self.blocks = nn.ModuleList(Block(width, heads, inner=2 * width, dropout=dropout) for _ in range(layers))
        self.dropout = dropout
        for module in self.blocks.modules():
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, std=_INIT_STD)
                nn.init.zeros_(module.bias)

    def forward(self, items: Tensor) -> Tensor:
        """Map `(B, T, width)` to `(B, T, width)`, T up to `max_length`: at t, the sequence that ends at t."""
        states = functional.dropout(self.norm(items + self.positions[: items.shape[1]]), self.dropout, self.training)
        for block in self.blocks:
            states = block(states)
        return states

    def freeze(self) -> None:
        """Stop learning positions and layers; the input's normalisation goes on, as in the authors' code."""
        self.positions.requires_grad_(False)
        self.blocks.requires_grad_(False)


class UniSRecNetwork(nn.Module):
    """Adaptor, encoder, and in the transductive setting one learned vector for each item of the target."""

    def __init__(self, adaptor: nn.Module, encoder: SequenceEncoder, n_identified: int = 0) -> None:
        super().__init__()
        self.adaptor = adaptor
        self.encoder = encoder
        self.identities = (
            nn.Parameter(torch.randn(n_identified, len(encoder.norm.weight)) * _INIT_STD) if n_identified else None
        )

    def item_table(self, texts: Tensor) -> Tensor:
        """Return the vectors of the target's items, shape `(n_items, width)`, not normalised."""
        table = self.adaptor(texts)
        return table if self.identities is None else table + self.identities
