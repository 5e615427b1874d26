"""The parts of the OpenAI HTTP API that are read here. Servers add fields of their own, which are ignored."""

from __future__ import annotations

from pydantic import BaseModel, Field


class TopToken(BaseModel):
    """One of the likeliest tokens of a decoding step."""

    token: str
    logprob: float


class StepLogprob(TopToken):
    """The token that was chosen at a step, and the likeliest ones."""

    top_logprobs: list[TopToken] = Field(default_factory=list)


class Logprobs(BaseModel):
    """Log-probabilities of an answer, step by step."""

    content: list[StepLogprob] | None = None


class AnswerMessage(BaseModel):
    """The assistant's turn."""

    content: str | None = None
    refusal: str | None = None


class Choice(BaseModel):
    """One answer."""

    message: AnswerMessage
    finish_reason: str | None = None
    logprobs: Logprobs | None = None


class Usage(BaseModel):
    """Token counts of a call."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class ChatCompletion(BaseModel):
    """The answer of POST /chat/completions."""

    choices: list[Choice] = Field(min_length=1)
    usage: Usage | None = None
    system_fingerprint: str | None = None


class Embedding(BaseModel):
    """One text's vector; `index` is its place in the request."""

    index: int
    embedding: list[float]


class Embeddings(BaseModel):
    """The answer of POST /embeddings."""

    data: list[Embedding]


class ModelEntry(BaseModel):
    """One model that a server offers; `max_model_len` is vLLM's context length."""

    id: str
    max_model_len: int | None = None
    owned_by: str | None = None


class ModelList(BaseModel):
    """The answer of GET /models."""

    data: list[ModelEntry]
