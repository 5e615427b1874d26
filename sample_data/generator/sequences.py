"""Series, lines and stories in their order, and the links between a book and its film. All from catalogue facts."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from sample_data.generator.catalogue import Entry


def plain(text: str) -> str:
    """Return text without case, accents, punctuation and a leading article, to compare titles and names by."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    words = "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c)).split()
    return " ".join(words[1:] if len(words) > 1 and words[0] in {"the", "a", "an"} else words)


def in_order(entries: Sequence[Entry]) -> tuple[tuple[int, ...], ...]:
    """Return each sequence of at least two items as places in the catalogue, first part first."""
    members: dict[tuple[str, str], list[int]] = {}
    for place, entry in enumerate(entries):
        if entry.sequence:
            members.setdefault((entry.domain, entry.sequence), []).append(place)

    def key(place: int) -> tuple[float, str, int]:
        entry = entries[place]
        order = entry.sequence_order if entry.sequence_order is not None else float(entry.year or 0)
        return (order, str(entry.published or ""), place)

    return tuple(tuple(sorted(places, key=key)) for places in members.values() if len(places) > 1)


def next_in_sequence(entries: Sequence[Entry]) -> tuple[int, ...]:
    """Return for each item the place of the next part that the catalogue holds, or -1."""
    following = [-1] * len(entries)
    for places in in_order(entries):
        for here, there in pairwise(places):
            following[here] = there
    return tuple(following)


def adaptations(entries: Sequence[Entry]) -> tuple[tuple[int, int], ...]:
    """Return (film, book) places where both are in the catalogue and title and author, or title and year, agree."""
    films = {(plain(e.title), e.year): i for i, e in enumerate(entries) if e.domain == "film"}
    books = {
        (plain(title), plain(author)): i
        for i, e in enumerate(entries)
        if e.domain == "book"
        for author in e.creators
        for title in (e.title, *e.aliases)
    }
    pairs: dict[tuple[int, int], None] = {}
    for place, entry in enumerate(entries):
        if entry.domain == "film" and entry.based_on_title:
            book = books.get((plain(entry.based_on_title), plain(entry.based_on_author)))
            if book is not None:
                pairs[place, book] = None
        if entry.domain == "book" and entry.film_title:
            film = films.get((plain(entry.film_title), entry.film_year))
            if film is not None:
                pairs[film, place] = None
    return tuple(sorted(pairs))


def links(entries: Sequence[Entry]) -> tuple[int, ...]:
    """Return for each film its book, for each book its first film, and -1 for what has neither."""
    linked = [-1] * len(entries)
    for film, book in reversed(adaptations(entries)):
        linked[film] = book
        linked[book] = film
    return tuple(linked)
