"""Hugging Face causal models on this machine, `embedded` among them. Not here: finding checkpoints, decoding."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelError
from engine.models import chat
from engine.models.checkpoint import Checkpoint, digest_of
from engine.models.contract import (
    CAUSAL,
    ContinuationScore,
    LanguageModel,
    ModelDescription,
    Prompt,
    Sampling,
    ScoringRequest,
)
from engine.models.device import choose_device
from engine.models.options import ConstraintFactory
from engine.models.outcome import decoding_of, failed
from engine.models.weights import load_weights
from engine.records import Generation

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from engine.models.decoding import Row
    from engine.models.scoring import TokenisedRequest

CPU_ROWS, GPU_ROWS = 16, 32
CPU_TOKENS, GPU_TOKENS = 16_384, 131_072  # prompt tokens of a batch, padding included


class LocalModel(LanguageModel):
    """A causal model with its weights in this process."""

    capabilities = CAUSAL

    def __init__(self, checkpoint: Checkpoint, *, device: str = "auto", batch_size: int | None = None) -> None:
        self.name = checkpoint.name
        self._checkpoint = checkpoint
        self._device = choose_device(device)
        on_cpu = self._device == "cpu"
        self._rows = batch_size or (CPU_ROWS if on_cpu else GPU_ROWS)
        self._tokens = CPU_TOKENS if on_cpu else GPU_TOKENS
        self._tokenizer: Any
        self._module: Any
        self._tokenizer, self._module = load_weights(checkpoint, "AutoModelForCausalLM", self._device, padding="left")
        self._end_ids = _take_end_ids(self._module, self._tokenizer)
        self._constraints = ConstraintFactory(
            self._tokenizer, int(self._module.get_output_embeddings().weight.shape[0]), self._end_ids
        )

    @property
    def torch_module(self) -> PreTrainedModel:
        """The module itself, in evaluation mode: for hidden states (`output_hidden_states=True`) and gradients."""
        return self._module

    @property
    def tokenizer(self) -> PreTrainedTokenizerBase:
        """The tokenizer that belongs to `torch_module`; it pads on the left."""
        return self._tokenizer

    @property
    def context_length(self) -> int:
        """The most tokens that prompt and answer may have together."""
        return int(self._module.config.get_text_config().max_position_embeddings)

    def prompt_ids(self, messages: Sequence[Any]) -> list[int]:
        """Return the token ids of a conversation as `generate` and `score` feed them to the module."""
        return chat.encode(self._tokenizer, messages)

    def describe(self) -> ModelDescription:
        """Return the digest of the weights and all else that changes results: number format, batching, template."""
        config = self._module.config
        quantisation: Mapping[str, Any] = getattr(config, "quantization_config", None) or {}
        method = quantisation.get("quant_method", "") if isinstance(quantisation, Mapping) else str(quantisation)
        dtype = str(self._module.dtype).removeprefix("torch.")
        files = tuple(sorted(f for f in self._checkpoint.folder.glob("tokenizer*") if f.is_file()))
        return ModelDescription(
            name=self.name,
            digest=self._checkpoint.digest,
            quantisation=method or dtype,
            device=self._device,
            parameters=self._module.num_parameters(),
            context_length=self.context_length,
            details={
                "architecture": type(self._module).__name__,
                "dtype": dtype,
                "batch_size": str(self._rows),
                "padding_side": "left",
                "attention": str(config._attn_implementation),
                "chat_template": chat.template_digest(self._tokenizer),
                "tokenizer": digest_of(files) if files else "",
            },
        )

    def generate(self, prompts: Sequence[Prompt], sampling: Sampling) -> list[Generation]:
        """Continue each prompt, like lengths together; results in order and independent of the batching."""
        for prompt in {id(p.constraint): p for p in prompts}.values():
            self._constraints.start(prompt.constraint)  # a constraint that cannot be kept fails before any work
        answers: dict[int, Generation] = {}
        ids: dict[int, list[int]] = {}
        for index, prompt in enumerate(prompts):
            try:
                ids[index] = self._fitting_ids(prompt)
            except ModelError as error:
                answers[index] = failed(prompt, sampling, self.name, str(error))
        for batch in self._batches(ids):
            began = time.perf_counter()
            rows, latency_ms = self._decode(batch, ids, prompts, sampling)
            for index, row in zip(batch, rows, strict=True):
                first = None if row.first_token_at is None else 1000 * (row.first_token_at - began)
                answer = _answer(prompts[index], row, sampling, self.name, latency_ms=latency_ms, batch_size=len(batch))
                answers[index] = replace(answer, first_token_ms=first)
        return [answers[index] for index in range(len(prompts))]

    def _fitting_ids(self, prompt: Prompt) -> list[int]:
        ids = self.prompt_ids(prompt.messages)
        if len(ids) >= self.context_length:
            raise ModelError(
                f"the prompt has {len(ids)} tokens, {self.name} takes {self.context_length} with the answer: "
                "shorten the history or choose a model with a longer context"
            )
        return ids

    def _batches(self, ids: Mapping[int, list[int]]) -> Iterator[list[int]]:
        """Yield positions, prompts of like length together; the same prompts give the same batches in any order."""
        batch: list[int] = []
        for index in sorted(ids, key=lambda i: (len(ids[i]), ids[i])):
            if batch and (len(batch) == self._rows or (len(batch) + 1) * len(ids[index]) > self._tokens):
                yield batch
                batch = []
            batch.append(index)
        if batch:
            yield batch

    def _decode(
        self, batch: Sequence[int], ids: Mapping[int, list[int]], prompts: Sequence[Prompt], sampling: Sampling
    ) -> tuple[list[Row], float]:
        """Return the finished rows and the milliseconds that they took together; split a batch that memory refuses."""
        import torch

        from engine.models.decoding import Row, decode_batch

        rows = [
            Row(
                prompt_ids=ids[index],
                limit=min(sampling.max_tokens, self.context_length - len(ids[index])),
                seed=_seed(prompts[index], sampling),
                constraint=self._constraints.start(prompts[index].constraint),
            )
            for index in batch
        ]
        started = time.perf_counter()
        try:
            decode_batch(self._module, self._tokenizer, rows, sampling, self._end_ids)
        except torch.OutOfMemoryError as error:
            if len(batch) == 1:
                rows[0].error = f"out of memory on {self._device}: {error}"
            else:
                torch.cuda.empty_cache()
                half = len(batch) // 2
                rows = [
                    row
                    for part in (batch[:half], batch[half:])
                    for row in self._decode(part, ids, prompts, sampling)[0]
                ]
        return rows, 1000 * (time.perf_counter() - started)

    def score(self, requests: Sequence[ScoringRequest]) -> list[tuple[ContinuationScore, ...]]:
        """Score each continuation; every conversation runs once and serves all its continuations."""
        from engine.models.decoding import pad_id
        from engine.models.scoring import score_batch

        tokenised = {index: self._tokenise(request) for index, request in enumerate(requests)}
        lengths = {index: request.prefix for index, request in tokenised.items()}
        pad = pad_id(self._tokenizer, self._end_ids)
        scores: dict[int, tuple[ContinuationScore, ...]] = {}
        for batch in self._batches(lengths):
            parts = [tokenised[index] for index in batch]
            longest = max(len(p.prefix) + max(map(len, p.continuations), default=0) for p in parts)
            rows = max(1, min(8 * self._rows, self._tokens // longest))
            scores.update(zip(batch, score_batch(self._module, parts, pad, rows), strict=True))
        return [scores[index] for index in range(len(requests))]

    def _tokenise(self, request: ScoringRequest) -> TokenisedRequest:
        from engine.models.scoring import TokenisedRequest

        prefix = self.prompt_ids(request.messages)
        continuations = tuple(chat.encode_plain(self._tokenizer, text) for text in request.continuations)
        if not all(continuations):
            raise ModelError("an empty continuation has no probability: give each at least one character")
        longest = len(prefix) + max(map(len, continuations), default=0)
        if longest > self.context_length:
            raise ModelError(
                f"prompt and continuation have {longest} tokens, {self.name} takes {self.context_length}: "
                "shorten the history or choose a model with a longer context"
            )
        return TokenisedRequest(prefix=prefix, continuations=continuations)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the mean of the last hidden states over a text's tokens, normalised; long texts are cut."""
        from engine.models.pooling import mean_pooled

        ids = {i: self._tokenizer(text)["input_ids"][: self.context_length] for i, text in enumerate(texts)}
        vectors = np.zeros((len(texts), self._module.config.get_text_config().hidden_size), dtype=np.float32)
        for batch in self._batches(ids):
            vectors[batch] = mean_pooled(self._module, [ids[index] for index in batch])
        return vectors

    def close(self) -> None:
        """Give the memory of the weights back; the model cannot be used any more."""
        import torch

        self._module.to("meta")
        if self._device.startswith("cuda"):
            torch.cuda.empty_cache()


