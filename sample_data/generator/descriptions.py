"""One factual sentence an item, made of catalogue facts only."""

from __future__ import annotations

from collections.abc import Sequence

from sample_data.generator.catalogue import Entry

_THE = {
    "United States",
    "United Kingdom",
    "Netherlands",
    "Soviet Union",
    "Philippines",
    "Czech Republic",
    "Bahamas",
    "Roman Empire",
}
_PROPER = {"african": "African", "latin": "Latin", "r&b": "R&B"}


def describe(entry: Entry) -> str:
    """Return the sentence."""
    sentence = {"film": _film, "music": _music, "book": _book, "goods": _goods, "news": _news}[entry.domain](entry)
    return sentence[0].upper() + sentence[1:] + "."


def join(parts: Sequence[str]) -> str:
    """Return "a", "a and b" or "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def _film(entry: Entry) -> str:
    text = f"{_dated(entry)} {' '.join(entry.categories)} film{_from(entry)}"
    if entry.creators:
        text += f", directed by {join(entry.creators)}"
    if entry.actors:
        text += f", with {join(entry.actors)}"
    if entry.composers:
        text += f", music by {join(entry.composers)}"
    if entry.based_on_title:
        text += f", based on {entry.based_on_title}"
        text += f" by {entry.based_on_author.replace('|', ' and ')}" if entry.based_on_author else ""
    return text + _part(entry, "series")


def _music(entry: Entry) -> str:
    genres = join([_PROPER.get(category, category) for category in entry.categories])
    text = f"{_dated(entry)} {genres} album{_by(entry)}{_from(entry)}"
    if entry.label:
        text += f", released by {entry.label}"
    if entry.producers:
        text += f", produced by {join(entry.producers)}"
    if entry.tracks:
        text += f", with {join(entry.tracks)}"
    return text


def _book(entry: Entry) -> str:
    text = f"{_dated(entry)} {join(entry.categories)} book{_by(entry)}{_from(entry)}"
    if entry.language and entry.language != "English":
        text += f", written in {entry.language}"
    if entry.setting:
        text += f", set in {join(entry.setting)}"
    return text + _part(entry, "series")


def _goods(entry: Entry) -> str:
    text = f"an item for {join(entry.categories)}{_by(entry)}"
    if entry.material:
        text += f", of {entry.material}"
    if entry.country:
        text += f", made in {_name(entry.country)}"
    text += f", for people who like {join(entry.interests)}"
    return text + _part(entry, "line")


def _news(entry: Entry) -> str:
    text = f"{_article(entry.section)} {entry.section} report{_by(entry)} in {entry.outlet}"
    if entry.place:
        text += f" from {entry.place}"
    if entry.published:
        text += f", {entry.published.day} {entry.published:%B %Y}"
    text += f", about {join(entry.interests)}"
    return text + _part(entry, "story")


def _dated(entry: Entry) -> str:
    """Return "a 1972", "an 1873", or for an unknown year the article that the first category asks for."""
    if entry.year is None:
        return _article("".join(entry.categories[:1]))
    text = str(entry.year)
    return f"an {text}" if text[:1] == "8" or (len(text) == 4 and text[:2] in {"11", "18"}) else f"a {text}"


def _article(word: str) -> str:
    return "an" if word[:1].lower() in set("aeio") else "a"


def _by(entry: Entry) -> str:
    return f" by {join(entry.creators)}" if entry.creators else ""


def _from(entry: Entry) -> str:
    return f" from {_name(entry.country)}" if entry.country else ""


def _name(country: str) -> str:
    return f"the {country}" if country in _THE else country


def _part(entry: Entry, kind: str) -> str:
    if not entry.sequence:
        return ""
    order = entry.sequence_order
    number = f"number {order:g} of" if order is not None else "part of"
    name = entry.sequence.removeprefix("The ")
    return f", {number} the {name}" if name.lower().endswith((kind, "trilogy")) else f", {number} the {name} {kind}"
