"""The ways to read a line: from the line as it stands to what is left when all that is no title is taken off."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from engine.grounding.hints import Hints, bracket_hints, name_like, part_hints, split_edition
from engine.grounding.words import KIND_FIELDS, KIND_OF, MAKER_FIELDS, SERIES_WORDS, TITLE_FIELDS

MAX_LINE = 600  # letters; a longer line is no title with trimmings, and patterns would take long over it

_MARKER = re.compile(
    r"^\s*(?:>\s*)*(?:(?:#{1,6}\s+)|(?:[-*+•●○▪◦‣·–—]\s+)|(?:[-•●▪◦‣·–—](?=[^\W\d_\"“«*]))"
    r"|(?:\[[ xX]?\]\s+)|(?:(?:#|no\.?\s*|rank\s*|number\s*)\d{1,3}\s*[.):\-–]?\s+)"
    r"|(?:[(\[]?\d{1,3}\s*[.)\]]\)?[:]?(?:\s+|(?=[^\d\s])))|(?:\d{1,3}\s*[:\-–—]\s+))",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w")
_NUMBERED = re.compile(r"\d")
_LINK = re.compile(r"!?\[([^\]]+)\]\((?:[^()\s]|\([^()]*\))*(?:\s+\"[^\"]*\")?\)")
_EMPHASIS = re.compile(r"(?<![\w*`])(\*{1,3}|_{1,3}|`{1,3}|~~)(?=\S)(.+?)(?<=\S)\1(?![\w*`])")
_TAG = re.compile(r"</?(?:b|i|em|strong|u|li|p|br|title|a|code|span|td|tr|item)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_QUOTES = {
    **{'"': '"', "'": "'", "＂": "＂", "“": "”", "„": "“”", "”": "”", "‘": "’‘", "‚": "‘", "«": "»", "»": "«"},
    **{"‹": "›", "「": "」", "『": "』", "《": "》", "〈": "〉"},
}  # fmt: skip
_BRACKET = re.compile(
    r"^(.*\S)\s*(?:\(([^()]*(?:\([^()]*\)[^()]*)*)\)|\[([^\[\]]*)\]|（([^（）]*)）|【([^【】]*)】)\s*[.,;:]?$"
)
_COMMA_YEAR = re.compile(r"^(.*\S)\s*(?:,|\s[-–—])\s*((?:1[5-9]|20)\d\d)\.?$")
_BARE_YEAR = re.compile(r"^(.*\S)\s+((?:1[5-9]|20)\d\d)\.?$")
_BY = re.compile(
    r"^(.*\S?)[\s,(–—-]*\s(?:(?:is\s+|was\s+)?(?:directed|written|performed|composed|created|made|recorded)\s+)?by[:\s]\s*(\S.*)$",
    re.IGNORECASE,
)
_COMMA_PART = re.compile(
    r"^(.*\S),\s*((?:dir(?:ector)?|directed|written|author|starring|feat|featuring|artist|by)\b.*)$", re.I
)
_DASH = re.compile(r"^(.*?\S)(?:\s+[-–—|~•→]+\s+|\s*—\s*|\t+)(\S.*)$")
_DASHES = re.compile(r"[-–—|~•→\t]")
_LAST_DASH = re.compile(r"^(.*\S)\s+[-–—|]\s+(\S.*)$")
_COLON = re.compile(r"^(.*?\S)\s*[:：]\s+(\S.*)$")
_RATING_SIGNS = re.compile(r"[:：=★☆⭐]")
_RATED = re.compile(r"^(.*\S)\s*[:=]\s*(?:\d(?:\.\d+)?|10)(?:\s*/\s*\d+)?$|^(.*\S)\s*[★☆⭐]+$")
_PREFIX = re.compile(r"^(?:[\"']?)([A-Za-z ]{3,14}?)(?:[\"']?)\s*(?::|-|–|=)\s+(\S.*)$")
_TAILS = SERIES_WORDS | {"novel", "novels", "film", "movie", "album", "books"}
_TAIL_WORDS = re.compile(rf"^(.*\S)\s+(?:book\s+|novel\s+)?({'|'.join(sorted(_TAILS))})$", re.IGNORECASE)
_FIELD = r"[\"'](?:{})[\"']\s*:\s*(?:\"((?:[^\"\\]|\\.)*)\"?|(\d+)|\[\s*\"([^\"]*)\")"
_TITLE_FIELD = re.compile(_FIELD.format("|".join(TITLE_FIELDS)), re.IGNORECASE)
_MAKER_FIELD = re.compile(_FIELD.format("|".join(MAKER_FIELDS)), re.IGNORECASE)
_KIND_FIELD = re.compile(_FIELD.format("|".join(KIND_FIELDS)), re.IGNORECASE)
_YEAR_FIELD = re.compile(_FIELD.format("year|date|released|published|release_year"), re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One way to read a line: a title and what else was said. `confirm` True: a hint must confirm the item."""

    title: str
    hints: Hints = field(default_factory=Hints)
    confirm: bool = False
    literal: bool = False  # still with numbering, markup or quotes: no slip of spelling is looked for


