"""Words of a text with their places, folded so that spellings of one name agree; and its sentences."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_END = re.compile(r"[.!?…]+[\"'”’)\]]*\s+|[。！？]+\s*|\s*\n\s*")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(.])(?:[^\W\d_]|Mr|Mrs|Ms|Dr|St|Jr|Sr|vs|feat|No|Nr|vol|Vol|pt|Pt|etc|e\.g|i\.e)\.$"
)
_STARTERS = frozenset(
    {"It", "This", "That", "These", "The", "You", "Your", "Both", "They", "We", "Its", "People", "If"}
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word: folded, and where it stands."""

    key: str
    start: int
    end: int


@lru_cache(maxsize=1 << 16)
def fold(word: str) -> str:
    """Fold case and diacritics."""
    if word.isascii():
        return word.casefold()
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c)) or word


def tokens(text: str) -> list[Token]:
    """Return the words of a text."""
    return [Token(fold(match[0]), match.start(), match.end()) for match in _WORD.finditer(text)]


def key(text: str) -> tuple[str, ...]:
    """Return the folded words of a name."""
    return tuple(token.key for token in tokens(text))


def sentences(text: str, kept: list[tuple[int, int]]) -> list[str]:
    """Split a text into sentences, never within the spans `kept`: titles have full stops and question marks too."""
    found, start = [], 0
    for match in _END.finditer(text):
        stop = match.start() + 1
        is_kept = "\n" not in match[0] and any(first < stop <= last for first, last in kept)
        if is_kept and match.end() < len(text):
            continue
        if match[0][:1] == "." and not match[0].startswith("..") and _ABBREVIATION.search(text[:stop]):
            following = _WORD.match(text, match.end())
            if following is None or following[0] not in _STARTERS:
                continue
        following = text[match.end() : match.end() + 1]
        if following.islower() and match[0][:1] in ".…?!":
            continue
        found.append(text[start : match.end()].strip())
        start = match.end()
    found.append(text[start:].strip())
    return [sentence for sentence in found if sentence]
