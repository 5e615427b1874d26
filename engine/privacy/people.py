"""Find the people of a dataset in texts: their ids and names. And leave alone what the catalogue itself prints.

An id is looked for anywhere where it could hardly be anything else (at least five characters, a letter and a digit, or
eight characters); any other, such as a bare number, only where the text calls it a user. Names come from the user
attributes, where a dataset has any; only full names are looked for. Names of other people are not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from engine.privacy.patterns import Find, find_by_form

NAME_ATTRIBUTES = ("name", "full_name", "fullname", "user_name", "username", "display_name")
NAME_PARTS = (("first_name", "last_name"), ("given_name", "family_name"), ("firstname", "lastname"))
_WORD = re.compile(r"\w(?:[\w.'@+:-]*\w)?")
_CALLED_USER = re.compile(r"\b(?:user|customer|client|member|account)(?:[ _-]?id)?\"?\s*[:=#]?\s*\"?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """The users of a dataset as texts could name them, and what is public because the catalogue prints it."""

    ids: frozenset[str] = frozenset()
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # first word -> full names
    public: frozenset[str] = frozenset()  # lower case

    def find(self, text: str) -> list[Find]:
        """Return all personal data in a text, in its order, without overlaps."""
        finds = [find for find in find_by_form(text) if find.text.lower() not in self.public]
        if self.ids or self.names:
            known = [f for f in self._known(text) if not any(o.start < f.end and f.start < o.end for o in finds)]
            finds = sorted([*finds, *known], key=lambda find: find.start)
        return finds

    def _known(self, text: str) -> Iterator[Find]:
        end = 0
        for match in _WORD.finditer(text):
            if match.start() < end:
                continue
            word, start = match[0], match.start()
            full = next((name for name in self.names.get(word, ()) if _stands_at(text, name, start)), None)
            if full is not None and full.lower() not in self.public:
                end = start + len(full)
                yield Find(kind="name", start=start, end=end, text=full)
            elif word in self.ids and self._is_user(text, word, start):
                end = match.end()
                yield Find(kind="user_id", start=start, end=end, text=word)

    def _is_user(self, text: str, word: str, start: int) -> bool:
        if word.lower() not in self.public and is_distinctive(word):
            return True
        return bool(_CALLED_USER.search(text[max(0, start - 24) : start]))


def people_of(
    user_ids: Iterable[str], attributes: Iterable[tuple[str, str, str | None]], catalogue: Iterable[str]
) -> People:
    """Make the people of a dataset.

    Args:
        user_ids: all of them.
        attributes: user id, attribute, value.
        catalogue: every text that the catalogue prints: titles, creators, descriptions, item ids.
    """
    by_user: dict[str, dict[str, str]] = {}
    for user_id, attribute, value in attributes:
        if value and attribute.lower() in _NAMING:
            by_user.setdefault(user_id, {})[attribute.lower()] = value.strip()
    names = sorted({name for values in by_user.values() for name in _full_names(values)})
    ids = frozenset(user_ids)
    by_first: dict[str, tuple[str, ...]] = {}
    for name in names:
        first = _WORD.match(name)
        if first is not None:
            by_first[first[0]] = (*by_first.get(first[0], ()), name)
    public = {text.lower() for whole in catalogue for text in _public_texts(whole, ids)}
    return People(ids=ids, names=by_first, public=frozenset(public))


def is_distinctive(user_id: str) -> bool:
    """Tell whether an id, met in a text, can hardly be anything else."""
    has_digit = any(char.isdigit() for char in user_id)
    has_letter = any(char.isalpha() for char in user_id)
    return has_digit and ((len(user_id) >= 5 and has_letter) or len(user_id) >= 8)


_NAMING = frozenset({*NAME_ATTRIBUTES, *(part for pair in NAME_PARTS for part in pair)})


def _full_names(values: Mapping[str, str]) -> Iterator[str]:
    for attribute in NAME_ATTRIBUTES:
        if " " in values.get(attribute, ""):
            yield values[attribute]
    for first, last in NAME_PARTS:
        if values.get(first) and values.get(last):
            yield f"{values[first]} {values[last]}"


def _public_texts(whole: str, ids: frozenset[str]) -> Iterator[str]:
    yield whole
    yield from (find.text for find in find_by_form(whole))
    if ids:
        yield from (match[0] for match in _WORD.finditer(whole) if match[0] in ids)


def _stands_at(text: str, name: str, start: int) -> bool:
    end = start + len(name)
    return text.startswith(name, start) and (end == len(text) or not text[end].isalnum())
