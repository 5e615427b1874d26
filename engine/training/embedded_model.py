"""Train the embedded model from scratch: a small Llama on the sample world's training period.

Not here: the instruction data (`corpus`), serving the model (`engine.models`), its held-out figures (`evaluation`).
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from engine.datasets.schema import Dataset
from engine.datasets.splits import SplitSpec, split
from engine.datasets.store import SAMPLE_WORLD, load_dataset
from engine.home import Home
from engine.training.corpus import Example, Sampler, World
from engine.training.tokenizer import BOS, END, PAD, ROLES, train_tokenizer

# How often a cut of a user's sequence becomes an example of each family.
SHARES = {
    "sequential": 1.0,
    "direct": 0.25,
    "rating": 0.1,
    "explanation": 0.5,
    "matching": 0.15,
    "preferences": 0.25,
    "judging": 0.6,
    "tool_call": 0.6,
}
DEFAULT_SEED = 20241231
LEARNING_RATE = 2e-3
TRAINING_QUANTILE = 0.9  # of the interactions in time; what comes later is held out


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Sizes and schedule. The learning rate falls along a cosine over `epochs`, or `minutes` where given."""

    vocabulary_size: int = 6144
    hidden_size: int = 256
    intermediate_size: int = 704
    layers: int = 4
    heads: int = 4
    context_length: int = 1024
    epochs: int = 2
    minutes: float | None = None
    tokens_per_batch: int = 6144
    learning_rate: float = LEARNING_RATE
    weight_decay: float = 0.05
    warmup_share: float = 0.03
    seed: int = DEFAULT_SEED


def train(
    out: Path,
    *,
    seed: int = DEFAULT_SEED,
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
    recipe = Recipe(seed=seed, minutes=minutes, learning_rate=learning_rate)
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
    sampler = Sampler(world, recipe.seed)
    first = list(sampler.epoch(SHARES))
    if start is None:
        tokenizer = train_tokenizer(_texts(world, first), recipe.vocabulary_size, recipe.context_length)
        model = build_model(recipe, tokenizer)
    else:
        tokenizer = PreTrainedTokenizerFast.from_pretrained(start)
        model = LlamaForCausalLM.from_pretrained(start, dtype=torch.float32, attn_implementation="eager")
    model.train()
    started = time.monotonic()
    losses = _optimise(model, _epochs(first, sampler, tokenizer, recipe), recipe, started, progress)
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
    config._attn_implementation = "eager"  # 1.5 times as fast as sdpa for short sequences on a CPU
    return LlamaForCausalLM(config)


def _texts(world: World, examples: Sequence[Example]) -> Iterator[str]:
    """Yield what the tokenizer learns from: every label often enough to get its own tokens, then the examples."""
    for _ in range(20):
        yield from (f"- {label}" for label in world.labels.values())
    for example in examples[:: max(1, len(examples) // 4000)]:
        yield from (message.content for message in example.messages)


def encode(tokenizer: PreTrainedTokenizerFast, example: Example) -> list[int]:
    """Return the token ids of a whole conversation as the chat template writes it."""
    parts = (f"{ROLES[m.role]}{m.content}{END}" for m in example.messages)
    return tokenizer(BOS + "".join(parts), add_special_tokens=False)["input_ids"]


@dataclass(frozen=True, slots=True)
class _Batch:
    ids: torch.Tensor  # (B, T), right-padded
    labels: torch.Tensor  # (B, T), -100 where nothing is to be predicted
    epoch: int
    share: float  # of all epochs, done before this batch


def _epochs(first: list[Example], sampler: Sampler, tokenizer, recipe: Recipe) -> Iterator[_Batch]:
    """Yield batches epoch by epoch, of about equal numbers of tokens; every epoch draws its examples anew."""
    random = np.random.default_rng(recipe.seed + 1)
    pad = tokenizer.get_vocab()[PAD]
    user = tokenizer.convert_tokens_to_ids(ROLES["user"])
    epoch = 0
    while recipe.minutes is not None or epoch < recipe.epochs:
        examples = first if epoch == 0 else list(sampler.epoch(SHARES))
        encoded = [encode(tokenizer, example)[: recipe.context_length] for example in examples]
        batches = _by_length(encoded, recipe.tokens_per_batch, random)
        for done, indices in enumerate(batches):
            rows = [encoded[i] for i in indices]
            width = -16 * (-max(map(len, rows)) // 16)  # few shapes: memory for each is kept for good
            ids = torch.tensor([row + [pad] * (width - len(row)) for row in rows])
            labels = torch.tensor([_targets(row, user) + [-100] * (width - len(row)) for row in rows])
            yield _Batch(ids, labels, epoch, (epoch + done / len(batches)) / recipe.epochs)
        epoch += 1


def _targets(row: list[int], user: int) -> list[int]:
    """Predict everything after the system turn: the history teaches sequences, the answer teaches the task."""
    start = row.index(user) + 1 if user in row else 0
    return [-100] * start + row[start:]


def _by_length(encoded: list[list[int]], tokens: int, random: np.random.Generator) -> list[list[int]]:
    """Group examples of like length into batches of about `tokens`, batches in random order."""
    lengths = np.array([len(row) for row in encoded])
    order = np.argsort(lengths + random.integers(0, 16, len(lengths)), kind="stable")
    batches: list[list[int]] = [[]]
    width = 0
    for index in order:
        width = max(width, int(lengths[index]))
        if batches[-1] and width * (len(batches[-1]) + 1) > tokens:
            batches.append([])
            width = int(lengths[index])
        batches[-1].append(int(index))
    return [batches[i] for i in random.permutation(len(batches))]


def _optimise(model, batches: Iterator[_Batch], recipe: Recipe, started: float, progress) -> dict[str, float | int]:
    """Run AdamW over the batches and return what was seen."""
    decayed = [p for p in model.parameters() if p.ndim > 1]
    plain = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": recipe.weight_decay}, {"params": plain, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=recipe.learning_rate, betas=(0.9, 0.95))
    seen, smooth, steps, epoch = 0, math.nan, 0, 0
    for batch in batches:
        elapsed = (time.monotonic() - started) / 60
        share = batch.share if recipe.minutes is None else elapsed / recipe.minutes
        if share >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = recipe.learning_rate * _schedule(share, recipe.warmup_share)
        with torch.autocast(model.device.type, dtype=torch.bfloat16):  # padding is on the right: no mask needed
            loss = model(
                input_ids=batch.ids.to(model.device),
                labels=batch.labels.to(model.device),
            ).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        seen, steps, epoch = seen + batch.ids.numel(), steps + 1, batch.epoch
        smooth = loss.item() if math.isnan(smooth) else 0.98 * smooth + 0.02 * loss.item()
        if steps % 20 == 0:
            rate = seen / (time.monotonic() - started)
            progress(f"epoch {epoch + 1}, loss {smooth:.3f}, {rate:,.0f} tokens/s", share)
    return {"tokens_seen": seen, "steps": steps, "epochs_begun": epoch + 1, "training_loss": round(smooth, 4)}


def _schedule(share: float, warmup: float) -> float:
    """Linear warm-up, then a cosine down to a fiftieth."""
    if share < warmup:
        return (share + 1e-3) / warmup
    return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (share - warmup) / (1 - warmup)))
