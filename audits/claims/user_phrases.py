"""What a sentence says about the user: items that they are said to have had, ratings, tastes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from audits.claims.history_titles import TASTES, titles_at, titles_before_colon, titles_until
from audits.claims.reading import Found, Reading
from audits.claims.records import Value
from audits.claims.rules import Rules, read_rules

_NOT = (
    r"(?:haven['’]?t|hasn['’]?t|didn['’]?t|don['’]?t|doesn['’]?t|have not|has not|did not|do not|does not|have never"
    r"|had never|never|not|have yet to)"
)
_ADVERBS = (
    r"(?:(?:already|also|recently|just|once|really|previously|both|clearly|obviously|evidently|all|have|had|did|do|actually|"
    r"absolutely|particularly|especially|thoroughly|greatly|highly|always|often|first|last)\s+)*"
)
_STARS = re.compile(
        r"[\"”'’»)]?,?\s*(?:(?:a|an|with|at|as|it|full)\s+)*(?P<number>\d(?:\.\d+)?|one|two|three|four|five)\s*"
        r"(?:stars?|points?|out of (?:\d+|five|ten)|/\s*\d+)",
    re.IGNORECASE,
)  # fmt: skip
_STARS_BARE = re.compile(r"[\"”'’»)]?\s*(?:a|an|at|with|as)?\s*(?P<number>\d(?:\.\d+)?)\b", re.IGNORECASE)
_WORD_NUMBERS = {"one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0}
_STRICT = re.compile(
    r"watch|seen|saw|view|read|listen|heard|play|bought|purchas|own|finish|complet|rated|gave|review|order|know",
    re.IGNORECASE,
)
_THE_USER = r"\b(?:the|this|our)\s+(?:user|customer|subscriber|shopper)"
_SPEAKING = (
    "you",
    "user",
    "customer",
    "subscriber",
    "shopper",
    "having ",
    "someone",
    "after ",
)  # a sentence without them says nothing about the user
_TASTE_VERB = re.compile(r"\b(?:like|liked|love|loved|enjoy|enjoyed|prefer|adore|appreciate)s?\s*$", re.IGNORECASE)
_TASTE_END = re.compile(
    r"['’]?s?(?:\s+(?:films?|movies?|books?|novels?|albums?|music|stories|tales|works?|records?|titles?"
    r"|fiction|items|things))?\s*(?:[.,;:!?)]|$|\s(?:and|or|so|because|from|as|this|like|such as)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class UserPhrase:
    """Titles, ratings and tastes that one phrase ascribes to the user."""

    start: int
    end: int
    titles: tuple[Found, ...] = ()
    tastes: tuple[Found, ...] = ()
    negated: bool = False
    rating: float | None = None  # of the last title
    is_strict: bool = True  # an unknown name behind it must be a title


@dataclass(frozen=True, slots=True)
class _Patterns:
    verb: re.Pattern[str]
    noun: re.Pattern[str]
    participle: re.Pattern[str]
    owner: re.Pattern[str]
    place_before: re.Pattern[str]
    place_behind: re.Pattern[str]
    which: re.Pattern[str]
    conditional: re.Pattern[str] = field(
        default_factory=lambda: re.compile(r"\b(?:if|whether|when|whenever|in case)\s*$", re.IGNORECASE)
    )


@cache
def _patterns() -> _Patterns:
    rules: Rules = read_rules()
    verbs, nouns, places = rules.verbs, rules.nouns, rules.places
    you = rf"(?:\byou(?:['’]ve|['’]d|\s+have|\s+had|\s+did)?|{_THE_USER}(?:\s+has|\s+had|\s+did)?)"
    your = rf"(?:\byour|{_THE_USER}['’]s)"
    return _Patterns(
        verb=re.compile(
            rf"(?:{you}|\bwho (?:has|have|had)|\byou and \w+)\s+(?P<adverbs>{_ADVERBS})(?P<not>{_NOT}\s+"
            rf"(?:yet\s+)?)?{_ADVERBS}(?P<verb>{verbs}|likes|loves|enjoys|owns|knows|adores)\s+", re.IGNORECASE),
        noun=re.compile(
            rf"(?:{your}|{you}\s+have\s+an?|{_THE_USER}\s+has\s+an?)\s+(?:[\w-]+\s+){{0,4}}?(?P<verb>{nouns})s?\s+(?:in|for|of|with|on|towards?)\s+"
            rf"(?:works like\s+)?", re.IGNORECASE),
        participle=re.compile(
            rf"\b(?:having|after|since|from|your|by|after having)\s+(?P<not>not\s+|never\s+)?(?:already\s+"
            rf"|just\s+|recently\s+|so\s+)*(?P<verb>{rules.participles})\s+", re.IGNORECASE),
        owner=re.compile(
            r"\b(?:as (?:a|an|the|someone)|being (?:a|an|the))\s+(?:\w+\s+){0,2}?(?:owner|fan|reader|viewer"
            r"|listener|lover|admirer|buyer)s?\s+of\s+(?:the|a|an)?\s*", re.IGNORECASE),
        place_before=re.compile(
            rf"{your}\s+(?:[\w-]+\s+){{0,2}}?{places}\s+(?:also\s+)?(?P<verb>includes?|contains?|has|shows?"
            rf"|features?|holds?|lists?|starts with|ends with)\s+", re.IGNORECASE),
        place_behind=re.compile(
            rf"[\"”'’»)]*\s*(?:,\s*)?(?:which\s+|that\s+)?(?:(?:is|are|was|were|sits?|stands?|appears?|figures?"
            rf"|features?)\s+)?(?P<not>not\s+)?(?:already\s+|both\s+|all\s+)?(?:in|on|among|part of"
            rf"|from)\s+{your}\s+(?:[\w-]+\s+){{0,2}}?{places}\b", re.IGNORECASE),
        which=re.compile(
            rf"[\"”'’»)]*\s*(?:\(\d{{4}}\)\s*)?,?\s*(?:both of which|all of which|which|that)?\s*{you}"
            rf"\s+(?P<not>{_NOT}\s+)?{_ADVERBS}(?P<verb>{verbs})\b", re.IGNORECASE),
    )  # fmt: skip


def read_user_phrases(reading: Reading) -> list[UserPhrase]:
    """Return what the sentence says about the user, from the left; conditions ("if you liked ...") say nothing."""
    if not any(word in reading.lower for word in _SPEAKING):
        return []
    found = sorted(_all(reading), key=lambda phrase: (phrase.start, -phrase.end))
    kept: list[UserPhrase] = []
    for phrase in found:
        known = {title.start for other in kept for title in other.titles}
        if phrase.titles and all(title.start in known for title in phrase.titles):
            continue
        kept.append(phrase)
    return kept


def _all(reading: Reading) -> Iterator[UserPhrase]:
    patterns, text = _patterns(), reading.text
    modal = re.compile(rf"(?:{reading.rules.modals})\s*$", re.IGNORECASE)
    for pattern in (patterns.verb, patterns.participle, patterns.noun, patterns.owner, patterns.place_before):
        for match in pattern.finditer(text):
            before = text[: match.start()]
            if patterns.conditional.search(before) or (
                pattern is patterns.verb and modal.search(match["adverbs"] or "")
            ):
                continue
            yield from _read(reading, match)
    for title in reading.titles:
        for pattern in (patterns.place_behind, patterns.which):
            match = pattern.match(text, title.end)
            if match:
                titles = titles_until(reading, title.end)
                rating = _rating(text, match.end()) if re.search(r"rated|gave", match[0], re.IGNORECASE) else None
                start = titles[0].start
                if not patterns.conditional.search(text[:start]):
                    yield UserPhrase(start, match.end(), tuple(titles), negated=bool(match["not"]), rating=rating)


def _read(reading: Reading, match: re.Match[str]) -> Iterator[UserPhrase]:
    text, place = reading.text, match.end()
    groups = match.groupdict()
    verb, negated = groups.get("verb") or "", bool(groups.get("not"))
    strict = bool(_STRICT.search(verb))
    titles = titles_at(reading, place, strict=strict) or titles_before_colon(reading, match, verb)
    if titles:
        end = titles[-1].end
        rating = _rating(text, end) if re.search(r"rated|gave", verb, re.IGNORECASE) else None
        yield UserPhrase(match.start(), end, tuple(titles), negated=negated, rating=rating, is_strict=strict)
    if not titles or _TASTE_VERB.search(match[0]) or groups.get("verb") in ("love", "interest", "taste", "fondness"):
        tastes = _tastes_at(reading, place)
        is_users = re.search(r"\byour\b|['’]s\b|\b(?:have|has)\s+an?\b", match[0], re.IGNORECASE)
        if tastes and (_TASTE_VERB.search(match[0]) or is_users):
            yield UserPhrase(match.start(), tastes[-1].end, tastes=tuple(tastes), negated=negated)


def _tastes_at(reading: Reading, place: int) -> list[Found]:
    found = []
    while len(found) < 6:
        start = _after(
            re.compile(
                r"(?:(?:the|a|an|good|great|dark|classic|more|some|all|works? (?:by|of)|films? by|books? by"
                r"|music by|everything by|anything by)\s+){0,2}"
            ),
            reading.text,
            place,
        )
        mention = reading.at(place, TASTES) or reading.at(start, TASTES)
        if mention is None or not _TASTE_END.match(reading.text, mention.end):
            break
        entry = mention.entry(TASTES)
        if entry is None:
            break
        labels = tuple(e.label for e in mention.entries if e.family in TASTES)
        found.append(
            Found(mention.start, mention.end, Value(text=reading.text[mention.start : mention.end], labels=labels))
        )
        more = re.compile(
            r"(?:\s+(?:films?|movies?|books?|albums?|music|stories))?(?:,\s*(?:and)?|\s+and|\s+or)\s*"
        ).match(reading.text, mention.end)
        if more is None:
            break
        place = more.end()
    return found


def _rating(text: str, place: int) -> float | None:
    match = _STARS.match(text, place) or _STARS_BARE.match(text, place)
    if match is None:
        return None
    return _WORD_NUMBERS.get(match["number"].casefold()) or float(match["number"])


def _after(pattern: re.Pattern[str], text: str, place: int) -> int:
    match = pattern.match(text, place)
    return match.end() if match else place
