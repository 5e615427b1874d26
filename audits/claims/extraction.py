"""Sentence in, statements out: phrases, descriptions, numbers, what is said of the user; each with its subject."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from audits.claims.lexicon import TITLE
from audits.claims.noun_phrases import read_descriptions
from audits.claims.numbers import read_numbers
from audits.claims.reading import Found, Reading
from audits.claims.records import Comparison, Statement, Subject
from audits.claims.rules import Relation
from audits.claims.subjects import Hit, outside_titles, subjects_of
from audits.claims.together import read_together
from audits.claims.tokens import key
from audits.claims.user_phrases import UserPhrase, read_user_phrases
from audits.claims.world import World

MAX_CHARACTERS = 1_000  # of a sentence; the rest is not read
_CLAUSE = re.compile(
    r"[:;]|,(?!\s*(?:I|i|as far|if I)\b)|\bbut\b|\bwhile\b|\balthough\b|\bthough\b|\bbecause\b|\band (?=it\b"
    r"|is\b|was\b)"
)
_HEDGE_CLAUSE = re.compile(r"[:;]|\bbut\b|\bwhile\b|\balthough\b")
_TASTE_CONTEXT = re.compile(
    r"\b(?:fans?|lovers?|admirers?|readers?|viewers?) of\s+(?:[\w-]+\s+){0,2}$|\b(?:your|you)\s+(?:[\w-]+\s+){0,4}$",
    re.IGNORECASE,
)
_NAMES = frozenset({"people", "series", "organisations", TITLE})  # families of which a value may be a title too


def extract(sentence: str, world: World) -> tuple[Statement, ...]:
    """Return the statements of one sentence, in its order; none where it states nothing that could be checked."""
    reading = Reading(sentence[:MAX_CHARACTERS], world.lexicon, world.rules)
    spoken = read_user_phrases(reading)
    hits = _without_rivals(_hits(reading, world), reading, spoken, world.rules.relations)
    statements = [(phrase.start, one) for phrase in spoken for one in _of_user(phrase, sentence, reading)]
    previous: tuple[Hit, list[tuple[Subject, tuple[str, ...]]]] | None = None
    for hit in sorted(hits, key=lambda hit: (hit.start, hit.found.start)):
        subjects = subjects_of(hit, previous, reading, spoken)
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


def _hits(reading: Reading, world: World) -> Iterator[Hit]:
    yield from _phrase_hits(reading, world)
    for described in read_descriptions(reading):
        yield Hit(described.relation, described.place, described.found.end, described.found)
    for shared in read_together(reading):
        yield Hit("chosen_with", shared.start, shared.end, shared.found)
    for number in read_numbers(reading.text, world.rules.other_year):
        yield Hit(number.relation, number.start, number.end, Found(number.start, number.end, number.value))


def _phrase_hits(reading: Reading, world: World) -> Iterator[Hit]:
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
                        yield Hit(phrase.relation, match.start(), end, found, phrase.is_shared)
        elif phrase.right is not None:
            for match in phrase.right.finditer(reading.text):
                found = reading.value_before(match.start(), family)
                if found is not None:
                    yield Hit(phrase.relation, found.start, match.end(), found, phrase.is_shared)
                    for other in _before_and(reading, found, family):
                        yield Hit(phrase.relation, other.start, match.end(), other, phrase.is_shared)


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
    hits: Iterable[Hit], reading: Reading, spoken: list[UserPhrase], relations: Mapping[str, Relation]
) -> list[Hit]:
    """Keep one reading of each value: the one with the longest wording; none of wording within a title."""
    best: dict[int, Hit] = {}
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


def _width(hit: Hit, reading: Reading) -> tuple[int, int]:
    known = bool(hit.found.value.item_ids or hit.found.value.labels or hit.found.value.number is not None)
    wording = (hit.found.start - hit.start) + max(0, hit.end - hit.found.end)
    return (int(known), wording)


def _clause_start(pattern: re.Pattern[str], text: str, place: int) -> int:
    return max([0, *(match.end() for match in pattern.finditer(text, 0, place))])


def _negated(hit: Hit, reading: Reading) -> bool:
    plain = outside_titles(reading.text, 0, reading)
    start = _clause_start(_CLAUSE, plain, hit.start)
    end = hit.end if hit.end > hit.found.end else hit.found.start
    window = plain[start : max(end, hit.found.start)]
    window = reading.rules.not_negation.sub(" ", window)
    negations = list(reading.rules.negation.finditer(window))
    if not negations:
        return False
    # "not A but B", "not a thriller, rather a mystery": the negation does not reach over the contrast
    return not re.search(r"\bbut\b|\brather\b(?! than)", window[negations[-1].end() :])


def _hedged(hit: Hit, reading: Reading) -> bool:
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
