"""Time windows of a run's requests: where they begin and end, and a metric in each of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from audits.errors import AuditError
from audits.evidence import Evidence
from audits.grouping import Cells, Gates, break_down
from audits.measuring import Reading
from audits.queries import Parameter
from audits.results import Breakdown

MAX_WINDOWS = 12
_CALENDAR_BEGINS = datetime(1973, 3, 3)  # earlier moments are places in an order, which importing says too


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """Windows that follow each other without a gap. `bounds` are the beginnings of all and the end of the last."""

    bounds: tuple[datetime, ...]

    @property
    def n(self) -> int:
        """Return the number of windows."""
        return len(self.bounds) - 1

    @property
    def parameters(self) -> dict[str, Parameter]:
        """Return the parameters of the query `request_moments`."""
        inner = [bound.isoformat(sep=" ") for bound in self.bounds[1:-1]]
        padded = [*inner, *[None] * (MAX_WINDOWS - 1 - len(inner))]
        return {
            "first_moment": self.bounds[0].isoformat(sep=" "),
            "last_start": self.bounds[-2].isoformat(sep=" "),
            "n_windows": self.n,
            **{f"window_end_{place}": end for place, end in enumerate(padded, 1)},
        }

    def label(self, index: int) -> str:
        """Return the name of a window, counted from 1."""
        begin, end = self.bounds[index - 1], self.bounds[index]
        form = "%Y-%m-%d" if end - begin >= timedelta(days=2) else "%Y-%m-%d %H:%M"
        return f"{index}: {begin:{form}} to {end:{form}}"


def find_windows(evidence: Evidence, n_windows: int, days: float | None = None) -> Windows | None:
    """Return the windows of the evidence's one run; None where its requests do not lie apart in calendar time.

    That is where all fall on one moment, where there is none, or where the data tells an order and no time.

    Raises:
        AuditError: the windows are too many, or fewer than two.
    """
    if not 2 <= n_windows <= MAX_WINDOWS:
        raise AuditError(f"stability.windows lies between 2 and {MAX_WINDOWS}, not at {n_windows}.")
    if days is not None and not days > 0:
        raise AuditError(f"stability.days must be above 0, not {days}.")
    rows = evidence.rows("moment_range")
    if not rows or rows[0][1] == rows[0][2]:
        return None
    first, last = (datetime.fromisoformat(str(text)) for text in rows[0][1:3])
    if last < _CALENDAR_BEGINS:
        return None
    width = (last - first) / n_windows if days is None else timedelta(days=days)
    if days is not None:
        n_windows = max(1, math.ceil((last - first) / width))
    if n_windows > MAX_WINDOWS:
        raise AuditError(
            f"The requests of {evidence.run_ids[0]} span {(last - first).days} days: windows of {days:g} days are "
            f"{n_windows}, more than {MAX_WINDOWS}. Set stability.days higher."
        )
    return Windows(bounds=tuple(first + width * place for place in range(n_windows + 1)))


def by_time(reading: Reading, windows: Windows, gates: Gates) -> Breakdown | None:
    """Return the metric in each window, small windows hidden like small groups; None where no user is scored."""
    labels = {str(place): windows.label(place) for place in range(1, windows.n + 1)}
    return _broken_down(reading, "window", "time window", labels, windows, gates)


def by_novelty(reading: Reading, windows: Windows, gates: Gates) -> Breakdown | None:
    """Return the metric of users first seen in their request's window, and of the others; None: no user is scored."""
    labels = {name: name for name in ("first seen in the window", "known before")}
    return _broken_down(reading, "novelty", "user", labels, windows, gates)


def _broken_down(
    reading: Reading, query: str, attribute: str, labels: dict[str, str], windows: Windows, gates: Gates
) -> Breakdown | None:
    (run_id,) = reading.evidence.run_ids
    frame = reading.frame(f"{query}_cells", None, **windows.parameters)
    frame = frame.loc[frame["n_users"] > 0]
    if not len(frame):
        return None
    cells = Cells(
        card=reading.card(run_id),
        run_id=run_id,
        attributes=(attribute,),
        labels=np.array([[labels[str(name)]] for name in frame["group_1"]], dtype=str),
        counts=frame["n_users"].to_numpy(dtype=np.int64),
        sums=frame["value_sum"].to_numpy(dtype=float),
        squares=frame["square_sum"].to_numpy(dtype=float),
        n_unscored=int(frame["n_unscored"].sum()),
        bounds=reading.metric.bounds,
    )
    (breakdown,) = break_down(cells, ((attribute,),), gates)
    suppressed = {group.labels[0] for group in breakdown.groups if group.suppressed}
    hidden = [
        "",
        *(key for key, label in labels.items() if label in suppressed),
    ]  # never empty, so that SQL can list it
    sql = reading.sql(f"{query}_means", run_id, min_people=gates.min_people, hidden_groups=hidden, **windows.parameters)
    return Breakdown(
        card=breakdown.card, run_id=run_id, attributes=breakdown.attributes, groups=breakdown.groups,
        overall=breakdown.overall, gap=breakdown.gap, ratio=breakdown.ratio, gap_interval=breakdown.gap_interval,
        sql=sql, note=breakdown.note,
    )  # fmt: skip
