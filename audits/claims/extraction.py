"""Sentence in, statements out: phrases, descriptions, numbers, what is said of the user; each with its subject."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from audits.claims.lexicon import TITLE, Mention
from audits.claims.noun_phrases import read_descriptions
from audits.claims.numbers import read_numbers
from audits.claims.reading import Found, Reading
from audits.claims.records import Comparison, Statement, Subject, Value
from audits.claims.rules import Relation
from audits.claims.together import read_together
from audits.claims.tokens import key
from audits.claims.user_phrases import UserPhrase, read_user_phrases
from audits.claims.world import World

MAX_CHARACTERS = 1_000  # of a sentence; the rest is not read
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
_CLAUSE = re.compile(
    r"[:;]|,(?!\s*(?:I|i|as far|if I)\b)|\bbut\b|\bwhile\b|\balthough\b|\bthough\b|\bbecause\b|\band (?=it\b"
    r"|is\b|was\b)"
)
_HEDGE_CLAUSE = re.compile(r"[:;]|\bbut\b|\bwhile\b|\balthough\b")
_AND_TITLE = re.compile(r"[\"”]?\s*(?:,|and|&)\s+(?:the (?:film|book|album)\s+)?[\"“]?\s*$")
_TASTE_CONTEXT = re.compile(
    r"\b(?:fans?|lovers?|admirers?|readers?|viewers?) of\s+(?:[\w-]+\s+){0,2}$|\b(?:your|you)\s+(?:[\w-]+\s+){0,4}$",
    re.IGNORECASE,
)
_NAMES = frozenset({"people", "series", "organisations", TITLE})  # families of which a value may be a title too


_IT: tuple[Subject, tuple[str, ...]] = (Subject.ITEM, ())  # the recommended item


@dataclass(frozen=True, slots=True)
class _Hit:
    """A relation and a value found at a place; `start` is where its wording begins."""

    relation: str
    start: int
    end: int
    found: Found
    shared: bool = False


def extract(sentence: str, world: World) -> tuple[Statement, ...]:
    """Return the statements of one sentence, in its order; none where it states nothing that could be checked."""
    reading = Reading(sentence[:MAX_CHARACTERS], world.lexicon, world.rules)
    spoken = read_user_phrases(reading)
    hits = _without_rivals(_hits(reading, world), reading, spoken, world.rules.relations)
    statements = [(phrase.start, one) for phrase in spoken for one in _of_user(phrase, sentence, reading)]
    previous: tuple[_Hit, list[tuple[Subject, tuple[str, ...]]]] | None = None
    for hit in sorted(hits, key=lambda hit: (hit.start, hit.found.start)):
        subjects = _subjects(hit, previous, reading, spoken)
        negated, hedged = _negated(hit, reading), _hedged(hit, reading)
        for subject, ids in subjects:
            statements.append(
                (
                    hit.found.start,
                    Statement(
                        sentence=sentence, subject=subject, subject_ids=ids, relation=hit.relation,
                        value=replace(hit.found.value, shared=hit.shared), negated=negated, hedged=hedged,
                    ),
                )
            )  # fmt: skip
        previous = (hit, subjects)
    ordered = [statement for _, statement in sorted(statements, key=lambda pair: pair[0])]
    return tuple(dict.fromkeys(ordered))


def _hits(reading: Reading, world: World) -> Iterator[_Hit]:
    yield from _phrase_hits(reading, world)
    for described in read_descriptions(reading):
        yield _Hit(described.relation, described.place, described.found.end, described.found)
    for shared in read_together(reading):
        yield _Hit("chosen_with", shared.start, shared.end, shared.found)
    for number in read_numbers(reading.text, world.rules.other_year):
        yield _Hit(number.relation, number.start, number.end, Found(number.start, number.end, number.value))


def _phrase_hits(reading: Reading, world: World) -> Iterator[_Hit]:
    for phrase in world.rules.phrases_for(reading.lower):
        family = TITLE if phrase.is_title else world.rules.relations[phrase.relation].family
        if phrase.left is not None:
            for match in phrase.left.finditer(reading.text):
                for found in reading.values_at(match.end(), family):
                    behind = phrase.right.match(reading.text, _past(reading.text, found.end)) if phrase.right else None
                    if phrase.right is None or behind:
                        end = behind.end() if behind else found.end
                        if family == "series" and not _is_series(found, reading.text[match.start() : end], world):
                            continue
                        yield _Hit(phrase.relation, match.start(), end, found, phrase.is_shared)
        elif phrase.right is not None:
            for match in phrase.right.finditer(reading.text):
                found = reading.value_before(match.start(), family)
                if found is not None:
                    yield _Hit(phrase.relation, found.start, match.end(), found, phrase.is_shared)
                    for other in _before_and(reading, found, family):
                        yield _Hit(phrase.relation, other.start, match.end(), other, phrase.is_shared)


def _is_series(found: Found, wording: str, world: World) -> bool:
    """Tell whether a name is one of a series: the dataset knows it, or it is called one."""
    known = any(key(label) in world.vocabulary("series") for label in found.value.labels)
    return (
        known or re.search(r"\b(?:series|saga|franchise|trilogy|line|universe)\b", wording, re.IGNORECASE) is not None
    )


def _before_and(reading: Reading, found: Found, family: str) -> list[Found]:
    """Return the other values of a list that ends in `found`: "A and B directed it"."""
    others: list[Found] = []
    start = found.start
    while len(others) < 5:
        joined = re.search(r"\s*(?:,\s*(?:and)?|and|&)\s*$", reading.text[:start])
        if joined is None or joined.start() == 0:
            break
        other = reading.value_before(joined.start(), family)
        if other is None or other.start == start or not other.value.labels:
            break
        others.append(other)
        start = other.start
    return others


def _past(text: str, place: int) -> int:
    while place < len(text) and (text[place].isspace() or text[place] in '"”'):
        place += 1
    return place


def _without_rivals(
    hits: Iterable[_Hit], reading: Reading, spoken: list[UserPhrase], relations: Mapping[str, Relation]
) -> list[_Hit]:
    """Keep one reading of each value: the one with the longest wording; none of wording within a title."""
    best: dict[int, _Hit] = {}
    titles = [title for title in reading.titles if title.n_words > 1]
    tastes = {taste.start for phrase in spoken for taste in phrase.tastes}
    for hit in hits:
        is_name = bool(hit.found.value.item_ids) or relations[hit.relation].family in _NAMES
        if any(
            t.start <= hit.found.start and hit.found.end <= t.end and not (is_name and hit.start < t.start)
            for t in titles
        ):
            continue  # a part of a title, or a title that is no name: "Nineteen Eighty-Four" is no year
        if any(t.start <= hit.start < t.end and hit.found.start >= t.end for t in titles):
            continue  # "from" of the title "Letters from Home" is no wording
        if hit.found.start in tastes:
            continue
        rival = best.get(hit.found.start)
        if rival is None or _width(hit, reading) > _width(rival, reading):
            best[hit.found.start] = hit
    kept = list(best.values())
    return [
        hit
        for hit in kept
        if not any(
            other is not hit and other.found.start <= hit.found.start and hit.found.end <= other.found.end
            and (other.found.end - other.found.start) > (hit.found.end - hit.found.start)
            for other in kept
        )
    ]  # fmt: skip


def _width(hit: _Hit, reading: Reading) -> tuple[int, int]:
    known = bool(hit.found.value.item_ids or hit.found.value.labels or hit.found.value.number is not None)
    wording = (hit.found.start - hit.start) + max(0, hit.end - hit.found.end)
    return (int(known), wording)


def _subjects(
    hit: _Hit,
    previous: tuple[_Hit, list[tuple[Subject, tuple[str, ...]]]] | None,
    reading: Reading,
    spoken: list[UserPhrase],
) -> list[tuple[Subject, tuple[str, ...]]]:
    """Find whom a hit is about: a title just before it, both of two, the subject before, or the recommended item."""
    clause = max([0, *(m.end() for m in re.finditer(r"[:;]", reading.text[: hit.start]))])
    if _BOTH.search(_outside_titles(reading.text[clause : hit.end], clause, reading)):
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


def _both(hit: _Hit, clause: int, reading: Reading, spoken: list[UserPhrase]) -> list[tuple[Subject, tuple[str, ...]]]:
    """Return the two that "both" means: the last two titles of the clause, else the recommended item and another."""
    named = [t for t in reading.titles if clause <= t.start and t.end <= hit.start]
    if len(named) >= 2:
        return [(Subject.NAMED, _ids(t)) for t in named[-2:]]
    partner = _partner(hit, reading, spoken)
    return [_IT, partner] if partner else [_IT]


def _named_before(hit: _Hit, reading: Reading) -> list[tuple[Subject, tuple[str, ...]]]:
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


def _object(hit: _Hit, reading: Reading) -> Mention | None:
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


def _partner(hit: _Hit, reading: Reading, spoken: list[UserPhrase]) -> tuple[Subject, tuple[str, ...]] | None:
    """Return the other of "both": the last title of the user that stands before, else the last title before."""
    told = [title for phrase in spoken for title in phrase.titles if title.end <= hit.start]
    if told:
        return (Subject.NAMED, told[-1].value.item_ids)
    named = [t for t in reading.titles if t.end <= hit.start]
    return (Subject.NAMED, _ids(named[-1])) if named else None


def _outside_titles(text: str, offset: int, reading: Reading) -> str:
    characters = list(text)
    for title in reading.titles:
        for place in range(max(title.start - offset, 0), max(min(title.end - offset, len(characters)), 0)):
            characters[place] = "_"
    return "".join(characters)


def _ids(title: Mention) -> tuple[str, ...]:
    entry = title.entry(frozenset({TITLE}))
    return entry.item_ids if entry is not None else ()


def _clause_start(pattern: re.Pattern[str], text: str, place: int) -> int:
    return max([0, *(match.end() for match in pattern.finditer(text, 0, place))])


def _negated(hit: _Hit, reading: Reading) -> bool:
    plain = _outside_titles(reading.text, 0, reading)
    start = _clause_start(_CLAUSE, plain, hit.start)
    end = hit.end if hit.end > hit.found.end else hit.found.start
    window = plain[start : max(end, hit.found.start)]
    window = reading.rules.not_negation.sub(" ", window)
    negations = list(reading.rules.negation.finditer(window))
    if not negations:
        return False
    # "not A but B", "not a thriller, rather a mystery": the negation does not reach over the contrast
    return not re.search(r"\bbut\b|\brather\b(?! than)", window[negations[-1].end() :])


def _hedged(hit: _Hit, reading: Reading) -> bool:
    start = _clause_start(_HEDGE_CLAUSE, reading.text, hit.start)
    return reading.rules.hedge.search(reading.text[start : hit.end + 12]) is not None


def _of_user(phrase: UserPhrase, sentence: str, reading: Reading) -> Iterator[Statement]:
    hedged = reading.rules.hedge.search(reading.text[max(0, phrase.start - 20) : phrase.end]) is not None
    for place, title in enumerate(phrase.titles):
        yield Statement(
            sentence=sentence, subject=Subject.USER, relation="in_history", value=title.value, negated=phrase.negated,
            hedged=hedged,
        )  # fmt: skip
        if phrase.rating is not None and place == len(phrase.titles) - 1:
            rated = replace(title.value, number=phrase.rating, comparison=Comparison.EQUAL)
            yield Statement(
                sentence=sentence,
                subject=Subject.USER,
                relation="rated",
                value=rated,
                negated=phrase.negated,
                hedged=hedged,
            )
    for taste in phrase.tastes:
        yield Statement(
            sentence=sentence,
            subject=Subject.USER,
            relation="taste",
            value=taste.value,
            negated=phrase.negated,
            hedged=hedged,
        )


__all__ = ["Value", "extract"]