def readings(line: str) -> Iterator[Reading]:
    """Yield the ways to read a line, the most literal first. None where it holds no letter and no digit."""
    seen: set[str] = set()
    for start in _starts(line):
        for reading in (start,) if start.literal else (start, *_peeled(start)):
            if reading.title not in seen and (_WORD.search(reading.title) or reading.title == line.strip()):
                seen.add(reading.title)
                yield reading


def plain_title(line: str) -> str:
    """Return a line without numbering, markup and quotes."""
    starts = _starts(line)
    return starts[-1].title if starts else ""


def without_marker(text: str) -> str:
    """Take numbering and bullets off the start of a line."""
    numbered = False
    while found := _MARKER.match(text):
        is_number = bool(_NUMBERED.search(found[0]))
        rest = text[found.end() :]
        if (is_number and numbered) or not rest.strip():
            break
        numbered = numbered or is_number
        text = rest
    return text.strip()


def _starts(line: str) -> list[Reading]:
    """Return the line as it stands, then freed from structure: JSON, table, numbering, markup, quotes."""
    text = line.replace("\u200b", "").replace("\ufeff", "").strip()
    if len(text) > MAX_LINE:
        return [Reading(title=text, literal=True)]
    structured = _from_json(text) or _from_table(text)
    if structured is not None:
        return [structured]
    starts: list[Reading] = []
    hints = Hints()
    for _ in range(4):  # "- **1. [“Dune”](url)**" nests four deep
        plain = without_marker(text)
        if "<" in plain or "](" in plain:
            plain = _TAG.sub("", _LINK.sub(r"\1", plain)).strip()
        prefixed = _PREFIX.match(plain) if plain[:1].isascii() else None
        if prefixed and prefixed[1].strip().casefold() in {*KIND_OF, *TITLE_FIELDS, "recommended", "answer"}:
            word = prefixed[1].strip().casefold()
            starts.append(Reading(title=plain, hints=hints, literal=True))
            hints |= Hints(kinds=frozenset({KIND_OF[word]})) if word in KIND_OF else Hints()
            plain = prefixed[2]
        plain = _unemphasised(plain, starts, hints)
        inner, rest = _quoted(plain)
        if rest:  # a title in quotes, then its maker or an explanation
            starts.append(Reading(title=inner, hints=hints | _rest_hints(rest)))
        plain = f"{inner} {rest}".strip(" ,;") if rest else inner
        if plain == text:
            break
        starts.append(Reading(title=text, literal=True))
        text = plain
    return [*starts, Reading(title=text, hints=hints)]


def _unemphasised(text: str, starts: list[Reading], hints: Hints) -> str:
    if not any(mark in text for mark in "*_`~"):
        return text
    found = _EMPHASIS.match(text)
    if found and found.end() < len(text):  # a title in bold, then an explanation
        starts.append(
            Reading(title=_quoted(found[2].strip().rstrip(":"))[0], hints=hints | _rest_hints(text[found.end() :]))
        )
    return _EMPHASIS.sub(r"\2", text).strip()


