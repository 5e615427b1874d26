"""Numbers in words, with the precision that their interval supports."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from audits.results import Card, Comparison, Interval, Measure, PathExample

NO_HIT = "No run placed an item that its user took"


def value_text(card: Card, value: float | None, interval: Interval | None = None, *, unit: bool = True) -> str:
    """Write a value with its unit (left out without `unit`); shares as percentages."""
    if value is None:
        return "no value"
    digits = _digits(interval)
    if card.unit == "share":
        return f"{100 * value:.{max(0, digits - 2)}f}%"
    if interval is None and 0 < abs(value) < 0.01:
        digits = min(6, 1 - math.floor(math.log10(abs(value))))  # two that say something
    shown = f"{value:,.{digits}f}"
    return f"{shown} {card.unit}" if card.unit and unit else shown


def interval_text(card: Card, interval: Interval | None) -> str:
    """Write an interval as [low, high]; empty where there is none."""
    if interval is None:
        return ""
    digits = _digits(interval)
    if card.unit == "share":
        return f"[{100 * interval.low:.{max(0, digits - 2)}f}%, {100 * interval.high:.{max(0, digits - 2)}f}%]"
    return f"[{interval.low:,.{digits}f}, {interval.high:,.{digits}f}]"


def estimate_text(card: Card, value: float | None, interval: Interval | None) -> str:
    """Write a value with its interval behind it, where there is one."""
    return f"{value_text(card, value, interval)} {interval_text(card, interval)}".rstrip()


def measure_text(measure: Measure) -> str:
    """Write a measure's value with its interval."""
    return estimate_text(measure.card, measure.value, measure.interval)


def difference_text(comparison: Comparison) -> str:
    """Write a comparison's difference with its interval."""
    return estimate_text(comparison.card, comparison.difference, comparison.interval)


def unmeasured(measures: Sequence[Measure], labels: Mapping[str, str]) -> list[str]:
    """Say which measures have no value for which runs, and why; those that lack it for one reason share a line.

    `labels` are the runs' names for people, by run id; where no run has a value, none is named.
    """
    valued = {m.name for m in measures if m.value is not None}
    runs_of: dict[tuple[str, str, str], list[str]] = {}
    for m in measures:
        if m.value is None:
            runs_of.setdefault((m.name, m.card.label, m.note), []).append(labels.get(m.run_id, m.run_id))
    labels_of: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (name, label, note), runs in runs_of.items():
        labels_of.setdefault((note, tuple(runs) if name in valued else ()), []).append(label)
    return [
        f"Not measured{' for ' if runs else ''}{', '.join(runs)}: {', '.join(found)}. "
        f"{note.removeprefix('No value. ')}".rstrip()
        for (note, runs), found in labels_of.items()
    ]


def p_text(p_value: float | None) -> str:
    """Write a p-value."""
    if p_value is None:
        return "no test"
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.3f}"


def count_text(n: int, unit: str) -> str:
    """Write a count with its unit; units are given in the plural."""
    return f"{n:,} {unit.removesuffix('s') if n == 1 else unit}"


def path_text(path: PathExample) -> str:
    """Write a path from left to right; an arrow points from a fact's head to its tail, a cross marks an untrue hop."""
    parts = [path.stops[0].label]
    for hop, stop in zip(path.hops, path.stops[1:], strict=True):
        relation = relation_text(hop.relation) + ("" if hop.is_true else " (not in the graph)")
        parts.append(f"<-- {relation} --" if hop.is_inverse else f"-- {relation} -->")
        parts.append(stop.label)
    return " ".join(parts)


def relation_text(relation: str) -> str:
    """Write a relation for people: directed_by -> directed by, film.film.genre -> film genre."""
    parts = relation.split(".")
    kept = [part for place, part in enumerate(parts) if place == 0 or part != parts[place - 1]]
    return " ".join(kept).replace("_", " ")


def _digits(interval: Interval | None) -> int:
    """Return digits after the point: two of the interval's width, between 1 and 4."""
    width = interval.high - interval.low if interval is not None else 0.0
    if width <= 0:
        return 3
    return min(4, max(1, 1 - math.floor(math.log10(width))))
