"""What each run has of the same, side by side: measures, groups of users and waterfalls, a column a run."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TypeVar

from audits.columns import NOTHING, header_text
from audits.reports.block import Block, Labels, queries, run_name
from audits.results import Breakdown, Group, Measure, Waterfall
from audits.wording import count_text, estimate_text, unmeasured, value_text

Thing = TypeVar("Thing", bound=Hashable)

_FEW = "\u00a0*"
_FEW_SAID = "* insufficient evidence: too few people to call the group better or worse served."
_OPEN_GROUPS = 12


def measures(shown: Sequence[Measure], labels: Labels) -> Block:
    """Return a row a measure; what has no value is named below, with the reason."""
    valued = [m for m in shown if m.value is not None]
    runs = _unique(m.run_id for m in valued)
    methods = dict.fromkeys(f"{m.interval.level:.0%} {m.interval.method}" for m in valued if m.interval is not None)
    names = tuple(run_name(run_id, labels) for run_id in runs)
    lacking = unmeasured(shown, labels)
    return Block(
        title="Measures",
        columns=("measure", *names, "n"),
        numeric=frozenset({*names, "n"}),
        rows=tuple(_measure_row(own, runs) for own in _measure_rows(valued)),
        notes=(*([" ".join(lacking)] if lacking else []), *([f"Intervals: {'; '.join(methods)}."] if methods else [])),
        queries=queries([(f"{m.card.label}, {run_name(m.run_id, labels)}", m.sql) for m in shown]),
        cards=tuple(m.card for m in shown),
    )


def _measure_rows(valued: Sequence[Measure]) -> list[dict[str, Measure]]:
    """Return measures by run, a dict a row; a run that has a measure twice takes two rows."""
    rows: dict[tuple[str, int], dict[str, Measure]] = {}
    for m in valued:
        place = 0
        while m.run_id in rows.get((m.name, place), {}):
            place += 1
        rows.setdefault((m.name, place), {})[m.run_id] = m
    return list(rows.values())


def _measure_row(own: dict[str, Measure], runs: Sequence[str]) -> tuple[str, ...]:
    taken = {run_id: _taken_over(m) for run_id, m in own.items()}
    shared = taken[next(iter(own))] if len(set(taken.values())) == 1 else ""
    cells = []
    for run_id in runs:
        m = own.get(run_id)
        said = estimate_text(m.card, m.value, m.interval) if m is not None else NOTHING
        cells.append(said if m is None or shared else f"{said}, {taken[run_id]}")
    return next(iter(own.values())).card.label, *cells, shared


def _taken_over(m: Measure) -> str:
    unscored = f", {m.unscored:,} unscored" if m.unscored else ""
    return f"{count_text(m.n, m.n_unit)}{unscored}"


def breakdowns(shown: Sequence[Breakdown], labels: Labels) -> list[Block]:
    """Return a table a measure (and set of users that it is taken of): a row a group; shared notes once."""
    by_measure: dict[Hashable, list[Breakdown]] = {}
    for b in shown:
        by_measure.setdefault((b.card.name, b.within), []).append(b)
    made = [_groups(own, labels) for own in by_measure.values()]
    before = [{note for block in made[:place] for note in block.notes} for place in range(len(made))]
    return [
        replace(block, notes=tuple(note for note in block.notes if note not in said))
        for block, said in zip(made, before, strict=True)
    ]


def _groups(shown: Sequence[Breakdown], labels: Labels) -> Block:
    first = shown[0]
    runs = _unique(b.run_id for b in shown)
    names = tuple(run_name(run_id, labels) for run_id in runs)
    by_attributes = [
        {b.run_id: b for b in shown if b.attributes == attributes}
        for attributes in _unique(b.attributes for b in shown)
    ]
    everyone = [_everyone(own, runs) for own in by_attributes]
    rows = [row for own in by_attributes for row in _attribute_rows(own, runs)]
    if len(set(everyone)) > 1:  # runs that know other attributes of other users
        rows = [row for own, whole in zip(by_attributes, everyone, strict=True)
                for row in (*_attribute_rows(own, runs), whole)]  # fmt: skip
    elif any(everyone[0][3:]):
        rows = [everyone[0], *rows]
    untold = [_by(next(iter(own.values()))) for own in by_attributes if all(b.gap is None for b in own.values())]
    within = "".join(f", {header_text(attribute)} {value}" for attribute, value in first.within)
    few = any(not group.sufficient and not group.suppressed for b in shown for group in b.groups)
    intervals = [b.gap_interval for b in shown if b.gap_interval is not None]
    methods = dict.fromkeys(interval.method for interval in intervals)
    return Block(
        title=f"{first.card.label} by group{within}",
        columns=("by", "group", "users", *names),
        numeric=frozenset({"users", *names}),
        rows=tuple(rows),
        notes=(
            *([_FEW_SAID] if few else []),
            *([f"No gap can be told by {', '.join(untold)}: insufficient evidence."] if untold else []),
            *([f"Gap intervals: {'; '.join(methods)}."] if methods else []),
            *_notes(shown, labels),
        ),
        queries=queries([(f"{b.card.label} by {_by(b)}, {run_name(b.run_id, labels)}", b.sql) for b in shown]),
        cards=(first.card,),
        n_open=_OPEN_GROUPS,
    )


def _attribute_rows(own: dict[str, Breakdown], runs: Sequence[str]) -> list[tuple[str, ...]]:
    first = next(iter(own.values()))
    groups = {run_id: {group.labels: group for group in b.groups} for run_id, b in own.items()}
    rows = []
    for labels in _unique(labels for by_labels in groups.values() for labels in by_labels):
        there = {run_id: by_labels[labels] for run_id, by_labels in groups.items() if labels in by_labels}
        counts = {group.n for group in there.values()}
        users = _users(counts.pop()) if len(counts) == 1 else ""
        cells = [_group_cell(own[r], there[r], say_n=not users) if r in there else NOTHING for r in runs]
        rows.append((_by(first) if not rows else "", " and ".join(labels), users, *cells))
    if all(b.gap is None for b in own.values()):
        return rows
    return [*rows, ("", "widest gap", "", *(_gap(own[r]) if r in own else NOTHING for r in runs))]


def _everyone(own: dict[str, Breakdown], runs: Sequence[str]) -> tuple[str, ...]:
    values = {run_id: b for run_id, b in own.items() if b.overall is not None}
    return "", "everyone", "", *(value_text(values[r].card, values[r].overall) if r in values else "" for r in runs)


def _users(n: int | None) -> str:
    return NOTHING if n is None else f"{n:,}"


def _group_cell(of: Breakdown, group: Group, *, say_n: bool) -> str:
    if group.suppressed:
        return "hidden, too few people"
    said = estimate_text(of.card, group.value, group.interval) if group.value is not None else NOTHING
    users = f", {_users(group.n)} users" if say_n else ""
    return f"{said}{users}{'' if group.sufficient else _FEW}"


def _gap(b: Breakdown) -> str:
    if b.gap is None:
        return "insufficient evidence"
    ratio = f", ratio {b.ratio:.2f}" if b.ratio is not None else ""
    return f"{estimate_text(b.card, b.gap, b.gap_interval)}{ratio}"


def _notes(shown: Sequence[Breakdown], labels: Labels) -> list[str]:
    """Return each note once, with what it is of unless it is of all."""
    of: dict[str, list[Breakdown]] = {}
    for b in shown:
        if b.note:
            of.setdefault(b.note, []).append(b)
    said = []
    for note, own in of.items():
        by = ", ".join(_unique(_by(b) for b in own))
        runs = ", ".join(_unique(run_name(b.run_id, labels) for b in own))
        said.append(note if len(own) == len(shown) else f"By {by}, {runs}: {note}")
    return said


def _by(b: Breakdown) -> str:
    return " and ".join(map(header_text, b.attributes))


def waterfalls(shown: Sequence[Waterfall], labels: Labels) -> list[Block]:
    """Return a table a kind of waterfall, alike by its stages: a row a stage."""
    kinds: dict[Hashable, list[Waterfall]] = {}
    for w in shown:
        kinds.setdefault((w.unit, tuple(stage.name for stage in w.stages)), []).append(w)
    return [_stages(one, labels) for own in kinds.values() for one in _once_a_run(own)]


def _once_a_run(own: Sequence[Waterfall]) -> Iterable[list[Waterfall]]:
    numbered = [(sum(w.run_id == before.run_id for before in own[:place]), w) for place, w in enumerate(own)]
    for _, group in groupby(sorted(numbered, key=lambda pair: pair[0]), lambda pair: pair[0]):
        yield [w for _, w in group]


def _stages(own: Sequence[Waterfall], labels: Labels) -> Block:
    names = tuple(run_name(w.run_id, labels) for w in own)
    return Block(
        title=own[0].title if len(own) == 1 else f"What becomes of the {own[0].unit}",
        columns=("stage", *names),
        numeric=frozenset(names),
        rows=tuple(
            (stage.label, *(_stage_cell(w, place) for w in own)) for place, stage in enumerate(own[0].stages)
        ),
        notes=(f"What is left, its share of all {own[0].unit}, and what the stage costs.",),
        queries=queries([(w.title, w.sql) for w in own]),
    )  # fmt: skip


def _stage_cell(w: Waterfall, place: int) -> str:
    stage, whole = w.stages[place], w.stages[0].remaining
    share = f" ({stage.remaining / whole:.1%})" if whole else ""
    lost = f" -{stage.lost:,}" if stage.lost else ""
    return f"{stage.remaining:,}{share}{lost}"


def _unique(things: Iterable[Thing]) -> list[Thing]:
    return list(dict.fromkeys(things))
