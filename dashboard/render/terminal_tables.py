"""Measures, comparisons and tables of audits as grids for the terminal, whole in 80 columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from rich import box
from rich.console import Group as Parts
from rich.console import RenderableType
from rich.table import Table as Grid
from rich.text import Text

from audits.columns import NOTHING, cell_text, columns_of, header_text
from audits.results import Breakdown, Comparison, Group, Measure, Table, Waterfall
from audits.wording import count_text, estimate_text, interval_text, p_text, unmeasured, value_text
from dashboard.render.text import visible

Labels = Mapping[str, str]

MOST_ROWS = 10  # of a table; the rest is in the dashboard, the report and by its SQL
_VERDICT = {"higher": "green", "lower": "red"}


def _grid(*columns: str, whole: Sequence[str] = (), right: Sequence[str] = (), title: str = "") -> Grid:
    """Make a table; the columns of `whole` are never broken over lines, those of `right` are numbers."""
    grid = Grid(
        box=box.SIMPLE_HEAD, pad_edge=False, title=Text(visible(title)) if title else None, title_justify="left"
    )
    for column in columns:
        grid.add_column(
            Text(column.replace("_", " ")),
            justify="right" if column in right else "left",
            overflow="fold",
            no_wrap=column in whole or column in right,
        )
    return grid


def measures(shown: Sequence[Measure], labels: Labels) -> RenderableType:
    """Return one grid: under each measure the runs that have a value; what has none is said below, with the reason."""
    any_unscored = any(m.unscored for m in shown if m.value is not None)
    extra = ("unscored",) if any_unscored else ()
    grid = _grid("", "value", "interval", "n", *extra, whole=("interval",), right=("value", "n", *extra))
    places = {label: place for place, label in reversed(list(enumerate(map(_label, shown))))}  # where each is first
    for label, rows in groupby(sorted(shown, key=lambda m: places[_label(m)]), _label):
        valued = [m for m in rows if m.value is not None]
        if valued:
            grid.add_row(Text(label, style="bold"))
        for m in valued:
            unscored = (Text(f"{m.unscored:,}" if m.unscored else "–"),) if any_unscored else ()
            grid.add_row(
                Text(f"  {visible(labels.get(m.run_id, m.run_id))}"),
                Text(value_text(m.card, m.value, m.interval, unit=False)),
                Text(interval_text(m.card, m.interval) or "–"),
                Text(count_text(m.n, m.n_unit)),
                *unscored,
            )
    return _with_caption(grid, [*map(visible, unmeasured(shown, labels)), *_methods(shown)])


def _label(measure: Measure) -> str:
    unit = measure.card.unit
    return measure.card.label if unit in ("", "share") else f"{measure.card.label} ({unit})"


def _methods(measures: Sequence[Measure]) -> list[str]:
    methods = dict.fromkeys(f"{m.interval.level:.0%} {m.interval.method}" for m in measures if m.interval is not None)
    return [f"Intervals: {'; '.join(methods)}."] if methods else []


def comparisons(shown: Sequence[Comparison], labels: Labels) -> list[RenderableType]:
    """Return one grid a measure and reference, and how the p-values were found."""
    parts: list[RenderableType] = []
    for (label, reference), rows in groupby(shown, lambda c: (c.card.label, c.reference_run_id)):
        parts.append(_comparison_grid(f"{label} against {labels.get(reference, reference)}", list(rows), labels))
    said = dict.fromkeys(f"{c.test}; {c.correction}" for c in shown if c.p_value is not None)
    parts.append(Text(f"p: {'. '.join(said) or 'no test'}. d: Cohen's d of the users' differences.", style="dim"))
    return parts


def _comparison_grid(title: str, rows: Sequence[Comparison], labels: Labels) -> Grid:
    counts = {c.n for c in rows}
    over = f"on {count_text(rows[0].n, 'common users')}" if len(counts) == 1 else "on the users of both"
    own_count = ("n",) if len(counts) > 1 else ()
    numbers = ("difference", "p", "d", *own_count)
    grid = _grid(
        "run", "difference", "interval", "p", "d", *own_count, "verdict",
        whole=("interval",), right=numbers, title=f"{title}, {over}",
    )  # fmt: skip
    for c in rows:
        grid.add_row(
            Text(visible(labels.get(c.run_id, c.run_id))),
            Text(value_text(c.card, c.difference, c.interval, unit=False)),
            Text(interval_text(c.card, c.interval) or "–"),
            Text(p_text(c.p_value).removeprefix("p ").removeprefix("= ")),
            Text("–" if c.effect_size is None else f"{c.effect_size:.2f}"),
            *((Text(f"{c.n:,}"),) if own_count else ()),
            Text(c.verdict, style=_VERDICT.get(c.verdict, "yellow")),
        )
    return grid


def breakdown(shown: Breakdown, labels: Labels) -> list[RenderableType]:
    """Return a grid with a row a group; the gap between them and the value of all stand below."""
    card = shown.card
    by = " and ".join(map(header_text, shown.attributes))
    grid = _grid(
        by, "value", "interval", "n", "", whole=("interval",), right=("value", "n"),
        title=f"{card.label} by {by}, {labels.get(shown.run_id, shown.run_id)}",
    )  # fmt: skip
    for group in shown.groups:
        grid.add_row(
            Text(visible(" and ".join(group.labels))),
            Text("hidden" if group.suppressed else value_text(card, group.value, group.interval)),
            Text(interval_text(card, group.interval) or "–"),
            Text("–" if group.n is None else f"{group.n:,}"),
            Text(_state(group), style="dim"),
        )
    gap = "Gap: insufficient evidence."
    if shown.gap is not None:
        interval, ratio = shown.gap_interval, shown.ratio
        gap = f"Gap {estimate_text(card, shown.gap, interval)}"
        gap += f", ratio {ratio:.2f}" if ratio is not None else ""
        gap += f" ({interval.method})." if interval is not None else "."
    overall = f"Overall {value_text(card, shown.overall)}." if shown.overall is not None else ""
    return [_with_caption(grid, [f"{gap} {overall}".strip(), visible(shown.note)])]


def _state(group: Group) -> str:
    if group.suppressed:
        return "too few people to show"
    return "" if group.sufficient else "insufficient evidence"


def waterfall(shown: Waterfall) -> RenderableType:
    """Return a grid of the stages: what is left and what was lost."""
    grid = _grid("stage", "left", "lost", "share", right=("left", "lost", "share"), title=shown.title)
    whole = shown.stages[0].remaining if shown.stages else 0
    for stage in shown.stages:
        share = f"{stage.remaining / whole:.1%}" if whole else "–"
        grid.add_row(stage.label, f"{stage.remaining:,}", f"{stage.lost:,}" if stage.lost else "–", share)
    return grid


def table(shown: Table, labels: Labels) -> RenderableType:
    """Return a table's first rows; columns of which every cell is the same are said once, below."""
    columns = columns_of(shown)
    cells = [
        [visible(cell_text(labels.get(str(cell), cell), column)) for cell, column in zip(row, columns, strict=True)]
        for row in shown.rows[:MOST_ROWS]
    ]
    same = [place for place in range(len(shown.columns)) if len(cells) > 1 and len({row[place] for row in cells}) == 1]
    kept = [place for place in range(len(shown.columns)) if place not in same]
    numbers = [columns[place].header for place in kept if columns[place].decimals is not None]
    grid = _grid(*(columns[place].header for place in kept), right=numbers, title=shown.title)
    for row in cells:
        grid.add_row(*(Text(row[place]) for place in kept))
    said = [f"{columns[place].header}: {cells[0][place]}" for place in same if cells[0][place] != NOTHING]
    lines = ["; ".join(said)] if said else []
    if len(shown.rows) > MOST_ROWS:
        lines.append(f"{len(shown.rows) - MOST_ROWS:,} more rows in `recaudit report` and in the dashboard.")
    return _with_caption(grid, [*lines, *([visible(shown.note)] if shown.note else [])])


def _with_caption(grid: Grid, lines: Sequence[str]) -> RenderableType:
    """Put lines below a grid, as wide as the terminal."""
    return Parts(grid, Text("\n".join(lines), style="dim")) if lines else grid
