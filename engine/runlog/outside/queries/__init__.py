"""Queries over the stage of an import, one .sql file each; the first line says what it does."""

from functools import cache
from pathlib import Path


@cache
def stage_query(name: str) -> str:
    """Return the text of `<name>.sql`."""
    return (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")
