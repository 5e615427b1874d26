"""What audits read: the public views for a set of runs, a reference run and a cohort of users. Read only."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property

import duckdb
import pandas as pd

from audits.errors import AuditError
from audits.queries import Parameter, bind, compose, fill
from audits.scope import CohortFilter, RunFacts

MOST_POPULAR = "most-popular"
NEUTRAL = "neutral"


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The recorded facts of some runs. Every query sees these runs, this variant and these users only.

    A query is a named SQL file of `audits.metrics.sql` or `audits.checks.sql`, or a select over the public views. The
    parameters `$run_ids`, `$variant` and those of the cohort are given by the evidence itself.
    """

    connection: duckdb.DuckDBPyConnection
    run_ids: tuple[str, ...]
    reference_run_id: str | None = None
    cohort: tuple[CohortFilter, ...] = ()
    variant: str = NEUTRAL
    users_common_to: tuple[str, ...] = field(default=())  # runs; not empty: only users that all of them answered

    def query(
        self, name_or_sql: str, *, using: Mapping[str, str] | None = None, **parameters: Parameter
    ) -> pd.DataFrame:
        """Run a named query, or a select over the views, and return its rows.

        `using` names the query that plays a part, for example `{"metric_rows": "ndcg"}`.
        """
        bound = bind(self._text(name_or_sql, using), self._parameters(parameters))
        with closing(self.connection.cursor()) as cursor:
            return cursor.execute(bound.sql, dict(bound.parameters) or None).df()

    def rows(
        self, name_or_sql: str, *, using: Mapping[str, str] | None = None, **parameters: Parameter
    ) -> tuple[tuple, ...]:
        """Run a query like `query`, and return plain Python values, None for null."""
        bound = bind(self._text(name_or_sql, using), self._parameters(parameters))
        with closing(self.connection.cursor()) as cursor:
            return tuple(cursor.execute(bound.sql, dict(bound.parameters) or None).fetchall())

    def runnable_sql(self, name_or_sql: str, *, using: Mapping[str, str] | None = None, **parameters: Parameter) -> str:
        """Return the text of a query with its values written in, that gives the same rows when run by hand."""
        return fill(self._text(name_or_sql, using), self._parameters(parameters))

    @cached_property
    def runs(self) -> tuple[RunFacts, ...]:
        """The runs, in the order asked for."""
        rows = {row[0]: row for row in self.rows("run_facts")}
        names = [item.name for item in dataclasses.fields(RunFacts)]
        return tuple(RunFacts(**dict(zip(names, rows[run_id], strict=True))) for run_id in self.run_ids)

    @cached_property
    def available(self) -> frozenset[str]:
        """What there is: targets, ratings, user_attributes, item_labels, training, steps, rationales, claims, paths,
        attributions, generations, slots, reference.
        """
        frame = self.query("availability")
        found = {str(name) for name in frame.columns if bool(frame[name].iloc[0])}
        return frozenset(found | ({"reference"} if self.reference_run_id is not None else set()))

    @cached_property
    def attributes(self) -> tuple[str, ...]:
        """The names of the user attributes that any user in scope has a value of, in alphabetical order."""
        return tuple(str(row[0]) for row in self.rows("attribute_names"))

    def run(self, run_id: str) -> RunFacts:
        """Return one run's facts.

        Raises:
            KeyError: the run is not among those looked at.
        """
        return next(run for run in self.runs if run.run_id == run_id)

    def of(self, *run_ids: str) -> Evidence:
        """Return the same evidence for these runs only."""
        return dataclasses.replace(self, run_ids=tuple(run_ids))

    def on_common_users(self, *run_ids: str) -> Evidence:
        """Return the evidence of these runs, cut to the users that all of them have requests of."""
        return dataclasses.replace(self, run_ids=tuple(run_ids), users_common_to=tuple(run_ids))

    def _text(self, name_or_sql: str, using: Mapping[str, str] | None) -> str:
        parts = {"scope": "scope_of_cohort"} if self.cohort or self.users_common_to else {}
        return compose(name_or_sql, {**parts, **(using or {})})

    def _parameters(self, parameters: Mapping[str, Parameter]) -> dict[str, Parameter]:
        pairs = [f"{f.attribute}={value}" for f in self.cohort for value in f.values]
        return {
            "run_ids": self.run_ids,
            "variant": self.variant,
            "k": None,
            "cohort_attributes": [f.attribute for f in self.cohort],
            "cohort_pairs": pairs,
            "n_cohort_attributes": len({f.attribute for f in self.cohort}),
            "common_run_ids": self.users_common_to,
            "n_common_runs": len(set(self.users_common_to)),
            **parameters,
        }


def open_evidence(
    connection: duckdb.DuckDBPyConnection,
    run_ids: Sequence[str] | None = None,
    reference_run_id: str | None = None,
    cohort: Sequence[CohortFilter] = (),
) -> Evidence:
    """Open the evidence of runs: those named, else all finished runs of the dataset that was run last.

    The reference is the run named, else the newest most-popular run among the runs (it has no reference otherwise).

    Raises:
        AuditError: a run is not in the log, or nothing was run yet.
    """
    known = {row[0]: row for row in connection.execute(compose("run_order")).fetchall()}
    if run_ids is None:
        finished = [row for row in known.values() if row[3] == "finished" and row[4] is None]  # no lab runs
        run_ids = [row[0] for row in finished if row[1] == finished[0][1]][::-1] if finished else []
    if not run_ids:
        raise AuditError("There is no finished run to audit. Start one with `recaudit run`, or name a run with --run.")
    named: list[str] = [*run_ids, *([reference_run_id] if reference_run_id else [])]
    wanted = list(dict.fromkeys(named))
    missing = [run_id for run_id in wanted if run_id not in known]
    if missing:
        raise AuditError(f"No run {', '.join(missing)} in the log. `recaudit runs` lists what there is.")
    if reference_run_id is None:
        popular = [run_id for run_id in known if run_id in wanted and known[run_id][2] == MOST_POPULAR]
        reference_run_id = popular[0] if popular else None
    return Evidence(
        connection=connection, run_ids=tuple(wanted), reference_run_id=reference_run_id, cohort=tuple(cohort)
    )