def _quoted(text: str) -> tuple[str, str]:
    """Split a text that starts with a quotation into what it quotes and the rest; any other text is returned whole."""
    closing = _QUOTES.get(text[:1])
    if closing is None or len(text) < 3:
        return text, ""
    end = max(text.rfind(character) for character in closing) if text[0] != '"' else text.find('"', 1)
    if end <= 0 or (text[0] == "'" and not re.match(r"$|[\s,.(:;-]", text[end + 1 :])):
        return text, ""
    return text[1:end].strip().rstrip(","), text[end + 1 :].strip(" ,;")


def _rest_hints(rest: str) -> Hints:
    """Read the words behind an emphasised or quoted title: " (1965) by Frank Herbert - a desert epic"."""
    if name_like(rest):
        return Hints(names=(rest.strip(),))
    reading = Reading(title=f"x{rest}" if rest[:1] in "([" else f"x {rest.lstrip()}")
    stages = _peeled(reading)
    return stages[-1].hints if stages else Hints()


def _from_json(text: str) -> Reading | None:
    if not re.match(r"^[\[{\"',\s]", text) or not _TITLE_FIELD.search(text):
        return None

    def value(pattern: re.Pattern[str]) -> str:
        found = pattern.search(text)
        raw = next((group for group in found.groups() if group), "") if found else ""
        try:
            return json.loads(f'"{raw}"')
        except json.JSONDecodeError:
            return raw

    year, maker, kind = value(_YEAR_FIELD)[:4], value(_MAKER_FIELD), value(_KIND_FIELD).casefold()
    hints = Hints(
        years=frozenset({int(year)} if year.isdecimal() else ()),
        makers=(maker,) if maker else (),
        kinds=frozenset({KIND_OF[kind]} if kind in KIND_OF else ()),
    )
    return Reading(title=value(_TITLE_FIELD), hints=hints)


def _from_table(text: str) -> Reading | None:
    if not (text.startswith("|") and text.count("|") > 1):
        return None
    cells = [cell.strip() for cell in text.strip("|").split("|")]
    while len(cells) > 1 and re.fullmatch(r"\W*\d{0,3}\W*", cells[0]):
        cells.pop(0)
    hints = Hints()
    for cell in cells[1:]:
        hints |= part_hints(cell) or (Hints(names=(cell,)) if name_like(cell) else Hints())
    title = _quoted(_EMPHASIS.sub(r"\2", _LINK.sub(r"\1", cells[0])))[0]
    return Reading(title=title, hints=hints)


def _peeled(start: Reading) -> list[Reading]:
    """Take one thing after the other off the end of a title; every stage is a reading."""
    stages: list[Reading] = []
    current = start
    for _ in range(8):
        following = _peel(current)
        if following is None:
            break
        stages.append(following)
        current = following
    stages += [aside for reading in (start, *stages) for aside in _asides(reading)]
    return stages


def _peel(reading: Reading) -> Reading | None:
    """Take off the last thing that is surely no part of a title."""
    title = reading.title.strip().rstrip(",;")
    for take in (_take_bracket, _take_year, _take_maker, _take_dash, _take_description, _take_edition):
        taken = take(title)
        if taken is not None:
            rest, hints = taken
            return replace(reading, title=rest.rstrip(" ,;"), hints=reading.hints | hints)
    bare = title.rstrip(".") if title.endswith(".") and not title.endswith("...") else title
    return replace(reading, title=bare) if bare and bare != reading.title else None


def _take_bracket(title: str) -> tuple[str, Hints] | None:
    found = _BRACKET.match(title) if title.rstrip(".,;: ")[-1:] in set(")]）】") else None
    if found is None:
        return None
    content = next(group for group in found.groups()[1:] if group is not None)
    hints = bracket_hints(content)
    return None if hints is None else (found[1], hints)


def _take_year(title: str) -> tuple[str, Hints] | None:
    found = _COMMA_YEAR.match(title) if _ends_in_year(title) else None
    return (found[1], Hints(years=frozenset({int(found[2])}))) if found else None


