"""One sentence as it is read: its words, the names in it, and what stands at a place. Not here: what it states."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property

from audits.claims.lexicon import TITLE, Lexicon, Mention
from audits.claims.records import Value
from audits.claims.rules import Rules
from audits.claims.tokens import Token, key, tokens

_TITLES = frozenset({TITLE})
_PARTICLE = "de|da|di|du|del|van|von|der|den|la|le|el|al|bin|ibn|of|the|y|e"
_NAME = re.compile(
    rf"[^\W\d_a-z][\w’'-]*\.?(?:[A-Z]\.)*(?:\s+(?:(?:{_PARTICLE})\s+){{0,2}}[^\W\d_a-z][\w’'-]*\.?(?:[A-Z]\.)*){{0,5}}"
)
_NAME_BEFORE = re.compile(
    rf"(?<![\w])[^\W\d_a-z][\w’'-]*\.?(?:\s+(?:(?:{_PARTICLE})\s+){{0,2}}[^\W\d_a-z][\w’'-]*\.?){{0,5}}\s*$"
)
_NO_NAMES = frozenset({
    "it", "this", "that", "these", "those", "they", "he", "she", "you", "we", "i", "there", "here", "perhaps",
    "maybe", "possibly", "probably", "and", "but", "or", "so", "as", "if", "while", "although", "since",
    "because", "both", "the", "a", "an", "its", "his", "her", "our", "your", "their", "like", "unlike",
    "another", "also", "not", "never", "in", "on", "at", "by", "from", "after", "before", "with", "for", "what",
    "which", "who", "when", "where", "how", "people", "readers", "viewers", "fans", "critics", "unfortunately",
})  # fmt: skip
_OPEN = re.compile(r"\s*(?:the |both |an? |also |of )?[\"“'‘(]?")
_MORE = re.compile(
    r"[\"”'’)]?\s*(?:,\s*(?:and|or|&)?|and|or|&|as well as|along with|alongside|nor)\s+(?:by |the |an? )?[\"“'‘]?"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A value at a place of a sentence."""

    start: int
    end: int
    value: Value


