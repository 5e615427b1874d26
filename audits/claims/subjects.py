"""Whom a statement is about: "it", an item that is named, or both that are spoken of."""

from __future__ import annotations

import re
from dataclasses import dataclass

from audits.claims.lexicon import TITLE, Mention
from audits.claims.reading import Found, Reading
from audits.claims.records import Subject
from audits.claims.user_phrases import UserPhrase

_SMALL = (
    r"(?:is|was|are|were|has|had|have|been|be|also|both|itself|a|an|the|another|one|of|it['’]?s|not|never|did|does|isn['’]?t|wasn['’]?t|"
    r"didn['’]?t|which|that|who|too|first|originally|likewise|again|features?|stars?|comes?|came|all|made|released|published|and|"
    r"in fact|certainly|probably|really|simply|clearly|as|well|out|set|by|with|from|belongs?|deals?|takes|still|hails)"
)
_TITLE_GAP = re.compile(
    rf"[\"”'’»)]*(?:\s*\(\d{{4}}\))?(?:['’]s)?\s*(?:[,(–—-]\s*)?(?:{_SMALL}\s+|{_SMALL}$)*$", re.IGNORECASE
)
_CHAIN_GAP = re.compile(  # possessive: a word that two alternatives know would be tried in 2^n ways
    rf"[\"”'’»)]*\s*(?:[,(&\s]|(?:but|or|nor|its|music)\b|{_SMALL}\b)*+$", re.IGNORECASE
)
_THIS = re.compile(r"this\b", re.IGNORECASE)
_NEW_SUBJECT = re.compile(
    r"\b(?:it|this|they|the (?:film|movie|book|novel|album|record|article|item|one)|you|we|i)\b", re.IGNORECASE
)
_BOTH = re.compile(r"\b(?:both|the two|they|each of them|the pair|share)\b", re.IGNORECASE)
_LIKE = re.compile(r"(?:^|[.;:]\s*)(?:just\s+|much\s+|also\s+)?like\s+[\"“]?$", re.IGNORECASE)
_UNLIKE = re.compile(r"\bunlike\s+(?:the\s+)?[\"“]?$", re.IGNORECASE)
_AND_TITLE = re.compile(r"[\"”]?\s*(?:,|and|&)\s+(?:the (?:film|book|album)\s+)?[\"“]?\s*$")
_IT: tuple[Subject, tuple[str, ...]] = (Subject.ITEM, ())  # the recommended item


@dataclass(frozen=True, slots=True)
class Hit:
    """A relation and a value found at a place; `start` is where its wording begins."""

    relation: str
    start: int
    end: int
    found: Found
    shared: bool = False


def subjects_of(
    hit: Hit,
    previous: tuple[Hit, list[tuple[Subject, tuple[str, ...]]]] | None,
    reading: Reading,
    spoken: list[UserPhrase],
) -> list[tuple[Subject, tuple[str, ...]]]:
    """Find whom a hit is about: a title just before it, both of two, the subject before, or the recommended item."""
    clause = max([0, *(m.end() for m in re.finditer(r"[:;]", reading.text[: hit.start]))])
    if _BOTH.search(outside_titles(reading.text[clause : hit.end], clause, reading)):
        return _both(hit, clause, reading, spoken)
    named = _named_before(hit, reading)
    if named:
        return named
    behind = _object(hit, reading)
    if behind is not None:
        return [(Subject.NAMED, _ids(behind))]
    if previous is not None:
        gap = reading.text[previous[0].end : hit.start] if previous[0].end <= hit.start else ""
        if _CHAIN_GAP.match(gap) and not _NEW_SUBJECT.search(gap):
            return previous[1]
    return [_IT]


def _both(hit: Hit, clause: int, reading: Reading, spoken: list[UserPhrase]) -> list[tuple[Subject, tuple[str, ...]]]:
    """Return the two that "both" means: the last two titles of the clause, else the recommended item and another."""
    named = [t for t in reading.titles if clause <= t.start and t.end <= hit.start]
    if len(named) >= 2:
        return [(Subject.NAMED, _ids(t)) for t in named[-2:]]
    partner = _partner(hit, reading, spoken)
    return [_IT, partner] if partner else [_IT]


def _named_before(hit: Hit, reading: Reading) -> list[tuple[Subject, tuple[str, ...]]]:
    """Return the titles just before a hit that it is about: "Ikiru, a drama", "A and B are dramas", "Like A, ..."."""
    text = reading.text
    before = [t for t in reading.titles if t.end <= hit.start and not (hit.found.start <= t.start < hit.found.end)]
    if not before:
        return []
    last = before[-1]
    gap, lead = text[last.end : hit.start], text[: last.start]
    if _LIKE.search(lead) and re.match(r"[\"”]?\s*,", gap):
        return [_IT, (Subject.NAMED, _ids(last))]
    if _THIS.match(text, hit.start):
        return []  # "your love of Heat, this drama": it is not Heat
    if not _TITLE_GAP.match(gap) or _UNLIKE.search(lead) or _NEW_SUBJECT.search(gap):
        return []
    joined = [last]
    if re.match(r"[\"”]?\s*(?:are|were|both)\b", gap):
        for title in reversed(before[:-1]):
            if not _AND_TITLE.search(text[title.end : joined[0].start]):
                break
            joined.insert(0, title)
    return [(Subject.NAMED, _ids(t)) for t in joined]


def _object(hit: Hit, reading: Reading) -> Mention | None:
    """Return the title that a hit's wording acts on: "Kurosawa directed Ikiru", "is the author of The Hobbit"."""
    if hit.found.end >= hit.end:
        return None
    for title in reading.titles:
        if title.start >= hit.end and re.fullmatch(
            r"\s*(?:of|behind|in|for)?\s*(?:the\s+)?(?:(?:film|movie|book|novel|album)\s+)?[\"“]?",
            reading.text[hit.end : title.start],
        ):
            return title
    return None


def _partner(hit: Hit, reading: Reading, spoken: list[UserPhrase]) -> tuple[Subject, tuple[str, ...]] | None:
    """Return the other of "both": the last title of the user that stands before, else the last title before."""
    told = [title for phrase in spoken for title in phrase.titles if title.end <= hit.start]
    if told:
        return (Subject.NAMED, told[-1].value.item_ids)
    named = [t for t in reading.titles if t.end <= hit.start]
    return (Subject.NAMED, _ids(named[-1])) if named else None


def outside_titles(text: str, offset: int, reading: Reading) -> str:
    """Return a part of the sentence, which begins at `offset`, with blanks in place of the titles in it."""
    characters = list(text)
    for title in reading.titles:
        for place in range(max(title.start - offset, 0), max(min(title.end - offset, len(characters)), 0)):
            characters[place] = "_"
    return "".join(characters)


def _ids(title: Mention) -> tuple[str, ...]:
    entry = title.entry(frozenset({TITLE}))
    return entry.item_ids if entry is not None else ()
