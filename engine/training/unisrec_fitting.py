"""UniSRec's two fitting loops: contrastive pre-training over several domains, fine-tuning on the target.

Not here: the network, the batches, or which data go in. Every draw comes from the seed: on one machine with one number
of threads the same seed gives the same weights. A GPU adds up gradients in no fixed order: there, rounding differs.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from engine.training.unisrec_data import WindowBatch, item_drop, padded, window_batches
from engine.training.unisrec_network import UniSRecNetwork

SEQ_SEQ_WEIGHT = 1e-3  # of the sequence-sequence loss
ITEM_DROP_SHARE = 0.2  # of a sequence, in the authors' code
ITEM_DROP_RATE = 0.9  # of the batches; the others drop words
CLIP_NORM = 1.0
N_VALIDATED = 2000  # users at most whose last training item is predicted after each epoch
VALIDATION_K = 10

Report = Callable[[str, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class FittingOptions:
    """How to fit; the meaning of each stands at `UniSRecConfig`."""

    epochs: int
    learning_rate: float
    batch_size: int
    max_length: int
    temperature: float
    weight_decay: float = 0.0
    patience: int = 0
    warmup_steps: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class FineTuned:
    """How fine-tuning went: the epoch whose weights were kept, counted from 1, and NDCG@10 on the validation part."""

    best_epoch: int
    validation_ndcg: float


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Draw dropout, gate noise and first weights from the seed, and leave the process's own generator as it was."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        yield


def pretrain(
    network: UniSRecNetwork,
    texts: Tensor,
    texts_with_words_dropped: Tensor,
    histories: Sequence[NDArray[np.int64]],
    *,
    options: FittingOptions,
    random: np.random.Generator,
    report: Report,
) -> None:
    """Fit the whole network by sequence-item and sequence-sequence InfoNCE, batches mixed over all domains.

    `texts` and its copy: `(n_items of all domains, n_dimensions)`, to which `histories` point. Every place of a
    sequence is an anchor for its next item (the original makes one example of each prefix).
    Source: Hou et al., KDD 2022, section 2.2, and the authors' code for shares and rates.
    """
    network.train()
    steps = _Steps(network, options)
    for epoch in range(1, options.epochs + 1):
        for batch in window_batches(
            histories, max_length=options.max_length, batch_size=options.batch_size, random=random
        ):
            steps.take(_contrastive_loss(network, texts, texts_with_words_dropped, batch, options.temperature, random))
        report(f"pre-training, epoch {epoch} of {options.epochs}", epoch / options.epochs)


def fine_tune(
    network: UniSRecNetwork,
    texts: Tensor,
    histories: Sequence[NDArray[np.int64]],
    *,
    options: FittingOptions,
    random: np.random.Generator,
    report: Report,
) -> FineTuned:
    """Fit what is not frozen by cross-entropy over all items of the target; keep the epoch that validates best.

    `histories` are training sequences. The last item of each is held back to decide when to stop; where none is long
    enough for that, all epochs are used. Every place of a sequence is a prediction of its next item.
    """
    held_back = [history for history in histories if len(history) > 2]
    if len(held_back) > N_VALIDATED:
        held_back = [held_back[i] for i in np.sort(random.choice(len(held_back), N_VALIDATED, replace=False))]
    fitted_on = [history[:-1] if len(history) > 2 else history for history in histories]
    fitted_on = [history for history in fitted_on if len(history) > 1]
    steps = _Steps(network, options)
    best, best_weights, best_epoch = -1.0, copy.deepcopy(network.state_dict()), 0
    for epoch in range(1, options.epochs + 1):
        network.train()
        for batch in window_batches(
            fitted_on, max_length=options.max_length, batch_size=options.batch_size, random=random
        ):
            table = network.item_table(texts)
            real = torch.from_numpy(batch.real).to(texts.device)
            states = network.encoder(table[torch.from_numpy(batch.rows).to(texts.device)])[real]  # (n_real, width)
            logits = functional.normalize(states, dim=-1) @ functional.normalize(table, dim=-1).T / options.temperature
            steps.take(functional.cross_entropy(logits, torch.from_numpy(batch.targets).to(texts.device)[real]))
        ndcg = validate(network, texts, held_back, max_length=options.max_length)
        what = f"fine-tuning, epoch {epoch} of at most {options.epochs}, NDCG@{VALIDATION_K} on validation {ndcg:.4f}"
        report(what, epoch / options.epochs)
        if ndcg > best or not held_back:
            best, best_weights, best_epoch = ndcg, copy.deepcopy(network.state_dict()), epoch
        elif epoch - best_epoch >= options.patience:
            break
    network.load_state_dict(best_weights)
    return FineTuned(best_epoch=best_epoch, validation_ndcg=best)


def validate(
    network: UniSRecNetwork, texts: Tensor, held_back: Sequence[NDArray[np.int64]], *, max_length: int
) -> float:
    """Return the mean NDCG@10 of each sequence's last item among all items that do not stand before it."""
    if not held_back:
        return 0.0
    network.eval()
    gains = []
    with torch.inference_mode():
        table = network.item_table(texts)
        unit = functional.normalize(table, dim=-1)
        for start in range(0, len(held_back), 256):
            part = held_back[start : start + 256]
            pasts = [history[:-1][-max_length:] for history in part]
            rows = torch.from_numpy(padded(pasts)).to(texts.device)
            lengths = torch.tensor([len(past) for past in pasts], device=texts.device)
            states = functional.normalize(_last(network.encoder(table[rows]), lengths), dim=-1)
            scores = (states @ unit.T).cpu().numpy()
            for row, history in zip(scores, part, strict=True):
                own = row[history[-1]]
                row[history[:-1]] = -np.inf
                rank = 1 + int((row > own).sum())
                gains.append(1 / np.log2(rank + 1) if rank <= VALIDATION_K else 0.0)
    return float(np.mean(gains))


