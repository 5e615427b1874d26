"""Calls to a model server: bounded concurrency, retries with back-off, a pause for all when the server asks for one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from engine.errors import ModelError, ModelUnavailable

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to go on with a server that is busy or gone."""

    attempts: int = 5
    first_wait_s: float = 0.5  # then doubled, with jitter
    longest_wait_s: float = 60.0  # a server that asks for more is not waited for


class Transient(Exception):
    """A failure that may pass. `is_unreachable`: no connection at all. `retry_after_s`: what the server asked for."""

    def __init__(self, reason: str, *, is_unreachable: bool = False, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.is_unreachable = is_unreachable
        self.retry_after_s = retry_after_s


class Caller:
    """Sends the requests of one model: at most `concurrency` at a time, each tried again while `Patience` lasts."""

    def __init__(self, *, hint: str, concurrency: int = 4, patience: Patience | None = None) -> None:
        if concurrency < 1:
            raise ValueError(f"concurrency must be at least 1, got {concurrency}")
        self._hint = hint  # what to start, for the message when nobody answers
        self._concurrency = concurrency
        self._patience = patience or Patience()
        self._jitter = wait_random_exponential(
            multiplier=self._patience.first_wait_s, max=self._patience.longest_wait_s
        )
        self._lock = threading.Lock()
        self._resume_at = 0.0  # monotonic seconds; before it nobody sends

    def call(self, send: Callable[[], T]) -> T:
        """Send one request.

        Raises:
            ModelUnavailable: no connection, after all attempts.
            ModelError: the server stayed busy or broke off, after all attempts.
        """
        retrying = Retrying(
            stop=stop_after_attempt(self._patience.attempts),
            wait=self._wait_s,
            retry=retry_if_exception_type(Transient),
            reraise=True,
        )
        try:
            return retrying(partial(self._send_when_open, send))
        except Transient as error:
            if error.is_unreachable:
                raise ModelUnavailable(f"{error}. {self._hint}") from error
            raise ModelError(f"{error}; given up after {self._patience.attempts} attempts") from error

    def map(self, sends: Sequence[Callable[[], T]]) -> list[T]:
        """Run many calls side by side, each of which uses `call`; results in order. The first error ends the rest."""
        if not sends:
            return []
        pool = ThreadPoolExecutor(max_workers=min(self._concurrency, len(sends)), thread_name_prefix="model-call")
        try:
            futures = [pool.submit(send) for send in sends]
            return [future.result() for future in futures]
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _send_when_open(self, send: Callable[[], T]) -> T:
        while (pause_s := self._resume_at - time.monotonic()) > 0:
            time.sleep(pause_s)
        try:
            return send()
        except Transient as error:
            if error.retry_after_s is not None:
                if error.retry_after_s > self._patience.longest_wait_s:
                    raise ModelError(
                        f"{error}; the server asks to wait {error.retry_after_s:.0f} s, "
                        f"longer than the {self._patience.longest_wait_s:.0f} s that are waited: try again later"
                    ) from error
                with self._lock:
                    self._resume_at = max(self._resume_at, time.monotonic() + error.retry_after_s)
            raise

    def _wait_s(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, Transient) and error.retry_after_s is not None:
            return 0.0  # the common pause holds this request back as well
        return self._jitter(state)
