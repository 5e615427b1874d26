"""Find the lab runs of the runs looked at, and take each quantity of them with its interval and its query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from audits.evidence import Evidence
from audits.lab.quantities import QUANTITIES, Quantity
from audits.queries import Parameter
from audits.results import Measure
from audits.statistics.resampling import Resampling, mean_interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Laboratory:
    """The lab runs of one run looked at: for each test the newest finished one. `shown` is that run, or a lab run."""

    shown: str
    base_run_id: str
    of_test: Mapping[str, str]  # test -> lab run
    unfinished: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A quantity as it was found: its measure, and its two sides, mean over the scored users; None: no value."""

    quantity: Quantity
    measure: Measure
    looked_at: float | None
    against: float | None


@dataclass(frozen=True, kw_only=True)
class LabReading:
    """Reads the quantities of one run's lab runs."""

    evidence: Evidence
    laboratory: Laboratory
    rbo_p: float
    how: Resampling

    @property
    def base(self) -> Evidence:
        """The evidence of the base run only."""
        return self.evidence.of(self.laboratory.base_run_id)

    def parameters(self, test: str, more: Mapping[str, Parameter] | None = None) -> dict[str, Parameter]:
        """Return the parameters of a query about a test."""
        lab_run_ids = [self.laboratory.of_test[test]]
        return {"lab_run_ids": lab_run_ids, "rbo_p": self.rbo_p, **(more or {})}

    def rows(self, query: str, test: str, **more: Parameter) -> tuple[tuple, ...]:
        """Run a query about a test."""
        return self.base.rows(query, using=None, **self.parameters(test, more))

    def sql(self, query: str, test: str, **more: Parameter) -> str:
        """Return the runnable text of a query about a test."""
        return self.base.runnable_sql(query, using=None, **self.parameters(test, more))

    def taken(self) -> tuple[Taken, ...]:
        """Take every quantity whose test was made."""
        made = self.laboratory.of_test
        return tuple(
            self._take(q) for q in QUANTITIES if q.test in made and (not q.also or made.get(q.also) == made[q.test])
        )

    def _take(self, quantity: Quantity) -> Taken:
        parameters = self.parameters(quantity.test, quantity.parameters)
        values = self.base.query(quantity.query, using=None, **parameters)["user_value"].dropna().to_numpy(dtype=float)
        mean = self.base.query(f"{quantity.query}_mean", using=None, **parameters)
        value, n, unscored = None, 0, 0
        sides: tuple[float | None, float | None] = (None, None)
        if len(mean):
            row = mean.iloc[0]
            n, unscored = int(row["n_users"]), int(row["n_unscored"])
            if n:
                value = float(row["measured"])
                sides = float(row[quantity.names[0]]), float(row[quantity.names[1]])
        interval = mean_interval(values, self.how, quantity.bounds) if n else None
        measure = Measure(
            card=quantity.card,
            run_id=self.laboratory.shown,
            value=value,
            n=n,
            unscored=unscored,
            interval=interval,
            sql=self.sql(f"{quantity.query}_mean", quantity.test, **quantity.parameters),
            note=_note(quantity, value, interval is None, n),
        )
        return Taken(quantity=quantity, measure=measure, looked_at=sides[0], against=sides[1])


def laboratories(evidence: Evidence) -> tuple[Laboratory, ...]:
    """Return the lab runs of the runs looked at, in their order; a lab run looked at by itself stands for itself."""
    rows = evidence.rows("lab_runs")
    own = {row[0]: row[1] for row in rows}  # lab run -> base run
    found = []
    for run_id in evidence.run_ids:
        if run_id in own and own[run_id] in evidence.run_ids:
            continue  # seen through its base run
        mine = [row for row in rows if run_id == row[0 if run_id in own else 1]]
        of_test: dict[str, str] = {}
        unfinished: dict[str, None] = {}
        for lab_run_id, _, status, test, _ in mine:
            if status == "finished":
                of_test.setdefault(str(test), str(lab_run_id))
            else:
                unfinished[str(lab_run_id)] = None
        base = own.get(run_id, run_id)
        if mine:
            found.append(Laboratory(shown=run_id, base_run_id=base, of_test=of_test, unfinished=tuple(unfinished)))
    return tuple(found)


def _note(quantity: Quantity, value: float | None, without_interval: bool, n: int) -> str:
    if value is None:
        return quantity.card.missing
    if without_interval:
        return f"No interval: {'only one user' if n < 2 else 'all users have the same value'}."
    return ""
