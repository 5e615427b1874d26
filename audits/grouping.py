"""A metric by user groups: fairlearn's MetricFrame over cells that SQL has summed, with both small-group gates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from fairlearn.metrics import MetricFrame
from numpy.typing import NDArray

from audits.group_cells import MAX_ATTRIBUTES, Cells
from audits.results import Breakdown, Group, Interval
from audits.scope import UNKNOWN
from audits.statistics.group_bootstrap import GapTest, gap_test, group_draws, percentile_interval
from audits.statistics.groups import GroupMoments, gap_interval, gap_p_value
from audits.statistics.resampling import Resampling, moments_interval
from audits.suppression import Partition, suppressed_groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """Fewer than `min_people`: hidden, for privacy. Fewer than `min_sufficient`: shown, but never called fair."""

    min_people: int = 10
    min_sufficient: int = 100
    level: float = 0.95
    resamples: int = 2_000
    seed: int = 7
    max_users: int = 20_000  # of a run: more are not resampled, their intervals come from sums

    @property
    def how(self) -> Resampling:
        """How users are resampled."""
        return Resampling(resamples=self.resamples, seed=self.seed, level=self.level)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """The groups of one breakdown at one control level, before anything is hidden."""

    attributes: tuple[str, ...]
    control: tuple[str, ...]
    level: tuple[str, ...]  # labels of the control attributes
    labels: tuple[tuple[str, ...], ...]
    moments: tuple[GroupMoments, ...]
    members: NDArray[np.bool_]  # (n_groups, n_cells)
    inside: NDArray[np.bool_]  # (n_cells,): all cells of the control level


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """How far apart the judged groups are; None where fewer than two can be judged."""

    gap: float | None = None
    ratio: float | None = None
    interval: Interval | None = None
    p_value: float | None = None
    ratio_interval: Interval | None = None


def break_down(
    cells: Cells,
    by: tuple[tuple[str, ...], ...],
    gates: Gates,
    control: tuple[str, ...] = (),
    only: tuple[str, ...] | None = None,
) -> tuple[Breakdown, ...]:
    """Break a metric down by each of `by` (one attribute or an intersection), within each level of `control`.

    What is hidden is decided over all of `by`, also where `only` one of them is wanted.
    """
    return tuple(
        _breakdown(cells, part, mask, gates)
        for part, mask in gated(cells, by, gates.min_people, control)
        if only in (None, part.attributes)
    )


def gated(
    cells: Cells, by: tuple[tuple[str, ...], ...], min_people: int, control: tuple[str, ...] = ()
) -> list[tuple[Grouped, NDArray[np.bool_]]]:
    """Form the groups of each of `by`, and say which must be hidden, (n_groups,).

    What is hidden is decided over all of them together, so that none can be worked out from another.
    """
    if not len(cells.counts):
        return []
    grouped = [part for attributes in by for part in _group(cells, attributes, control)]
    totals = np.unique(np.stack([part.inside for part in grouped]), axis=0)
    partitions = [Partition(groups=part.members) for part in grouped]
    hidden = suppressed_groups(partitions, totals, cells.counts, min_people)
    return list(zip(grouped, hidden, strict=True))


def hidden_names(labels: Sequence[tuple[str, ...]], hidden: Sequence[bool], more: tuple[str, ...] = ()) -> list[str]:
    """Return the names of hidden groups as the queries of groups write them; never empty, so that SQL can list it."""
    padding = [UNKNOWN] * MAX_ATTRIBUTES
    return [
        "",
        *(" + ".join([*own, *more, *padding][:MAX_ATTRIBUTES]) for own, h in zip(labels, hidden, strict=True) if h),
    ]


def _group(cells: Cells, attributes: tuple[str, ...], control: tuple[str, ...]) -> list[Grouped]:
    places = [cells.attributes.index(name) for name in (*control, *attributes)]
    peopled = np.unique(cells.labels[cells.counts > 0][:, places], axis=0)  # in order, like MetricFrame's
    keys = [tuple(map(str, key)) for key in peopled]
    found = []
    for level in dict.fromkeys(key[: len(control)] for key in keys):
        labels = tuple(key[len(control) :] for key in keys if key[: len(control)] == level)
        inside = cells.members(control, level)
        members = np.stack([inside & cells.members(attributes, label) for label in labels])
        found.append(
            Grouped(
                attributes=attributes,
                control=control,
                level=level,
                labels=labels,
                moments=tuple(cells.moments(group) for group in members),
                members=members,
                inside=inside,
            )
        )
    return found


def _metric_frame(cells: Cells, chosen: NDArray[np.bool_], attributes: tuple[str, ...]) -> MetricFrame:
    """Hand cells to MetricFrame: y_true are sums of parts, y_pred sums of wholes; a group's value is their ratio."""
    labels = pd.DataFrame(cells.labels[chosen], columns=list(cells.attributes))
    return MetricFrame(
        metrics={"value": _ratio_of_sums},
        y_true=cells.sums[chosen],
        y_pred=cells.denominators[chosen],
        sensitive_features=labels[list(attributes)],
    )


