"""What audits read: the public views for a set of runs, a reference run and a cohort of users. Read only."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TypeVar, cast

import duckdb
import pandas as pd
import pyarrow as pa

from audits.errors import AuditError
from audits.keeping import KeptParts, KeptTable, user_means
from audits.naming import labelled, told_apart
from audits.queries import BoundQuery, Parameter, bind, compose, fill, named_queries
from audits.scope import CohortFilter, RunFacts

Made = TypeVar("Made")

MOST_POPULAR = "most-popular"
NEUTRAL = "neutral"
_OF_ONE_REQUEST = {"user_values": "single_values", "user_ratios": "single_ratios"}  # what stands in, without grouping
_ROWS = ("metric_rows", "ratio_rows")  # one a request; a kernel's are not given by any query
_SHARED = {"head_share": 0.2}  # what the popular items are; every number speaks of the same


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
    cache: Path | None = None  # where text vectors of catalogues are kept
    kept: KeptParts | None = field(default=None, compare=False, repr=False)
    kept_for: tuple[str, ...] = field(default=(), compare=False, repr=False)  # runs whose rows are kept

    def __post_init__(self) -> None:
        """Begin with nothing kept."""
        if self.kept is None:
            object.__setattr__(self, "kept", KeptParts(self.connection))
        if not self.kept_for:
            object.__setattr__(self, "kept_for", self.run_ids)

    def query(
        self, name_or_sql: str, *, using: Mapping[str, str] | None = None, **parameters: Parameter
    ) -> pd.DataFrame:
        """Run a named query, or a select over the views, and return its rows.

        `using` names the query that plays a part, for example `{"metric_rows": "ndcg"}`.
        """
        bound = self._bound(name_or_sql, using, parameters)
        return self.connection.execute(bound.sql, dict(bound.parameters) or None).df()

    def table(self, name_or_sql: str, *, using: Mapping[str, str] | None = None, **parameters: Parameter) -> pa.Table:
        """Run a query like `query`, and return its rows as an Arrow table."""
        bound = self._bound(name_or_sql, using, parameters)
        return self.connection.sql(bound.sql, params=dict(bound.parameters) or None).to_arrow_table()

    def rows(
        self, name_or_sql: str, *, using: Mapping[str, str] | None = None, **parameters: Parameter
    ) -> tuple[tuple, ...]:
        """Run a query like `query`, and return plain Python values, None for null."""
        bound = self._bound(name_or_sql, using, parameters)
        return tuple(self.connection.execute(bound.sql, dict(bound.parameters) or None).fetchall())

    def runnable_sql(self, name_or_sql: str, *, using: Mapping[str, str] | None = None, **parameters: Parameter) -> str:
        """Return the text of a query with its values written in, that gives the same rows when run by hand."""
        return fill(compose(name_or_sql, self._roles(using)), self._parameters(parameters))

    @cached_property
    def runs(self) -> tuple[RunFacts, ...]:
        """The runs, in the order asked for."""
        rows = {row[0]: row for row in self.whole.remember("run_facts", lambda: self.whole.rows("run_facts"))}
        fields = [item.name for item in dataclasses.fields(RunFacts) if item.name != "name"]
        facts = (RunFacts(**dict(zip(fields, rows[run_id], strict=True))) for run_id in self.run_ids)
        return tuple(dataclasses.replace(run, name=self._names.get(run.run_id, "")) for run in facts)

    @property
    def _names(self) -> dict[str, str]:
        """What people call the runs: the same however few of them are looked at."""
        return self.whole.remember("run_labels", lambda: told_apart(labelled(self.whole.rows("run_labels"))))

    @cached_property
    def available(self) -> frozenset[str]:
        """What there is: targets, ratings, user_attributes, item_labels, training, steps, rationales, claims, paths,
        attributions, generations, slots, reference.
        """
        frame = self.remember("availability", lambda: self.query("availability"))
        found = {str(name) for name in frame.columns if bool(frame[name].iloc[0])}
        return frozenset(found | ({"reference"} if self.reference_run_id is not None else set()))

    @cached_property
    def attributes(self) -> tuple[str, ...]:
        """The names of the user attributes that any user in scope has a value of, in alphabetical order."""
        return tuple(self.attribute_sizes)

    @cached_property
    def attribute_sizes(self) -> dict[str, int]:
        """The number of different values of each of `attributes`, among users in scope."""
        rows = self.remember("attribute_names", lambda: self.rows("attribute_names"))
        return {str(name): int(n_values) for name, n_values in rows}

    def run(self, run_id: str) -> RunFacts:
        """Return one run's facts.

        Raises:
            KeyError: the run is not among those looked at.
        """
        return next(run for run in self.runs if run.run_id == run_id)

    def of(self, *run_ids: str) -> Evidence:
        """Return the same evidence for these runs only."""
        kept_for = self.kept_for if set(run_ids) <= set(self.kept_for) else run_ids
        return dataclasses.replace(self, run_ids=tuple(run_ids), kept_for=tuple(kept_for))

    def on_common_users(self, *run_ids: str) -> Evidence:
        """Return the evidence of these runs, cut to the users that all of them have requests of."""
        runs = tuple(run_ids)
        return dataclasses.replace(self, run_ids=runs, users_common_to=runs, kept_for=runs)

    def keep_rows(
        self,
        name: str,
        make: Callable[[], pa.Table],
        *,
        using: Mapping[str, str] | None = None,
        **parameters: Parameter,
    ) -> None:
        """Keep rows worked out outside SQL: they stand for the query `name` under these roles and parameters.

        `make` is called with the evidence of all runs whose rows are kept, so that the rows serve each of them.
        """
        self._tables.of_rows(self._rows_key(name, self._roles(using), self._parameters(parameters)), make)

    def remember(
        self,
        name: str,
        make: Callable[[], Made],
        *,
        using: Mapping[str, str] | None = None,
        **parameters: Parameter,
    ) -> Made:
        """Return what `make` makes of the rows of the named query, made once under these roles and parameters."""
        text = fill(compose(name, self._roles(using)), self._parameters(parameters))
        key = f"{make.__module__}.{make.__qualname__} of {text}"
        if key not in self._tables.objects:
            self._tables.objects[key] = make()
        return cast("Made", self._tables.objects[key])

    @property
    def whole(self) -> Evidence:
        """The evidence of all runs whose rows are kept."""
        return dataclasses.replace(self, run_ids=self.kept_for)

    def _bound(
        self, name_or_sql: str, using: Mapping[str, str] | None, parameters: Mapping[str, Parameter]
    ) -> BoundQuery:
        roles, values = self._roles(using), self._parameters(parameters)
        text = compose(name_or_sql, roles, lambda part: "" if part in _ROWS else None)
        if any(f"{part} as (" in text for part in _OF_ONE_REQUEST) and self._one_request_a_user:
            roles = {**roles, **_OF_ONE_REQUEST, **self._by_number(roles, values)}
        return bind(compose(name_or_sql, roles, partial(self._kept_part, roles, values)), values)

    @property
    def _one_request_a_user(self) -> bool:
        """Whether a user's mean or sum is the value of the user's one request: nothing needs to be grouped then."""
        return all(run.n_requests == run.n_users for run in self.whole.runs)

    def _by_number(self, roles: dict[str, str], values: dict[str, Parameter]) -> dict[str, str]:
        """Return what stands in where groups are summed up and each row, one a user, carries its request's number."""
        parts = roles.get("user_parts", "user_parts")
        rows = roles.get("ratio_rows" if parts == "ratio_parts" else "metric_rows", "metric_rows")
        worked_out, query = self._tables.found(self._rows_key(rows, roles, values)), named_queries().get(rows)
        numbered = "request_no" in worked_out.columns if worked_out else query is not None and query.is_numbered
        of_requests = {"user_parts": "request_values", "ratio_parts": "request_ratios"}.get(parts) if numbered else None
        return {"cell_sums": "numbered_cell_sums", "request_values": of_requests} if of_requests else {}

    def _roles(self, using: Mapping[str, str] | None) -> dict[str, str]:
        parts = {"scope": "scope_of_cohort"} if self.cohort or self.users_common_to else {}
        return {**parts, **(using or {})}

    @property
    def _tables(self) -> KeptParts:
        if self.kept is None:
            raise ValueError("evidence always has kept parts")
        return self.kept

    def _kept_part(self, roles: dict[str, str], values: dict[str, Parameter], part: str) -> str | None:
        """Return the select from the table that stands for a part of a query; None: the part's own text does."""
        played_by = roles.get(part, part)
        rows = self._tables.found(self._rows_key(played_by, roles, values)) if part == "metric_rows" else None
        if rows is not None:
            return self._from(rows, ", ".join(rows.columns))
        metric = named_queries().get(roles.get("metric_rows", ""))
        if played_by == "user_values" and metric is not None and metric.one_pass is not None:
            facts = metric.one_pass.facts
            table = self._keep(user_means(facts), roles, values)
            return self._from(table, f"run_id, user_id, {metric.name} as user_value")
        query = named_queries().get(played_by)
        if query is None or not query.kept:
            return None
        return self._from(self._keep(part, roles, values), "*")

    def _keep(self, name_or_sql: str, roles: dict[str, str], values: dict[str, Parameter]) -> KeptTable:
        """Return the table of a query's rows, of all runs whose rows are kept."""
        values = {**values, "run_ids": self.kept_for}

        def make() -> BoundQuery:
            return bind(compose(name_or_sql, roles, partial(self.whole._kept_part, roles, values)), values)

        def kernel_rows(part: str) -> str | None:  # no query of their own: told apart by what they are made of
            if part != "metric_rows" or roles.get(part, part) in named_queries():
                return None
            return hashlib.sha256(self._rows_key(roles[part], roles, values).encode()).hexdigest()

        key = fill(compose(name_or_sql, roles, kernel_rows), values)
        query = named_queries().get(roles.get(name_or_sql, name_or_sql))
        if query is not None and query.in_arrays is not None:
            from audits.kernels import facts  # which looks at evidence itself

            work_out = getattr(facts, query.in_arrays)
            return self._tables.of_rows(key, lambda: work_out(self.whole, roles, values))
        return self._tables.of_query(key, make)

    def _from(self, table: KeptTable, columns: str) -> str:
        narrowed = "run_id" in table.columns and set(self.run_ids) != set(self.kept_for)
        return f"select {columns} from {table.name}{' where run_id in ($run_ids)' if narrowed else ''}"

    def _rows_key(self, name: str, roles: dict[str, str], values: dict[str, Parameter]) -> str:
        values = {**values, "run_ids": self.kept_for}
        means = name if name in named_queries() else "placed"
        more = "" if name in named_queries() else f" {values.get('encoder')}"
        return f"rows of {name}{more}: {fill(compose(means, roles), values)}"

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
            **_SHARED,
            **parameters,
        }


def open_evidence(
    connection: duckdb.DuckDBPyConnection,
    run_ids: Sequence[str] | None = None,
    reference_run_id: str | None = None,
    cohort: Sequence[CohortFilter] = (),
    cache: Path | None = None,
) -> Evidence:
    """Open the evidence of runs: those named, else all finished runs of the dataset that was run last.

    `cache` is the folder where text vectors of catalogues are kept; without one, no number rests on them.
    The reference is the run named, else the newest most-popular run among the runs (it has no reference otherwise).

    Raises:
        AuditError: a run is not in the log, nothing was run yet, or the cohort names an attribute that no user has.
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
    everyone = Evidence(connection=connection, run_ids=tuple(wanted), reference_run_id=reference_run_id, cache=cache)
    unknown = [f.attribute for f in cohort if f.attribute not in everyone.attributes]
    if unknown:
        has = ", ".join(everyone.attributes) or "none"
        raise AuditError(f"Users have no attribute {', '.join(unknown)} to form a cohort by; they have {has}.")
    return dataclasses.replace(everyone, cohort=tuple(cohort))