class Reading:
    """A sentence with its names. Characters are counted from 0; spans end before their `end`."""

    def __init__(self, text: str, lexicon: Lexicon, rules: Rules) -> None:
        self.text = text
        self.lower = text.casefold()
        self.rules = rules
        self.words: list[Token] = tokens(text)
        self.mentions = lexicon.mentions(text, self.words)
        self._starts = [mention.start for mention in self.mentions]

    @cached_property
    def titles(self) -> list[Mention]:
        """Titles, from the left, the longest first, none within another."""
        found: list[Mention] = []
        for mention in sorted(self.mentions, key=lambda m: (m.start, -m.end)):
            if mention.entry(_TITLES) is None or (found and mention.start < found[-1].end):
                continue
            longer = [m for m in self.mentions if m.start <= mention.start < mention.end < m.end]
            if not any(m.entry(_TITLES) is None for m in longer):  # "Children" within "Children of Men"
                found.append(mention)
        return found

    def at(self, place: int, families: frozenset[str]) -> Mention | None:
        """Return the longest name of these families that begins at a place."""
        index = bisect_left(self._starts, place)
        while index < len(self.mentions) and self.mentions[index].start == place:
            if self.mentions[index].entry(families) is not None:
                return self.mentions[index]
            index += 1
        return None

    def title_at(self, place: int) -> Found | None:
        """Return the title that begins at a place."""
        mention = self.at(place, _TITLES)
        return None if mention is None else self.found_title(mention)

    def found_title(self, mention: Mention) -> Found:
        """Return a title that was mentioned, as a value."""
        entry = mention.entry(_TITLES)
        ids = entry.item_ids if entry is not None else ()
        text, end = self.text[mention.start : mention.end], mention.end
        if text.count("(") > text.count(")") and self.text[end : end + 1] == ")":
            text, end = text + ")", end + 1
        return Found(mention.start, end, Value(text=text, item_ids=ids))

    def value_at(self, place: int, family: str) -> Found | None:
        """Return the value of a family that begins at a place, an opening quote or article skipped."""
        for start in dict.fromkeys((place, _skip(_OPEN, self.text, place), _skip_spaces(self.text, place))):
            if start >= len(self.text):
                continue
            if family == TITLE:
                found = self.title_at(start)
                if found is not None:
                    return found
                continue
            mention = self.at(start, frozenset({family}))
            longer = self.title_at(start) if family == "series" else None
            if mention is not None and longer is not None and longer.end > mention.end:
                text = self.text[start : longer.end]  # "the line A B C", where A B is a line and A B C an item
                return Found(start, longer.end, Value(text=text, labels=(text,)))
            name = _NAME.match(self.text, start) if family in _NAMED else None
            if mention is not None and not (
                name and family == "people" and name.end() > mention.end + 2 and self._is_name(name)
            ):
                return self._named(mention, family)
            if name is not None and self._is_name(name):
                return Found(start, start + len(_bare(name[0])), Value(text=_bare(name[0]), labels=(_bare(name[0]),)))
        return None

    def values_at(self, place: int, family: str) -> list[Found]:
        """Return a list of values that begins at a place: "A, B and C"."""
        found = self.value_at(place, family)
        values = []
        while found is not None and len(values) < 8:
            values.append(found)
            more = _MORE.match(self.text, found.end)
            found = self.value_at(more.end(), family) if more else None
            if found is not None and family not in ("title",) and self._is_new_clause(found):
                found = None
        return values

    def value_before(self, place: int, family: str) -> Found | None:
        """Return the value of a family that ends at a place; white space and a closing quote may stand between."""
        end = len(self.text[:place].rstrip().rstrip("\"”’'"))
        families = frozenset({family})
        ending = [m for m in self.mentions if m.end == end and m.entry(families) is not None]
        best = min(ending, key=lambda mention: mention.start, default=None)
        name = _NAME_BEFORE.search(self.text[:end]) if family in _NAMED else None
        if name is not None and (best is None or name.start() < best.start - 1):
            start, words = name.start(), name[0]
            while words and words.split()[0].casefold().strip(".,") in _NO_NAMES:
                cut = len(words.split()[0])
                skipped = len(words[cut:]) - len(words[cut:].lstrip())
                start, words = start + cut + skipped, words[cut:].lstrip()
            if (
                words.strip()
                and (best is None or start < best.start)
                and self._is_plain_name(start, start + len(words.rstrip()))
            ):
                text = words.strip()
                return Found(start, start + len(text), Value(text=text, labels=(text,)))
        return None if best is None else self._named(best, family)

    def _is_plain_name(self, start: int, end: int) -> bool:
        """Tell a person's name from a title or a longer run that only begins with capitals."""
        return not any(
            m.start <= start and end <= m.end and m.entry(frozenset({"people"})) is None for m in self.mentions
        )

    def _is_new_clause(self, found: Found) -> bool:
        """Tell whether what looks like one more value begins a clause: "by A, and B directed it"."""
        title = self.title_at(found.start)
        if title is not None and title.end >= found.end and self.at(found.start, frozenset({"people"})) is None:
            return True  # "directed by A, B tells of": B is a title
        return bool(
            re.match(r"\s+(?:directed|wrote|composed|stars|starred|plays|produced|recorded)\b", self.text[found.end :])
        )

    def _is_name(self, match: re.Match[str]) -> bool:
        words = key(match[0])
        if words[:1] == ("the",):  # "The Open Hustings"
            return len(words) > 1 and words[1] not in _NO_NAMES and match[0].split()[1][:1].isupper()
        return bool(words) and words[0] not in _NO_NAMES

    def _named(self, mention: Mention, family: str) -> Found:
        labels = tuple(entry.label for entry in mention.entries if entry.family == family)
        return Found(mention.start, mention.end, Value(text=self.text[mention.start : mention.end], labels=labels))


def _bare(name: str) -> str:
    """Return a name without a possessive, and without the full stop of a sentence."""
    name = re.sub(r"['’]s?$", "", name)
    last = name.rstrip(".").rpartition(" ")[2]
    return name if name.endswith(".") and len(last.split(".")[-1]) == 1 else name.rstrip(".")


def _skip(pattern: re.Pattern[str], text: str, place: int) -> int:
    match = pattern.match(text, place)
    return match.end() if match else place


def _skip_spaces(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place


_NAMED = frozenset(
    {"people", "organisations", "series", "place", "country"}
)  # families of which unknown names are read
