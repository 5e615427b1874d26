"""Which items of a history a rationale names: by their label or title, spelled as the catalogue spells them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.titles import label_key

_SHORTEST = 2  # characters of a title that counts as named
_TOO_COMMON = frozenset(
    {"it", "he", "her", "him", "she", "they", "them", "us", "we", "you", "me", "what", "who", "that", "this", "one"}
)


def named_items(text: str, labels: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the items that a text names, in the order of the text; a name inside a longer one does not count.

    Args:
        text: what was said.
        labels: item id -> its label and its title.
    """
    said = f" {label_key(text)} "
    names = sorted(
        ((key, item_id) for item_id, own in labels.items() for key in {label_key(name) for name in own}),
        key=lambda pair: (-len(pair[0]), pair),
    )
    places: dict[str, int] = {}
    for key, item_id in names:
        if len(key) < _SHORTEST or key in _TOO_COMMON:
            continue  # "It" or "You" is not known to be a title in the middle of a sentence
        place = said.find(f" {key} ")
        while place >= 0:
            places[item_id] = min(place, places.get(item_id, place))
            said = said[: place + 1] + "\x00" * len(key) + said[place + 1 + len(key) :]
            place = said.find(f" {key} ")
    return tuple(sorted(places, key=lambda item_id: places[item_id]))
