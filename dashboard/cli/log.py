"""`recaudit log`: the index over the journals."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from engine.runlog.ingest import Progress

_group = typer.Typer(help="The index over the journals: its state, its columns, making it again.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add `log`."""
    app.add_typer(_group, name="log")


@_group.command()
def rebuild() -> None:
    """Make the index again from the journals and dataset folders; nothing is lost by it."""
    from rich.console import Console

    from engine.home import Home
    from engine.runlog.index import RunLog

    log = RunLog(Home.default())
    with _progress("Reading journals") as progress:
        log.rebuild(progress)
    status = log.status()
    Console().print(
        f"{status.n_runs} runs, {status.n_records:,} journal records and {status.n_datasets} datasets are in "
        f"{status.path} ({status.size_bytes / 1e6:.1f} MB).",
        highlight=False,
    )


@_group.command()
def status() -> None:
    """Say what the index covers and what is wrong with what it was made from; exit with 1 if something is."""
    from rich.console import Console

    from engine.home import Home
    from engine.runlog.index import RunLog

    console, found = Console(), RunLog(Home.default()).status()
    console.print(f"index     {found.path}, {found.size_bytes / 1e6:.1f} MB, version {found.version}", highlight=False)
    console.print(
        f"holds     {found.n_runs} runs, {found.n_records:,} journal records, {found.n_datasets} datasets",
        highlight=False,
    )
    for problem in found.problems:
        console.print(f"problem   {problem}", style="red", markup=False, highlight=False)
    if found.problems:
        raise typer.Exit(1)
    console.print("problems  none", highlight=False)


@_group.command()
def columns(
    markdown: Annotated[bool, typer.Option("--markdown", help="Write the document of the SQL interface.")] = False,
) -> None:
    """List every public view and column with what it means."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from engine.runlog.migrate import view_columns, views_markdown

    if markdown:
        typer.echo(views_markdown(), nl=False)
        return
    table = Table("view", "column", "type", "meaning", box=box.SIMPLE_HEAD, pad_edge=False)
    view = ""
    for row in view_columns():
        if row.view != view:
            table.add_section()
            table.add_row(row.view, "", "", row.view_comment, style="bold")
            view = row.view
        table.add_row("", row.column, row.type.lower(), row.comment)
    Console().print(table)


@contextmanager
def _progress(what: str) -> Iterator[Progress]:
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    bar = Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with bar:
        task = bar.add_task(what, total=1.0)

        def show(now: str, share: float) -> None:
            bar.update(task, description=f"{what}: {now}", completed=share)

        yield show