def in_batch_infonce(anchors: Tensor, positives: Tensor, targets: Tensor, owners: Tensor, temperature: float) -> Tensor:
    """Return the InfoNCE loss of unit vectors, shapes `(n, width)`, each anchor's positive standing at its own place.

    The other positives of the batch are its negatives, but for those with the same next item: these are no negatives,
    and their logit is -inf (the authors' code sets it to 0 before the exponential, where it still counts as e^0). Nor
    are those of the same sequence (`owners`), which the original's batches of single prefixes hardly ever hold.
    """
    logits = anchors @ positives.T / temperature
    related = (targets[:, None] == targets[None, :]) | (owners[:, None] == owners[None, :])
    related.fill_diagonal_(False)
    places = torch.arange(len(anchors), device=anchors.device)
    return functional.cross_entropy(logits.masked_fill(related, -torch.inf), places)


class _Steps:
    """Adam with a linear warm-up and clipped gradients, over what is not frozen."""

    def __init__(self, network: UniSRecNetwork, options: FittingOptions) -> None:
        self._parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]
        self._optimizer = torch.optim.AdamW(
            self._parameters, lr=options.learning_rate, weight_decay=options.weight_decay
        )
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimizer, lambda step: min(1.0, (step + 1) / options.warmup_steps)
        )

    def take(self, loss: Tensor) -> None:
        self._optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._parameters, CLIP_NORM)
        self._optimizer.step()
        self._schedule.step()


def _contrastive_loss(
    network: UniSRecNetwork,
    texts: Tensor,
    texts_with_words_dropped: Tensor,
    batch: WindowBatch,
    temperature: float,
    random: np.random.Generator,
) -> Tensor:
    """Return the sequence-item loss plus the weighted sequence-sequence loss of one batch."""
    device = texts.device
    used, places = np.unique(np.concatenate([batch.rows, batch.targets]), return_inverse=True)
    local_rows, local_targets = places.reshape(2, *batch.rows.shape)
    local = WindowBatch(rows=local_rows, targets=local_targets, real=batch.real)
    rows, targets = torch.from_numpy(local.rows).to(device), torch.from_numpy(local.targets).to(device)
    real = torch.from_numpy(local.real).to(device)
    chosen = torch.from_numpy(used).to(device)
    table = network.adaptor(texts[chosen])  # every item of the batch once
    if random.random() < ITEM_DROP_RATE:
        short = item_drop(local, share=ITEM_DROP_SHARE, random=random)
        ends = torch.from_numpy(short.places).to(device)
        states = network.encoder(table[torch.from_numpy(short.rows).to(device)])
        states = states.gather(1, ends.unsqueeze(-1).expand(-1, -1, states.shape[-1]))
    else:
        swap = torch.from_numpy(random.random(batch.rows.shape) < ITEM_DROP_SHARE).to(device)
        dropped = network.adaptor(texts_with_words_dropped[chosen])
        states = network.encoder(torch.where(swap.unsqueeze(-1), dropped[rows], table[rows]))
    augmented = functional.normalize(states[real], dim=-1)  # (n_real, width)
    anchors = functional.normalize(network.encoder(table[rows])[real], dim=-1)
    positives = functional.normalize(table[targets[real]], dim=-1)
    owners = torch.arange(len(rows), device=device).unsqueeze(1).expand_as(real)[real]
    next_items = targets[real]
    seq_item = in_batch_infonce(anchors, positives, next_items, owners, temperature)
    return seq_item + SEQ_SEQ_WEIGHT * in_batch_infonce(anchors, augmented, next_items, owners, temperature)


def _last(states: Tensor, lengths: Tensor) -> Tensor:
    """Return the state at the last real place of each sequence, shape `(B, width)`."""
    return states[torch.arange(len(states), device=states.device), lengths - 1]
