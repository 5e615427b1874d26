"""`recaudit runs` and `recaudit verify`: what was run, how it stands, and whether its journal is what it was."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.render.text import count, visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from engine.runlog.summaries import Count, RunSummary
    from engine.runlog.verify import Verification

_group = typer.Typer(help="The runs in the log, newest first.", invoke_without_command=True)
_JSON = Annotated[bool, typer.Option("--json", help="Write JSON for a program to read.")]
_STYLES = {"running": "cyan", "interrupted": "yellow", "finished": "green", "failed": "red", "cancelled": "yellow"}


def register(app: typer.Typer) -> None:
    """Add `runs` and `verify`."""
    app.add_typer(_group, name="runs")
    app.command(name="verify")(verify)


@_group.callback()
def runs(context: typer.Context, as_json: _JSON = False) -> None:
    """List the runs in the log, newest first, with live progress."""
    from rich.console import Console

    if context.invoked_subcommand is not None:
        return
    from engine.home import Home
    from engine.runlog.index import RunLog

    found = RunLog(Home.default()).runs()
    if as_json:
        _print_json([_as_json(run) for run in found])
    elif not found:
        Console().print("No runs yet. `recaudit run` starts one, `recaudit demo` a whole set.", highlight=False)
    else:
        Console().print(_runs_table(found))


@_group.command()
def show(
    run: Annotated[str, typer.Argument(help="Run id, its beginning, or a label.")],
    as_json: _JSON = False,
) -> None:
    """Show one run: what it is, how far it is, what became of its slots, its errors and its journal's head."""
    from rich.console import Console

    from engine.home import Home
    from engine.runlog.index import RunLog

    log = RunLog(Home.default())
    found = log.run(run)
    outcomes, errors = log.outcomes(found.run_id), log.errors(found.run_id)
    if as_json:
        counts = {"outcomes": [asdict(row) for row in outcomes], "errors": [asdict(row) for row in errors]}
        _print_json({**_as_json(found), **counts})
        return
    console = Console()
    console.print(_run_table(found))
    for title, rows in (("outcome", outcomes), ("error", errors)):
        if rows:
            console.print(_counts_table(title, rows))


def verify(
    runs: Annotated[list[str] | None, typer.Argument(help="Run ids or their beginnings; none: all runs.")] = None,
    head: Annotated[str | None, typer.Option(help="Head of the chain kept elsewhere, for one run.")] = None,
    as_json: _JSON = False,
) -> None:
    """Check the hash chain of journals; exit with 1 if one was edited, or does not run through the given head.

    A chain proves that the records fit together. That none is missing at its end, and that it was not made anew as a
    whole, it proves only against a head that was kept elsewhere, such as in a report: give that with --head.
    """
    from rich.console import Console

    from engine.errors import LogError
    from engine.home import Home
    from engine.runlog.verify import journals_named
    from engine.runlog.verify import verify as verify_journal

    paths = journals_named(Home.default(), runs or [])
    if head is not None and len(paths) != 1:
        raise LogError(
            f"A head belongs to one run; {len(paths)} were chosen. Name the run: recaudit verify RUN --head H"
        )
    results = [verify_journal(path, head) for path in paths]
    if as_json:
        _print_json([{**asdict(result), "intact": result.intact} for result in results])
    else:
        _print_verifications(Console(), results)
    if not all(result.intact for result in results):
        raise typer.Exit(1)


def _runs_table(runs: list[RunSummary]) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)  # two lines a run, so that it fits a terminal
    table.add_column("run\nrecommender, paradigm", no_wrap=True)  # an id is copied into the next command
    table.add_column("dataset, k, model\nprotocol", overflow="fold")
    table.add_column("status\nusers", overflow="fold", min_width=8)
    table.add_column("delivered\nerrors", justify="right", no_wrap=True)
    table.add_column("planned\n(UTC)", no_wrap=True)
    for run in runs:
        status = Text(str(run.status), style=_STYLES[run.status])
        if run.problem is not None:
            status.append(", journal damaged", style="bold red")
        table.add_row(
            Text(f"{run.run_id}\n{run.recommender}, {run.paradigm}"),
            Text(f"{run.dataset_name}, k\u00a0{run.k}, {run.model_name or 'no model'}\n{run.protocol}"),
            status.append(f"\n{run.n_answered:,}/{_planned(run)}", style="default"),
            f"{_share(run.delivered_share)}\n{run.n_errors:,}",
            f"{run.planned_at:%Y-%m-%d}\n{run.planned_at:%H:%M}",
        )
    return table


def _run_table(run: RunSummary) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    fit = "not yet" if run.fit_seconds is None else f"{run.fit_seconds:.1f} s"
    finished = "" if run.finished_at is None else f", ended {run.finished_at:%Y-%m-%d %H:%M:%S}"
    rows = {
        "run": run.run_id,
        "label": run.label,
        "recommender": f"{run.recommender} ({run.paradigm})",
        "model": f"{run.model_name or 'none'} on {run.device or 'unknown device'}",
        "dataset": f"{run.dataset_name}, fingerprint {run.dataset_fingerprint}",
        "protocol": f"{run.protocol}, k {run.k}, seed {run.seed}, "
        f"{count(run.n_variants, 'variant')}, {count(run.n_repeats, 'repeat')}",
        "status": str(run.status),
        "planned": f"{run.planned_at:%Y-%m-%d %H:%M:%S} UTC{finished}",
        "fitting": fit,
        "progress": f"{run.n_answered:,} of {_planned(run)} requests, {count(run.n_users, 'user')}, "
        f"{count(run.n_errors, 'error')}",
        "delivered": f"{_share(run.delivered_share)} of {count(run.n_slots, 'slot')}",
        "plan": run.plan_digest,
        "chain head": f"{run.head_hash} after {run.n_records:,} records",
    }
    if run.base_run_id is not None:
        rows["lab run of"] = run.base_run_id
    if run.problem is not None:
        rows["problem"] = run.problem
    for name, value in rows.items():
        table.add_row(name, Text(value, style="bold red" if name == "problem" else ""))
    return table


def _counts_table(title: str, counts: list[Count]) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(title, "n", box=box.SIMPLE_HEAD, pad_edge=False)
    for counted in counts:
        table.add_row(Text(visible(counted.name)), f"{counted.n:,}")
    return table


def _print_verifications(console: Console, results: list[Verification]) -> None:
    for result in results:
        style = "green" if result.state == "ok" else "yellow" if result.intact else "bold red"
        console.print(f"{result.run_id}: {result.state}", style=style, markup=False, highlight=False)
        console.print(f"  {result.detail}", markup=False, highlight=False)
        console.print(f"  head {result.head}", markup=False, highlight=False, soft_wrap=True)
    if not results:
        console.print("No runs yet: there is nothing to verify.", highlight=False)


def _planned(run: RunSummary) -> str:
    return f"{run.n_planned:,}" if run.n_planned else "unknown"


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _as_json(run: RunSummary) -> dict[str, object]:
    return {**asdict(run), "progress": run.progress, "delivered_share": run.delivered_share}


def _print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, indent=1, ensure_ascii=False, default=_plain) + "\n")


def _plain(value: object) -> str:
    return value.isoformat() + "Z" if isinstance(value, datetime) else str(value)
