"""Descriptions as in "a 1977 horror novel": values that stand before a word for a work, or at its place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from audits.claims.lexicon import Mention
from audits.claims.reading import Found, Reading
from audits.claims.records import Value

_ADVERB = (
    r"(?:also|in fact|indeed|really|actually|clearly|probably|possibly|likely|perhaps|maybe|still|truly"
    r"|widely|simply|just|"
    r"basically|certainly|definitely|not|never|to be|neither|nor|both|all|considered|i believe|i think"
    r"|i guess|said to be|"
    r"essentially|apparently|reportedly|arguably|without doubt|no doubt|not only|more than|something of"
    r"|in essence|of course|well)"
)
_COPULA = re.compile(
    rf"(?:\b(?:is|was|are|were|be|been|being|remains?|became|becomes|isn['’]?t|wasn['’]?t|aren['’]?t|nor|neither|but|seems|appears|makes|as)\b|['’]s\b|['’]re\b)[\s,]*(?:{_ADVERB}[\s,]+)*$",
    re.IGNORECASE,
)
_AT_START = re.compile(r"(?:^|[:;(–—]|,\s*(?:and )?|[.!?]\s)\s*[\"“']?\s*$")
_DETERMINER = re.compile(r"\b(an?|another|this|no|the|one of the)\s+", re.IGNORECASE)
_STOP = frozenset({
    "user", "customer", "subscriber", "shopper",
    "of", "by", "with", "in", "on", "is", "was", "are", "were", "be", "that", "which", "who", "whom", "whose",
    "from", "to", "for", "and", "or", "as", "at", "but", "than", "then", "it", "you", "your", "i", "we", "they",
    "he", "she", "his", "her", "its", "their", "if", "because", "since", "while", "when", "where", "so", "not",
    "about", "like", "has", "have", "had", "does", "do", "did", "will", "would", "can", "may", "might",
})  # fmt: skip
_FAMILIES = frozenset({"genre", "country", "people", "kind"})
_JOINER = re.compile(r"\s*(?:,|and|&|/|-|–|,\s*and|-\s*and\s*-)?\s*")
_MOST_FILLERS = 3
_PLURAL_HEADS = re.compile(r"\b(?:are|were)\s+(?:both\s+|all\s+|also\s+)*$", re.IGNORECASE)


class Described:
    """A value in a description. `place`: where the description begins, `is_copular`: something is said to be it."""

    __slots__ = ("found", "is_copular", "place", "relation")

    def __init__(self, relation: str, found: Found, place: int, *, is_copular: bool) -> None:
        self.relation, self.found, self.place, self.is_copular = relation, found, place, is_copular


def read_descriptions(reading: Reading) -> Iterator[Described]:
    """Yield the values of every description of something that is not plainly the user's taste."""
    text, taken = reading.text, -1
    for place, begin, word in _beginnings(reading):
        if begin < taken:
            continue
        before = text[:place]
        copular = _COPULA.search(before) is not None
        if not (copular or word in ("this", "another") or _AT_START.search(before) or _behind_title(reading, place)):
            continue
        if word == "the" and not copular:
            continue
        values, head, end = _walk(reading, begin)
        if head is None and not (values and values[-1][1].end >= end - 1 and values[-1][0] == "has_genre"):
            continue
        if word == "" and head is None and not copular:
            continue
        taken = end
        for relation, found in values:
            yield Described(relation, found, place, is_copular=copular)
        if head is not None and copular and word in ("a", "an", "no", "another", "the"):
            kind = head.entry(frozenset({"kind"}))
            no_genre = word != "no" or not any(relation == "has_genre" for relation, _ in values)
            if (kind is not None and no_genre and not _negates(before)) or (kind is not None and not values):
                value = Value(text=text[head.start : head.end], labels=(kind.label,))
                yield Described("kind", Found(head.start, head.end, value), place, is_copular=True)


