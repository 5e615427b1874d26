"""Audit outcomes for the terminal, as rich tables and text. Not here: what is run and asked for (dashboard.cli)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import assert_never

from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from audits.results import (
    AuditFailure,
    AuditOutcome,
    AuditResult,
    Breakdown,
    Comparison,
    Finding,
    Group,
    Measure,
    NotApplicable,
    PathExample,
    Section,
    Severity,
    Table,
    Waterfall,
)
from audits.wording import cell_text, interval_text, p_text, path_text, value_text

Labels = Mapping[str, str]

_SEVERITY = {Severity.HIGH: "bold red", Severity.MEDIUM: "yellow", Severity.LOW: "cyan", Severity.INFO: "dim"}
_VERDICT = {"higher": "green", "lower": "red"}


def outcome(shown: AuditOutcome, labels: Labels, *, show_sql: bool = False) -> list[RenderableType]:
    """Return what to print of one outcome; `labels` are the runs' names for people, by run id."""
    match shown:
        case AuditResult():
            parts: list[RenderableType] = [
                _title(shown.audit, shown.question),
                Text(visible(shown.answer)),
            ]
            for _, group in groupby(shown.sections, type):
                parts += _sections(list(group), labels, show_sql=show_sql)
            return [*parts, _settings(shown.settings)]
        case NotApplicable():
            return [
                _title(shown.audit, shown.question),
                Text(f"Not applicable: {visible(shown.reason)}", style="yellow"),
            ]
        case AuditFailure():
            return [_title(shown.audit, shown.question), Text(f"Failed: {visible(shown.error)}", style="bold red")]
        case _:
            assert_never(shown)


def visible(text: str) -> str:
    """Return the text with its control characters spelled out: model output must not steer the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)


def _title(audit: str, question: str) -> RenderableType:
    return Padding(Text(f"{audit}: {question}", style="bold underline"), (1, 0, 0, 0))


def _settings(settings: Sequence[tuple[str, str]]) -> RenderableType:
    said = ", ".join(f"{name}={value}" for name, value in settings)
    return Text(f"Settings: {visible(said)}" if said else "", style="dim")


def _sections(group: Sequence[Section], labels: Labels, *, show_sql: bool) -> list[RenderableType]:
    """Render consecutive sections of one kind; measures and comparisons share a table."""
    match group[0]:
        case Measure():
            parts = [_measures([s for s in group if isinstance(s, Measure)], labels)]
        case Comparison():
            parts = _comparisons([s for s in group if isinstance(s, Comparison)], labels)
        case Breakdown():
            parts = [part for s in group if isinstance(s, Breakdown) for part in _breakdown(s, labels)]
        case Waterfall():
            parts = [_waterfall(s) for s in group if isinstance(s, Waterfall)]
        case Table():
            parts = [_table(s) for s in group if isinstance(s, Table)]
        case PathExample():
            parts = _paths([s for s in group if isinstance(s, PathExample)], labels)
        case Finding():
            parts = [part for s in group if isinstance(s, Finding) for part in _finding(s)]
        case _:
            assert_never(group[0])
    return [*parts, *(_sql(group, labels) if show_sql else [])]


def _sql(group: Sequence[Section], labels: Labels) -> list[RenderableType]:
    """Return each section's query, headed by a comment line, so that a whole block can be pasted."""
    parts: list[RenderableType] = []
    for section in group:
        match section:
            case Measure() | Comparison() | Breakdown():
                head = f"{section.card.label}, {labels.get(section.run_id, section.run_id)}"
            case Waterfall() | Table():
                head = section.title
            case PathExample() | Finding():
                continue
            case _:
                assert_never(section)
        if section.sql:
            parts.append(Text(f"-- {visible(head)}\n{visible(section.sql)};\n", no_wrap=False))
    return parts


def _grid(*columns: str, whole: Sequence[str] = (), right: Sequence[str] = (), title: str = "") -> Grid:
    """Make a table; the columns of `whole` are never broken over lines, those of `right` are numbers."""
    grid = Grid(
        box=box.SIMPLE_HEAD, pad_edge=False, title=Text(visible(title)) if title else None, title_justify="left"
    )
    for column in columns:
        grid.add_column(
            column,
            justify="right" if column in right else "left",
            overflow="fold",
            no_wrap=column in whole or column in right,
        )
    return grid


def _measures(measures: Sequence[Measure], labels: Labels) -> RenderableType:
    grid = _grid("measure", "run", "value", "interval", "n", "unscored", whole=("interval",), right=("value", "n"))
    notes: dict[tuple[str, str], list[str]] = {}  # label and note -> runs
    before = ""
    for m in measures:
        label, run = _label(m), visible(labels.get(m.run_id, m.run_id))
        if m.note and m.value is None:
            notes.setdefault((m.card.label, m.note), []).append(run)
        grid.add_row(
            Text(label if label != before else ""),
            Text(run),
            Text(value_text(m.card, m.value, m.interval, unit=False), style="dim" if m.value is None else ""),
            Text(interval_text(m.card, m.interval) or "–"),
            Text(f"{m.n:,} {m.n_unit}"),
            Text(f"{m.unscored:,}" if m.unscored else "–"),
        )
        before = label
    said = [f"{label}, {', '.join(runs)}: {note}" for (label, note), runs in notes.items()]
    return _with_caption(grid, [*said, *_methods(measures)])


def _label(measure: Measure) -> str:
    unit = measure.card.unit
    return measure.card.label if unit in ("", "share") else f"{measure.card.label} ({unit})"


