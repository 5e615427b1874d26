"""Any section of an audit's result as a titled table of text: the one place where reports tell the kinds apart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count, groupby
from typing import assert_never

from audits.columns import NOTHING, Column, cell_text, columns_of
from audits.reports.block import Block, Labels, queries, run_name
from audits.reports.by_run import breakdowns, measures, waterfalls
from audits.results import (
    Breakdown,
    Card,
    Comparison,
    Finding,
    Measure,
    PathExample,
    Section,
    Severity,
    Table,
    Waterfall,
)
from audits.table_groups import alike, shared_title
from audits.wording import interval_text, p_text, path_text, value_text

_RUN = "run_id"
_ORDER = (Finding, Waterfall, Measure, Comparison, Breakdown, Table, PathExample)  # in which the kinds stand
_OPEN_ROWS = 6
_WORST_FIRST = {severity: place for place, severity in enumerate(Severity)}


def blocks(sections: Sequence[Section], labels: Labels) -> list[Block]:
    """Return what to show of a result's sections: findings first, then every kind in turn, runs side by side."""
    ranked = sorted(sections, key=_place)
    return [block for _, group in groupby(ranked, _place) for block in _blocks(list(group), labels)]


def cards_of(shown: Sequence[Block]) -> list[Card]:
    """Return the cards of all blocks, each once, by label; audits of other k have cards of their own."""
    return sorted({card for block in shown for card in block.cards}, key=lambda card: (card.label, repr(card)))


def card_ids(cards: Sequence[Card]) -> dict[Card, str]:
    """Return an id for each card, no two the same: its name, numbered where cards of other k or terms share it."""
    ids: dict[Card, str] = {}
    for card in cards:
        numbered = (f"{card.name}-{place}" if place > 1 else card.name for place in count(1))
        ids[card] = next(one for one in numbered if one not in ids.values())
    return ids


def _place(section: Section) -> int:
    return _ORDER.index(type(section))


def _blocks(group: Sequence[Section], labels: Labels) -> list[Block]:
    match group[0]:
        case Measure():
            made = [measures([s for s in group if isinstance(s, Measure)], labels)]
        case Comparison():
            made = _comparisons([s for s in group if isinstance(s, Comparison)], labels)
        case Breakdown():
            made = breakdowns([s for s in group if isinstance(s, Breakdown)], labels)
        case Waterfall():
            made = waterfalls([s for s in group if isinstance(s, Waterfall)], labels)
        case Table():
            made = [_tables(one, labels) for one in alike([s for s in group if isinstance(s, Table)], exactly=True)]
        case PathExample():
            made = [_paths([s for s in group if isinstance(s, PathExample)], labels)]
        case Finding():
            made = [_findings([s for s in group if isinstance(s, Finding)], labels)]
        case _:
            assert_never(group[0])
    return made


def _comparisons(comparisons: Sequence[Comparison], labels: Labels) -> list[Block]:
    made = []
    for reference in dict.fromkeys(c.reference_run_id for c in comparisons):
        own = [c for c in comparisons if c.reference_run_id == reference]
        tests = dict.fromkeys(f"{c.test}; {c.correction}" for c in own if c.p_value is not None)
        made.append(
            Block(
                title=f"Against {run_name(reference, labels)}, on the users of both",
                columns=(
                    "measure",
                    "run",
                    "value",
                    "reference",
                    "difference",
                    "interval",
                    "p",
                    "d",
                    "users",
                    "verdict",
                ),
                numeric=frozenset({"value", "reference", "difference", "interval", "p", "d", "users"}),
                rows=tuple(_comparison(c, labels) for c in own),
                notes=(f"p: {'. '.join(tests) or 'no test'}. d: Cohen's d of the users' differences.",),
                queries=queries([(f"{c.card.label}, {run_name(c.run_id, labels)}", c.sql) for c in own]),
                cards=tuple(c.card for c in own),
            )
        )
    return made


def _comparison(c: Comparison, labels: Labels) -> tuple[str, ...]:
    return (
        c.card.label,
        run_name(c.run_id, labels),
        value_text(c.card, c.value, c.interval),
        value_text(c.card, c.reference_value, c.interval),
        value_text(c.card, c.difference, c.interval),
        interval_text(c.card, c.interval) or NOTHING,
        p_text(c.p_value).removeprefix("p ").removeprefix("= "),
        NOTHING if c.effect_size is None else f"{c.effect_size:.2f}",
        f"{c.n:,}",
        c.verdict,
    )


def _tables(group: Sequence[Table], labels: Labels) -> Block:
    """Return tables of a kind as one, what each is of before its rows."""
    title, names = shared_title([t.title for t in group])
    whole = Table(title=title, columns=group[0].columns, rows=tuple(row for t in group for row in t.rows))
    columns = columns_of(whole)
    rows = [[_cell(cell, c, labels) for cell, c in zip(row, columns, strict=True)] for row in whole.rows]
    headers = [column.header for column in columns]
    numeric = {column.header for column in columns if column.decimals is not None}
    if len(group) > 1 and _RUN not in whole.columns:
        of = [name for name, t in zip(names, group, strict=True) for _ in t.rows]
        rows = [[name, *row] for name, row in zip(of, rows, strict=True)]
        headers = ["of", *headers]
    same = [place for place in range(len(headers)) if len(rows) > 1 and len({row[place] for row in rows}) == 1]
    same = [] if len(same) == len(headers) else same
    kept = [place for place in range(len(headers)) if place not in same]
    in_all = "; ".join(f"{headers[place]}: {rows[0][place]}" for place in same)
    notes = list(dict.fromkeys(t.note for t in group if t.note))
    if len(notes) > 1:
        notes = [f"{name}: {t.note}" for name, t in zip(names, group, strict=True) if t.note]
    return Block(
        title=title,
        columns=tuple(headers[place] for place in kept),
        numeric=frozenset(headers[place] for place in kept) & numeric,
        rows=tuple(tuple(row[place] for place in kept) for row in rows),
        notes=(*([f"In all rows: {in_all}."] if in_all else []), *notes),
        queries=queries([(t.title, t.sql) for t in group]),
        n_open=_OPEN_ROWS,
    )


def _cell(cell: str | float | None, column: Column, labels: Labels) -> str:
    return run_name(str(cell), labels) if column.name == _RUN else cell_text(cell, column)


def _paths(paths: Sequence[PathExample], labels: Labels) -> Block:
    return Block(
        title="Examples of paths",
        columns=("path", "run", "request", "rank", "origin"),
        numeric=frozenset({"rank"}),
        rows=tuple(
            (path_text(path), run_name(path.run_id, labels), path.request_id, str(path.slot_rank), path.origin)
            for path in paths
        ),
        notes=tuple(dict.fromkeys(path.note for path in paths if path.note)),
        n_open=_OPEN_ROWS,
    )


def _findings(findings: Sequence[Finding], labels: Labels) -> Block:
    ranked = sorted(findings, key=lambda finding: _WORST_FIRST[finding.severity])
    return Block(
        title="Findings",
        columns=("severity", "finding", "what it rests on", "run"),
        rows=tuple((str(f.severity), f.title, f.detail, run_name(f.run_id, labels)) for f in ranked),
        folded=tuple(f"{f.title}: {', '.join(f.request_ids)}" for f in ranked if f.request_ids),
        n_open=_OPEN_ROWS,
    )
