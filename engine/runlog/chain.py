"""The form of one journal line and its link to the line before. Pure functions over bytes; not here: files.

A line is `{"seq":n,"kind":"...","body":{...},"prev":"...","hash":"..."}` and a newline. Its last fields have a fixed
length, so a verifier in any language needs no JSON parser: `hash` is the SHA-256, in hex, of the 64 characters of
`prev` followed by the line's own bytes up to `,"prev"` and a closing brace. Every byte of a line is covered so.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from engine.errors import LogError

GENESIS = "recaudit journal, format 1, run "
_TAIL = re.compile(rb',"prev":"([0-9a-f]{64})","hash":"([0-9a-f]{64})"\}\n')
_HEAD = re.compile(rb'\{"seq":(0|[1-9][0-9]{0,17}),"kind":"([a-z_]{1,32})","body":')
TAIL_BYTES = len(b',"prev":""') + 64 + len(b',"hash":""') + 64 + len(b"}\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a journal, and where in the file it stands. `body` is canonical JSON in UTF-8."""

    seq: int
    kind: str
    body: bytes
    prev: str
    hash: str
    start: int  # byte offset of the line
    end: int  # byte offset of the next line


class JournalDamaged(LogError):
    """A journal's chain is broken at `line` (1-based)."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def genesis(run_id: str) -> str:
    """Return what the first record of a run's journal has as `prev`: it ties the chain to the run's id."""
    return hashlib.sha256((GENESIS + run_id).encode()).hexdigest()


def seal(seq: int, kind: str, body: str, prev: str) -> tuple[bytes, str]:
    """Return the line of a record and its hash; `body` is canonical JSON."""
    payload = f'{{"seq":{seq},"kind":"{kind}","body":{body}'.encode()
    digest = _digest(prev, payload)
    return payload + f',"prev":"{prev}","hash":"{digest}"}}\n'.encode(), digest


def unseal(line: bytes, start: int) -> Entry | None:
    """Read a whole line back; None where it is not an entry whose hash is that of its own content."""
    head = _HEAD.match(line)
    tail = _TAIL.fullmatch(line, max(len(line) - TAIL_BYTES, 0))
    if head is None or tail is None or head.end() > tail.start():
        return None
    prev, digest = tail[1].decode(), tail[2].decode()
    if _digest(prev, line[: tail.start()]) != digest:
        return None
    return Entry(
        seq=int(head[1]),
        kind=head[2].decode(),
        body=line[head.end() : tail.start()],
        prev=prev,
        hash=digest,
        start=start,
        end=start + len(line),
    )


def fault(line: bytes, entry: Entry | None, seq: int, prev: str) -> str | None:
    """Say what is wrong with the line where record `seq` after hash `prev` is expected; None: nothing."""
    if entry is None:
        written = _TAIL.fullmatch(line, max(len(line) - TAIL_BYTES, 0))
        if written is None:
            return "it is not a journal record any more (expected a record that ends in its own hash)"
        computed = _digest(written[1].decode(), line[: written.start()])
        return f"its content does not match its hash (expected {written[2].decode()}, found {computed})"
    if entry.seq != seq:
        return f"it holds record {entry.seq} where record {seq} is expected"
    if entry.prev != prev:
        return f"it follows another record than the one before it (expected {prev}, found {entry.prev})"
    return None


def _digest(prev: str, payload: bytes) -> str:
    digest = hashlib.sha256(prev.encode())
    digest.update(payload)
    digest.update(b"}")
    return digest.hexdigest()