def _ratio_of_sums(y_true: NDArray, y_pred: NDArray) -> float:
    whole = float(np.sum(y_pred))
    return float(np.sum(y_true)) / whole if whole > 0 else float("nan")


def _breakdown(cells: Cells, part: Grouped, hidden: NDArray[np.bool_], gates: Gates) -> Breakdown:
    everyone = cells.moments(part.inside)
    draws = [None if hide else _draws(cells, part, i, gates) for i, hide in enumerate(hidden)]
    judged = [
        index
        for index, (labels, moments, hide) in enumerate(zip(part.labels, part.moments, hidden, strict=True))
        if not hide and moments.n >= gates.min_sufficient and UNKNOWN not in labels and np.isfinite(moments.mean)
    ]
    gap = _gap(cells, part, judged, draws, gates)
    return Breakdown(
        card=cells.card,
        run_id=cells.run_id,
        attributes=part.attributes,
        groups=tuple(_group_row(cells, part, i, draws[i], gates, bool(hide)) for i, hide in enumerate(hidden)),
        overall=everyone.mean if everyone.n >= gates.min_people and np.isfinite(everyone.mean) else None,
        gap=gap.gap,
        ratio=gap.ratio,
        gap_interval=gap.interval,
        gap_p_value=gap.p_value,
        ratio_interval=gap.ratio_interval,
        within=tuple(zip(part.control, part.level, strict=True)),
        note=group_note(part, gates, cells.n_unscored),
    )


def _draws(cells: Cells, part: Grouped, index: int, gates: Gates) -> NDArray[np.float64] | None:
    if cells.people is None or len(cells.people.parts) > gates.max_users:
        return None
    names, wanted = (*part.control, *part.attributes), (*part.level, *part.labels[index])
    places = [cells.attributes.index(name) for name in names]
    own = (cells.people.labels[:, places] == np.array(wanted, dtype=str)).all(axis=1)
    key = "&".join(f"{name}={label}" for name, label in zip(names, wanted, strict=True))
    return group_draws(cells.people.parts[own], cells.people.wholes[own], gates.how, key)


def _gap(cells: Cells, part: Grouped, judged: list[int], draws: list[NDArray[np.float64] | None], gates: Gates) -> Gap:
    if len(judged) < 2:
        return Gap()
    chosen = np.asarray(part.members[judged].any(axis=0), dtype=bool)
    frame = _metric_frame(cells, chosen, part.attributes)
    ordered = sorted(judged, key=lambda index: part.moments[index].mean)
    lowest, highest = part.moments[ordered[0]], part.moments[ordered[-1]]
    has_ratio = lowest.mean >= 0 < highest.mean
    tested = _tested(part, ordered, draws, gates.how, cells.n_picked)
    level = 1 - (1 - gates.level) / cells.n_picked
    return Gap(
        gap=float(pd.Series(frame.difference()).loc["value"]),
        ratio=float(pd.Series(frame.ratio()).loc["value"]) if has_ratio else None,
        interval=tested.interval if tested else gap_interval(highest, lowest, len(judged), level, cells.bounds),
        p_value=tested.p_value
        if tested
        else gap_p_value(highest, lowest, len(judged), cells.bounds, n_picked=cells.n_picked),
        ratio_interval=tested.ratio_interval if tested and has_ratio else None,
    )


def _tested(
    part: Grouped, ordered: list[int], draws: list[NDArray[np.float64] | None], how: Resampling, n_picked: int
) -> GapTest | None:
    drawn = [draw for index in ordered if (draw := draws[index]) is not None]
    if len(drawn) < len(ordered):
        return None
    values = np.array([part.moments[index].mean for index in ordered])
    return gap_test(np.stack(drawn, axis=1), values, len(ordered) - 1, 0, how, n_picked)


def _group_row(
    cells: Cells, part: Grouped, index: int, draws: NDArray[np.float64] | None, gates: Gates, hide: bool
) -> Group:
    labels, moments = part.labels[index], part.moments[index]
    if hide:
        return Group(labels=labels, n=None, value=None, suppressed=True, sufficient=False)
    if not np.isfinite(moments.mean):
        return Group(labels=labels, n=moments.n, value=None, sufficient=False)
    interval = percentile_interval(draws, gates.how) if draws is not None else None
    if interval is None:
        interval = moments_interval(moments.n, moments.mean, moments.variance, gates.level, cells.bounds)
    return Group(
        labels=labels,
        n=moments.n,
        value=moments.mean,
        interval=interval,
        sufficient=moments.n >= gates.min_sufficient,
    )


def group_note(part: Grouped, gates: Gates, n_unscored: int = 0) -> str:
    """Say which groups are shown, and which are judged."""
    said = []
    if part.control:
        levels = zip(part.control, part.level, strict=True)
        said.append(f"Within {', '.join(f'{name} = {label}' for name, label in levels)}.")
    said.append(
        f"Groups of fewer than {gates.min_people} people, and those needed to hide them, are not shown; the gap is "
        f"over groups of {gates.min_sufficient} or more whose attribute is known, fewer are insufficient evidence."
    )
    if n_unscored:
        said.append(f"Users of the run without a value: {n_unscored}.")
    return " ".join(said)
