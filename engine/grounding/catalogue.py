"""The catalogue as grounding looks things up in it: by label, title, key, alias and by the parts of long titles."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from engine.grounding.hints import Hints
from engine.grounding.normal import Key, front_article, key_of
from engine.grounding.readings import Reading, readings
from engine.grounding.words import KIND_OF, SERIES_WORDS
from engine.records import Item
from engine.titles import unique_labels

_OR = re.compile(r"^(.+?)(?:\s*[;,:]\s*or\s*[:,]?|\s+or:|\s+or,)\s+\(?(.+?)\)?$", re.IGNORECASE)
_CUT = re.compile(r"\s*[:：]\s+|\s+[-–—]\s+")
LONG_SUBTITLE = 7  # words; a shorter subtitle tells works apart ("Alien: Romulus")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item with what is known of it for telling homonyms apart. Makers and qualifiers are sets of name tokens."""

    item_id: str
    kinds: frozenset[str]
    year: int | None
    makers: tuple[frozenset[str], ...]
    qualifiers: tuple[frozenset[str], ...]
    is_series: bool | None
    numbers: tuple[str, ...]  # in the title


@dataclass(frozen=True)
class Catalogue:
    """Lookups from text or key to entry numbers, in catalogue order. No number stands twice under one key."""

    entries: list[Entry] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)  # display label -> entry
    titles: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # the very title
    folded: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # the same but for case
    full: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # key of the whole title
    base: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # without brackets, makers, editions
    aliases: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    content: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # its two or more telling words
    squeezed: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # any of them, without spaces
    parts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # head or tail of a long title
    sole_parts: dict[str, list[int]] = field(default_factory=dict)  # parts that stand for one item only
    keys: dict[Key, list[int]] = field(default_factory=lambda: defaultdict(list))  # whatever may be matched fuzzily
    words: set[str] = field(default_factory=set)
    series: set[str] = field(default_factory=set)  # keys of names of series

    @classmethod
    def of(cls, items: Mapping[str, Item]) -> Catalogue:
        """Index items."""
        catalogue = cls()
        labels = unique_labels(items.values())
        for item_id, item in items.items():
            catalogue._add(item_id, item, labels[item_id])
        catalogue.sole_parts.update((key, numbers) for key, numbers in catalogue.parts.items() if len(numbers) == 1)
        return catalogue

    def _add(self, item_id: str, item: Item, label: str) -> None:
        number = len(self.entries)
        title = " ".join(item.title.split())
        stages = _title_readings(title)
        self.entries.append(_entry(item_id, item, stages[-1].hints))
        self.labels.setdefault(label, number)
        _put(self.titles, title, number)
        _put(self.titles, front_article(title), number)
        _put(self.folded, title.casefold(), number)
        self._key(self.full, title, number)
        for stage in stages[1:]:
            self._key(self.base, stage.title, number)
        for alias in item.aliases:
            for stage in _title_readings(alias):
                self._key(self.aliases, stage.title, number)
        self._parts(stages, number)

    def _key(self, index: dict[str, list[int]], text: str, number: int) -> None:
        key = key_of(text)
        _put(index, key.text, number)
        _put(self.squeezed, key.squeezed, number)
        if not key.is_short:
            _put(self.content, " ".join(key.content), number)
        self.words.update(key.content)
        if number not in self.keys[key]:
            self.keys[key].append(number)

    def _parts(self, stages: list[Reading], number: int) -> None:
        for name, _ in stages[-1].hints.series:
            self.series.add(key_of(name).text)
        for qualifier in stages[-1].hints.qualifiers:
            key = key_of(qualifier)
            self.series.add(key.text)
            if not key.is_short:  # a title in another language, as in "City of Lost Children, The (Cité des ...)"
                _put(self.parts, key.text, number)
        for part in title_parts(stages[-1].title):
            _put(self.parts, key_of(part).text, number)
        head = _CUT.split(stages[-1].title)[0]
        if head != stages[-1].title:
            self.series.add(series_key(head))


