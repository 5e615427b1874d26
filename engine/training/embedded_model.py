"""Train the embedded model from scratch: a small Llama on the sample world's training period.

Not here: the instruction data (`corpus`), serving the model (`engine.models`), its held-out figures (`evaluation`).
"""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from engine.datasets.schema import Dataset
from engine.datasets.splits import SplitSpec, split
from engine.datasets.store import SAMPLE_WORLD, load_dataset
from engine.home import Home
from engine.training.batches import Batch, batch_of, by_length, row_of
from engine.training.corpus import World
from engine.training.lessons import SHARES, Branch, Teacher, texts
from engine.training.tokenizer import BOS, END, PAD, train_tokenizer

DEFAULT_SEED = 20241231
LEARNING_RATE = 2e-3
TOKENS = 5_000_000
LESSONS_AT_ONCE = 2048  # drawn, sorted by length and shuffled together
AVOIDED_WEIGHT = 4.0  # of an avoided title in the loss; of an answer's token: 1
_SPECIAL = re.compile(r"<\|\w+\|>")
TRAINING_QUANTILE = 0.9  # of the interactions in time; what comes later is held out


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Sizes and schedule. The learning rate falls along a cosine over `tokens`, or `minutes` where given."""

    vocabulary_size: int = 6144
    hidden_size: int = 256
    intermediate_size: int = 704
    layers: int = 4
    heads: int = 4
    context_length: int = 1024
    tokens: int = TOKENS  # padding not counted
    minutes: float | None = None
    tokens_per_batch: int = 3072
    learning_rate: float = LEARNING_RATE
    weight_decay: float = 0.05
    warmup_share: float = 0.03
    seed: int = DEFAULT_SEED


def train(
    out: Path,
    *,
    seed: int = DEFAULT_SEED,
    tokens: int = TOKENS,
    minutes: float | None = None,
    threads: int | None = None,
    home: Home | None = None,
    start: Path | None = None,
    learning_rate: float = LEARNING_RATE,
    progress: Callable[[str, float], None] = lambda _what, _share: None,
) -> None:
    """Train on the sample world and write weights, tokenizer and training record to the folder `out`.

    Equal seeds and threads give equal weights on one machine as long as `minutes` is not given.
    """
    if threads:
        torch.set_num_threads(threads)
    dataset = load_dataset(home or Home.default(), SAMPLE_WORLD)
    recipe = Recipe(seed=seed, tokens=tokens, minutes=minutes, learning_rate=learning_rate)
    fit(training_period(dataset), recipe, out, progress, start)


def training_period(dataset: Dataset) -> World:
    """Return the part of a dataset that the embedded model may see."""
    cutoff = int(np.quantile(dataset.interactions["timestamp"].to_numpy(), TRAINING_QUANTILE))
    return World(dataset, split(dataset, SplitSpec(kind="cutoff-time", cutoff=cutoff)))


def fit(
    world: World, recipe: Recipe, out: Path, progress: Callable[[str, float], None], start: Path | None = None
) -> None:
    """Fit tokenizer and model on a world's training period and save both to `out`.

    `start` names the folder of an earlier fit to go on from, with its tokenizer and its record.
    """
    torch.manual_seed(recipe.seed)
    lessons = _lessons(Teacher(world, recipe.seed))
    if start is None:
        shown = islice(_lessons(Teacher(world, recipe.seed)), 1000)
        tokenizer = train_tokenizer(_texts(world, shown), recipe.vocabulary_size, recipe.context_length)
        model = build_model(recipe, tokenizer)
    else:
        tokenizer = PreTrainedTokenizerFast.from_pretrained(start)
        model = LlamaForCausalLM.from_pretrained(start, dtype=torch.float32, attn_implementation="sdpa")
    model.train()
    started = time.monotonic()
    losses = _optimise(model, _batches(lessons, tokenizer, recipe), recipe, started, progress)
    out.mkdir(parents=True, exist_ok=True)
    model.bfloat16().save_pretrained(out, safe_serialization=True)
    tokenizer.save_pretrained(out)
    record = {
        "recipe": asdict(recipe),
        "families": SHARES,
        "split": world.split.spec.model_dump(exclude={"n"}),
        "dataset": world.dataset.name,
        "fingerprint": world.dataset.fingerprint,
        "parameters": sum(p.numel() for p in model.parameters()),
        "threads": torch.get_num_threads(),
        "minutes": round((time.monotonic() - started) / 60, 1),
        **losses,
        "continued_from": json.loads((start / "training.json").read_text(encoding="utf-8")) if start else None,
    }
    (out / "training.json").write_text(json.dumps(record, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def build_model(recipe: Recipe, tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """Make an untrained Llama of the recipe's sizes, input and output embeddings tied."""
    token_id = tokenizer.get_vocab()
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=recipe.hidden_size,
        intermediate_size=recipe.intermediate_size,
        num_hidden_layers=recipe.layers,
        num_attention_heads=recipe.heads,
        num_key_value_heads=recipe.heads,
        max_position_embeddings=recipe.context_length,
        tie_word_embeddings=True,
        bos_token_id=token_id[BOS],
        eos_token_id=token_id[END],
        pad_token_id=token_id[PAD],
    )
    config._attn_implementation = "sdpa"  # with the branches' masks it costs two thirds of eager attention
    return LlamaForCausalLM(config)


