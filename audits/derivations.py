"""Rows that audits derive from runs before they judge: which there are, and keeping them up to date.

Derived rows stand in files beside the journals (`engine.runlog.derived`). They are made again, run by run, when what
makes them or the run's journal has changed. A new derivation is one function and one row of `DERIVATIONS`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from audits.errors import AuditError
from audits.queries import BoundQuery, Parameter, bind, compose
from engine.home import Home
from engine.models.registry import known_digest
from engine.runlog.derived import derived_stamp, write_derived
from engine.runlog.index import RunLog

Progress = Callable[[str, float], None]
"""Called with what is going on and the share done in [0, 1]."""


TOLD = frozenset({"judge_digest"})
"""Parts of a producer that nobody asks for; `NAME_digest` is that of the weights of the model in the option `NAME`."""


def no_progress(_what: str, _share: float) -> None:
    """Show nothing."""


class Unfinished(AuditError):
    """Deriving stopped after `rows` were there: those are kept with the reason, and it is tried again."""

    def __init__(self, reason: str, rows: pa.Table) -> None:
        super().__init__(reason)
        self.rows = rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One run to derive rows from. `connection` is read only; `options` are those of the derivation's producer.

    `told` takes what only making the rows tells of how they were made, by the names in `TOLD`.
    """

    connection: duckdb.DuckDBPyConnection
    run_id: str
    options: Mapping[str, str] = field(default_factory=dict)
    progress: Progress = no_progress
    told: dict[str, str] = field(default_factory=dict)

    def rows(self, name: str, **parameters: Parameter) -> list[tuple]:
        """Return the rows of a named query over the run."""
        query = self._bound(name, parameters)
        return self.connection.execute(query.sql, dict(query.parameters)).fetchall()

    def table(self, name: str, **parameters: Parameter) -> pa.Table:
        """Return the rows of a named query over the run, as an Arrow table."""
        query = self._bound(name, parameters)
        return self.connection.sql(query.sql, params=dict(query.parameters)).to_arrow_table()

    def _bound(self, name: str, parameters: Mapping[str, Parameter]) -> BoundQuery:
        return bind(compose(name), {"run_id": self.run_id, **parameters})


@dataclass(frozen=True, slots=True, kw_only=True)
class LongJob:
    """One run to derive rows from by asking its recommender again: from its journal, the log being left to others."""

    home: Home
    run_id: str
    options: Mapping[str, str] = field(default_factory=dict)
    progress: Progress = no_progress
    told: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """How the rows of one derived table are made. Raise `version` when the same journal gives other rows."""

    table: str
    version: int
    entry: str  # "module:function" of Job -> pa.Table, imported only when it is used
    takes_long: bool = False  # its function takes a LongJob; a page does not wait for it

    def producer(self, options: Mapping[str, str], told: Mapping[str, str] | None = None) -> str:
        """Return what is written into the rows' stamp: "claims 1", or "claims 1; judge=embedded; judge_digest=..."."""
        chosen = [f"{name}={value}" for name, value in sorted(options.items()) if value and value != "none"]
        chosen += [f"{name}={value}" for name, value in sorted((told or {}).items())]
        return "; ".join([f"{self.table} {self.version}", *chosen])

    def accepts(self, producer: str, options: Mapping[str, str]) -> bool:
        """Tell whether rows of that producer will do. An option that is not named, or empty, may be anything.

        Those of a model will not where its weights are known to be others now. Where that cannot be told without
        opening it, they will: the audit says whose they are.
        """
        if not any(options.values()):
            return producer.partition("; ")[0] == self.producer({})
        parts = producer.split("; ")
        asked = [part for part in parts if part.partition("=")[0] not in TOLD]
        if "; ".join(asked) != self.producer(options):
            return False
        told = dict(part.split("=", 1) for part in parts if part not in asked)
        now = {name: known_digest(options.get(name.removesuffix("_digest"), "")) for name in told}
        return all(now[name] in (None, digest) for name, digest in told.items())

    def rows(self, job: Job | LongJob) -> pa.Table:
        """Derive the rows of one run.

        Raises:
            Unfinished: it stopped before all were there.
        """
        module, _, name = self.entry.partition(":")
        return getattr(importlib.import_module(module), name)(job)


DERIVATIONS: dict[str, Derivation] = {
    one.table: one
    for one in (
        Derivation(
            table="attributions", version=1, entry="audits.attribution.derive:derive_attributions", takes_long=True
        ),
        Derivation(table="claims", version=3, entry="audits.claims.derive:derive_claims"),
        Derivation(table="personal_data", version=1, entry="audits.personal_data:derive_personal_data"),
        Derivation(table="found_paths", version=1, entry="audits.found_paths:derive_found_paths"),
    )
}  # fmt: skip


def bring_up_to_date(
    log: RunLog,
    run_ids: Sequence[str],
    name: str,
    options: Mapping[str, str] | None = None,
    progress: Progress = no_progress,
) -> tuple[str, ...]:
    """Derive what is missing or stale of one derivation, and return the runs that it was derived for.

    Each run's rows are kept as soon as they are there: an interruption loses the run that was in work, no more. Where
    deriving stops, its reason is kept with what is finished, as `problem` of the view `derived`, for the audit to say.

    Raises:
        KeyError: there is no such derivation.
        LogError: the rows cannot be kept.
    """
    derivation, wanted = DERIVATIONS[name], dict(options or {})
    with log.connect() as connection:
        query = bind(compose("journal_heads"), {"run_ids": tuple(run_ids)})
        heads = dict(connection.execute(query.sql, dict(query.parameters) or None).fetchall())
    known = [run_id for run_id in dict.fromkeys(run_ids) if run_id in heads]
    stale = [run_id for run_id in known if not _is_current(log, derivation, run_id, heads[run_id], wanted)]
    with nullcontext() if derivation.takes_long or not stale else log.connect() as connection:
        for place, run_id in enumerate(stale):
            share = place / len(stale)

            def within(what: str, done: float, run_id: str = run_id, share: float = share) -> None:
                progress(f"{name} of {run_id}: {what}", share + done / len(stale))

            within("reading", 0.0)
            if connection is None:
                job = LongJob(home=log.home, run_id=run_id, options=wanted, progress=within)
            else:
                job = Job(connection=connection, run_id=run_id, options=wanted, progress=within)
            try:
                rows, problem = derivation.rows(job), None
            except Unfinished as error:
                rows, problem = error.rows, str(error)
            write_derived(
                log.home, derivation.table, run_id, rows, producer=derivation.producer(wanted, job.told),
                journal_head=heads[run_id], problem=problem,
            )  # fmt: skip
    return tuple(stale)


def stale_runs(
    log: RunLog, run_ids: Sequence[str], name: str, options: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Return the runs whose rows of one derivation are missing, or older than the run's last record.

    Raises:
        KeyError: there is no such derivation.
    """
    with log.connect() as connection:
        query = bind(compose("journal_heads"), {"run_ids": tuple(run_ids)})
        heads = dict(connection.execute(query.sql, dict(query.parameters) or None).fetchall())
    wanted = dict(options or {})
    return tuple(r for r, head in heads.items() if not _is_current(log, DERIVATIONS[name], r, head, wanted))


def _is_current(log: RunLog, derivation: Derivation, run_id: str, head: str, options: Mapping[str, str]) -> bool:
    stamp = derived_stamp(log.home, derivation.table, run_id)
    if stamp is None or stamp.journal_head != head or stamp.problem is not None:
        return False
    return derivation.accepts(stamp.producer, options)
