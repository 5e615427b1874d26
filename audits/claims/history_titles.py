"""Titles that the user is said to have had: those behind a verb, in a list, or before a colon."""

from __future__ import annotations

import re

from audits.claims.reading import Found, Reading
from audits.claims.records import Value

TASTES = frozenset({"genre", "theme", "people"})  # families of what a user may like
_FILLER = re.compile(
    r"(?:(?:[\w'’-]+\s+){0,4}?(?:such as|like|including|called|titled|named|e\.g\.)\s+|"
    r"(?:(?:the|a|an|its predecessor|both|also|other)\s+)?(?:[\w-]+\s+){0,2}?(?:film|movie|book|novel|album"
    r"|record|song|game|series|article|report|story|item|title)s?,?\s+)?"
    r"(?:both\s+)?[\"“'‘«(]?"
)
_FREE_TITLE = re.compile(
    r"[\"“«]([^\"”»]{2,120})[\"”»]|"
    r"([^\W\da-z_][\w’'&.-]*(?:(?:\s+|:\s+|,\s+)(?:(?:of|the|at|on|and|in|for|to|a|an|with|from|by|de|la|le|vs\.?)\s+){0,3}[^\W_a-z][\w’'&.-]*)*)"
)
_MORE = re.compile(
    r"[\"”'’»)]?\s*(?:\([^)]*\)\s*)?(?:,\s*(?:and|as well as)?|and|&|or|as well as|along with)\s+(?:also\s+"
    r"|then\s+)?(?:both\s+)?(?:the (?:film|movie|book|album|novel)\s+)?[\"“'‘«]?"
)
_UP_TO_COLON = re.compile(r"[\"“]?([^:;,!?\"“”]{1,80})[\"”]?:\s")
_NO_TITLE = re.compile(r"(?:how|that|what|why|when|where|who|which|it|this|all|many|every|some|good)\b", re.IGNORECASE)
_WORD_BEHIND = re.compile(r"[\"”'’»)]*(?:\s*\((?:\d{4}|[a-z ]+)\))?\s+([a-z]+)\b")
_INSERTED = re.compile(
    r"[\"”'’»)]*(?:\s*\(\d{4}\))?,\s[^,.;:]{3,60},\s(?:is|was|will|should|might|may|could|fits|seems)\b"
)
_VERBS = frozenset({
    "is", "was", "will", "would", "should", "could", "might", "may", "must", "can", "fits", "suits", "makes", "seems",
    "looks", "offers", "comes", "deserves", "belongs", "has", "feels", "sounds", "promises", "ought",
})  # fmt: skip
_GOES_ON = frozenset({
    "and", "or", "as", "along", "plus", "which", "that", "who", "because", "since", "so", "but", "though", "although",
    "while", "by", "from", "in", "on", "with", "at", "to", "for", "both", "all", "among", "too", "before", "last",
    "twice", "once", "again", "then", "you", "your", "this", "these", "those", "it", "we", "i", "one", "two", "three",
    "several", "many", "of", "a", "an", "the", "first", "when", "where", "after", "not", "rated",
})  # fmt: skip


def titles_at(reading: Reading, place: int, *, strict: bool) -> list[Found]:
    """Return the list of titles that begins at a place, a name that the catalogue does not have included."""
    first = _title_at(reading, place, strict=strict)
    titles = []
    while first is not None and len(titles) < 12:
        titles.append(first)
        more = _MORE.match(reading.text, first.end)
        first = _title_at(reading, more.end(), strict=False, in_list=True) if more else None
        if more is not None and first is not None and _begins_clause(reading.text, more, first):
            first = None
    return titles


def _begins_clause(text: str, more: re.Match[str], title: Found) -> bool:
    """Tell a title that begins the main clause from one more of a list: "Because you saw A, B is next"."""
    if re.search(r"\b(?:you|it|we|I|this|they|user|customer)\b", text[more.end() : title.start], re.IGNORECASE):
        return True  # "..., you might like B"
    if _INSERTED.match(text, title.end):
        return True
    behind = _WORD_BEHIND.match(text, title.end)
    if behind is None:
        return False
    word = behind[1].casefold()
    if "," not in more[0]:
        return word in _VERBS
    return word not in _GOES_ON and not word.endswith("ly")


def titles_before_colon(reading: Reading, match: re.Match[str], verb: str) -> list[Found]:
    """Return what stands between "because you know" and a colon: a title, even where no item is called so."""
    named = _UP_TO_COLON.match(reading.text, match.end())
    if named is None or not re.search(r"\bbecause\s+$", reading.text[: match.start()], re.IGNORECASE):
        return []
    text = named[1].strip()
    is_name = verb.casefold() in ("know", "knew") or not text[:1].islower()
    if not is_name or not text or _NO_TITLE.match(text) or reading.at(named.start(1), TASTES) is not None:
        return []
    return [Found(named.start(1), named.end(1), Value(text=text))]


def _title_at(reading: Reading, place: int, *, strict: bool, in_list: bool = False) -> Found | None:
    filled = _FILLER.match(reading.text, place)
    starts = [place, *([filled.end()] if filled else [])]
    if reading.text[place : place + 1] in "\"“'‘«":
        starts.insert(1, place + 1)
    for start in starts:
        found = reading.title_at(start)
        if found is not None and not _is_value_instead(reading, found):
            return found
    # "you enjoyed the spooky Psycho": the nearest title within a few small words
    for mention in reading.titles:
        if place < mention.start <= place + 60 and re.fullmatch(
            r"(?:(?:[a-z][\w'’-]*|\"|“)\s*){1,6}", reading.text[place : mention.start]
        ):
            small = reading.text[place : mention.start].split()
            if not any(word in _NOT_BETWEEN for word in small):
                return reading.found_title(mention)
    if in_list:
        return None
    for start in starts:
        free = _FREE_TITLE.match(reading.text, start) or (
            _FREE_TITLE.match(reading.text, start - 1) if start > place else None
        )
        if free is None or reading.at(free.start(), TASTES) is not None:
            continue
        text = (free[1] or free[2]).rstrip(" .,;:'’")
        quoted = free[1] is not None
        if text.split()[0] in ("I", "It", "This", "The") and len(text.split()) == 1:
            continue
        if quoted or len(text.split()) >= (2 if strict else 3):
            return Found(free.start(), free.start() + len(text) + (1 if quoted else 0), Value(text=text))
    return None


_NOT_BETWEEN = frozenset({
    "that", "this", "so", "which", "because", "and", "will", "would", "might", "may", "is", "are", "was",
    "were", "you", "your", "it", "to", "we",
})  # fmt: skip


def _is_value_instead(reading: Reading, found: Found) -> bool:
    """Tell whether a lower-case word that is a title too is meant as a genre: "you enjoyed horror"."""
    return reading.text[found.start].islower() and reading.at(found.start, TASTES) is not None


def titles_until(reading: Reading, end: int) -> list[Found]:
    """Return the list of titles that ends at a place: "A, B and C"."""
    last = next(title for title in reading.titles if title.end == end)
    titles = [reading.found_title(last)]
    for title in reversed([t for t in reading.titles if t.end < last.start]):
        more = _MORE.match(reading.text, title.end)
        if more is None or more.end() != titles[0].start:
            break
        titles.insert(0, reading.found_title(title))
    return titles
