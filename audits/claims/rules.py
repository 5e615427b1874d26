"""Read phrases.toml: relations, the phrases that state them, and the words around them. Not here: reading sentences."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from audits.errors import AuditError

WORLDS = ("closed", "vocabulary", "open")
_SLOT = re.compile(r"\{([vt])\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """What a relation is called, where a dataset states it, and when a claim of it may be contradicted."""

    name: str
    label: str
    triples: tuple[str, ...]  # relations of the graph that state it
    column: str  # of the catalogue; empty: none
    kinds: frozenset[str]  # kinds of items whose column means it; empty: all
    family: str  # of values: people, title, genre, ...
    world: str
    because: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One way to state a relation. The value (or title) stands between `left` and `right`; one of them may be None."""

    relation: str
    left: re.Pattern[str] | None
    right: re.Pattern[str] | None
    is_title: bool
    is_shared: bool  # the relation's value is said to be that of the title
    literals: tuple[str, ...]  # a lower-case sentence without any of them cannot hold the phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """All of phrases.toml, compiled."""

    relations: Mapping[str, Relation]
    phrases: tuple[Phrase, ...]
    by_literal: Mapping[str, tuple[int, ...]]  # literal (empty: none) -> places of its phrases
    hedge: re.Pattern[str]
    negation: re.Pattern[str]
    not_negation: re.Pattern[str]
    other_year: re.Pattern[str]
    verbs: str  # alternations of regular expressions
    participles: str
    modals: str
    nouns: str
    places: str
    min_items_for_taste: int
    demonyms: Mapping[str, str]
    within: Mapping[str, str]
    genres: Mapping[str, str]
    works: frozenset[str]

    def phrases_for(self, lower: str) -> Iterator[Phrase]:
        """Yield the phrases that a sentence, in lower case, may hold."""
        places = {place for literal, found in self.by_literal.items() if literal in lower for place in found}
        for place in sorted(places):
            yield self.phrases[place]


@cache
def read_rules() -> Rules:
    """Return the rules.

    Raises:
        AuditError: the file names an unknown world.
    """
    table = tomllib.loads((files("audits.claims") / "phrases.toml").read_text(encoding="utf-8"))
    relations = {name: _relation(name, row) for name, row in table["relations"].items()}
    words, history = table["words"], table["history"]
    sugar = {
        "{work}": _either([*words["works"], *(f"{word}s" for word in words["works"])]),
        "{be}": "(?:is|are|was|were|be|been|being|['’]s)",
        "{aux}": (
            r"(?:(?:(?:did|does|do|has|had|have|was|is|were|are)(?:n['’]?t)?|also|both|never|not|once|really"
            r"|again|then)\s+)*"
        ),
    }  # fmt: skip
    phrases: list[Phrase] = []
    for name, row in table["relations"].items():
        for text in row.get("phrases", ()):
            phrases.append(_phrase(name, text, sugar))
        if row.get("roles"):
            role = f"(?:{'|'.join(row['roles'])})"
            phrases += [_phrase(name, text.replace("ROLE", role), sugar) for text in _ROLE_PHRASES]
            phrases += [_phrase(name, text.replace("ROLE", role), sugar, shared=True) for text in _SHARED_PHRASES]
    return Rules(
        relations=relations,
        phrases=tuple(phrases),
        by_literal=_by_literal(phrases),
        hedge=_words(words["hedges"]),
        negation=_words(words["negations"]),
        not_negation=_words(words["not_negations"]),
        other_year=_words(words["other_years"]),
        verbs=_either(history["verbs"]),
        participles=_either(history["participles"]),
        modals=_either(history["modals"]),
        nouns=_either(history["nouns"]),
        places=_either(history["places"]),
        min_items_for_taste=history["min_items_for_taste"],
        demonyms=words["demonyms"],
        within=words["within"],
        genres=words["genres"],
        works=frozenset(word.casefold() for word in words["works"]),
    )


