"""Generated text -> catalogue item or None, with kind of match and score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.records import Item, Match


class Grounder:
    """Resolve titles that a model wrote against one catalogue."""

    def __init__(self, items: Mapping[str, Item]) -> None:
        self.items = items

    def ground(self, lines: Sequence[str]) -> list[Match | None]:
        """Resolve each line to the item that it names, or None."""
        raise RuntimeError("being written")
