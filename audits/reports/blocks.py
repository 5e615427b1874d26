"""Any section of an audit's result as a titled table of text: the one place where reports tell the kinds apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import assert_never

from audits.results import (
    Breakdown,
    Card,
    Comparison,
    Finding,
    Group,
    Measure,
    PathExample,
    Section,
    Table,
    Waterfall,
)
from audits.wording import cell_text, count_text, estimate_text, interval_text, p_text, path_text, value_text

NOTHING = "–"
Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """The SQL of one number, and what the number is."""

    of: str
    sql: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A table of text. Numbers are in the columns of `numeric`."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    queries: tuple[Query, ...] = ()
    cards: tuple[Card, ...] = ()


def blocks(sections: Sequence[Section], labels: Labels) -> list[Block]:
    """Return what to show of a result's sections, in order; consecutive measures share a table, as findings do."""
    made: list[Block] = []
    for _, group in groupby(sections, type):
        made += _blocks(list(group), labels)
    return made


def cards_of(shown: Sequence[Block]) -> list[Card]:
    """Return the cards of all blocks, each once, by label."""
    return sorted({card.name: card for block in shown for card in block.cards}.values(), key=lambda card: card.label)


def _blocks(group: Sequence[Section], labels: Labels) -> list[Block]:
    match group[0]:
        case Measure():
            made = [_measures([s for s in group if isinstance(s, Measure)], labels)]
        case Comparison():
            made = _comparisons([s for s in group if isinstance(s, Comparison)], labels)
        case Breakdown():
            made = [_breakdown(s, labels) for s in group if isinstance(s, Breakdown)]
        case Waterfall():
            made = [_waterfall(s) for s in group if isinstance(s, Waterfall)]
        case Table():
            made = [_table(s) for s in group if isinstance(s, Table)]
        case PathExample():
            made = [_paths([s for s in group if isinstance(s, PathExample)], labels)]
        case Finding():
            made = [_findings([s for s in group if isinstance(s, Finding)], labels)]
        case _:
            assert_never(group[0])
    return made


def _measures(measures: Sequence[Measure], labels: Labels) -> Block:
    notes = [f"{m.card.label}, {_run(m.run_id, labels)}: {m.note}" for m in measures if m.note and m.value is None]
    methods = dict.fromkeys(f"{m.interval.level:.0%} {m.interval.method}" for m in measures if m.interval is not None)
    return Block(
        title="Measures",
        columns=("measure", "run", "value", "interval", "n", "unscored"),
        numeric=frozenset({"value", "interval", "n", "unscored"}),
        rows=tuple(
            (
                m.card.label,
                _run(m.run_id, labels),
                value_text(m.card, m.value, m.interval),
                interval_text(m.card, m.interval) or NOTHING,
                count_text(m.n, m.n_unit),
                f"{m.unscored:,}" if m.unscored else NOTHING,
            )
            for m in measures
        ),
        notes=(*notes, *([f"Intervals: {'; '.join(methods)}."] if methods else [])),
        queries=_queries([(f"{m.card.label}, {_run(m.run_id, labels)}", m.sql) for m in measures]),
        cards=tuple(m.card for m in measures),
    )


def _comparisons(comparisons: Sequence[Comparison], labels: Labels) -> list[Block]:
    made = []
    for (label, reference), rows in groupby(comparisons, lambda c: (c.card.label, c.reference_run_id)):
        own = list(rows)
        tests = dict.fromkeys(f"{c.test}; {c.correction}" for c in own if c.p_value is not None)
        made.append(
            Block(
                title=f"{label} against {_run(reference, labels)}, on the users of both",
                columns=("run", "value", "reference", "difference", "interval", "p", "d", "n", "verdict"),
                numeric=frozenset({"value", "reference", "difference", "interval", "p", "d", "n"}),
                rows=tuple(_comparison(c, labels) for c in own),
                notes=(f"p: {'. '.join(tests) or 'no test'}. d: Cohen's d of the users' differences.",),
                queries=_queries([(f"{label}, {_run(c.run_id, labels)}", c.sql) for c in own]),
                cards=tuple(c.card for c in own),
            )
        )
    return made


