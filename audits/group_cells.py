"""What groups are formed of: sums by the finest combination of attributes, and the users where they are few."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from audits.errors import AuditError
from audits.measuring import Reading
from audits.queries import Parameter
from audits.results import Card
from audits.statistics.groups import GroupMoments

MAX_ATTRIBUTES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """The scored users of one run, for resampling: the value of some of them is sum(parts) / sum(wholes)."""

    labels: NDArray[np.str_]  # (n_users, n_attributes)
    parts: NDArray[np.float64]  # (n_users,)
    wholes: NDArray[np.float64]  # (n_users,), ones for a mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Sums by the finest combination of attributes, of one run: cells that have any scored user.

    A group's value is sums / wholes; without `wholes` it is the mean over users.
    """

    card: Card
    run_id: str
    attributes: tuple[str, ...]
    labels: NDArray[np.str_]  # (n_cells, n_attributes)
    counts: NDArray[np.int64]  # scored users, (n_cells,)
    sums: NDArray[np.float64]  # of their parts, (n_cells,)
    squares: NDArray[np.float64]  # of their squared parts, (n_cells,)
    wholes: NDArray[np.float64] | None = None  # sums of their wholes
    crosses: NDArray[np.float64] | None = None  # sums of part x whole
    whole_squares: NDArray[np.float64] | None = None  # sums of squared wholes
    people: People | None = None  # None: intervals are taken from the sums, not by resampling
    n_unscored: int = 0
    bounds: tuple[float, float] | None = None
    n_picked: int = 1  # breakdowns of which this one was picked for its gap

    @property
    def denominators(self) -> NDArray[np.float64]:
        """What the sums are divided by, (n_cells,)."""
        return self.counts.astype(float) if self.wholes is None else self.wholes

    def moments(self, chosen: NDArray[np.bool_]) -> GroupMoments:
        """Return users, value and variance of some cells: of a ratio the one whose n-th part is its error squared."""
        n, parts, squares = int(self.counts[chosen].sum()), self.sums[chosen].sum(), self.squares[chosen].sum()
        wholes = self.denominators[chosen].sum()
        crosses = parts if self.crosses is None else self.crosses[chosen].sum()
        whole_squares = n if self.whole_squares is None else self.whole_squares[chosen].sum()
        value = float(parts / wholes) if wholes > 0 else float("nan")
        residual = float(squares - 2 * value * crosses + value * value * whole_squares)
        if n < 2 or not residual > 1e-12 * abs(squares):  # rounding in a difference of equal numbers; or no value
            return GroupMoments(n=n, mean=value, variance=0.0)
        return GroupMoments(n=n, mean=value, variance=residual * n * n / (wholes * wholes * (n - 1)))

    def members(self, attributes: tuple[str, ...], labels: tuple[str, ...]) -> NDArray[np.bool_]:
        """Return which cells have these labels, (n_cells,)."""
        places = [self.attributes.index(attribute) for attribute in attributes]
        return (self.labels[:, places] == np.array(labels, dtype=str)).all(axis=1)


def read_cells(
    reading: Reading,
    attributes: tuple[str, ...],
    max_users: int = 20_000,
    using: dict[str, str] | None = None,
    **parameters: Parameter,
) -> dict[str, Cells]:
    """Read the cells of every run, by run id; and the users, where a run has at most `max_users`.

    `using` and `parameters` change what the parts and wholes of users are.

    Raises:
        AuditError: there are more attributes than the cross-table has columns, or none.
    """
    if not 1 <= len(attributes) <= MAX_ATTRIBUTES:
        raise AuditError(f"Groups are formed by 1 to {MAX_ATTRIBUTES} attributes at a time, not by {len(attributes)}.")
    asked = {**attribute_parameters(attributes), **parameters}
    frame = reading.frame("group_cells", using, **asked)
    scored = {run_id: int(frame.loc[frame["run_id"] == run_id, "n_users"].sum()) for run_id in reading.evidence.run_ids}
    few = reading.evidence.of(*(run_id for run_id, n in scored.items() if 0 < n <= max_users))
    users = dataclasses.replace(reading, evidence=few).frame("group_users", using, **asked) if few.run_ids else None
    return {
        run_id: _cells(
            reading,
            run_id,
            attributes,
            frame.loc[frame["run_id"] == run_id],
            users.loc[users["run_id"] == run_id] if users is not None and run_id in few.run_ids else None,
        )
        for run_id in reading.evidence.run_ids
    }


def _cells(
    reading: Reading, run_id: str, attributes: tuple[str, ...], frame: pd.DataFrame, users: pd.DataFrame | None
) -> Cells:
    columns = [f"group_{place}" for place in range(1, len(attributes) + 1)]
    own = frame.loc[frame["n_users"] > 0]

    def numbers(name: str) -> NDArray[np.float64]:
        return own[name].to_numpy(dtype=float)

    return Cells(
        card=reading.card(run_id),
        run_id=run_id,
        attributes=attributes,
        labels=own[columns].to_numpy(dtype=str).reshape(len(own), len(columns)),
        counts=own["n_users"].to_numpy(dtype=np.int64),
        sums=numbers("value_sum"),
        squares=numbers("square_sum"),
        wholes=numbers("whole_sum"),
        crosses=numbers("cross_sum"),
        whole_squares=numbers("whole_square_sum"),
        people=None
        if users is None
        else People(
            labels=users[columns].to_numpy(dtype=str).reshape(len(users), len(columns)),
            parts=users["part"].to_numpy(dtype=float),
            wholes=users["whole"].to_numpy(dtype=float),
        ),
        n_unscored=int(frame["n_unscored"].to_numpy().sum()),
        bounds=reading.metric.bounds,
    )


def attribute_parameters(attributes: tuple[str, ...], among: tuple[str, ...] = ()) -> dict[str, Parameter]:
    """Return the parameters of the grouping queries that groups by these attributes are formed with.

    Users are told apart by the attributes `among` which these are, else by these alone: the groups are the same, and
    one table of users serves all groupings. Empty text names no attribute, and 0 no place among them.
    """
    told_apart = among if set(attributes) <= set(among) else attributes
    names = (*told_apart, *[""] * (MAX_ATTRIBUTES - len(told_apart)))
    places = (*(told_apart.index(name) + 1 for name in attributes), *[0] * (MAX_ATTRIBUTES - len(attributes)))
    return {
        **{f"attribute_{number}": name for number, name in enumerate(names, 1)},
        **{f"place_{number}": place for number, place in enumerate(places, 1)},
    }


def shown_part(query: str, n_attributes: int, columns: tuple[str, ...]) -> str:
    """Return what `shown_columns` does of one named query, as a query that reads it: kept parts serve it."""
    groups = [f"q.group_{place}" for place in range(1, n_attributes + 1)]
    kept = ", ".join(["q.run_id", *groups, *(f"q.{column}" for column in columns)])
    return f"-- Columns that are shown.\n-- uses: {query}\nselect {kept}\nfrom {query} q\norder by q.run_id, q.place"


def shown_columns(queries: Sequence[str], n_attributes: int, columns: tuple[str, ...]) -> str:
    """Return the rows of queries of groups, one a run, cut to the group columns in use and these.

    They come by run and in the order of `place`.
    """
    groups = [f"q.group_{place}" for place in range(1, n_attributes + 1)]
    kept = ", ".join(["q.run_id", *groups, *(f"q.{column}" for column in columns)])
    inner = "\nunion all\n".join(f"(\n{sql}\n)" for sql in queries)
    return f"select {kept}\nfrom (\n{inner}\n) q\norder by q.run_id, q.place"
