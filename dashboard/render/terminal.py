"""Audit outcomes for the terminal, as rich tables and text. Not here: what is run and asked for (dashboard.cli)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import assert_never

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from audits.results import (
    AuditFailure,
    AuditOutcome,
    AuditResult,
    Breakdown,
    Comparison,
    Finding,
    Measure,
    NotApplicable,
    PathExample,
    Section,
    Severity,
    Table,
    Waterfall,
)
from audits.wording import path_text
from dashboard.render import terminal_tables
from dashboard.render.terminal_tables import Labels
from dashboard.render.text import visible

_SEVERITY = {Severity.HIGH: "bold red", Severity.MEDIUM: "yellow", Severity.LOW: "cyan", Severity.INFO: "dim"}


def outcome(
    shown: AuditOutcome, labels: Labels, *, show_sql: bool = False, brief: bool = False
) -> list[RenderableType]:
    """Return what to print of one outcome: if brief, the answer and the findings that are of weight.

    `labels` are the runs' names for people, by run id.
    """
    match shown:
        case AuditResult():
            parts: list[RenderableType] = [
                _title(shown.audit, shown.question),
                Text(visible(shown.answer)),
            ]
            if brief:
                return [*parts, *(part for found in _of_weight(shown) for part in _finding(found)[:1])]
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


def _of_weight(result: AuditResult) -> list[Finding]:
    return [s for s in result.sections if isinstance(s, Finding) and s.severity in (Severity.HIGH, Severity.MEDIUM)]


def _title(audit: str, question: str) -> RenderableType:
    return Padding(Text(f"{audit}: {question}", style="bold underline"), (1, 0, 0, 0))


def _settings(settings: Sequence[tuple[str, str]]) -> RenderableType:
    said = ", ".join(f"{name}={value}" for name, value in settings)
    return Text(f"Settings: {visible(said)}" if said else "", style="dim")


def _sections(group: Sequence[Section], labels: Labels, *, show_sql: bool) -> list[RenderableType]:
    """Render consecutive sections of one kind; measures and comparisons share a table."""
    match group[0]:
        case Measure():
            parts = [terminal_tables.measures([s for s in group if isinstance(s, Measure)], labels)]
        case Comparison():
            parts = terminal_tables.comparisons([s for s in group if isinstance(s, Comparison)], labels)
        case Breakdown():
            parts = [part for s in group if isinstance(s, Breakdown) for part in terminal_tables.breakdown(s, labels)]
        case Waterfall():
            parts = [terminal_tables.waterfall(s) for s in group if isinstance(s, Waterfall)]
        case Table():
            parts = [terminal_tables.table(s, labels) for s in group if isinstance(s, Table)]
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