def _beginnings(reading: Reading) -> Iterator[tuple[int, int, str]]:
    """Yield where a description may begin: place of the determiner, place behind it, the determiner."""
    for match in _DETERMINER.finditer(reading.text):
        yield match.start(), match.end(), match[1].casefold()
    if reading.words:
        first = reading.words[0].start
        yield first, first, ""
    for match in re.finditer(
        r"\b(?:are|were|neither|nor|not)\s+(?:both\s+|all\s+|also\s+)*", reading.text, re.IGNORECASE
    ):
        yield match.end(), match.end(), ""


def _behind_title(reading: Reading, place: int) -> bool:
    before = reading.text[:place].rstrip()
    return before.endswith(",") and any(
        title.end >= len(before.rstrip(", \"”’'")) for title in reading.titles if title.end <= place
    )


def _negates(before: str) -> bool:
    return (
        re.search(r"(?:\bnot\b|n['’]?t\b|\bnever\b|\bneither\b|\bnor\b)[\s\w,]{0,12}$", before, re.IGNORECASE)
        is not None
    )


def _walk(reading: Reading, place: int) -> tuple[list[tuple[str, Found]], Mention | None, int]:
    """Go from word to word of a description; return its values, its head where that is a kind of work, and its end."""
    text, values, head, fillers = reading.text, [], None, 0
    at, end = place, place
    while True:
        at = _skip(text, at)
        mention = reading.at(at, _FAMILIES)
        word = re.compile(r"[^\W_]+(?:['’][^\W_]+)?").match(text, at)
        if mention is not None and not (word and word[0].casefold() in _STOP):
            families = {entry.family for entry in mention.entries}
            if _is_of_phrase(families, text[mention.end : mention.end + 10]):
                break
            if "kind" in families and not families & {"genre", "country"}:
                return values, mention, mention.end
            if families & {"genre", "country"}:
                values.append(_described(mention, text))
            if {"kind", "genre"} <= families and not _goes_on(reading, mention.end):
                head = mention if text[mention.start : mention.end].casefold() in reading.rules.works else None
            at = end = _past_possessive(text, mention.end)
            continue
        if word is None:
            break
        lower = word[0].casefold()
        if lower in _STOP:
            break
        if lower in reading.rules.works or lower.rstrip("s") in reading.rules.works:
            return values, head or Mention(word.start(), word.end(), (), 1), word.end()
        is_year = lower.isdigit() or re.match(r"\d", lower)
        if not is_year and (fillers >= _MOST_FILLERS or (word[0][:1].isupper() and at > place and values)):
            break
        fillers += 0 if is_year else 1
        at = word.end()
        if is_year:
            end = at
        if text[at : at + 1] in ".;:!?":
            break
    return values, head, end


def _is_of_phrase(families: set[str], behind: str) -> bool:
    """Tell whether a phrase reads what stands here: "French-language", "Kurosawa's"."""
    is_person = "people" in families and not families & {"kind", "country"}
    possessive = re.match(r"['’]", behind) is not None
    return re.match(r"[- ]language\b", behind) is not None or (is_person and (possessive or "genre" not in families))


def _described(mention: Mention, text: str) -> tuple[str, Found]:
    """Return the relation and the value of a genre or a country."""
    said, genre = text[mention.start : mention.end], mention.entry(frozenset({"genre"}))
    if genre is not None:
        return "has_genre", Found(mention.start, mention.end, Value(text=said, labels=(genre.label,)))
    labels = tuple(entry.label for entry in mention.entries if entry.family == "country")
    return "country", Found(mention.start, mention.end, Value(text=said, labels=labels))


def _past_possessive(text: str, place: int) -> int:
    match = re.compile(r"['’]s\b|['’]\b").match(text, place)
    return match.end() if match else place


def _goes_on(reading: Reading, place: int) -> bool:
    word = re.compile(r"[\s-]*([^\W_]+)").match(reading.text, place)
    return word is not None and (
        word[1].casefold() in reading.rules.works or reading.at(word.start(1), _FAMILIES) is not None
    )


def _skip(text: str, place: int) -> int:
    match = _JOINER.match(text, place)
    return match.end() if match else place
