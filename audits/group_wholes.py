"""A number of a whole run (coverage, AUC) taken of each group of users by itself: it is no sum over users."""

from __future__ import annotations

import dataclasses
import re

import numpy as np

from audits.errors import AuditError
from audits.evidence import Evidence
from audits.group_cells import MAX_ATTRIBUTES, Cells, attribute_parameters
from audits.grouping import Gates, Grouped, break_down, gated, group_note
from audits.measuring import Reading
from audits.metrics.metric import RunMetric
from audits.queries import Parameter, compose, named_queries
from audits.results import Breakdown, Group
from audits.scope import CohortFilter

Named = tuple[tuple[str, str], ...]  # attribute, label

_DEPENDS = (
    "It is taken of each group as a whole and has no interval: it depends on how many people a group has, so that "
    "groups of different size differ for that alone."
)


def wholes_by_group(
    reading: Reading, by: tuple[tuple[str, ...], ...], gates: Gates, control: tuple[str, ...] = ()
) -> list[Breakdown]:
    """Break a metric of whole runs down by each of `by`, with both gates on the number of people.

    Raises:
        AuditError: the metric is none of whole runs, or is the same whichever users are looked at.
    """
    metric = reading.metric
    if not isinstance(metric, RunMetric) or not _of_users(metric.card.name):
        raise AuditError(f"{metric.card.name} is one number of the whole run: it has no groups of users.")
    evidence, found = reading.evidence, []
    used = tuple(dict.fromkeys([*(name for group in by for name in group), *control]))
    people = evidence.query("group_people", using=None, **attribute_parameters(used))
    columns = [f"group_{place}" for place in range(1, len(used) + 1)]
    known: dict[Named, dict[str, tuple[float, float | None]]] = {}
    for run_id in evidence.run_ids:
        own = people.loc[people["run_id"] == run_id]
        cells = Cells(
            card=reading.card(run_id),
            run_id=run_id,
            attributes=used,
            labels=own[columns].to_numpy(dtype=str).reshape(len(own), len(columns)),
            counts=own["n_users"].to_numpy(dtype=np.int64),
            sums=np.zeros(len(own)),
            squares=np.zeros(len(own)),
        )
        for part, hidden in gated(cells, by, gates.min_people, control):
            found.append(_breakdown(reading, cells, part, hidden.tolist(), gates, known))
    return found


def _breakdown(
    reading: Reading,
    cells: Cells,
    part: Grouped,
    hidden: list[bool],
    gates: Gates,
    known: dict[Named, dict[str, tuple[float, float | None]]],
) -> Breakdown:
    run_id, rows, queries = cells.run_id, [], []
    level = tuple(zip(part.control, part.level, strict=True))
    for labels, moments, hide in zip(part.labels, part.moments, hidden, strict=True):
        named = (*level, *zip(part.attributes, labels, strict=True))
        group = Reading(evidence=_of_group(reading.evidence, named), metric=reading.metric, lists=reading.lists)
        if named not in known and not hide:
            known[named] = _values_of_group(reading, group, named, cells.attributes)
        value = known[named].get(run_id) if not hide else None
        rows.append((labels, moments.n, hide, value))
        queries += [_as_row(group, run_id, labels)] if value is not None else []
    shown = [(labels, n, *value) for labels, n, hide, value in rows if value is not None and not hide]
    judged = _judged(cells, part, shown, gates)
    by_label = {group.labels: group for group in judged.groups} if judged is not None else {}
    whole = _of_group(reading.evidence, level)
    everyone = Reading(evidence=whole, metric=reading.metric, lists=reading.lists)
    if level not in known:
        known[level] = _values_of_group(reading, everyone, level, cells.attributes)
    n_inside = int(cells.counts[part.inside].sum())
    overall = known[level].get(run_id) if n_inside >= gates.min_people else None
    with_error = bool(shown) and all(error is not None for *_, error in shown)
    return Breakdown(
        card=cells.card,
        run_id=run_id,
        attributes=part.attributes,
        groups=tuple(
            by_label.get(labels)
            or Group(labels=labels, n=None if hide else n, value=None, suppressed=hide, sufficient=False)
            for labels, n, hide, _ in rows
        ),
        overall=overall[0] if overall is not None else None,
        gap=judged.gap if judged is not None else None,
        ratio=judged.ratio if judged is not None else None,
        gap_interval=judged.gap_interval if judged is not None else None,
        gap_p_value=judged.gap_p_value if judged is not None else None,
        sql="\nunion all\n".join(queries),
        note=f"{group_note(part, gates)}{'' if with_error else f' {_DEPENDS}'}",
        within=level,
    )


