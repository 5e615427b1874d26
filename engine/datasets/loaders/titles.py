"""Film titles as MovieLens writes them: "Matrix, The (1999)" -> "The Matrix", 1999, and what was written as alias."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pyarrow as pa

from engine.datasets.arrow import TEXT
from engine.datasets.files.raw import RawTable

_ARTICLES = (
    "The", "A", "An", "Le", "La", "Les", "L'", "Un", "Une", "Il", "Lo", "Gli", "I", "El", "Los", "Las",
    "Der", "Die", "Das", "Ein", "Eine", "Den", "Det", "De", "Het",
)  # fmt: skip
_INVERTED = re.compile(rf"(?P<rest>.+), (?P<article>{'|'.join(_ARTICLES)})", re.DOTALL)
_YEAR = re.compile(r"(?P<rest>.*\S)\s*\((?P<year>1[89]\d\d|20\d\d)\)", re.DOTALL)
_OTHER = re.compile(r"(?P<rest>.*\S)\s+\((?P<other>[^()]+)\)", re.DOTALL)
_NOT_A_TITLE = re.compile(r"(?:[IVX]+|\d+|V|TV|video|short|a\.k\.a\.)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmTitle:
    """A title taken apart. `aliases` holds other titles, and the title as it was written where that differs."""

    title: str
    year: int | None
    aliases: tuple[str, ...]


def film_title(written: str) -> FilmTitle:
    """Take a written title apart: year, other titles in parentheses, articles put back in front.

    "Tin Drum, The (Blechtrommel, Die) (1979)" -> "The Tin Drum", 1979, aliases "Die Blechtrommel" and
    "Tin Drum, The (Blechtrommel, Die)".
    """
    dated = _YEAR.fullmatch(written)
    rest = whole = dated["rest"] if dated else written
    others: list[str] = []
    while (match := _OTHER.fullmatch(rest)) and not _NOT_A_TITLE.fullmatch(match["other"]):
        others.insert(0, article_first(match["other"].removeprefix("a.k.a. ")))
        rest = match["rest"]
    title = article_first(rest)
    aliases = dict.fromkeys([*others, whole])
    return FilmTitle(
        title=title, year=int(dated["year"]) if dated else None, aliases=tuple(a for a in aliases if a != title)
    )


def article_first(title: str) -> str:
    """Put an article from the end of a title to its beginning: "Matrix, The" -> "The Matrix"."""
    match = _INVERTED.fullmatch(title)
    if match is None:
        return title
    space = "" if match["article"].endswith("'") else " "
    return f"{match['article']}{space}{match['rest']}"


def with_film_titles(items: RawTable) -> RawTable:
    """Replace title, year and aliases of raw items by what their titles say; the year in a title goes first.

    Aliases are joined by "|", which therefore stays out of them.
    """
    names = items.rows.column_names
    written = items.rows["title"].to_pylist()
    years = items.rows["year"].to_pylist() if "year" in names else [None] * len(written)
    taken = [film_title(text) if text else None for text in written]
    found = {
        "title": [film.title if film else None for film in taken],
        "year": [str(film.year) if film and film.year else own for own, film in zip(years, taken, strict=True)],
        "aliases": ["|".join(alias.replace("|", " ") for alias in film.aliases) if film else None for film in taken],
    }
    for name, values in found.items():
        items = items.with_column(name, pa.array(values, TEXT))
    return items