def _lessons(teacher: Teacher) -> Iterator[Branch]:
    """Yield lessons without end; every epoch draws its own."""
    while True:
        yield from teacher.epoch()


def _texts(world: World, lessons: Iterable[Branch]) -> Iterator[str]:
    """Yield what the tokenizer learns from: every label often enough to get its own tokens, then the lessons."""
    for _ in range(20):
        yield from (f"- {label}" for label in world.labels.values())
    for lesson in lessons:
        yield from (_SPECIAL.sub(" ", text) for text in texts(lesson))


def _batches(lessons: Iterator[Branch], tokenizer: PreTrainedTokenizerFast, recipe: Recipe) -> Iterator[Batch]:
    """Yield batches of about equal numbers of tokens, without end."""
    random = np.random.default_rng(recipe.seed + 1)
    pad = tokenizer.get_vocab()[PAD]
    while True:
        rows = [row_of(tokenizer, lesson, recipe.context_length) for lesson in islice(lessons, LESSONS_AT_ONCE)]
        for group in by_length(rows, recipe.tokens_per_batch, random):
            yield batch_of(group, pad)


def loss_of(model: LlamaForCausalLM, batch: Batch) -> torch.Tensor:
    """Return the mean loss of the batch's targets: -log p of what is learned, -log(1 - p) of what is avoided.

    Only tokens that predict something reach the output layer: on a CPU it costs as much as the layers below.
    """
    device = model.device
    hidden = model.model(
        input_ids=batch.ids.to(device), position_ids=batch.positions.to(device), attention_mask=batch.mask.to(device)
    ).last_hidden_state
    logits = model.lm_head(hidden.flatten(0, 1)[batch.places.to(device)]).float()
    found = -torch.nn.functional.cross_entropy(logits, batch.targets.to(device), reduction="none")
    weights, avoided = batch.weights.to(device), batch.avoided.to(device)
    total = -(weights * found).sum()
    if (avoided >= 0).any():
        _, which = avoided[avoided >= 0].unique(return_inverse=True)
        whole = torch.zeros(int(which.max()) + 1, device=device).index_add(0, which, found[avoided >= 0])
        total = total - AVOIDED_WEIGHT * torch.log(-torch.expm1(whole.clamp(max=-1e-4))).sum()
    return total / weights.sum()


def _optimise(model, batches: Iterator[Batch], recipe: Recipe, started: float, progress) -> dict[str, float | int]:
    """Run AdamW over the batches and return what was seen."""
    decayed = [p for p in model.parameters() if p.ndim > 1]
    plain = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": recipe.weight_decay}, {"params": plain, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=recipe.learning_rate, betas=(0.9, 0.95), fused=True)
    seen, smooth, steps = 0, math.nan, 0
    autocast = torch.autocast(model.device.type, dtype=torch.bfloat16, enabled=_has_bfloat16(model.device))
    for batch in batches:
        elapsed = (time.monotonic() - started) / 60
        share = seen / recipe.tokens if recipe.minutes is None else elapsed / recipe.minutes
        if share >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = recipe.learning_rate * _schedule(share, recipe.warmup_share)
        with autocast:
            loss = loss_of(model, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        seen, steps = seen + batch.n_tokens, steps + 1
        smooth = loss.item() if math.isnan(smooth) else 0.98 * smooth + 0.02 * loss.item()
        if steps % 20 == 0:
            rate = seen / (time.monotonic() - started)
            progress(f"{seen / 1e6:.2f} M tokens, loss {smooth:.3f}, {rate:,.0f} tokens/s", share)
    return {"tokens_seen": seen, "steps": steps, "training_loss": round(smooth, 4)}


def _has_bfloat16(device: torch.device) -> bool:
    """Tell whether bfloat16 is computed by the hardware; emulated, it is some thirty times as slow as float32."""
    return device.type != "cpu" or torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()


def _schedule(share: float, warmup: float) -> float:
    """Linear warm-up, then a cosine down to a fiftieth."""
    if share < warmup:
        return (share + 1e-3) / warmup
    return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (share - warmup) / (1 - warmup)))
