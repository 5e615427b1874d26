"""Display labels: each item's title, made unique across the catalogue by its kind, year or maker where it must be."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from engine.records import Item


def label_key(text: str) -> str:
    """Fold case, punctuation and white space, so that labels which a reader could confuse count as equal."""
    return re.sub(r"[\W_]+", " ", text.casefold()).strip() or text.casefold().strip()


def unique_labels(items: Iterable[Item]) -> dict[str, str]:
    """Return item id -> label. A unique title stays as it is; others get "(book)", "(1965)", "(maker)" or the id.

    Every label is on one line, and no two labels have the same `label_key`.
    """
    catalogue = {item.item_id: item for item in items}
    labels = {item_id: " ".join(item.title.split()) for item_id, item in catalogue.items()}
    for qualify in _QUALIFIERS:
        for item_id in _confusable(labels):
            labels[item_id] = _qualified(catalogue[item_id], qualify)
    return labels


def _confusable(labels: Mapping[str, str]) -> list[str]:
    holders: dict[str, list[str]] = defaultdict(list)
    for item_id, label in labels.items():
        holders[label_key(label)].append(item_id)
    return [item_id for group in holders.values() if len(group) > 1 for item_id in group]


def _qualified(item: Item, qualify: Callable[[Item], str]) -> str:
    title = " ".join(item.title.split())
    qualifier = " ".join(qualify(item).split())
    return f"{title} ({qualifier})" if qualifier else title


_QUALIFIERS: tuple[Callable[[Item], str], ...] = (
    lambda item: item.domain,
    lambda item: ", ".join(part for part in (item.domain, str(item.year or "")) if part),
    lambda item: ", ".join(part for part in (item.domain, str(item.year or ""), *item.creators[:1]) if part),
    lambda item: item.item_id,
)
