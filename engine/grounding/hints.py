"""What a text says about a work beside its title: year, kind, maker, edition, series."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.grounding.words import EDITION_WORDS, KIND_OF, NAME_PARTICLES, SERIES_WORDS, VERSION_WORDS

_YEAR = re.compile(
    r"^(?:c\.?|circa|released|published|from|in)?\s*(1[5-9]\d\d|20\d\d)(?:\s*[-–]\s*(?:\d{2,4}|present)?)?$", re.I
)
_YEAR_KIND = re.compile(r"^(1[5-9]\d\d|20\d\d)\s+(.+)$|^(.+?)\s+(1[5-9]\d\d|20\d\d)$")
_MADE_BY = re.compile(
    r"^(?:(?:a |an |the )?\w+ )?"
    r"(?:(?:directed|written|authored|performed|composed|created|made|sung|recorded|produced)\s+)?by\s+(.+)$"
    r"|^(?:dir(?:ector)?|author|artist|writer|composer|band)s?\b[.:]*\s+(.+)$",
    re.IGNORECASE,
)
_CAST = re.compile(r"^(?:starring|stars|with|feat\.?|featuring|ft\.?|narrated by|translated by)\b", re.IGNORECASE)
_SERIES = re.compile(
    r"^(.*?)[\s,:]*(?:#|\b(?:book|bk|volume|vol|no|number|part|episode|installment)\b\.?)\s*#?\s*(\d{1,3}(?:\.\d)?|[ivx]+|one|two|three|four|five|six|seven)$",
    re.IGNORECASE,
)
_EDITION = re.compile(
    rf"^(?:the\s+|\d{{1,3}}(?:st|nd|rd|th)\s+|\d{{4}}\s+)*(?:(?:{'|'.join(EDITION_WORDS)})\s+)*"
    r"(?:\w+(?:[’']s)?\s+){0,3}?(?:edition|version|cut|reissue|collection|release|remaster|remastered|re-?issued)(?:\s+\d{4})?$"
    rf"|^(?:{'|'.join(EDITION_WORDS)})(?:\s+(?:{'|'.join(EDITION_WORDS)}))*$"
    r"|^(?:\d{4}\s+)?(?:digital(?:ly)?\s+)?(?:remaster(?:ed)?|restored)(?:\s+\d{4})?$"
    r"|^(?:blu-?ray|dvd|vhs|4k|hd|uhd|imax|3d|kindle|unabridged|abridged|paperback|hardcover|subtitled|dubbed|explicit|mono|stereo)$",
    re.IGNORECASE,
)  # fmt: skip
_RATING = re.compile(r"^[★☆⭐\s]+$|^\d+(?:\.\d+)?\s*(?:/\s*\d+|stars?|★)$", re.IGNORECASE)
_ENDS_IN_EDITION = re.compile(
    rf"^(.+?)[\s:–—-]+((?:the\s+)?(?:(?:{'|'.join(EDITION_WORDS)}|\d+(?:st|nd|rd|th))\s+)+(?:edition|version|cut|collection)|(?:the\s+)?director[’']?s[’']?\s+cut|remastered(?:\s+\d{{4}})?)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What was said of a work. `names` are makers only perhaps; `qualifiers` are words that nothing is known about."""

    years: frozenset[int] = frozenset()
    kinds: frozenset[str] = frozenset()
    makers: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    qualifiers: tuple[str, ...] = ()
    series: tuple[tuple[str, int], ...] = ()  # name of a series and the place in it, 0 where none was said
    is_series: bool | None = None  # False: one work was meant, a novel or a film

    def __or__(self, other: Hints) -> Hints:
        return Hints(
            years=self.years | other.years,
            kinds=self.kinds | other.kinds,
            makers=self.makers + other.makers,
            names=self.names + other.names,
            qualifiers=self.qualifiers + other.qualifiers,
            series=self.series + other.series,
            is_series=other.is_series if self.is_series is None else self.is_series,
        )


def bracket_hints(content: str) -> Hints | None:
    """Return what a bracket behind a title says, or None where it belongs to the title ("Hotel California (Live)")."""
    content = content.strip().strip("'\"“”")
    if re.fullmatch(r"[\W_]*|\d{1,3}|[ivx]+", content, re.IGNORECASE):
        return None if re.search(r"\w", content) else Hints()
    if set(re.findall(r"\w+", content.casefold())) & VERSION_WORDS:
        return None
    placed = _placed(content)
    if placed is not None:
        return placed if placed.series else None  # "(Vol. 2)" alone is a part of the title
    if _EDITION.match(content):
        return Hints()
    hints = Hints()
    for part in re.split(r"\s*[,;|·]\s*", content):
        hints |= part_hints(part) or Hints(qualifiers=(part,))
    return hints


def part_hints(part: str) -> Hints | None:
    """Return what one short phrase says of a work, or None where it is not a phrase of a kind that is known."""
    part = part.strip().strip(".'\"“”[]")
    year = _YEAR.match(part)
    if year:
        return Hints(years=frozenset({int(year[1])}))
    made_by = _MADE_BY.match(part)
    if made_by and name_like(made_by[1] or made_by[2]):
        return Hints(makers=(_bare_name(made_by[1] or made_by[2]),))
    if not part or _EDITION.match(part) or _CAST.match(part) or _RATING.match(part):
        return Hints()
    placed = _placed(part)
    if placed is not None and placed.series:
        return placed
    mixed = _YEAR_KIND.match(part)
    if mixed:
        rest = part_hints(mixed[2] or mixed[3])
        if rest is not None:
            return rest | Hints(years=frozenset({int(mixed[1] or mixed[4])}))
    return _kind_hints(part)


def split_edition(text: str) -> str | None:
    """Return a title without the edition written behind it, or None where there is none."""
    last = text.rstrip(".")[-12:].casefold()
    found = (
        _ENDS_IN_EDITION.match(text)
        if any(word in last for word in ("edition", "version", "cut", "collection", "remastered"))
        else None
    )
    return found[1].rstrip(" ,:-–—") if found else None


def name_like(text: str) -> bool:
    """Tell whether a text could be names of makers: at most eight words, in lower case only particles."""
    words = re.findall(r"[^\W\d_][\w.'’-]*", text)
    if not words or len(words) > 8 or re.search(r"[:!?()]", text):
        return False
    return all(not word[0].islower() or word.casefold() in NAME_PARTICLES for word in words)


def _placed(text: str) -> Hints | None:
    found = _SERIES.match(text)
    if found is None:
        return None
    name = found[1].strip(" ,:")
    if not name:
        return Hints()
    digits = re.match(r"\d+", found[2])
    is_book = re.search(r"\b(?:book|bk)\b", text[len(found[1]) :], re.IGNORECASE)
    return Hints(series=((name, int(digits[0]) if digits else 0),), kinds=frozenset({"book"} if is_book else ()))


def _kind_hints(part: str) -> Hints | None:
    words = part.casefold()
    head, _, last = words.rpartition(" ")
    is_series = last in SERIES_WORDS and words not in {"tv series", "television series"}
    if words in KIND_OF:
        return Hints(kinds=frozenset({KIND_OF[words]}), is_series=is_series)
    if is_series:
        return Hints(is_series=True) if not head else Hints(series=((part[: len(head)], 0),))
    if last in KIND_OF and head:
        return Hints(kinds=frozenset({KIND_OF[last]}), qualifiers=(part[: len(head)],), is_series=False)
    return None


def _bare_name(text: str) -> str:
    return re.sub(r"[\[\]'\"“”]+(?=\s|,|$)|(?<![^\s,])[\[\]'\"“”]+", "", text).strip(" .,")