def _take_maker(title: str) -> tuple[str, Hints] | None:
    found = (_COMMA_PART.match(title) if "," in title else None) or (
        _BY.match(title) if "by" in title.casefold() else None
    )
    if found is None:
        return None
    rest, said = found[1].rstrip(" ,-–—("), found[2].strip()
    if not rest:
        return None
    hints = part_hints(said) if found.re is _COMMA_PART else None
    if hints is not None:
        return rest, hints
    name = re.split(r"\s+[-–—]\s+|(?:[;:]|(?<=[^\W\d_]{3})\.)\s|\s*\(|,\s+(?=[a-z])", said)[0].strip().rstrip(").")
    name = re.sub(r"^\[?['\"“]|['\"”]\]?$", "", name)
    return (rest, Hints(makers=(name,))) if name_like(name) else None


def _take_dash(title: str) -> tuple[str, Hints] | None:
    if not _DASHES.search(title):
        return None
    for pattern in (_LAST_DASH, _DASH):
        found = pattern.match(title)
        if found is None:
            continue
        hints = part_hints(found[2])
        if hints is not None and not hints.qualifiers:
            return found[1], hints
        if _is_description(found[2]):
            return found[1], Hints()
    return None


def _take_description(title: str) -> tuple[str, Hints] | None:
    if not _RATING_SIGNS.search(title):
        return None
    rated = _RATED.match(title)
    if rated and rated[2]:
        return rated[2], Hints()
    found = _COLON.match(title)
    return (found[1], Hints()) if found and _is_description(found[2]) else None


def _take_edition(title: str) -> tuple[str, Hints] | None:
    rest = split_edition(title)
    return (rest, Hints()) if rest else None


def _ends_in_year(title: str) -> bool:
    return title.rstrip(".")[-4:].isdecimal()


def _is_description(text: str) -> bool:
    """Tell a sentence from a subtitle: most of its longer words start in lower case."""
    words = [word for word in re.findall(r"[^\W\d_][\w'’-]*", text) if len(word) > 3]
    lower = sum(word[0].islower() for word in words)
    return len(words) > 1 and lower > len(words) / 2 and len(text.split()) > 3


def _asides(reading: Reading) -> list[Reading]:
    """Return readings that hold only if the item confirms them, or if nothing better is found."""
    found: list[Reading] = []
    bare_year = _BARE_YEAR.match(reading.title) if _ends_in_year(reading.title) else None
    if bare_year:
        hints = reading.hints | Hints(years=frozenset({int(bare_year[2])}))
        found.append(replace(reading, title=bare_year[1].rstrip(" ,"), hints=hints, confirm=True))
    dash = _LAST_DASH.match(reading.title) if _DASHES.search(reading.title) else None
    if dash:
        first, second = dash[1], dash[2]
        if name_like(second):
            found.append(replace(reading, title=first, hints=reading.hints | Hints(names=(second,)), confirm=True))
        found += _behind_maker(reading, first, second)
    colon = _COLON.match(reading.title)
    found += _behind_maker(reading, colon[1], colon[2]) if colon else []
    tail = _TAIL_WORDS.match(reading.title) if reading.title.rpartition(" ")[2].casefold() in _TAILS else None
    if tail:
        hints = _tail_hints(tail[2])
        found.append(replace(reading, title=tail[1].rstrip(" ,"), hints=reading.hints | hints))
    rated = _RATED.match(reading.title) if _RATING_SIGNS.search(reading.title) else None
    if rated and rated[1]:
        found.append(replace(reading, title=rated[1]))
    return found


def _behind_maker(reading: Reading, maker: str, title: str) -> list[Reading]:
    """Read "The Beatles - Abbey Road"."""
    if not name_like(maker):
        return []
    return [replace(reading, title=title, hints=reading.hints | Hints(makers=(maker,)), confirm=True)]


def _tail_hints(word: str) -> Hints:
    kind = KIND_OF.get(word.casefold())
    return Hints(kinds=frozenset({kind} if kind else ()), is_series=word.casefold() in SERIES_WORDS)
