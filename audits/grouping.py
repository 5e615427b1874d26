"""A metric by user groups: fairlearn's MetricFrame over cells that SQL has summed, with both small-group gates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from fairlearn.metrics import MetricFrame, mean_prediction
from numpy.typing import NDArray

from audits.errors import AuditError
from audits.measuring import Reading
from audits.results import Breakdown, Card, Group, Interval
from audits.scope import UNKNOWN
from audits.statistics.groups import GroupMoments, gap_interval
from audits.statistics.resampling import moments_interval
from audits.suppression import Partition, suppressed_groups

MAX_ATTRIBUTES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """Fewer than `min_people`: hidden, for privacy. Fewer than `min_sufficient`: shown, but never called fair."""

    min_people: int = 10
    min_sufficient: int = 100
    level: float = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Sums by the finest combination of attributes, of one run: cells that have any scored user."""

    card: Card
    run_id: str
    attributes: tuple[str, ...]
    labels: NDArray[np.str_]  # (n_cells, n_attributes)
    counts: NDArray[np.int64]  # scored users, (n_cells,)
    sums: NDArray[np.float64]  # of their values, (n_cells,)
    squares: NDArray[np.float64]  # of their squared values, (n_cells,)
    n_unscored: int = 0
    bounds: tuple[float, float] | None = None

    def members(self, attributes: tuple[str, ...], labels: tuple[str, ...]) -> NDArray[np.bool_]:
        """Return which cells have these labels, (n_cells,)."""
        places = [self.attributes.index(attribute) for attribute in attributes]
        return (self.labels[:, places] == np.array(labels, dtype=str)).all(axis=1)


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


def read_cells(reading: Reading, attributes: tuple[str, ...]) -> dict[str, Cells]:
    """Read the cells of every run, by run id.

    Raises:
        AuditError: there are more attributes than the cross-table has columns, or none.
    """
    if not 1 <= len(attributes) <= MAX_ATTRIBUTES:
        raise AuditError(f"Groups are formed by 1 to {MAX_ATTRIBUTES} attributes at a time, not by {len(attributes)}.")
    frame = reading.frame("group_cells", **attribute_parameters(attributes))
    columns = [f"group_{place}" for place in range(1, len(attributes) + 1)]
    cells = {}
    for run_id in reading.evidence.run_ids:
        own = frame.loc[frame["run_id"] == run_id]
        counts = own["n_users"].to_numpy(dtype=np.int64)
        scored = counts > 0
        cells[run_id] = Cells(
            card=reading.card(run_id),
            run_id=run_id,
            attributes=attributes,
            labels=own[columns].to_numpy(dtype=str).reshape(len(own), len(columns))[scored],
            counts=counts[scored],
            sums=own["value_sum"].to_numpy(dtype=float)[scored],
            squares=own["square_sum"].to_numpy(dtype=float)[scored],
            n_unscored=int(own["n_unscored"].to_numpy().sum()),
            bounds=reading.metric.bounds,
        )
    return cells


def attribute_parameters(attributes: tuple[str, ...]) -> dict[str, str]:
    """Return the attribute parameters of the grouping queries; empty text names none."""
    padded = (*attributes, *[""] * (MAX_ATTRIBUTES - len(attributes)))
    return {f"attribute_{place}": name for place, name in enumerate(padded, 1)}


def break_down(
    cells: Cells, by: tuple[tuple[str, ...], ...], gates: Gates, control: tuple[str, ...] = ()
) -> tuple[Breakdown, ...]:
    """Break a metric down by each of `by` (one attribute or an intersection), within each level of `control`.

    What is hidden is decided over all of them together, so that none can be worked out from another.
    """
    if not len(cells.counts):
        return ()
    grouped = [part for attributes in by for part in _group(cells, attributes, control)]
    totals = np.unique(np.stack([part.inside for part in grouped]), axis=0)
    partitions = [Partition(groups=part.members) for part in grouped]
    hidden = suppressed_groups(partitions, totals, cells.counts, gates.min_people)
    return tuple(_breakdown(cells, part, mask, gates) for part, mask in zip(grouped, hidden, strict=True))


def _group(cells: Cells, attributes: tuple[str, ...], control: tuple[str, ...]) -> list[Grouped]:
    everything = np.ones(len(cells.counts), dtype=bool)
    by_group = pd.DataFrame(_metric_frame(cells, everything, attributes, control).by_group)
    keys = [tuple(map(str, key)) if isinstance(key, tuple) else (str(key),) for key in by_group.index]
    table = by_group.loc[:, ["people", "mean", "square"]].to_numpy(
        dtype=float
    )  # (n_keys, 3), NaN for empty combinations
    levels = dict.fromkeys(key[: len(control)] for key, row in zip(keys, table, strict=True) if row[0] > 0)
    found = []
    for level in levels:
        chosen = [i for i, key in enumerate(keys) if key[: len(control)] == level and table[i, 0] > 0]
        labels = tuple(keys[i][len(control) :] for i in chosen)
        inside = cells.members(control, level)
        found.append(
            Grouped(
                attributes=attributes,
                control=control,
                level=level,
                labels=labels,
                moments=tuple(_moments(*table[i]) for i in chosen),
                members=np.stack([inside & cells.members(attributes, label) for label in labels]),
                inside=inside,
            )
        )
    return found


