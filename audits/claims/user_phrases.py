"""What a sentence says about the user: items that they are said to have had, ratings, tastes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from audits.claims.lexicon import TITLE
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
_FILLER = re.compile(
    r"(?:(?:[\w'’-]+\s+){0,4}?(?:such as|like|including|called|titled|named|e\.g\.)\s+|"
    r"(?:(?:the|a|an|its predecessor|both|also|other)\s+)?(?:[\w-]+\s+){0,2}?(?:film|movie|book|novel|album"
    r"|record|song|game|series|article|report|story|item|title)s?,?\s+)?"
    r"(?:both\s+)?[\"“'‘«(]?"
)
_FREE_TITLE = re.compile(
    r"[\"“«]([^\"”»]{2,120})[\"”»]|"
    r"([^\W\da-z_][\w’'&.-]*(?:(?:\s+|:\s+|,\s+)(?:(?:of|the|at|on|and|in|for|to|a|an|with|from|by|de|la|le|vs\.?)\s+){0,3}[^\W_a-z][\w’'&.-]*)*)"
)
_MORE = re.compile(
    r"[\"”'’»)]?\s*(?:\([^)]*\)\s*)?(?:,\s*(?:and|as well as)?|and|&|or|as well as|along with)\s+(?:also\s+"
    r"|then\s+)?(?:both\s+)?(?:the (?:film|movie|book|album|novel)\s+)?[\"“'‘«]?"
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
_UP_TO_COLON = re.compile(r"[\"“]?([^:;,!?\"“”]{1,80})[\"”]?:\s")
_NO_TITLE = re.compile(r"(?:how|that|what|why|when|where|who|which|it|this|all|many|every|some|good)\b", re.IGNORECASE)
_WORD_BEHIND = re.compile(r"[\"”'’»)]*(?:\s*\((?:\d{4}|[a-z ]+)\))?\s+([a-z]+)\b")
_INSERTED = re.compile(
    r"[\"”'’»)]*(?:\s*\(\d{4}\))?,\s[^,.;:]{3,60},\s(?:is|was|will|should|might|may|could|fits|seems)\b"
)
_VERBS = frozenset({
    "is", "was", "will", "would", "should", "could", "might", "may", "must", "can", "fits", "suits", "makes", "seems",
    "looks", "offers", "comes", "deserves", "belongs", "has", "feels", "sounds", "promises", "ought",
})  # fmt: skip
_GOES_ON = frozenset({
    "and", "or", "as", "along", "plus", "which", "that", "who", "because", "since", "so", "but", "though", "although",
    "while", "by", "from", "in", "on", "with", "at", "to", "for", "both", "all", "among", "too", "before", "last",
    "twice", "once", "again", "then", "you", "your", "this", "these", "those", "it", "we", "i", "one", "two", "three",
    "several", "many", "of", "a", "an", "the", "first", "when", "where", "after", "not", "rated",
})  # fmt: skip
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
_TASTE = frozenset({"genre", "theme", "people"})
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
                titles = _titles_until(reading, title.end)
                rating = _rating(text, match.end()) if re.search(r"rated|gave", match[0], re.IGNORECASE) else None
                start = titles[0].start
                if not patterns.conditional.search(text[:start]):
                    yield UserPhrase(start, match.end(), tuple(titles), negated=bool(match["not"]), rating=rating)


def _read(reading: Reading, match: re.Match[str]) -> Iterator[UserPhrase]:
    text, place = reading.text, match.end()
    groups = match.groupdict()
    verb, negated = groups.get("verb") or "", bool(groups.get("not"))
    strict = bool(_STRICT.search(verb))
    titles = _titles_at(reading, place, strict=strict) or _before_colon(reading, match, verb)
    if titles:
        end = titles[-1].end
        rating = _rating(text, end) if re.search(r"rated|gave", verb, re.IGNORECASE) else None
        yield UserPhrase(match.start(), end, tuple(titles), negated=negated, rating=rating, is_strict=strict)
    if not titles or _TASTE_VERB.search(match[0]) or groups.get("verb") in ("love", "interest", "taste", "fondness"):
        tastes = _tastes_at(reading, place)
        is_users = re.search(r"\byour\b|['’]s\b|\b(?:have|has)\s+an?\b", match[0], re.IGNORECASE)
        if tastes and (_TASTE_VERB.search(match[0]) or is_users):
            yield UserPhrase(match.start(), tastes[-1].end, tastes=tuple(tastes), negated=negated)


def _titles_at(reading: Reading, place: int, *, strict: bool) -> list[Found]:
    """Return the list of titles that begins at a place, a name that the catalogue does not have included."""
    first = _title_at(reading, place, strict=strict)
    titles = []
    while first is not None and len(titles) < 12:
        titles.append(first)
        more = _MORE.match(reading.text, first.end)
        first = _title_at(reading, more.end(), strict=False, in_list=True) if more else None
        if more is not None and first is not None and _begins_clause(reading.text, more, first):
            first = None
    return titles


def _begins_clause(text: str, more: re.Match[str], title: Found) -> bool:
    """Tell a title that begins the main clause from one more of a list: "Because you saw A, B is next"."""
    if re.search(r"\b(?:you|it|we|I|this|they|user|customer)\b", text[more.end() : title.start], re.IGNORECASE):
        return True  # "..., you might like B"
    if _INSERTED.match(text, title.end):
        return True
    behind = _WORD_BEHIND.match(text, title.end)
    if behind is None:
        return False
    word = behind[1].casefold()
    if "," not in more[0]:
        return word in _VERBS
    return word not in _GOES_ON and not word.endswith("ly")


def _before_colon(reading: Reading, match: re.Match[str], verb: str) -> list[Found]:
    """Return what stands between "because you know" and a colon: a title, even where no item is called so."""
    named = _UP_TO_COLON.match(reading.text, match.end())
    if named is None or not re.search(r"\bbecause\s+$", reading.text[: match.start()], re.IGNORECASE):
        return []
    text = named[1].strip()
    is_name = verb.casefold() in ("know", "knew") or not text[:1].islower()
    if not is_name or not text or _NO_TITLE.match(text) or reading.at(named.start(1), _TASTE) is not None:
        return []
    return [Found(named.start(1), named.end(1), Value(text=text))]


def _title_at(reading: Reading, place: int, *, strict: bool, in_list: bool = False) -> Found | None:
    filled = _FILLER.match(reading.text, place)
    starts = [place, *([filled.end()] if filled else [])]
    if reading.text[place : place + 1] in "\"“'‘«":
        starts.insert(1, place + 1)
    for start in starts:
        found = reading.title_at(start)
        if found is not None and not _is_value_instead(reading, found):
            return found
    # "you enjoyed the spooky Psycho": the nearest title within a few small words
    for mention in reading.titles:
        if place < mention.start <= place + 60 and re.fullmatch(
            r"(?:(?:[a-z][\w'’-]*|\"|“)\s*){1,6}", reading.text[place : mention.start]
        ):
            small = reading.text[place : mention.start].split()
            if not any(word in _NOT_BETWEEN for word in small):
                return reading.found_title(mention)
    if in_list:
        return None
    for start in starts:
        free = _FREE_TITLE.match(reading.text, start) or (
            _FREE_TITLE.match(reading.text, start - 1) if start > place else None
        )
        if free is None or reading.at(free.start(), _TASTE) is not None:
            continue
        text = (free[1] or free[2]).rstrip(" .,;:'’")
        quoted = free[1] is not None
        if text.split()[0] in ("I", "It", "This", "The") and len(text.split()) == 1:
            continue
        if quoted or len(text.split()) >= (2 if strict else 3):
            return Found(free.start(), free.start() + len(text) + (1 if quoted else 0), Value(text=text))
    return None


_NOT_BETWEEN = frozenset({
    "that", "this", "so", "which", "because", "and", "will", "would", "might", "may", "is", "are", "was",
    "were", "you", "your", "it", "to", "we",
})  # fmt: skip


def _is_value_instead(reading: Reading, found: Found) -> bool:
    """Tell whether a lower-case word that is a title too is meant as a genre: "you enjoyed horror"."""
    return reading.text[found.start].islower() and reading.at(found.start, _TASTE) is not None


def _titles_until(reading: Reading, end: int) -> list[Found]:
    """Return the list of titles that ends at a place: "A, B and C"."""
    last = next(title for title in reading.titles if title.end == end)
    titles = [reading.found_title(last)]
    for title in reversed([t for t in reading.titles if t.end < last.start]):
        more = _MORE.match(reading.text, title.end)
        if more is None or more.end() != titles[0].start:
            break
        titles.insert(0, reading.found_title(title))
    return titles


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
        mention = reading.at(place, _TASTE) or reading.at(start, _TASTE)
        if mention is None or not _TASTE_END.match(reading.text, mention.end):
            break
        entry = mention.entry(_TASTE)
        if entry is None:
            break
        labels = tuple(e.label for e in mention.entries if e.family in _TASTE)
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


__all__ = ["TITLE", "UserPhrase", "read_user_phrases"]
