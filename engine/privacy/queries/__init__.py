"""Queries over the public views of the log, one .sql file each; the first line says what it does."""

from functools import cache
from pathlib import Path


@cache
def privacy_query(name: str) -> str:
    """Return the text of `<name>.sql`."""
    return (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")
