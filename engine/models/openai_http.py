"""One HTTP connection to an OpenAI-compatible server: address, key, errors. Not here: what a model is asked."""

from __future__ import annotations

import email.utils
import os
import time
from collections.abc import Mapping
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, ValidationError

from engine.errors import ModelError, ModelUnavailable
from engine.models.servers import Caller, Patience, Transient

AnswerT = TypeVar("AnswerT", bound=BaseModel)
DEFAULT_BASE_URL = "https://api.openai.com/v1"
BUSY = frozenset({408, 409, 429, 500, 502, 503, 504})


class Refused(ModelError):
    """The server understood the request and will not carry it out (status 400 or 422)."""


class NotFound(ModelUnavailable):
    """The server answers, but has no such model or address (status 404)."""


class OpenAIServer:
    """A server at a base URL such as http://127.0.0.1:8000/v1. The key is sent as a header and written nowhere."""

    def __init__(
        self, name: str, base_url: str, *, timeout_s: float, concurrency: int, patience: Patience | None = None
    ) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ModelError(f"{name}: expected a base URL such as http://127.0.0.1:8000/v1, got {base_url!r}")
        if parts.username or parts.password or parts.query:
            raise ModelError("a base URL with a key in it would end up in the log: put the key into OPENAI_API_KEY")
        self.name = name
        self.base_url = base_url.rstrip("/")
        key = os.environ.get("OPENAI_API_KEY")
        self._client = httpx.Client(
            timeout=httpx.Timeout(timeout_s, connect=min(timeout_s, 10)),
            headers={"Authorization": f"Bearer {key}"} if key else {},
            limits=httpx.Limits(max_connections=concurrency),
        )
        hint = (
            "Start an OpenAI-compatible server there (vLLM, llama.cpp, transformers serve), "
            f"or correct the address {base_url}."
        )
        self.caller = Caller(hint=hint, concurrency=concurrency, patience=patience)
        self._probe = Caller(hint=hint, patience=Patience(attempts=2))  # questions that can go unanswered

    def get(self, path: str, answer: type[AnswerT]) -> AnswerT:
        """Fetch and check one answer, with little patience. Raises as `post` does."""
        return self._probe.call(partial(self._send, "GET", path, None, answer))

    def post(self, path: str, body: Mapping[str, Any], answer: type[AnswerT]) -> AnswerT:
        """Send one request and check its answer.

        Raises:
            ModelUnavailable: nobody answers, or the key or the model is not accepted.
            Refused: the server will not carry out this request.
            ModelError: it stays busy, breaks off, or answers with something else.
        """
        return self.caller.call(partial(self._send, "POST", path, body, answer))

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None, answer: type[AnswerT]) -> AnswerT:
        try:
            response = self._client.request(method, self.base_url + path, json=body)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Transient(f"{self.name}: no answer from {self.base_url}", is_unreachable=True) from error
        except httpx.TransportError as error:
            raise Transient(f"{self.name}: {self.base_url} broke off: {str(error) or type(error).__name__}") from error
        self._check_status(response, path)
        try:
            return answer.model_validate_json(response.content)
        except ValidationError as error:
            raise ModelError(
                f"{self.name}: expected {answer.__name__} as JSON from {path}, got {response.text[:200]!r}"
            ) from error

    def _check_status(self, response: httpx.Response, path: str) -> None:
        status = response.status_code
        if response.is_success:
            return
        told = f"{self.name}: {self.base_url}{path} answered {status}: {_message(response)}"
        if status in BUSY:
            raise Transient(told, retry_after_s=_retry_after_s(response))
        if status in (401, 403):
            raise ModelUnavailable(f"{told}. Set OPENAI_API_KEY to a key that this server accepts.")
        if status == 404:
            raise ModelUnavailable(
                f"{told}. Check the model's name and that the base URL ends where the API begins (/v1)."
            )
        if status in (400, 422):
            raise Refused(told)
        raise ModelError(told)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _message(response: httpx.Response) -> str:
    """Return what the server says, at most 300 characters."""
    try:
        body = response.json()
    except ValueError:
        return response.text[:300]
    error = body.get("error", body) if isinstance(body, dict) else body
    told = error.get("message") or error.get("detail") or error if isinstance(error, dict) else error
    return str(told)[:300]


def _retry_after_s(response: httpx.Response) -> float | None:
    """Return the seconds of a Retry-After header, which holds seconds or a date."""
    header = response.headers.get("retry-after", "").strip()
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        try:
            return max(0.0, email.utils.parsedate_to_datetime(header).timestamp() - time.time())
        except ValueError:
            return None
