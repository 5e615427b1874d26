"""Who may open the index: many readers or one writer, across processes and threads, with bounded waiting.

DuckDB refuses a second opener at once and says so in an error text. These locks make openers wait their turn instead.
Everyone passes a gate first, and a writer keeps the gate until it is through, so that readers cannot starve it.
"""

from __future__ import annotations

import fcntl
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.errors import LogError

_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 0.001, 0.05


@contextmanager
def shared(index: Path, timeout_s: float) -> Iterator[None]:
    """Hold the right to read the index.

    Raises:
        LogError: a writer did not finish within `timeout_s`.
    """
    deadline = time.monotonic() + timeout_s
    with _held(_gate(index), fcntl.LOCK_EX, deadline, timeout_s):
        room = _acquire(_room(index), fcntl.LOCK_SH, deadline, timeout_s)
    try:
        yield
    finally:
        os.close(room)


@contextmanager
def exclusive(index: Path, timeout_s: float) -> Iterator[None]:
    """Hold the right to write the index.

    Raises:
        LogError: readers or another writer did not finish within `timeout_s`.
    """
    deadline = time.monotonic() + timeout_s
    with (
        _held(_gate(index), fcntl.LOCK_EX, deadline, timeout_s),
        _held(_room(index), fcntl.LOCK_EX, deadline, timeout_s),
    ):
        yield


@contextmanager
def rebuilding(index: Path, timeout_s: float) -> Iterator[None]:
    """Hold the right to make the index anew beside the old one.

    Raises:
        LogError: another rebuild did not finish within `timeout_s`.
    """
    with _held(index.with_name(index.name + ".rebuild-lock"), fcntl.LOCK_EX, time.monotonic() + timeout_s, timeout_s):
        yield


def _gate(index: Path) -> Path:
    return index.with_name(index.name + ".gate-lock")


def _room(index: Path) -> Path:
    return index.with_name(index.name + ".lock")


@contextmanager
def _held(path: Path, kind: int, deadline: float, timeout_s: float) -> Iterator[None]:
    descriptor = _acquire(path, kind, deadline, timeout_s)
    try:
        yield
    finally:
        os.close(descriptor)


def _acquire(path: Path, kind: int, deadline: float, timeout_s: float) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    wait = _FIRST_WAIT_SECONDS
    try:
        while True:
            try:
                fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise LogError(
                        f"The index stayed in use for {timeout_s:g} s ({path} is locked). Another `recaudit` command "
                        "or the dashboard is reading or writing it: try again when that is done."
                    ) from None
                time.sleep(wait * random.uniform(0.5, 1.5))
                wait = min(2 * wait, _LONGEST_WAIT_SECONDS)
            else:
                return descriptor
    except BaseException:
        os.close(descriptor)
        raise
