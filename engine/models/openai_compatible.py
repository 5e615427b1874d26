"""Models behind the OpenAI HTTP API: vLLM, llama.cpp, transformers serve, OpenAI itself. Not here: HTTP errors."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelError, ModelUnavailable
from engine.models.contract import (
    Capability,
    Constraint,
    ContinuationScore,
    LanguageModel,
    ModelDescription,
    Prompt,
    Sampling,
    ScoringRequest,
)
from engine.models.labels import TOP_TOKENS, label_scores
from engine.models.openai_http import DEFAULT_BASE_URL, NotFound, OpenAIServer
from engine.models.openai_wire import ChatCompletion, Embeddings, ModelEntry, ModelList
from engine.models.outcome import decoding_of, failed
from engine.models.servers import Patience
from engine.models.structured import plain_text, wire_schema
from engine.records import Generation, Message

EMBED_BATCH = 64


class OpenAICompatibleModel(LanguageModel):
    """One model of an OpenAI-compatible server. The API does not tell what a server can do: trying does."""

    capabilities = frozenset({Capability.GENERATE, Capability.SCORE, Capability.EMBED})

    def __init__(
        self,
        model: str,
        base_url: str = DEFAULT_BASE_URL,
        *,
        timeout_s: float = 120,
        concurrency: int = 4,
        patience: Patience | None = None,
    ) -> None:
        self.name = f"openai:{model}@{base_url.rstrip('/')}"
        self._model = model
        self._server = OpenAIServer(
            self.name, base_url, timeout_s=timeout_s, concurrency=concurrency, patience=patience
        )
        self._limit_field = "max_completion_tokens" if "api.openai.com" in base_url else "max_tokens"
        try:
            self._entry = self._find_entry()
        except ModelError:
            self._server.close()
            raise

    def _find_entry(self) -> ModelEntry | None:
        """Return what the server lists about the model, so that a dead server or a refused key shows at once.

        A model that is not listed is no error: servers that load on demand list only what they have loaded.
        """
        try:
            listed = self._server.get("/models", ModelList).data
        except ModelError as error:
            if isinstance(error, ModelUnavailable) and not isinstance(error, NotFound):
                raise
            return None  # not every server lists its models
        return next((entry for entry in listed if entry.id == self._model), None)

    def describe(self) -> ModelDescription:
        """Return what the API tells: the address and sometimes the context length, no digest."""
        return ModelDescription(
            name=self.name,
            device=f"server {self._server.base_url}",
            context_length=self._entry.max_model_len if self._entry else None,
            details={
                "digest": "not told by the API: the server may change its weights unseen",
                "owned_by": (self._entry.owned_by if self._entry else None) or "",
                "listed": "yes" if self._entry else "no",
            },
        )

    def generate(self, prompts: Sequence[Prompt], sampling: Sampling) -> list[Generation]:
        """Continue each prompt, side by side up to the concurrency; a constraint becomes a JSON schema."""
        formats = [None if p.constraint is None else _response_format(p.constraint) for p in prompts]
        return self._server.caller.map(
            [partial(self._generate_one, p, form, sampling) for p, form in zip(prompts, formats, strict=True)]
        )

    def _generate_one(self, prompt: Prompt, form: dict[str, Any] | None, sampling: Sampling) -> Generation:
        seed = sampling.seed if prompt.seed is None else prompt.seed
        body: dict[str, Any] = {
            self._limit_field: sampling.max_tokens,
            "temperature": sampling.temperature,
            "seed": seed,
        }
        body |= {"top_p": sampling.top_p} if sampling.top_p < 1 else {}
        body |= {"stop": list(sampling.stop)} if sampling.stop else {}
        body |= {"response_format": form} if form else {}
        started = time.perf_counter()
        try:
            answer = self._chat(prompt.messages, body)
            text, reason = _text_of(answer, prompt.constraint)
        except ModelUnavailable:
            raise
        except ModelError as error:
            return failed(prompt, sampling, self.name, str(error))
        return Generation(
            messages=prompt.messages,
            text=text,
            model=self.name,
            purpose=prompt.purpose,
            tokens_in=answer.usage.prompt_tokens if answer.usage else None,
            tokens_out=answer.usage.completion_tokens if answer.usage else None,
            latency_ms=1000 * (time.perf_counter() - started),
            finish_reason=reason,
            decoding=decoding_of(prompt.constraint),
            temperature=sampling.temperature,
            seed=seed,
        )

    def _chat(self, messages: Sequence[Message], options: dict[str, Any]) -> ChatCompletion:
        if messages and messages[-1].role == "assistant":
            raise ModelError(
                "the OpenAI API cannot continue an assistant's turn: end the conversation with a user's turn"
            )
        turns = [{"role": message.role, "content": message.content} for message in messages]
        return self._server.post(
            "/chat/completions", {"model": self._model, "messages": turns, **options}, ChatCompletion
        )

    def score(self, requests: Sequence[ScoringRequest]) -> list[tuple[ContinuationScore, ...]]:
        """Score one-token labels by one decoding step each; the server must offer log-probabilities."""
        return self._server.caller.map([partial(self._score_one, request) for request in requests])

    def _score_one(self, request: ScoringRequest) -> tuple[ContinuationScore, ...]:
        options = {self._limit_field: 1, "temperature": 0.0, "logprobs": True, "top_logprobs": TOP_TOKENS}
        logprobs = self._chat(request.messages, options).choices[0].logprobs
        steps = (logprobs.content if logprobs else None) or []
        listed = {entry.token: entry.logprob for entry in steps[0].top_logprobs} if steps else {}
        return label_scores(request.continuations, listed)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the server's vectors, normalised; an empty list gives shape `(0, 0)`."""
        batches = [list(texts[start : start + EMBED_BATCH]) for start in range(0, len(texts), EMBED_BATCH)]
        answers = self._server.caller.map([partial(self._embed_batch, batch) for batch in batches])
        if not answers:
            return np.zeros((0, 0), dtype=np.float32)
        vectors = np.concatenate(answers)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.finfo(np.float32).tiny)

    def _embed_batch(self, texts: list[str]) -> NDArray[np.float32]:
        data = self._server.post("/embeddings", {"model": self._model, "input": texts}, Embeddings).data
        if sorted(entry.index for entry in data) != list(range(len(texts))):
            raise ModelError(f"{self.name}: sent {len(texts)} texts to embed, got {len(data)} vectors back")
        ordered = sorted(data, key=lambda entry: entry.index)
        return np.asarray([entry.embedding for entry in ordered], dtype=np.float32)

    def close(self) -> None:
        """Close the connections."""
        self._server.close()


def _response_format(constraint: Constraint) -> dict[str, Any]:
    schema = {"name": "answer", "schema": wire_schema(constraint), "strict": True}
    return {"type": "json_schema", "json_schema": schema}


def _text_of(answer: ChatCompletion, constraint: Constraint | None) -> tuple[str, str]:
    """Return text and finish reason; a constrained answer that ended by itself is checked and put into plain words."""
    choice = answer.choices[0]
    if choice.message.refusal:
        raise ModelError(f"the model refused: {choice.message.refusal[:200]}")
    reason = "length" if choice.finish_reason == "length" else "stop"
    text = choice.message.content or ""
    return (plain_text(constraint, text) if constraint is not None and reason == "stop" else text), reason
