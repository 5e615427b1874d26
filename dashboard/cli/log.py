"""`recaudit log`: the index over the journals."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
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


@_group.command()
def export(
    folder: Annotated[Path, typer.Argument(help="New folder to write into; nothing is overwritten.")],
    pseudonymised: Annotated[
        bool, typer.Option("--pseudonymised", help="Pseudonyms for people, personal data out of texts.")
    ] = False,
    run: Annotated[
        list[str] | None, typer.Option(help="Run id, its beginning, or a label; repeat. None: all runs.")
    ] = None,
    key_file: Annotated[
        Path | None, typer.Option(help="File with the key; the same key gives the same pseudonyms. None: a new key.")
    ] = None,
    shift_days: Annotated[
        int, typer.Option(help="Move all times of each user together, by up to so many days either way.")
    ] = 0,
    min_people: Annotated[int, typer.Option(help="Leave out attribute values that fewer users have.")] = 10,
) -> None:
    """Write the log's tables as Parquet files without telling who the users are.

    User and request ids become keyed pseudonyms; e-mail addresses, phone numbers, IBANs, cards, IP addresses, user ids
    and users' names are taken out of texts. A key that is made here is printed once and kept nowhere.
    """
    from rich.console import Console

    from engine.errors import LogError
    from engine.home import Home
    from engine.privacy.export import ExportOptions, export_pseudonymised
    from engine.privacy.pseudonyms import Pseudonyms, new_key
    from engine.runlog.index import RunLog

    if not pseudonymised:
        raise LogError("Only pseudonymised exports are written: add --pseudonymised. The journals are the log itself.")
    try:
        key = key_file.read_text(encoding="utf-8").strip() if key_file else new_key()
    except (OSError, UnicodeDecodeError) as error:
        raise LogError(f"The key file {key_file} cannot be read: {error}.") from None
    log, pseudonyms = RunLog(Home.default()), Pseudonyms(key.encode())
    chosen = tuple(log.run(name).run_id for name in run or ())
    options = ExportOptions(run_ids=chosen, shift_days=shift_days, min_people=min_people)
    with log.connect() as connection, _progress("Writing") as progress:
        made = export_pseudonymised(connection, folder, pseudonyms, options, progress)
    console = Console()
    n_rows = sum(made.n_rows.values())
    console.print(f"{n_rows:,} rows in {len(made.n_rows)} tables are in {made.folder}.", markup=False, highlight=False)
    replaced = ", ".join(f"{n:,} {kind.replace('_', ' ')}" for kind, n in sorted(made.replaced.items())) or "nothing"
    console.print(f"Replaced in texts: {replaced}. Attribute values left out: {made.n_values_left_out:,}.")
    console.print("Pseudonymised, not anonymised: what somebody did can still tell who they are.")
    if key_file is None:
        console.print("Key (not kept; without it no later export has the same pseudonyms):", highlight=False)
        typer.echo(key)


@contextmanager
def _progress(what: str) -> Iterator[Progress]:
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    bar = Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with bar:
        task = bar.add_task(what, total=1.0)

        def show(now: str, share: float) -> None:
            bar.update(task, description=f"{what}: {now}", completed=share)

        yield show
