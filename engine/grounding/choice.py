"""Which of several items of one title is meant.

- A stated kind that the item is not rules it out. So does a year more than two off (for books and music only a weak
  objection, since editions and remasters carry years of their own), and so does a place in a series other than the
  first where the series is called like the title itself.
- A maker who is not among the item's makers objects weakly, and so does "series" or "trilogy" to one novel. One weak
  objection halves the score for a title of two or more telling words, and rules out a short one ("Dune by Stephen King"
  is another "Dune"); two rule out any.
- Of what is left the item with most confirmations wins (kind, year, maker; an exact year beats a near one).
- Items that are still equal: the first in catalogue order is taken, and the score is divided by their number.
"""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import OSA

from engine.grounding.catalogue import Entry, name_tokens
from engine.grounding.hints import Hints
from engine.grounding.normal import key_of
from engine.grounding.readings import Reading

YEARS_OFF = 2  # festival, cinema and catalogue years differ by so much
EDITIONED = frozenset({"book", "music"})


def choose(entries: Sequence[Entry], numbers: Sequence[int], reading: Reading) -> tuple[int, float] | None:
    """Return the number of the item that is meant and a score in (0, 1], or None where the hints rule all out."""
    hints, is_short = reading.hints, key_of(reading.title).is_short
    judged = [(number, *_judge(entries[number], hints, reading.title)) for number in numbers]
    open_ones = [(number, against, pro) for number, against, pro in judged if against < (1 if is_short else 2)]
    if reading.confirm:
        open_ones = [row for row in open_ones if row[1] == 0 and (row[2] > 0 or _may_be_maker(entries[row[0]], hints))]
    if not open_ones:
        return None
    least = min(against for _, against, _ in open_ones)
    most = max(pro for _, against, pro in open_ones if against == least)
    equal = [number for number, against, pro in open_ones if against == least and pro == most]
    return equal[0], 0.5**least / len(equal)


def _judge(entry: Entry, hints: Hints, title: str) -> tuple[float, float]:
    """Return (objections, confirmations)."""
    against = pro = 0.0
    if hints.kinds and entry.kinds:
        agrees = bool(hints.kinds & entry.kinds)
        against, pro = (against, pro + 1) if agrees else (against + 2, pro)
    if hints.years and entry.year is not None:
        off = min(abs(year - entry.year) for year in hints.years)
        if off <= YEARS_OFF:
            pro += 1 - off / 10
        else:
            against += 1 if entry.kinds & EDITIONED else 2
    own_names = entry.makers or entry.qualifiers
    if hints.makers and own_names:
        verdict = _same_people(hints.makers, (*entry.makers, *entry.qualifiers))
        pro, against = (pro + 1, against) if verdict else (pro, against + (verdict is False))
    if hints.names and entry.makers and _same_people(hints.names, entry.makers):
        pro += 1
    said = [name_tokens(text) for text in (*hints.qualifiers, *(name for name, _ in hints.series))]
    if said and entry.qualifiers:
        overlap = any(a & b for a in said for b in entry.qualifiers)
        pro, against = (pro + 1, against) if overlap else (pro, against + 1)
    if hints.is_series and entry.is_series is False:
        against += 1
    if any(place > 1 and key_of(name).text == key_of(title).text for name, place in hints.series):
        against += 2
    return against, pro


def _same_people(said: Sequence[str], known: Sequence[frozenset[str]]) -> bool | None:
    """Tell whether any name agrees; None where they are in different scripts and cannot be compared."""
    tokens = frozenset().union(*(name_tokens(name) for name in said))
    others = frozenset().union(*known)
    if tokens & others or any(_same_name(a, b) for a in tokens for b in others):
        return True
    return False if _is_latin(tokens) == _is_latin(others) else None


def _same_name(one: str, other: str) -> bool:
    """Tell whether two long names are forms of one: "Wachowskis", "Dostoyevsky" and "Dostoevsky"."""
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) > 4 and (longer.startswith(shorter) or OSA.normalized_similarity(one, other) >= 0.8)


def _is_latin(tokens: frozenset[str]) -> bool:
    return all(ord(character) < 0x250 for token in tokens for character in token)


def _may_be_maker(entry: Entry, hints: Hints) -> bool:
    """Tell whether a name behind a dash could be the maker of an item of which no maker is known."""
    if not hints.names or entry.makers or hints.years:
        return False
    words = key_of(hints.names[-1])
    return len(words.text.split()) in (2, 3, 4) and not words.numbers and words.content == tuple(words.text.split())
