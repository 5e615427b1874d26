"""`recaudit audit` and `recaudit compare`: judge runs of the log, print it or write it as JSON."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from audits.evidence import Evidence
    from audits.results import AuditOutcome

_JSON = Annotated[bool, typer.Option("--json", help="Write JSON for a program to read.")]
_SQL = Annotated[bool, typer.Option("--show-sql", help="Print the query of each number; it runs in `recaudit sql`.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("audit")(audit)
    app.command("compare")(compare)


def audit(
    named: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Audits to run. None: the routine ones.")
    ] = None,
    run: Annotated[
        list[str] | None,
        typer.Option(help="Run id, its beginning, or a label; repeat. None: finished runs of the latest dataset."),
    ] = None,
    name: Annotated[list[str] | None, typer.Option("--audit", help="Audit to run, like NAME; repeat.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Run every audit there is.")] = False,
    reference: Annotated[
        str | None, typer.Option(help="Run to compare with; the most-popular run if there is one.")
    ] = None,
    by: Annotated[
        list[str] | None, typer.Option(help="User attribute to group by, a+b for an intersection; repeat.")
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option(help="Only users with attribute=value (or =value,value); repeat.")
    ] = None,
    change: Annotated[
        list[str] | None, typer.Option("--set", help="A setting, for example accuracy.resamples=5000; repeat.")
    ] = None,
    show_sql: _SQL = False,
    brief: Annotated[bool, typer.Option("--brief", help="Print answers and weighty findings only.")] = False,
    as_json: _JSON = False,
    listing: Annotated[
        bool, typer.Option("--list", help="List the audits, their settings and the card of each metric.")
    ] = False,
) -> None:
    """Audit runs: each question answered in one sentence, then its numbers with intervals and n.

    Exit code 1 where an audit failed. Not applicable is neither a failure nor a pass.
    """
    from audits.discovery import find_audits
    from audits.results import AuditFailure
    from audits.settings import read_settings

    names: list[str] = list(dict.fromkeys((named or []) + (name or [])))
    if listing:
        _print_audits(names)
        return
    settings = read_settings(change or [])
    if by:
        settings.setdefault("fairness", {})["by"] = tuple(by)
    chosen = list(find_audits()) if every else names or None
    with audited(run, reference, where or [], chosen, settings) as (evidence, outcomes):
        _show(outcomes, evidence, show_sql=show_sql, as_json=as_json, brief=brief)
    if any(isinstance(outcome, AuditFailure) for outcome in outcomes):
        raise typer.Exit(1)


def compare(
    runs: Annotated[list[str], typer.Argument(help="Two or more runs: ids, their beginnings, or labels.")],
    reference: Annotated[str | None, typer.Option(help="Run to compare with; the first if none is named.")] = None,
    k: Annotated[int | None, typer.Option("--k", help="Compare the first k places only.")] = None,
    where: Annotated[
        list[str] | None, typer.Option(help="Only users with attribute=value (or =value,value); repeat.")
    ] = None,
    correction: Annotated[str, typer.Option(help="holm, for claims, or benjamini-hochberg, for exploration.")] = "holm",
    resamples: Annotated[int, typer.Option(help="Bootstrap resamples, at least 1,000.")] = 2_000,
    seed: Annotated[int, typer.Option(help="Decides what is resampled.")] = 7,
    show_sql: _SQL = False,
    as_json: _JSON = False,
) -> None:
    """Compare runs on the same users: difference, interval, corrected p, effect size, verdict.

    Runs with different data, split, candidates or k are refused, with the reason.
    """
    from audits.cohorts import cohort_refusal
    from audits.comparison import Testing
    from audits.errors import AuditError
    from audits.measuring import Lists
    from audits.results import NotApplicable
    from audits.side_by_side import SideBySide, side_by_side
    from audits.statistics.resampling import Resampling
    from engine.home import Home
    from engine.runlog.index import RunLog

    if correction not in ("holm", "benjamini-hochberg"):
        raise AuditError(f"The correction is holm or benjamini-hochberg, not {correction!r}.")
    try:
        testing = Testing(correction=correction, how=Resampling(resamples=resamples, seed=seed))
    except ValueError as error:
        raise AuditError(f"--resamples: {error}.") from None
    log = RunLog(Home.default())
    run_ids = _run_ids(log, runs) or []
    reference_id = _run_id(log, reference) or run_ids[0]
    if len({*run_ids, reference_id}) < 2:
        raise AuditError("Name at least two different runs to compare; `recaudit runs` lists them.")
    with log.connect() as connection:
        evidence = _open(connection, run_ids, reference_id, where or [])
        refusal = cohort_refusal(evidence)
        if refusal:
            raise AuditError(refusal)
        outcome = side_by_side(evidence, SideBySide(testing=testing, lists=Lists(k=k)))
        _show([outcome], evidence, show_sql=show_sql, as_json=as_json)
    if isinstance(outcome, NotApplicable):
        raise typer.Exit(1)


@contextmanager
def audited(
    run: Sequence[str] | None,
    reference: str | None,
    where: Sequence[str],
    names: Sequence[str] | None,
    settings: Mapping[str, Mapping[str, object]],
) -> Iterator[tuple[Evidence, list[AuditOutcome]]]:
    """Run audits of the runs named: derive what they rest on, then give evidence and outcomes."""
    from rich.console import Console

    from audits.runner import prepare_audits, run_audits
    from dashboard.cli.progress import StageProgress
    from engine.home import Home
    from engine.runlog.index import RunLog

    log = RunLog(Home.default())
    run_ids, reference_id = _run_ids(log, run), _run_id(log, reference)
    with log.connect() as connection:
        evidence = _open(connection, run_ids, reference_id, where)
        run_ids, reference_id = list(evidence.run_ids), evidence.reference_run_id
    with StageProgress(Console(stderr=True), "audit") as stages:
        not_derived = prepare_audits(log, run_ids, names, settings, stages.show)
    with log.connect() as connection:
        evidence = _open(connection, run_ids, reference_id, where)
        yield evidence, run_audits(evidence, names, settings, not_derived)


def _open(connection, run_ids: Sequence[str] | None, reference_id: str | None, where: Sequence[str]) -> Evidence:
    from audits.errors import AuditError
    from audits.evidence import open_evidence
    from audits.scope import CohortFilter
    from engine.home import Home

    cohort = []
    for text in where:
        attribute, equals, values = text.partition("=")
        if not equals:
            raise AuditError(f"Expected --where attribute=value, not {text!r}.")
        chosen = tuple(value.strip() for value in values.split(",") if value.strip())
        cohort.append(CohortFilter(attribute=attribute.strip(), values=chosen))
    return open_evidence(connection, run_ids, reference_id, cohort, cache=Home.default().cache)


def _run_ids(log, names: Sequence[str] | None) -> list[str] | None:
    return [log.run(name).run_id for name in names] if names else None


def _run_id(log, name: str | None) -> str | None:
    return log.run(name).run_id if name else None


def _show(
    outcomes: Sequence[AuditOutcome], evidence: Evidence, *, show_sql: bool, as_json: bool, brief: bool = False
) -> None:
    from audits.serialise import outcomes_to_json

    if as_json:
        sys.stdout.write(outcomes_to_json(outcomes) + "\n")
        return
    from rich.console import Console

    from audits.scope import run_names
    from dashboard.render import terminal

    console = Console()
    labels = run_names(evidence.runs)
    for outcome in outcomes:
        for part in terminal.outcome(outcome, labels, show_sql=show_sql, brief=brief):
            console.print(part, highlight=False, markup=False)


def _print_audits(names: Sequence[str]) -> None:
    from rich.console import Console

    from audits.cards import list_audits
    from dashboard.render import cards

    console = Console()
    for listing in [one for name in names for one in list_audits(name)] if names else list_audits():
        for part in cards.listed(listing):
            console.print(part, highlight=False, markup=False)
