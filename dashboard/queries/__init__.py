"""The dashboard's own queries over the public views: reading single requests, users and costs. No measures here."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def named_query(name: str) -> str:
    """Return the text of a query.

    Raises:
        FileNotFoundError: there is none of this name.
    """
    return Path(__file__).with_name(f"{name}.sql").read_text(encoding="utf-8")
