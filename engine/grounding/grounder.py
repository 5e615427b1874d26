"""Resolve what a model wrote to catalogue items: label, title, alias, part of a title, slip of spelling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz, process

from engine.grounding.catalogue import Catalogue, parts_of_line
from engine.grounding.choice import choose
from engine.grounding.fuzzy import FuzzyIndex
from engine.grounding.hints import Hints
from engine.grounding.normal import key_of
from engine.grounding.readings import Reading, plain_title, readings
from engine.grounding.series import SeriesIndex
from engine.records import Item, Match, MatchKind

PART_SCORE = 0.9  # of a match by a part of a long title, before homonyms divide it
CONTENT_SCORE = 0.95  # of a match that differs only in small words
NEAR_MISS = 0.8  # similarity from which a title that was not accepted counts as a near miss


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """The catalogue item spelled most alike a text that names none; similarity in [0, 1]."""

    item_id: str
    similarity: float


class Grounder:
    """Resolve titles that a model wrote against one catalogue.

    A line is read from the most literal to the most stripped way (`readings`); each reading is tried as display label,
    exact title, normalised title, title without brackets, and alias. Only then parts of long titles and slips of
    spelling are tried. What a line says beside the title (kind, year, maker) chooses among homonyms (`choice`). Scores
    are 1 but for slips and parts (`MatchKind.FUZZY`), weak objections, and homonyms that nothing tells apart.
    """

    def __init__(self, items: Mapping[str, Item]) -> None:
        self.items = items
        self._catalogue = Catalogue.of(items)
        self._keys = list(self._catalogue.keys)
        self._key_numbers = list(self._catalogue.keys.values())
        self._fuzzy = FuzzyIndex(self._keys, self._catalogue.words)

    @cached_property
    def series(self) -> SeriesIndex:
        """The series that the catalogue has parts of."""
        return SeriesIndex(item.title for item in self.items.values())

    def ground(self, lines: Sequence[str]) -> list[Match | None]:
        """Resolve each line to the item that it names, or None. A line stands alone: its neighbours change nothing."""
        found: dict[str, Match | None] = {}
        pending: dict[str, list[Reading]] = {}
        for line in dict.fromkeys(lines):
            found[line] = self._labelled(line.strip())
            if found[line] is None:
                ways: list[Reading] = []
                found[line] = self._named(line, ways)
                if found[line] is None and ways:
                    pending[line] = ways
        found |= self._misspelled(pending)
        return [found[line] for line in lines]

    def nearest(self, lines: Sequence[str]) -> list[NearMiss | None]:
        """Return for each line that names no item the one spelled most alike, None where none is `NEAR_MISS` alike."""
        texts = [key.text for key in self._keys]
        misses: list[NearMiss | None] = []
        for line in lines:
            ways = {key_of(reading.title).text for reading in readings(line)}
            hits = [
                hit
                for way in sorted(ways)
                if (hit := process.extractOne(way, texts, scorer=fuzz.ratio, score_cutoff=100 * NEAR_MISS)) is not None
            ]
            best = max(hits, key=lambda hit: hit[1], default=None)
            misses.append(
                None
                if best is None
                else NearMiss(item_id=self._item_id(self._key_numbers[best[2]][0]), similarity=best[1] / 100)
            )
        return misses

    def title_in(self, line: str) -> str:
        """Return a line without numbering, markup and quotes."""
        return plain_title(line)

    def _labelled(self, text: str) -> Match | None:
        """Match a display label, unless it is another item's title as well."""
        number = self._catalogue.labels.get(text)
        if number is None or any(other != number for other in self._catalogue.titles.get(text, ())):
            return None
        return Match(item_id=self._item_id(number), kind=MatchKind.EXACT)

    def _named(self, line: str, ways: list[Reading]) -> Match | None:
        """Try one reading after the other and keep those that were tried in `ways`."""
        for reading in readings(line):
            ways.append(reading)
            match = (self._labelled(reading.title) if reading.hints == Hints() else None) or self._titled(reading)
            if match is not None:
                return match
        return self._by_part(ways)

    def _titled(self, reading: Reading) -> Match | None:
        catalogue = self._catalogue
        match = self._chosen(catalogue.titles.get(reading.title), reading, MatchKind.EXACT, 1.0)
        if reading.literal or (match is not None and match.score == 1.0):
            return match
        key = key_of(reading.title)
        tiers = (
            (MatchKind.NORMALISED, catalogue.folded.get(reading.title.casefold())),
            (MatchKind.NORMALISED, catalogue.full.get(key.text)),
            (MatchKind.NORMALISED, catalogue.base.get(key.text)),
            (MatchKind.ALIAS, catalogue.aliases.get(key.text)),
            (MatchKind.NORMALISED, catalogue.squeezed.get(key.squeezed) if len(key.squeezed) > 3 else None),
        )
        for kind, numbers in tiers:
            found = self._chosen(numbers, reading, kind, 1.0)
            if found is not None and (match is None or found.score > match.score):
                match = found
        return match

    def _by_part(self, ways: Sequence[Reading]) -> Match | None:
        """Match a line that is a part of a long title, or a title that is a part of the line."""
        catalogue = self._catalogue
        ways = [reading for reading in ways if not reading.literal]
        for reading in ways:
            numbers = catalogue.sole_parts.get(key_of(reading.title).text)
            match = self._chosen(numbers, reading, MatchKind.FUZZY, PART_SCORE)
            match = match or self._by_content(reading)
            if match is not None:
                return match
        indexes = (catalogue.full, catalogue.base, catalogue.aliases, catalogue.sole_parts)
        for reading in ways:
            for part in parts_of_line(reading, catalogue):
                key = key_of(part.title).text
                numbers = next((found for index in indexes if (found := index.get(key))), None)
                said = key_of(reading.title).numbers
                same = [n for n in numbers or () if not said or catalogue.entries[n].numbers in ((), said)]
                match = self._chosen(same, part, MatchKind.FUZZY, PART_SCORE)
                if match is not None:
                    return match
        return None

    def _by_content(self, reading: Reading) -> Match | None:
        """Match a line that differs from a title only in small words: "The Origin of Species"."""
        numbers = self._catalogue.content.get(" ".join(key_of(reading.title).content))
        return self._chosen(numbers, reading, MatchKind.FUZZY, CONTENT_SCORE)

    def _misspelled(self, pending: Mapping[str, Sequence[Reading]]) -> dict[str, Match | None]:
        tried = [
            (line, reading)
            for line, ways in pending.items()
            for reading in ways
            if not (reading.confirm or reading.literal)
        ]
        slips = self._fuzzy.slips([key_of(reading.title) for _, reading in tried])
        found: dict[str, Match | None] = dict.fromkeys(pending)
        for (line, reading), candidates in zip(tried, slips, strict=True):
            best = candidates[0].similarity if candidates else 0.0
            equal = [slip for slip in candidates if slip.similarity == best]
            if found[line] is None and len(equal) == 1:  # two titles equally alike: neither
                found[line] = self._chosen(self._key_numbers[equal[0].key], reading, MatchKind.FUZZY, best)
        return found

    def _chosen(self, numbers: Sequence[int] | None, reading: Reading, kind: MatchKind, score: float) -> Match | None:
        chosen = choose(self._catalogue.entries, numbers, reading) if numbers else None
        if chosen is None:
            return None
        return Match(item_id=self._item_id(chosen[0]), kind=kind, score=round(score * chosen[1], 4))

    def _item_id(self, number: int) -> str:
        return self._catalogue.entries[number].item_id
