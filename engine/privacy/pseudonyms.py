"""Keyed pseudonyms: the same person has the same one in every export made with the same key. Pure.

HMAC-SHA256, cut to 96 bits: without the key nobody can work one out, not even from a list of all user ids.
"""

from __future__ import annotations

import hmac
import secrets

from engine.errors import LogError

MIN_KEY_BYTES = 16
_HEX_DIGITS = 24
_DAY_S = 86_400


class Pseudonyms:
    """Makes pseudonyms with one key."""

    def __init__(self, key: bytes) -> None:
        """Take a key.

        Raises:
            LogError: the key is shorter than 16 bytes, and so could be guessed.
        """
        if len(key) < MIN_KEY_BYTES:
            raise LogError(
                f"A key needs at least {MIN_KEY_BYTES} bytes, so that it cannot be guessed; this one has {len(key)}. "
                "Leave it out to have one made."
            )
        self._key = key

    @property
    def key_mark(self) -> str:
        """What tells exports of one key from those of another, and nothing about the key."""
        return self._digest("key", "")[:12]

    def user(self, user_id: str) -> str:
        """Return a user's pseudonym."""
        return f"user_{self._digest('user', user_id)}"

    def request(self, run_id: str, request_id: str) -> str:
        """Return a request's pseudonym: ids and places of requests tell which user they are of."""
        return f"request_{self._digest('request', run_id, request_id)}"

    def shift_s(self, user_id: str, days: int) -> int:
        """Return by how many seconds all times of a user are moved, within so many days either way."""
        span = days * _DAY_S
        return int(self._digest("shift", user_id), 16) % (2 * span + 1) - span if days else 0

    def _digest(self, kind: str, *parts: str) -> str:
        told = "\0".join([kind, *(f"{len(part)}:{part}" for part in parts)])
        return hmac.digest(self._key, told.encode("utf-8", "surrogatepass"), "sha256").hex()[:_HEX_DIGITS]


def new_key() -> str:
    """Make a key, as text."""
    return secrets.token_hex(32)
