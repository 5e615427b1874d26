"""What an item is about and how alike two items are, from catalogue facts alone. Not here: users."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sample_data.generator.catalogue import CatalogueError, Entry

_TABLE = tomllib.loads((Path(__file__).parent / "themes.toml").read_text(encoding="utf-8"))
THEMES: tuple[str, ...] = tuple(_TABLE["themes"])

# How much it counts that two items share one of these. Themes and genres count by share, the rest is yes or no.
_WEIGHTS = {"theme": 1.0, "genre": 1.0, "creator": 1.0, "sequence": 1.0, "cast": 0.4, "place": 0.3, "house": 0.25}
_ERA_WEIGHT = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Rows and columns in catalogue order.

    - `themes`: (n_items, n_themes), rows sum to 1, or to 0 for an item without a theme.
    - `alike`: (n_items, n_items), symmetric, from 0 (nothing shared) upwards, zero on the diagonal.
    """

    themes: np.ndarray
    alike: np.ndarray


def theme_weights(entry: Entry) -> dict[str, float]:
    """Return how much of an entry is about each theme: its own interests, or what its genres express; sums to 1.

    Raises:
        CatalogueError: an interest or genre is not in the table.
    """
    raw: dict[str, float] = {}
    try:
        table = {theme: {theme: 1.0} for theme in THEMES} if entry.interests else _TABLE[entry.domain]
        for label in entry.interests or entry.categories:
            for theme, weight in table[label].items():
                raw[theme] = raw.get(theme, 0.0) + weight
    except KeyError as unknown:
        raise CatalogueError(f"{entry.item_id} {entry.title!r}: {unknown} is not in themes.toml") from None
    total = sum(raw.values())
    return {theme: weight / total for theme, weight in raw.items()}


def measure(entries: Sequence[Entry]) -> Likeness:
    """Compare every entry with every other."""
    themes = np.zeros((len(entries), len(THEMES)))
    for row, entry in enumerate(entries):
        for theme, weight in theme_weights(entry).items():
            themes[row, THEMES.index(theme)] = weight
    unit = themes / np.maximum(np.sqrt((themes**2).sum(axis=1, keepdims=True)), 1e-12)
    alike = _WEIGHTS["theme"] * (unit @ unit.T)
    alike += _WEIGHTS["genre"] * _shared([[(e.domain, c) for c in e.categories] for e in entries], by_share=True)
    alike += _WEIGHTS["creator"] * _shared([e.creators for e in entries])
    alike += _WEIGHTS["sequence"] * _shared([(e.sequence,) if e.sequence else () for e in entries])
    alike += _WEIGHTS["cast"] * _shared([e.actors + e.composers + e.producers for e in entries])
    alike += _WEIGHTS["place"] * _shared([_places(e) for e in entries])
    alike += _WEIGHTS["house"] * _shared([[h for h in (e.label, e.outlet) if h] for e in entries])
    alike += _ERA_WEIGHT * _same_era(entries)
    np.fill_diagonal(alike, 0.0)
    return Likeness(themes=np.round(themes, 6), alike=np.round(alike, 6))


def _places(entry: Entry) -> list[str]:
    common = {"United States", "United Kingdom", "English", ""}  # too common to make two items alike
    return [p for p in (entry.country, entry.language, entry.place, *entry.setting) if p not in common]


def _same_era(entries: Sequence[Entry]) -> np.ndarray:
    dated = [
        [(e.domain, e.year // 10)] if e.year is not None and e.domain in {"film", "music", "book"} else []
        for e in entries
    ]
    return _shared(dated)


def _shared(labels: Sequence[Iterable], *, by_share: bool = False) -> np.ndarray:
    """Return (n, n): 1 where two rows share a label, or, by share, the cosine of their label sets."""
    rows = [tuple(dict.fromkeys(row)) for row in labels]
    columns = {label: i for i, label in enumerate(dict.fromkeys(label for row in rows for label in row))}
    has = np.zeros((len(rows), max(len(columns), 1)))
    for i, row in enumerate(rows):
        for label in row:
            has[i, columns[label]] = 1.0 / np.sqrt(len(row)) if by_share else 1.0
    common = has @ has.T
    return common if by_share else np.minimum(common, 1.0)