def title_parts(title: str) -> list[str]:
    """Return the parts of a long title that stand for it where nothing else is called so.

    Both halves of "A; or, B"; the head before a colon or dash where it ends in a number ("Terminator 2: Judgment Day")
    or where the subtitle is long; the tail where it has two telling words ("Star Wars: The Empire Strikes Back").
    """
    either = _OR.match(title)
    if either:
        return [either[1], either[2]]
    pieces = _CUT.split(title)
    if len(pieces) < 2:
        return []
    parts = []
    head, tail = pieces[0], pieces[-1]
    if key_of(head).text.rpartition(" ")[2][:1].isdigit() or len(" ".join(pieces[1:]).split()) >= LONG_SUBTITLE:
        parts.append(head)
    if not key_of(tail).is_short and not all(token.isdecimal() for token in key_of(tail).content[1:]):
        parts.append(tail)
    return parts


def parts_of_line(reading: Reading, catalogue: Catalogue) -> list[Reading]:
    """Return the parts of a line that may be a whole title.

    Both halves of "A; or, B"; the first of a series without its 1 ("Toy Story 1"); the tail behind a series' name ("The
    Hunger Games: Catching Fire"), if it has three telling words, or two and the catalogue knows the series; any other
    tail only where the maker confirms it. Never the head: "Alien: Romulus" is not "Alien".
    """
    either = _OR.match(reading.title)
    if either:
        return [replace(reading, title=either[1]), replace(reading, title=either[2])]
    tokens = key_of(reading.title).text.split()
    if len(tokens) > 1 and tokens[-1] == "1":
        return [replace(reading, title=" ".join(tokens[:-1]))]
    pieces = _CUT.split(reading.title)
    if len(pieces) < 2 or reading.confirm:
        return []
    head, tail = pieces[0], pieces[-1]
    telling = len(key_of(tail).content)
    series = series_key(head)
    is_known = series in catalogue.series or series in catalogue.full or series in catalogue.base
    return [replace(reading, title=tail, confirm=telling < (2 if is_known else 3))]


def series_key(head: str) -> str:
    """Return the key of a series' name, without the number of the part: "The Dark Tower VI" -> "dark tower"."""
    tokens = key_of(head).text.split()
    while len(tokens) > 1 and tokens[-1][0].isdigit():
        tokens.pop()
    return " ".join(tokens)


def name_tokens(name: str) -> frozenset[str]:
    """Return the telling tokens of a person's or group's name; initials do not tell."""
    tokens = key_of(name).text.split()
    return frozenset(token for token in tokens if len(token) > 1 or not token.isascii()) or frozenset(tokens)


def _title_readings(title: str) -> list[Reading]:
    """Peel brackets, years and editions off a catalogue title; what only confirmation could tell is left alone."""
    title = " ".join(title.split())
    first = Reading(title=title)
    return [first, *(r for r in readings(title) if r.title != title and not r.confirm and _is_base(r.title, title))]


def _is_base(part: str, title: str) -> bool:
    rest = title[len(part) :].strip()
    return title.startswith(part) and (rest[:1] in {"(", "[", "（", "【", ","} or rest.casefold() in SERIES_WORDS)


def _entry(item_id: str, item: Item, hints: Hints) -> Entry:
    domain = item.domain.casefold()
    kinds = frozenset({KIND_OF.get(domain, domain)}) if domain else hints.kinds
    years = sorted(hints.years)
    return Entry(
        item_id=item_id,
        kinds=kinds,
        year=item.year if item.year is not None else (years[0] if years else None),
        makers=tuple(name_tokens(name) for name in (*item.creators, *hints.makers)),
        qualifiers=tuple(name_tokens(text) for text in (*hints.qualifiers, *(name for name, _ in hints.series))),
        is_series=hints.is_series,
        numbers=key_of(item.title).numbers,
    )


def _put(index: dict[str, list[int]], key: str, number: int) -> None:
    if key and number not in index[key]:
        index[key].append(number)
