"""Read the catalogue of facts into records, and refuse a row that cannot be right. Not here: anything simulated."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sample_data.generator.parameters import DOMAINS

CATALOGUE = Path(__file__).parent.parent / "catalogue"
_FILES = {"film": "films.csv", "music": "music.csv", "book": "books.csv", "goods": "goods.csv", "news": "news.csv"}
_NOBODY = "Anonymous"  # stands for unknown authors, who are not one and the same
_CREATORS = {"film": "directors", "music": "artists", "book": "authors", "goods": "brand", "news": "author"}
_YEARS = {"film": "year", "music": "year", "book": "year", "goods": "launch_year", "news": "published"}
_CATEGORIES = {"film": "genres", "music": "genres", "book": "genres", "goods": "categories", "news": "topics"}


class CatalogueError(ValueError):
    """A row of the catalogue is not usable; the message names file, line and what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item with all that the catalogue says of it. Empty: does not apply, or is not known.

    `sequence` is the series of a film or book, the line of goods, or the story of news.
    """

    item_id: str
    domain: str
    title: str
    year: int | None  # None: not known to the year, as for antiquity
    creators: tuple[str, ...]
    categories: tuple[str, ...]
    aliases: tuple[str, ...]
    interests: tuple[str, ...] = ()  # goods and news: named by the catalogue
    sequence: str = ""
    sequence_order: float | None = None
    country: str = ""
    language: str = ""
    actors: tuple[str, ...] = ()
    composers: tuple[str, ...] = ()
    based_on_title: str = ""
    based_on_author: str = ""
    producers: tuple[str, ...] = ()
    label: str = ""
    tracks: tuple[str, ...] = ()
    setting: tuple[str, ...] = ()
    film_title: str = ""
    film_year: int | None = None
    material: str = ""
    price: str = ""
    outlet: str = ""
    section: str = ""
    published: date | None = None
    place: str = ""


def read_catalogue(folder: Path = CATALOGUE) -> tuple[Entry, ...]:
    """Return all entries, domain by domain in file order; ids number the rows, so that appending a row shifts none.

    Raises:
        CatalogueError: a row lacks its title, has a title twice in its domain, or has a bad number or date.
    """
    return tuple(entry for domain in DOMAINS for entry in _read(folder / _FILES[domain], domain))


def _read(path: Path, domain: str) -> Iterator[Entry]:
    seen: set[tuple[str, ...]] = set()
    with path.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=1):
            try:
                entry = _entry(f"{domain[0]}{number:04d}", domain, row)
            except (KeyError, ValueError) as problem:
                raise CatalogueError(f"{path.name}, row {number}: {problem}") from problem
            key = (entry.title.casefold(), str(entry.year), *entry.creators)
            if not entry.title or key in seen:
                raise CatalogueError(f"{path.name}, row {number}: expected a title of its own, found {entry.title!r}")
            seen.add(key)
            yield entry


def _entry(item_id: str, domain: str, row: Mapping[str, str]) -> Entry:
    order = row.get("series_order") or row.get("line_order")
    published = date.fromisoformat(row["published"]) if domain == "news" else None
    return Entry(
        item_id=item_id,
        domain=domain,
        title=row["title"].strip(),
        year=published.year if published else _number(row, _YEARS[domain]),
        creators=tuple(name for name in _split(row[_CREATORS[domain]]) if name != _NOBODY),
        categories=_split(row[_CATEGORIES[domain]]),
        aliases=_split(row["aliases"]),
        interests=_split(row["interests"] if domain == "goods" else row["topics"] if domain == "news" else ""),
        sequence=_text(row, "series") or _text(row, "line") or _text(row, "story"),
        sequence_order=float(order) if order else None,
        country=_text(row, "country") or _text(row, "made_in"),
        language=_text(row, "language"),
        actors=_split(row.get("actors")),
        composers=_split(row.get("composer")),
        based_on_title=_text(row, "based_on_title"),
        based_on_author=_text(row, "based_on_author"),
        producers=_split(row.get("producers")),
        label=_text(row, "label"),
        tracks=_split(row.get("notable_tracks")),
        setting=_split(row.get("setting")),
        film_title=_text(row, "film_title"),
        film_year=_number(row, "film_year"),
        material=_text(row, "material"),
        price=_text(row, "price"),
        outlet=_text(row, "outlet"),
        section=_text(row, "section"),
        published=published,
        place=_text(row, "place"),
    )


def _text(row: Mapping[str, str], column: str) -> str:
    return (row.get(column) or "").strip()


def _number(row: Mapping[str, str], column: str) -> int | None:
    text = _text(row, column)
    return int(text) if text else None


def _split(text: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in (text or "").split("|") if part.strip()))
