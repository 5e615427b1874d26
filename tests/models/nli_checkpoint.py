"""A tiny BERT classifier of three labels: random, or trained within seconds to tell what a premise says of a film."""

from __future__ import annotations

import json
import random
from pathlib import Path

LABELS = ("entailment", "neutral", "contradiction")
PEOPLE = ("akira", "michael", "greta")
PLACES = ("tokyo", "paris", "lagos")
FILMS = (("Heat", "crime"), ("Ikiru", "drama"))
GLUE = (
    "it", "is", "a", "film", ".", ",", "was", "made", "by", "set", "in", "its", "creator", "genre", "year", "and",
    "crime", "drama", "you", "had", "before",
)  # fmt: skip


def make_classifier(
    folder: Path, *, labels: tuple[str, ...] = LABELS, context: int = 64, seed: int = 0, dim: int = 32
) -> Path:
    """Write a random two-layer classifier and its word tokenizer; `labels` are its outputs in order."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    letters = [*"abcdefghijklmnopqrstuvwxyz0123456789", *(f"##{c}" for c in "abcdefghijklmnopqrstuvwxyz0123456789")]
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    words = list(dict.fromkeys([*special, *GLUE, *PEOPLE, *PLACES, *letters]))
    tokenizer = Tokenizer(models.WordPiece({word: place for place, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    )  # fmt: skip
    fast.save_pretrained(folder)
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(words), hidden_size=dim, intermediate_size=2 * dim, num_hidden_layers=2,
        num_attention_heads=4, max_position_embeddings=context, pad_token_id=0, num_labels=len(labels),
        id2label=dict(enumerate(labels)), label2id={label: place for place, label in enumerate(labels)},
        initializer_range=0.2,  # far from uniform, so that labels show; and words differ enough to be learned fast
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


def rename_labels(folder: Path, labels: dict[int, str] | None) -> None:
    """Give the outputs of a written classifier other names; None: no names at all."""
    path = folder / "config.json"
    config = json.loads(path.read_text())
    config.pop("label2id", None)
    config["id2label"] = labels if labels is not None else {place: f"LABEL_{place}" for place in range(3)}
    path.write_text(json.dumps(config))


def pairs(n: int, seed: int) -> list[tuple[str, str, int]]:
    """Return premises, hypotheses and labels: the premise says who made it, where it is set, or only one of them."""
    draw = random.Random(seed)
    made = []
    for _ in range(n):
        person, place = draw.choice(PEOPLE), draw.choice(PLACES)
        facts = [f"It was made by {person}.", f"It is set in {place}."]
        label = draw.randrange(3)
        own, names = (person, PEOPLE) if draw.random() < 0.5 else (place, PLACES)
        said = own if label == 0 else draw.choice([name for name in names if name != own])
        told = [fact for fact in facts if label != 1 or own not in fact]
        draw.shuffle(told)
        title, genre = draw.choice(FILMS)
        row = [f"It is {title}, a film.", f"Its genre is {genre}.", *told]
        made.append((" ".join(row), f"It was made by {said}." if names is PEOPLE else f"It is set in {said}.", label))
    return made


def train_classifier(folder: Path, *, seed: int = 0) -> Path:
    """Train a tiny classifier on such pairs, some seconds on a processor, until it tells them apart; write it.

    Raises:
        RuntimeError: it did not learn to.
    """
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    make_classifier(folder, seed=seed, dim=64)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSequenceClassification.from_pretrained(folder).train()
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    rows = pairs(3_000, seed)
    inputs = tokenizer([r[0] for r in rows], [r[1] for r in rows], padding=True, return_tensors="pt")
    labels, order = torch.tensor([r[2] for r in rows]), torch.Generator().manual_seed(seed)
    losses: list[float] = []
    while len(losses) < 3_000:
        drawn = torch.randint(len(rows), (32,), generator=order)
        loss = model(**{name: values[drawn] for name, values in inputs.items()}, labels=labels[drawn]).loss
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
        if sum(losses[-20:]) < 20 * 0.02 and len(losses) > 20:
            model.eval().save_pretrained(folder)
            return folder
    raise RuntimeError(f"the classifier did not learn: loss {losses[-1]:.3f}")
