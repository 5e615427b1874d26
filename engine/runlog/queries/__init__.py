"""Named queries of the run log, one .sql file each; the first line says what it gives."""

from functools import cache
from pathlib import Path


@cache
def named_query(name: str) -> str:
    """Return the text of `<name>.sql`."""
    return (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")
