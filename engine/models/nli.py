"""Classifiers of natural language inference: does a premise entail a hypothesis? Probabilities only, no text."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from engine.errors import ModelUnavailable
from engine.models.checkpoint import Checkpoint
from engine.models.contract import Capability, Entailment, EntailmentRequest, LanguageModel, ModelDescription
from engine.models.device import choose_device
from engine.models.nli_labels import LABELS, label_places
from engine.models.weights import load_weights
from engine.models.windows import split_premise

CPU_ROWS, GPU_ROWS = 16, 64
_MIN_ROOM = 8  # tokens that must be left for the premise
_POSITIONS_FROM_PADDING = frozenset({"roberta", "xlm-roberta", "xlm-roberta-xl", "camembert", "mpnet", "longformer"})


class NliClassifier(LanguageModel):
    """A sequence classifier of the labels entailment, neutral and contradiction, with its weights in this process."""

    capabilities = frozenset({Capability.CLASSIFY})

    def __init__(self, checkpoint: Checkpoint, *, device: str = "auto", batch_size: int | None = None) -> None:
        self.name = checkpoint.name
        self._checkpoint = checkpoint
        self._device = choose_device(device)
        self._rows = batch_size or (CPU_ROWS if self._device == "cpu" else GPU_ROWS)
        self._tokenizer: Any
        self._module: Any
        self._tokenizer, self._module = load_weights(
            checkpoint, "AutoModelForSequenceClassification", self._device, padding="right"
        )
        self._places = label_places(self.name, self._module.config.id2label)
        if self._tokenizer.pad_token_id is None or not self._tokenizer.is_fast:
            raise ModelUnavailable(
                f"{self.name}: expected a fast tokenizer with a padding token, to batch pairs and to split long ones. "
                "Choose another classifier."
            )

    @property
    def context_length(self) -> int:
        """The most tokens that premise and hypothesis may have together, special ones included."""
        config = self._module.config
        longest = int(getattr(config, "max_position_embeddings", 0) or 512)
        if config.model_type in _POSITIONS_FROM_PADDING:
            longest -= int(config.pad_token_id or 0) + 1
        return min(longest, int(self._tokenizer.model_max_length))

    def describe(self) -> ModelDescription:
        """Return the weights' digest, the order of the labels and what becomes of long premises."""
        dtype = str(self._module.dtype).removeprefix("torch.")
        return ModelDescription(
            name=self.name,
            digest=self._checkpoint.digest,
            quantisation=dtype,
            device=self._device,
            parameters=self._module.num_parameters(),
            context_length=self.context_length,
            details={
                "architecture": type(self._module).__name__,
                "batch_size": str(self._rows),
                "labels": ", ".join(label for _, label in sorted(zip(self._places, LABELS, strict=True))),
                "long premises": "read in windows of whole sentences",
            },
        )

    def classify(self, requests: Sequence[EntailmentRequest]) -> list[tuple[Entailment, ...]]:
        """Return probabilities, one a window of each premise; pairs of like length are batched together.

        A hypothesis that leaves fewer than 8 tokens for a premise gets none.
        """
        pairs: list[tuple[str, str]] = []
        owners: list[int] = []
        for place, request in enumerate(requests):
            windows = self._windows(request)
            pairs += [(window, request.hypothesis) for window in windows]
            owners += [place] * len(windows)
        found: list[list[Entailment]] = [[] for _ in requests]
        for owner, one in zip(owners, self._probabilities(pairs), strict=True):
            found[owner].append(one)
        return [tuple(windows) for windows in found]

    def _windows(self, request: EntailmentRequest) -> list[str]:
        taken = len(self._pieces(request.hypothesis))
        room = self.context_length - taken - self._tokenizer.num_special_tokens_to_add(pair=True)
        return split_premise(request.premise, room, self._pieces) if room >= _MIN_ROOM else []

    def _pieces(self, text: str) -> list[str]:
        """Return the text in as many pieces as it has tokens, each from the start of its token to that of the next."""
        spans = self._tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)[
            "offset_mapping"
        ]
        starts = [0, *(start for start, _ in spans[1:]), len(text)]
        return [text[start:end] for start, end in pairwise(starts)] if spans else []

    def _probabilities(self, pairs: Sequence[tuple[str, str]]) -> list[Entailment]:
        import torch

        found: dict[int, Entailment] = {}
        order = sorted(range(len(pairs)), key=lambda place: len(pairs[place][0]) + len(pairs[place][1]))
        for first in range(0, len(order), self._rows):
            batch = order[first : first + self._rows]
            inputs = self._tokenizer(
                [pairs[place][0] for place in batch], [pairs[place][1] for place in batch],
                padding=True, return_tensors="pt",
            ).to(self._device)  # fmt: skip
            with torch.inference_mode():
                logits = self._module(**inputs).logits  # (B, 3)
            rows = torch.softmax(logits.double(), dim=-1)[:, list(self._places)].tolist()
            for place, (entailment, neutral, contradiction) in zip(batch, rows, strict=True):
                found[place] = Entailment(entailment=entailment, neutral=neutral, contradiction=contradiction)
        return [found[place] for place in range(len(pairs))]