def _methods(measures: Sequence[Measure]) -> list[str]:
    methods = dict.fromkeys(f"{m.interval.level:.0%} {m.interval.method}" for m in measures if m.interval is not None)
    return [f"Intervals: {'; '.join(methods)}."] if methods else []


def _comparisons(comparisons: Sequence[Comparison], labels: Labels) -> list[RenderableType]:
    """Return one table a measure and reference, and how the p-values were found."""
    parts: list[RenderableType] = []
    for (label, reference), rows in groupby(comparisons, lambda c: (c.card.label, c.reference_run_id)):
        grid = _grid(
            "run", "value", "ref.", "difference", "interval", "p", "d", "n", "verdict",
            whole=("interval",), right=("value", "ref.", "difference", "p", "d", "n"),
            title=f"{label} against {labels.get(reference, reference)}, on the users of both",
        )  # fmt: skip
        for c in rows:
            grid.add_row(
                Text(visible(labels.get(c.run_id, c.run_id))),
                Text(value_text(c.card, c.value, c.interval, unit=False)),
                Text(value_text(c.card, c.reference_value, c.interval, unit=False)),
                Text(value_text(c.card, c.difference, c.interval, unit=False)),
                Text(interval_text(c.card, c.interval) or "–"),
                Text(p_text(c.p_value).removeprefix("p ").removeprefix("= ")),
                Text("–" if c.effect_size is None else f"{c.effect_size:.2f}"),
                Text(f"{c.n:,}"),
                Text(c.verdict, style=_VERDICT.get(c.verdict, "yellow")),
            )
        parts.append(grid)
    said = dict.fromkeys(f"{c.test}; {c.correction}" for c in comparisons if c.p_value is not None)
    parts.append(Text(f"p: {'. '.join(said) or 'no test'}. d: Cohen's d of the users' differences.", style="dim"))
    return parts


def _breakdown(breakdown: Breakdown, labels: Labels) -> list[RenderableType]:
    card = breakdown.card
    by = " and ".join(breakdown.attributes)
    grid = _grid(
        by, "value", "interval", "n", "", whole=("interval",), right=("value", "n"),
        title=f"{card.label} by {by}, {labels.get(breakdown.run_id, breakdown.run_id)}",
    )  # fmt: skip
    for group in breakdown.groups:
        grid.add_row(
            Text(visible(" and ".join(group.labels))),
            Text("hidden" if group.suppressed else value_text(card, group.value, group.interval)),
            Text(interval_text(card, group.interval) or "–"),
            Text("–" if group.n is None else f"{group.n:,}"),
            Text(_state(group), style="dim"),
        )
    gap = "Gap: insufficient evidence."
    if breakdown.gap is not None:
        interval, ratio = breakdown.gap_interval, breakdown.ratio
        gap = f"Gap {value_text(card, breakdown.gap, interval)} {interval_text(card, interval)}"
        gap += f", ratio {ratio:.2f}" if ratio is not None else ""
        gap += f" ({interval.method})." if interval is not None else "."
    overall = f"Overall {value_text(card, breakdown.overall)}." if breakdown.overall is not None else ""
    return [_with_caption(grid, [f"{gap} {overall}".strip(), visible(breakdown.note)])]


def _state(group: Group) -> str:
    if group.suppressed:
        return "too few people to show"
    return "" if group.sufficient else "insufficient evidence"


def _waterfall(waterfall: Waterfall) -> RenderableType:
    grid = _grid("stage", "left", "lost", "share", right=("left", "lost", "share"), title=waterfall.title)
    whole = waterfall.stages[0].remaining if waterfall.stages else 0
    for stage in waterfall.stages:
        share = f"{stage.remaining / whole:.1%}" if whole else "–"
        grid.add_row(stage.label, f"{stage.remaining:,}", f"{stage.lost:,}" if stage.lost else "–", share)
    return grid


def _table(table: Table) -> RenderableType:
    grid = _grid(*table.columns, title=table.title)
    for row in table.rows:
        grid.add_row(*(Text("–" if cell is None else visible(cell_text(cell))) for cell in row))
    return _with_caption(grid, [visible(table.note)] if table.note else [])


def _paths(paths: Sequence[PathExample], labels: Labels) -> list[RenderableType]:
    parts: list[RenderableType] = [Text("Examples of paths", style="bold")]
    for path in paths:
        run = visible(labels.get(path.run_id, path.run_id))
        head = f"{run}, {visible(path.request_id)}, rank {path.slot_rank}, {path.origin}"
        parts += [Text(visible(path_text(path))), Padding(Text(head, style="dim"), (0, 0, 0, 2))]
    notes = dict.fromkeys(path.note for path in paths if path.note)
    return [*parts, *(Text(visible(note), style="dim") for note in notes)]


def _finding(finding: Finding) -> list[RenderableType]:
    head = Text.assemble((f"{finding.severity.upper():6} ", _SEVERITY[finding.severity]), visible(finding.title))
    lines = [visible(finding.detail)]
    if finding.request_ids:
        lines.append(f"Requests: {visible(', '.join(finding.request_ids))}")
    return [head, Padding(Text("\n".join(lines), style="dim"), (0, 0, 0, 7))]


def _with_caption(grid: Grid, lines: Sequence[str]) -> Grid:
    if lines:
        grid.caption = Text("\n".join(lines), style="dim")
        grid.caption_justify = "left"
    return grid
