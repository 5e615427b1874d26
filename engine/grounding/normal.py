"""What counts as the same spelling of a title. Not here: what a line holds beside its title (`readings`).

Folded away: Unicode forms, case, diacritics (not the marks that are letters, as in Devanagari or Japanese),
punctuation, "&" against "and", a leading or trailing English article, "Part", "Vol." and "Episode" before a number,
Roman against Arabic numerals and numbers in words. Kept: every number, since it tells a sequel from its
forerunner.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from engine.grounding.numerals import with_numerals
from engine.grounding.words import (
    ABBREVIATIONS,
    ARTICLES,
    CJK_NUMERALS,
    PART_WORDS,
    STOPWORDS,
    TRAILING_ARTICLES,
)

_FRACTIONS = {ord(c): f" {unicodedata.normalize('NFKC', c).replace('⁄', '/')} " for c in "½⅓⅔¼¾⅕⅛⅜"}
_LETTERS = str.maketrans(
    {
        **{"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ß": "ss"},
        **{"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "ـ": None},  # Arabic forms that writers mix
        **dict.fromkeys("'’‘ʼ`´′", None),
        **{"&": " and ", "@": " at "},
    }
)
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u0652\u0670]")  # Latin, Greek, Cyrillic, Hebrew, Arabic only
_TOKEN = re.compile("\\d+/\\d+(?!/)|\\d+|(?:[^\\W\\d_]|[\u0900-\u0965\u0970-\u109f])+")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_INITIALS = re.compile(r"\b([^\W\d_])\.(?=[^\W\d_]\b)")
_TRAILING_ARTICLE = re.compile(rf"^(.+),\s*({'|'.join(map(re.escape, TRAILING_ARTICLES))})$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A title as it is compared. `numbers` must agree for two titles to be one; `content` leaves out stop words."""

    text: str
    squeezed: str  # without spaces, so that "Spider-Man", "Spiderman" and "Spider Man" agree
    content: tuple[str, ...]
    numbers: tuple[str, ...]

    @property
    def is_short(self) -> bool:
        """Tell a title of one telling word, such as "Alien": such a title demands exactness."""
        return len(self.content) < 2


def front_article(text: str) -> str:
    """Turn "Matrix, The" into "The Matrix"."""
    found = _TRAILING_ARTICLE.match(text.replace("’", "'"))
    if found is None:
        return text
    article = found[2]
    return f"{article}{'' if article.endswith(chr(39)) else ' '}{found[1]}"


@lru_cache(maxsize=1 << 17)
def key_of(title: str) -> Key:
    """Return the key of a title; a title without letters or digits is its own key."""
    tokens = _without_article(_without_part_words(with_numerals(_tokens(title))))
    if not tokens:
        tokens = ["".join(title.casefold().split())]
    squeezed = "".join(tokens)
    content = tuple(token for token in tokens if token not in STOPWORDS)
    numbers = [token for token in tokens if token[:1].isdigit()]
    if not squeezed.isascii():
        numbers += [character for character in squeezed if character in CJK_NUMERALS]
    return Key(
        text=" ".join(tokens),
        squeezed=squeezed,
        content=content or tuple(tokens),
        numbers=tuple(sorted(numbers)),
    )


def _tokens(title: str) -> list[str]:
    text = front_article(title.strip()) if "," in title else title
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(_FRACTIONS)).casefold()
        text = unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", text)))
    text = text.casefold().translate(_LETTERS)
    if "+" in text:
        text = text.replace(" + ", " and ")
    if "," in text:
        text = _THOUSANDS.sub("", text)
    if "." in text:
        text = _INITIALS.sub(r"\1", text)
    found: list[str] = _TOKEN.findall(text)
    return [ABBREVIATIONS.get(token, token) for token in found]


def _without_part_words(tokens: list[str]) -> list[str]:
    return [
        token
        for i, token in enumerate(tokens)
        if not (i > 0 and token in PART_WORDS and i + 1 < len(tokens) and tokens[i + 1][0].isdigit())
    ]


def _without_article(tokens: list[str]) -> list[str]:
    return tokens[1:] if len(tokens) > 1 and tokens[0] in ARTICLES else tokens
