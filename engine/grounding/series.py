"""Does a line name a series instead of one of its parts? "The Hunger Games series" is no book.

A line names a series where it says so (series, trilogy, saga, ...), or where it is what the titles of two or more items
share: the part before a colon or "and the", or what stands in brackets behind them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from engine.grounding.normal import key_of
from engine.grounding.readings import readings

_SAID = re.compile(
    r"\b(?:series|trilogy|tetralogy|quadrilogy|quartet|quintet|pentalogy|duology|saga|box(?:ed)? set|"
    r"books? \d+\s*(?:-|–|to|and|&)\s*\d+)\b",
    re.IGNORECASE,
)
_KINDS = {"novel", "book", "film", "movie", "series", "comics", "manga", "short story", "play", "poem", "novella"}
_STEM = re.compile(r"^(.{4,}?)(?:\s*:\s|\s+and the\s)", re.IGNORECASE)
_BRACKETS = re.compile(r"\(([^()]{4,})\)\s*$")


class SeriesIndex:
    """The names that two or more titles of a catalogue share."""

    def __init__(self, titles: Iterable[str]) -> None:
        counts: Counter[str] = Counter()
        for title in titles:
            counts.update({key_of(name).text for name in _names(title)})
        self._shared = {name for name, n in counts.items() if n > 1}

    def is_named_by(self, line: str) -> bool:
        """Tell whether the line names a series."""
        if _SAID.search(line):
            return True
        return any(key_of(reading.title).text in self._shared for reading in readings(line))


def _names(title: str) -> list[str]:
    found = [match[1] for pattern in (_STEM, _BRACKETS) if (match := pattern.search(title))]
    return [name for name in found if name.casefold().strip() not in _KINDS and not name.casefold().endswith(" novel)")]