def _metric_frame(
    cells: Cells, chosen: NDArray[np.bool_], attributes: tuple[str, ...], control: tuple[str, ...]
) -> MetricFrame:
    """Hand cells to MetricFrame: y_pred is a cell's mean, y_true its mean square, weighted by its users."""
    labels = pd.DataFrame(cells.labels[chosen], columns=list(cells.attributes))
    users = cells.counts[chosen].astype(float)
    weights = {"sample_weight": users}
    return MetricFrame(
        metrics={"people": _people, "mean": mean_prediction, "square": _mean_square},
        y_true=cells.squares[chosen] / users,
        y_pred=cells.sums[chosen] / users,
        sensitive_features=labels[list(attributes)],
        control_features=labels[list(control)] if control else None,
        sample_params=dict.fromkeys(("people", "mean", "square"), weights),
    )


def _people(_y_true: NDArray, _y_pred: NDArray, sample_weight: NDArray) -> float:
    return float(np.sum(sample_weight))


def _mean_square(y_true: NDArray, _y_pred: NDArray, sample_weight: NDArray) -> float:
    return float(np.average(y_true, weights=sample_weight))


def _moments(people: float, mean: float, square: float) -> GroupMoments:
    n = round(people)
    variance = (square - mean * mean) * n / (n - 1) if n > 1 else 0.0
    if variance < 1e-12 * abs(square):  # rounding in a difference of equal numbers
        variance = 0.0
    return GroupMoments(n=n, mean=float(mean), variance=float(variance))


def _breakdown(cells: Cells, part: Grouped, hidden: NDArray[np.bool_], gates: Gates) -> Breakdown:
    people = int(cells.counts[part.inside].sum())
    rows = list(zip(part.labels, part.moments, hidden, strict=True))
    judged = [
        index
        for index, (labels, moments, hide) in enumerate(rows)
        if not hide and moments.n >= gates.min_sufficient and UNKNOWN not in labels
    ]
    gap = _gap(cells, part, judged, gates)
    return Breakdown(
        card=cells.card,
        run_id=cells.run_id,
        attributes=part.attributes,
        groups=tuple(_group_row(cells, labels, moments, bool(hide), gates) for labels, moments, hide in rows),
        overall=float(cells.sums[part.inside].sum()) / people if people >= gates.min_people else None,
        gap=gap.gap,
        ratio=gap.ratio,
        gap_interval=gap.interval,
        note=_note(cells, part, gates),
    )


def _gap(cells: Cells, part: Grouped, judged: list[int], gates: Gates) -> Gap:
    if len(judged) < 2:
        return Gap()
    chosen = np.asarray(part.members[judged].any(axis=0), dtype=bool)
    frame = _metric_frame(cells, chosen, part.attributes, ())
    ordered = sorted((part.moments[index] for index in judged), key=lambda moments: moments.mean)
    has_ratio = ordered[0].mean >= 0 < ordered[-1].mean
    return Gap(
        gap=float(pd.Series(frame.difference()).loc["mean"]),
        ratio=float(pd.Series(frame.ratio()).loc["mean"]) if has_ratio else None,
        interval=gap_interval(ordered[-1], ordered[0], len(judged), gates.level, cells.bounds),
    )


def _group_row(cells: Cells, labels: tuple[str, ...], moments: GroupMoments, hide: bool, gates: Gates) -> Group:
    if hide:
        return Group(labels=labels, n=None, value=None, suppressed=True, sufficient=False)
    return Group(
        labels=labels,
        n=moments.n,
        value=moments.mean,
        interval=moments_interval(moments.n, moments.mean, moments.variance, gates.level, cells.bounds),
        sufficient=moments.n >= gates.min_sufficient,
    )


def _note(cells: Cells, part: Grouped, gates: Gates) -> str:
    said = []
    if part.control:
        levels = zip(part.control, part.level, strict=True)
        said.append(f"Within {', '.join(f'{name} = {label}' for name, label in levels)}.")
    said.append(
        f"Groups of fewer than {gates.min_people} people, and those needed to hide them, are not shown; groups of "
        f"fewer than {gates.min_sufficient} are insufficient evidence. The gap is taken over sufficient groups whose "
        "attribute is known."
    )
    if cells.n_unscored:
        said.append(f"Users of the run without a value: {cells.n_unscored}.")
    return " ".join(said)
