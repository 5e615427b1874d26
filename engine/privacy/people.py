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
_PIECE = re.compile(r"[^\W_]+")
_CALLED_USER = re.compile(
    r"\b(?:user|customer|client|member|account)(?:[ _-]?id)?[\"']?\s*[:=#]?\s*[\"']?$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """The users of a dataset as texts could name them, and what is public because the catalogue prints it."""

    ids: frozenset[str] = frozenset()
    ids_by_piece: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # telling piece -> ids, longest first
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # telling piece -> names, longest first
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
        for match in _PIECE.finditer(text):
            if match.start() < end:
                continue
            found = self._at(text, match[0], match.start(), end)
            if found is not None:
                end = found.end
                yield found

    def _at(self, text: str, piece: str, place: int, end: int) -> Find | None:
        """Return the name or id whose telling piece stands at `place`, if it begins at `end` or later."""
        for name in self.names.get(piece, ()):
            start = place - _telling(name)[1]
            if start >= end and _stands_at(text, name, start) and name.lower() not in self.public:
                return Find(kind="name", start=start, end=start + len(name), text=name)
        for user_id in self.ids_by_piece.get(piece, ()):
            start = place - _telling(user_id)[1]
            if start >= end and _stands_at(text, user_id, start) and self._is_user(text, user_id, start):
                return Find(kind="user_id", start=start, end=start + len(user_id), text=user_id)
        return None

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
    by_piece = _by_piece(ids)
    public = {text.lower() for whole in catalogue for text in _public_texts(whole, by_piece)}
    return People(ids=ids, ids_by_piece=by_piece, names=_by_piece(names), public=frozenset(public))


def is_distinctive(user_id: str) -> bool:
    """Tell whether an id, met in a text, can hardly be anything else."""
    has_digit = any(char.isdigit() for char in user_id)
    has_letter = any(char.isalpha() for char in user_id)
    return has_digit and ((len(user_id) >= 5 and has_letter) or len(user_id) >= 8)


def calls_user(field_name: str) -> bool:
    """Tell whether a field is called a user or users: "user", "userId", "customer_ids"."""
    return bool(_CALLED_USER.search(field_name.removesuffix("s")))


def is_naming(attribute: str) -> bool:
    """Tell whether a user attribute holds a name or a part of one."""
    return attribute.lower() in _NAMING


_NAMING = frozenset({*NAME_ATTRIBUTES, *(part for pair in NAME_PARTS for part in pair)})


def _full_names(values: Mapping[str, str]) -> Iterator[str]:
    for attribute in NAME_ATTRIBUTES:
        if " " in values.get(attribute, ""):
            yield values[attribute]
    for first, last in NAME_PARTS:
        if values.get(first) and values.get(last):
            yield f"{values[first]} {values[last]}"


def _by_piece(texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return texts by their telling piece, the longest first; what has no letter and no digit is left out."""
    found: dict[str, list[str]] = {}
    for text in texts:
        piece, _ = _telling(text)
        if piece:
            found.setdefault(piece, []).append(text)
    return {piece: tuple(sorted(own, key=lambda text: (-len(text), text))) for piece, own in found.items()}


def _telling(text: str) -> tuple[str, int]:
    """Return the piece of an id or name that few others share, with its place: one with digits, a long one."""
    pieces = [(match[0], match.start()) for match in _PIECE.finditer(text)]
    if not pieces:
        return "", 0
    return max(pieces, key=lambda piece: (any(char.isdigit() for char in piece[0]), len(piece[0]), -piece[1]))


def _public_texts(whole: str, ids: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    yield whole
    yield from (find.text for find in find_by_form(whole))
    for match in _PIECE.finditer(whole) if ids else ():
        for user_id in ids.get(match[0], ()):
            start = match.start() - _telling(user_id)[1]
            if start >= 0 and _stands_at(whole, user_id, start):
                yield user_id


def _stands_at(text: str, name: str, start: int) -> bool:
    """Tell whether a text holds a name there, not as a part of a longer word."""
    end = start + len(name)
    begins = start == 0 or not (text[start - 1].isalnum() and name[0].isalnum())
    return begins and text.startswith(name, start) and (end == len(text) or not text[end].isalnum())