_ROLE_PHRASES = (
    "\\bROLEs? (?:of (?:this one|this {work}|the {work}|both|this|it) )?(?:(?:is|was|are|were) )?{v}",
    "\\bROLEs?: {v}",
    "(?:its|the) ROLEs?, {v}",
    "{v} (?:is|was|are|were|['’]s) (?:also )?(?:not )?(?:the|its|their) ROLE",
    "{v} as (?:the |its )?ROLE",
    "{v}, (?:the|its) ROLE",
)
_SHARED_PHRASES = (
    "(?:the )?same ROLE (?:as|of) (?:in )?{t}",
    "shares? (?:its|the|a|the same) ROLE with {t}",
    "(?:by|from|of) (?:the )?(?:same )?ROLE (?:of|behind|who made|who wrote|who directed) {t}",
)


def _by_literal(phrases: Sequence[Phrase]) -> Mapping[str, tuple[int, ...]]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, phrase in enumerate(phrases):
        for literal in phrase.literals or ("",):
            places[literal].append(place)
    return {literal: tuple(found) for literal, found in places.items()}


def _relation(name: str, row: dict) -> Relation:
    if row["world"] not in WORLDS:
        raise AuditError(f"phrases.toml: the world of {name} must be one of {', '.join(WORLDS)}, not {row['world']!r}.")
    return Relation(
        name=name,
        label=row["label"],
        triples=tuple(row.get("triples", ())),
        column=row.get("column", ""),
        kinds=frozenset(row.get("kinds", ())),
        family=row["family"],
        world=row["world"],
        because=row["because"],
        roles=tuple(row.get("roles", ())),
    )


def _phrase(relation: str, text: str, sugar: Mapping[str, str], *, shared: bool = False) -> Phrase:
    slot = _SLOT.search(text)
    if slot is None or len(_SLOT.findall(text)) > 1:
        raise AuditError(f"phrases.toml: {text!r} of {relation} must have one {{v}} or one {{t}}.")
    left, right = text[: slot.start()], text[slot.end() :]
    return Phrase(
        relation=relation,
        left=_pattern(left.rstrip(" "), sugar, before=True) if left.strip() else None,
        right=_pattern(right.lstrip(" "), sugar, before=False) if right.strip() else None,
        is_title=slot[1] == "t",
        is_shared=shared,
        literals=_literals(left) or _literals(right),
    )


def _pattern(text: str, sugar: Mapping[str, str], *, before: bool) -> re.Pattern[str]:
    for name, meaning in sugar.items():
        text = text.replace(name, meaning)
    text = text.replace(" ", r"\s+")
    first = r"\b" if text[:1].isalpha() else ("" if text[:1] in "[,\\" else r"(?<!\w)")
    last = r"\b" if not before and text[-1:].isalpha() else ""
    return re.compile(first + text + last, re.IGNORECASE)


def _literals(text: str) -> tuple[str, ...]:
    """Return texts of which every match holds at least one; empty: none that tell."""
    groups: list[list[str]] = []

    def keep(match: re.Match[str]) -> str:
        if match[3] or match[1] not in ("?:", ""):
            return "\0"  # optional, or a look around
        groups.append(match[2].split("|"))
        return f"\x01{len(groups) - 1}\x01"

    bare, n_found = re.sub(r"\{\w+\}", "\0", text), 1
    while n_found:
        bare, n_found = re.subn(r"\((\?:|\?[=!]|\?<[=!]|)([^()]*)\)([?*+]|\{\d*,?\d*\}\??)?", keep, bare)
    ways = [(bare,), *(tuple(groups[int(number)]) for number in re.findall(r"\x01(\d+)\x01", bare))]
    choices = [tuple(_literal(way) for way in alternatives) for alternatives in ways]
    best = max(choices, key=lambda choice: min(map(len, choice)))
    return best if all(best) else ()


def _literal(text: str) -> str:
    """Return the longest run of letters that a text without brackets always holds."""
    bare = re.sub(r"\[[^\]]*\][?*+]?|\\.[?*+]?|.[?*]|\x01\d+\x01", "\0", text)
    return max(re.findall(r"[a-z]+", bare), key=len, default="")


def _either(words: list[str]) -> str:
    ordered = sorted(words, key=len, reverse=True)
    return "(?:" + "|".join(word.replace(" ", r"\s+") for word in ordered) + ")"


def _words(words: list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){_either(words)}(?!\w)", re.IGNORECASE)