def _comparison(c: Comparison, labels: Labels) -> tuple[str, ...]:
    return (
        _run(c.run_id, labels),
        value_text(c.card, c.value, c.interval),
        value_text(c.card, c.reference_value, c.interval),
        value_text(c.card, c.difference, c.interval),
        interval_text(c.card, c.interval) or NOTHING,
        p_text(c.p_value),
        NOTHING if c.effect_size is None else f"{c.effect_size:.2f}",
        f"{c.n:,}",
        c.verdict,
    )


def _breakdown(b: Breakdown, labels: Labels) -> Block:
    by = " and ".join(b.attributes)
    gap = "Gap: insufficient evidence."
    if b.gap is not None:
        ratio = f", ratio {b.ratio:.2f}" if b.ratio is not None else ""
        method = f" ({b.gap_interval.method})" if b.gap_interval is not None else ""
        gap = f"Gap {estimate_text(b.card, b.gap, b.gap_interval)}{ratio}{method}."
    overall = f" Overall {value_text(b.card, b.overall)}." if b.overall is not None else ""
    return Block(
        title=f"{b.card.label} by {by}, {_run(b.run_id, labels)}",
        columns=(by, "value", "interval", "n", "state"),
        numeric=frozenset({"value", "interval", "n"}),
        rows=tuple(
            (
                " and ".join(group.labels),
                "hidden" if group.suppressed else value_text(b.card, group.value, group.interval),
                interval_text(b.card, group.interval) or NOTHING,
                NOTHING if group.n is None else f"{group.n:,}",
                _state(group),
            )
            for group in b.groups
        ),
        notes=tuple(note for note in (f"{gap}{overall}", b.note) if note),
        queries=_queries([(f"{b.card.label} by {by}, {_run(b.run_id, labels)}", b.sql)]),
        cards=(b.card,),
    )


def _state(group: Group) -> str:
    if group.suppressed:
        return "too few people to show"
    return "" if group.sufficient else "insufficient evidence"


def _waterfall(w: Waterfall) -> Block:
    whole = w.stages[0].remaining if w.stages else 0
    return Block(
        title=w.title,
        columns=("stage", "left", "lost", "share"),
        numeric=frozenset({"left", "lost", "share"}),
        rows=tuple(
            (
                stage.label,
                f"{stage.remaining:,}",
                f"{stage.lost:,}" if stage.lost else NOTHING,
                f"{stage.remaining / whole:.1%}" if whole else NOTHING,
            )
            for stage in w.stages
        ),
        notes=(f"Counted in {w.unit}.",),
        queries=_queries([(w.title, w.sql)]),
    )


def _table(t: Table) -> Block:
    rows = [[NOTHING if cell is None else cell_text(cell) for cell in row] for row in t.rows]
    same = [place for place in range(len(t.columns)) if len(rows) > 1 and len({row[place] for row in rows}) == 1]
    if len(same) == len(t.columns):
        same = []
    shown = [place for place in range(len(t.columns)) if place not in same]
    in_all = "; ".join(f"{t.columns[place]}: {rows[0][place]}" for place in same)
    return Block(
        title=t.title,
        columns=tuple(t.columns[place] for place in shown),
        rows=tuple(tuple(row[place] for place in shown) for row in rows),
        notes=(*([f"In all rows: {in_all}."] if in_all else []), *([t.note] if t.note else [])),
        queries=_queries([(t.title, t.sql)]),
    )


def _paths(paths: Sequence[PathExample], labels: Labels) -> Block:
    return Block(
        title="Examples of paths",
        columns=("path", "run", "request", "rank", "origin"),
        numeric=frozenset({"rank"}),
        rows=tuple(
            (path_text(path), _run(path.run_id, labels), path.request_id, str(path.slot_rank), path.origin)
            for path in paths
        ),
        notes=tuple(dict.fromkeys(path.note for path in paths if path.note)),
    )


def _findings(findings: Sequence[Finding], labels: Labels) -> Block:
    return Block(
        title="Findings",
        columns=("severity", "finding", "run", "detail", "requests"),
        rows=tuple(
            (str(f.severity), f.title, _run(f.run_id, labels), f.detail, ", ".join(f.request_ids)) for f in findings
        ),
    )


def _run(run_id: str, labels: Labels) -> str:
    return labels.get(run_id, run_id)


def _queries(pairs: Sequence[tuple[str, str]]) -> tuple[Query, ...]:
    return tuple(Query(of=of, sql=sql) for of, sql in pairs if sql)