def _seed(prompt: Prompt, sampling: Sampling) -> int:
    return sampling.seed if prompt.seed is None else prompt.seed


def _answer(
    prompt: Prompt, row: Row, sampling: Sampling, model: str, *, latency_ms: float, batch_size: int
) -> Generation:
    if row.error is not None:
        return replace(failed(prompt, sampling, model, row.error), tokens_in=len(row.prompt_ids), latency_ms=latency_ms)
    return Generation(
        messages=prompt.messages,
        text=row.text,
        model=model,
        purpose=prompt.purpose,
        tokens_in=len(row.prompt_ids),
        tokens_out=len(row.ids),
        latency_ms=latency_ms,
        batch_size=batch_size,
        finish_reason=row.finish_reason,
        decoding=decoding_of(prompt.constraint),
        temperature=sampling.temperature,
        seed=_seed(prompt, sampling),
    )


def _take_end_ids(module: Any, tokenizer: Any) -> tuple[int, ...]:
    """Return the end tokens, and drop the checkpoint's decoding defaults: only `Sampling` decides how to decode."""
    from transformers import GenerationConfig

    own = module.generation_config.eos_token_id if module.generation_config else None
    ids = [own] if isinstance(own, int) else list(own or [])
    if tokenizer.eos_token_id is not None and tokenizer.eos_token_id not in ids:
        ids.append(int(tokenizer.eos_token_id))
    module.generation_config = GenerationConfig()
    return tuple(ids)
