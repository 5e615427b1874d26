"""Models of an Ollama server, through the official client. The host comes from OLLAMA_HOST. Not here: retries."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import httpx
import numpy as np
import ollama
from numpy.typing import NDArray

from engine.errors import ModelError, ModelUnavailable
from engine.models.contract import (
    Capability,
    ContinuationScore,
    LanguageModel,
    ModelDescription,
    Prompt,
    Sampling,
    ScoringRequest,
)
from engine.models.labels import TOP_TOKENS, label_scores
from engine.models.outcome import decoding_of, failed
from engine.models.servers import Caller, Patience, Transient
from engine.models.structured import plain_text, wire_schema
from engine.records import Generation, Message

T = TypeVar("T")
DEFAULT_CONTEXT = 8192  # tokens; Ollama's own default varies with the machine, so it is always set
BUSY = frozenset({408, 429, 502, 503, 504})
EMBED_BATCH = 64


def host_name() -> str:
    """Return the server's address without any user information, for messages and the log."""
    return (os.environ.get("OLLAMA_HOST") or "127.0.0.1:11434").rpartition("@")[2]


class OllamaModel(LanguageModel):
    """One model of an Ollama server. Opening it asks the server about it, but does not load it."""

    def __init__(
        self,
        model: str,
        *,
        timeout_s: float = 120,
        concurrency: int = 4,
        num_ctx: int | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.name = f"ollama:{model}"
        self._model = model
        self._client = ollama.Client(timeout=timeout_s)
        hint = f"Start the server with `ollama serve`, or set OLLAMA_HOST (now {host_name()})."
        self._caller = Caller(hint=hint, concurrency=concurrency, patience=patience)
        try:
            self._shown = self._ask(partial(self._client.show, model))
        except ModelError:
            self._client.close()
            raise
        offered = frozenset(self._shown.capabilities or ("completion", "embedding"))  # old servers do not say
        self._thinks = "thinking" in offered
        self.capabilities = frozenset(
            ({Capability.GENERATE, Capability.SCORE} if "completion" in offered else set())
            | ({Capability.EMBED} if "embedding" in offered else set())
        )
        native = self._model_context()
        self._num_ctx = num_ctx or min(native or DEFAULT_CONTEXT, DEFAULT_CONTEXT)

    def _ask(self, send: Callable[[], T]) -> T:
        return self._caller.call(partial(self._send, send))

    def _send(self, send: Callable[[], T]) -> T:
        """Send through the official client and sort its errors into those that may pass and those that will not."""
        try:
            return send()
        except ollama.ResponseError as error:
            if error.status_code == 404:
                raise ModelUnavailable(
                    f"{self.name}: the server at {host_name()} has no such model. "
                    f"Get it with `ollama pull {self._model}`."
                ) from error
            if error.status_code in BUSY:
                raise Transient(f"{self.name}: {error}") from error
            raise ModelError(f"{self.name}: {error}") from error
        except (ConnectionError, httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Transient(f"{self.name}: no answer from {host_name()}", is_unreachable=True) from error
        except httpx.TransportError as error:
            raise Transient(f"{self.name}: {host_name()} broke off: {str(error) or type(error).__name__}") from error
        except ValueError as error:
            raise ModelError(
                f"{self.name}: {host_name()} sent something that is not an Ollama answer: {error}"
            ) from error

    def _model_context(self) -> int | None:
        info = self._shown.modelinfo or {}
        return next((int(value) for key, value in info.items() if key.endswith(".context_length")), None)

    def describe(self) -> ModelDescription:
        """Return the server's digest of the model, and the context length that is set on it."""
        known = self._ask(self._client.list).models
        digest = next((m.digest for m in known if m.model in (self._model, f"{self._model}:latest")), None)
        details = self._shown.details
        parameters = (self._shown.modelinfo or {}).get("general.parameter_count")
        template = hashlib.sha256((self._shown.template or "").encode()).hexdigest() if self._shown.template else "none"
        return ModelDescription(
            name=self.name,
            digest=digest or "",
            quantisation=(details.quantization_level if details else None) or "",
            device=f"server {host_name()}",
            parameters=int(parameters) if parameters else None,
            context_length=self._num_ctx,
            details={
                "num_ctx": str(self._num_ctx),
                "model_context_length": str(self._model_context() or ""),
                "family": (details.family if details else None) or "",
                "thinking": "off" if self._thinks else "not offered",
                "chat_template": template,
            },
        )

    def generate(self, prompts: Sequence[Prompt], sampling: Sampling) -> list[Generation]:
        """Continue each prompt, side by side up to the concurrency; a constraint becomes a JSON schema."""
        if Capability.GENERATE not in self.capabilities:
            raise self._lacks(Capability.GENERATE)
        formats = [None if p.constraint is None else wire_schema(p.constraint) for p in prompts]
        return self._caller.map(
            [partial(self._generate_one, p, form, sampling) for p, form in zip(prompts, formats, strict=True)]
        )

    def _generate_one(self, prompt: Prompt, form: dict[str, Any] | None, sampling: Sampling) -> Generation:
        started = time.perf_counter()
        try:
            answer = self._ask(partial(self._chat, prompt.messages, self._options(prompt, sampling), form=form))
            reason = "length" if answer.done_reason == "length" else "stop"
            text = answer.message.content or ""
            if prompt.constraint is not None and reason == "stop":
                text = plain_text(prompt.constraint, text)
        except ModelUnavailable:
            raise
        except ModelError as error:
            return failed(prompt, sampling, self.name, str(error))
        latency_ms = 1000 * (time.perf_counter() - started)
        return Generation(
            messages=prompt.messages,
            text=text,
            model=self.name,
            purpose=prompt.purpose,
            tokens_in=answer.prompt_eval_count,
            tokens_out=answer.eval_count,
            latency_ms=latency_ms,
            first_token_ms=_first_token_ms(latency_ms, answer.eval_duration),
            finish_reason=reason,
            decoding=decoding_of(prompt.constraint),
            temperature=sampling.temperature,
            seed=sampling.seed if prompt.seed is None else prompt.seed,
        )

    def _options(self, prompt: Prompt, sampling: Sampling) -> dict[str, Any]:
        options: dict[str, Any] = {
            "num_ctx": self._num_ctx,
            "num_predict": sampling.max_tokens,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "seed": sampling.seed if prompt.seed is None else prompt.seed,
        }
        return options | ({"stop": list(sampling.stop)} if sampling.stop else {})

    def _chat(
        self,
        messages: Sequence[Message],
        options: dict[str, Any],
        *,
        form: dict[str, Any] | None = None,
        top: int | None = None,
    ) -> ollama.ChatResponse:
        return self._client.chat(
            model=self._model,
            messages=[{"role": message.role, "content": message.content} for message in messages],
            format=form,
            options=options,
            stream=False,
            think=False if self._thinks else None,  # hidden thinking would use up the answer's tokens, unrecorded
            logprobs=True if top else None,
            top_logprobs=top,
        )

    def score(self, requests: Sequence[ScoringRequest]) -> list[tuple[ContinuationScore, ...]]:
        """Score one-token labels by one decoding step each; needs Ollama 0.12.11 or later."""
        if Capability.SCORE not in self.capabilities:
            raise self._lacks(Capability.SCORE)
        return self._caller.map([partial(self._score_one, request) for request in requests])

    def _score_one(self, request: ScoringRequest) -> tuple[ContinuationScore, ...]:
        options = {"num_ctx": self._num_ctx, "num_predict": 1, "temperature": 0.0}
        answer = self._ask(partial(self._chat, request.messages, options, top=TOP_TOKENS))
        if not answer.logprobs:
            raise ModelError(
                f"{self.name}: the server returned no log-probabilities. Update it to Ollama 0.12.11 or later, "
                "or use a local model (embedded or hf:...) to score."
            )
        listed = answer.logprobs[0].top_logprobs or [answer.logprobs[0]]
        return label_scores(request.continuations, {entry.token: entry.logprob for entry in listed})

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the server's vectors, normalised; an empty list gives shape `(0, 0)`."""
        if Capability.EMBED not in self.capabilities:
            raise self._lacks(Capability.EMBED)
        batches = [list(texts[start : start + EMBED_BATCH]) for start in range(0, len(texts), EMBED_BATCH)]
        answers = self._caller.map([partial(self._embed_batch, batch) for batch in batches])
        vectors = np.asarray([vector for answer in answers for vector in answer], dtype=np.float32)
        if not len(vectors):
            return np.zeros((0, 0), dtype=np.float32)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.finfo(np.float32).tiny)

    def _embed_batch(self, texts: list[str]) -> Sequence[Sequence[float]]:
        options = {"num_ctx": self._num_ctx}
        vectors = self._ask(partial(self._client.embed, self._model, texts, options=options)).embeddings
        if len(vectors) != len(texts):
            raise ModelError(f"{self.name}: sent {len(texts)} texts to embed, got {len(vectors)} vectors back")
        return vectors

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _first_token_ms(latency_ms: float, eval_duration_ns: int | None) -> float | None:
    """Return when generation began: all but the nanoseconds that the server says it generated for."""
    return None if eval_duration_ns is None else max(0.0, latency_ms - eval_duration_ns / 1e6)