def _of_users(name: str) -> bool:
    """Tell whether a query looks at users; what processes used is recorded of whole runs."""
    sql = compose(name)
    return "scope as (" in sql and not re.search(r"\bresources\b", sql)


def _judged(
    cells: Cells, part: Grouped, shown: list[tuple[tuple[str, ...], int, float, float | None]], gates: Gates
) -> Breakdown | None:
    """Hand the groups to MetricFrame as cells whose mean is the group's number, and whose variance gives its error."""
    if not shown:
        return None
    counts = np.array([n for _, n, _, _ in shown], dtype=np.int64)
    people = counts.astype(float)
    values = np.array([value for _, _, value, _ in shown])
    errors = np.array([error or 0.0 for *_, error in shown])
    one_cell_a_group = Cells(
        card=cells.card,
        run_id=cells.run_id,
        attributes=part.attributes,
        labels=np.array([labels for labels, *_ in shown], dtype=str),
        counts=counts,
        sums=values * people,
        squares=people * values**2 + (people - 1) * people * errors**2,
    )
    (found,) = break_down(one_cell_a_group, (part.attributes,), gates)
    return found


def _values(
    reading: Reading, using: dict[str, str] | None = None, **asked: Parameter
) -> dict[str, tuple[float, float | None]]:
    """Return the number and its standard error of each run that has one."""
    frame = reading.frame(reading.metric.card.name, using, **asked)
    numbers = frame[["measured", "standard_error"]].to_numpy(dtype=float)
    return {
        str(run_id): (float(value), float(error) if np.isfinite(error) else None)
        for run_id, (value, error) in zip(frame["run_id"], numbers, strict=True)
        if np.isfinite(value)
    }


def _values_of_group(
    reading: Reading, group: Reading, named: Named, attributes: tuple[str, ...]
) -> dict[str, tuple[float, float | None]]:
    """Return what `_values` does of a group; where exposure is all that is read, from one table of all groups."""
    if not named or not _of_exposure(reading.metric.card.name):
        return _values(group)
    labels = dict(named)
    asked = {f"label_{place}": labels.get(name) for place, name in enumerate(attributes, 1)}
    asked = {**{f"label_{place}": None for place in range(1, MAX_ATTRIBUTES + 1)}, **asked}
    return _values(reading, {"exposure": "exposure_of_group"}, **attribute_parameters(attributes), **asked)


def _of_exposure(name: str) -> bool:
    """Tell whether a query reads nothing but how often items were delivered, and their exposure."""
    uses = set(named_queries()[name].uses)
    return "exposure" in uses and uses <= {"exposure", "scope", "numbered_requests", "run_items", "placed"}


def _of_group(evidence: Evidence, named: Named) -> Evidence:
    """Return the evidence of one group; an attribute that the cohort is chosen by is narrowed to the group's value."""
    own = {name for name, _ in named}
    kept = tuple(chosen for chosen in evidence.cohort if chosen.attribute not in own)
    return dataclasses.replace(
        evidence, cohort=(*kept, *(CohortFilter(attribute=name, values=(label,)) for name, label in named))
    )


def _as_row(reading: Reading, run_id: str, labels: tuple[str, ...]) -> str:
    names = ", ".join("'" + label.replace("'", "''") + f"' as group_{i}" for i, label in enumerate(labels, 1))
    value, size = (reading.sql(query, run_id) for query in (reading.metric.card.name, "group_size"))
    return (
        f"select q.run_id, {names}, q.measured, n.n_users from (\n{value}\n) q\n"
        f"join (\n{size}\n) n on n.run_id = q.run_id"
    )
