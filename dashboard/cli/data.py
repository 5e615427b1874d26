"""recaudit data: import, list and describe datasets."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

if TYPE_CHECKING:
    from engine.datasets.describe import SplitReport
    from engine.datasets.quality import QualityReport

data_app = typer.Typer(help="Import, list and describe datasets.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group to the application."""
    app.add_typer(data_app, name="data")


@data_app.command("import")
def import_(
    source: Annotated[
        Path | None, typer.Argument(help="A folder of files: MovieLens, RecBole, or interactions/items/users.")
    ] = None,
    *,
    name: Annotated[str, typer.Option(help="What the dataset is called from now on.")],
    interactions: Annotated[Path | None, typer.Option(help="CSV, TSV, JSON lines or Parquet.")] = None,
    holdout: Annotated[
        Path | None, typer.Option(help="Interactions that are held out for the test, in files of their own.")
    ] = None,
    warm_holdout: Annotated[
        bool, typer.Option("--warm-holdout", help="Leave out held-out interactions with items no other one has.")
    ] = False,
    items: Annotated[Path | None, typer.Option(help="The catalogue, in the same formats.")] = None,
    items_from_interactions: Annotated[
        bool, typer.Option("--items-from-interactions", help="Without a catalogue: items are what was met.")
    ] = False,
    users: Annotated[Path | None, typer.Option(help="Users and their group attributes.")] = None,
    triples: Annotated[Path | None, typer.Option(help="A knowledge graph: head, relation, tail.")] = None,
    entities: Annotated[Path | None, typer.Option(help="Its entities: entity_id, label, kind, item_id.")] = None,
    format_: Annotated[str, typer.Option("--format", help="auto, movielens, recbole or csv (any own files).")] = "auto",
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", help="user_id=uid, items.title=name, options.domain=books, or a .toml file. Repeatable."),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(help="Of a file without a header: interactions=user_id,item_id,rating. Repeatable."),
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="Of text files, for example latin-1.")] = None,
    skip_bad_rows: Annotated[
        bool, typer.Option("--skip-bad-rows", help="Keep the good rows; the bad ones go to rejects.csv.")
    ] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Take the place of a dataset of that name.")] = False,
) -> None:
    """Import a dataset, whole or not at all. Bad rows refuse it, each named by file, line and column."""
    from engine.datasets.importing import ImportOptions, import_dataset
    from engine.datasets.loaders.mapping import parse_mapping
    from engine.datasets.loaders.source import Source
    from engine.home import Home

    entries = [*(map_ or []), *(f"headers.{text}" for text in columns or [])]
    entries += [f"options.encoding={encoding}"] if encoding else []
    files = {
        "users": users,
        "items": items,
        "interactions": interactions,
        "holdout": holdout,
        "triples": triples,
        "entities": entities,
    }
    options = ImportOptions(
        format=format_,
        mapping=parse_mapping(entries),
        skip_bad_rows=skip_bad_rows,
        replace=replace,
        now=int(datetime.now(UTC).timestamp()),
        warm_holdout=warm_holdout,
        items_from_interactions=items_from_interactions,
    )
    named = {table: path for table, path in files.items() if path is not None}
    console = Console()
    with console.status("reading") as status:
        imported = import_dataset(Home.default(), Source(folder=source, files=named), name, options, told=status.update)
    console.print(f"Imported [bold]{name}[/bold] into {imported.folder}", highlight=False)
    console.print(f"Fingerprint {imported.dataset.fingerprint}", highlight=False)
    _print_quality(console, imported.quality)
    if imported.rejects is not None:
        console.print(f"Refused rows, each with its reason: {imported.rejects}", highlight=False)


@data_app.command("list")
def list_() -> None:
    """List the datasets, the packaged sample world among them."""
    from engine.datasets.store import list_datasets
    from engine.home import Home

    table = Table(Column("Name", no_wrap=True), *map(_right, ("Users", "Items", "Interactions", "Triples")))
    table.add_column("Fingerprint", no_wrap=True)
    table.add_column("Source")
    for summary in list_datasets(Home.default()):
        counts = (summary.n_users, summary.n_items, summary.n_interactions, summary.n_triples)
        source = f"{summary.source} ({summary.disclosure})" if summary.disclosure else summary.source
        table.add_row(summary.name, *(f"{count:,}" for count in counts), summary.fingerprint[:8], source)
    Console().print(table)


@data_app.command("describe")
def describe(
    name: Annotated[str, typer.Argument(help="A dataset of `recaudit data list`.")],
    split: Annotated[
        str | None,
        typer.Option(help="leave-last-out:1, cutoff:2024-06-01, cutoff:90%, given: what it leaves for the test."),
    ] = None,
) -> None:
    """Show a dataset's counts and quality, and with --split what a split leaves for the test."""
    from engine.datasets.describe import describe_split
    from engine.datasets.splits import parse_split
    from engine.datasets.splits import split as cut
    from engine.datasets.store import load_dataset, quality_of
    from engine.home import Home

    home, console = Home.default(), Console()
    dataset = load_dataset(home, name)
    console.print(f"[bold]{name}[/bold]: {dataset.source}", highlight=False)
    if dataset.disclosure:
        console.print(f"Disclosure: {dataset.disclosure}", highlight=False)
    console.print(f"Fingerprint {dataset.fingerprint}", highlight=False)
    _print_quality(console, quality_of(home, name))
    if split is not None:
        spec = parse_split(split, dataset)
        _print_split(console, str(spec), describe_split(dataset, cut(dataset, spec)))


def _print_quality(console: Console, quality: QualityReport) -> None:
    console.print(_counts(quality))
    console.print(_figures(quality))
    missing = [column for column in quality.missing if column.missing]
    if missing:
        table = Table("Column with missing values", _right("Missing"), _right("Rows"))
        for column in missing:
            table.add_row(f"{column.table}.{column.column}", f"{column.missing:,}", f"{column.rows:,}")
        console.print(table)
    for reason in quality.rejected:
        place = f"{reason.table}.{reason.column}" if reason.column else reason.table
        console.print(
            f"refused: {reason.rows:,} rows, {place}: expected {reason.expected}", highlight=False, markup=False
        )
    for finding in quality.findings:
        console.print(f"{finding.severity}: {finding.check}: {finding.message}", highlight=False, markup=False)
    for note in quality.notes:
        console.print(f"note: {note}", highlight=False, markup=False)


def _counts(quality: QualityReport) -> Table:
    table = Table("Table", *(_right(title) for title in ("Read", "Kept", "Refused")))
    for count in quality.imported:
        table.add_row(count.table, f"{count.read:,}", f"{count.kept:,}", f"{count.rejected:,}")
    return table


def _figures(quality: QualityReport) -> Table:
    table = Table("Figure", _right("Value"))
    rows = {
        "Users": f"{quality.n_users:,}",
        "Items": f"{quality.n_items:,}",
        "Interactions": f"{quality.n_interactions:,}",
        "Triples": f"{quality.n_triples:,}",
        "Entities": f"{quality.n_entities:,}",
        "Density": _number(quality.density, ".4f"),
        "Gini of popularity, all items": _number(quality.popularity_gini, ".3f"),
        "Users without interactions": f"{quality.users_without_interactions:,}",
        "Items without interactions": f"{quality.items_without_interactions:,}",
        "Interactions a user, median": _number(quality.median_interactions_per_user, ",.0f"),
        "Duplicate interactions": f"{quality.duplicate_interactions:,}",
        "User-item pairs more than once": f"{quality.repeated_pairs:,}",
        "First and last interaction": f"{_day(quality.first_at)} to {_day(quality.last_at)}",
        "Timestamps exact to (seconds)": _number(quality.time_unit_seconds, ",d"),
        "Interactions tied in time": f"{quality.tied_interactions:,}",
        "Timestamps in the future": "not checked"
        if quality.future_timestamps is None
        else f"{quality.future_timestamps:,}",
        "Ratings": "none (implicit)"
        if quality.rating_min is None
        else f"{quality.rating_min:g} to {quality.rating_max:g}, {quality.rating_values:,} values",
    }
    for label, value in rows.items():
        table.add_row(label, value)
    return table


def _print_split(console: Console, spec: str, report: SplitReport) -> None:
    table = Table(f"Split {spec}", _right("Value"))
    table.add_row("Interactions to learn from", f"{report.n_training:,}")
    table.add_row("Interactions held out", f"{report.n_holdout:,}")
    table.add_row("Users with something held out", f"{report.users_with_holdout:,}")
    table.add_row("... of these without history", f"{report.users_without_history:,}")
    table.add_row("Items not in training (cold)", f"{report.cold_items:,} ({_number(report.cold_item_share, '.1%')})")
    table.add_row("Held-out interactions with a cold item", _number(report.cold_holdout_share, ".1%"))
    console.print(table)


def _right(title: str) -> Column:
    return Column(title, justify="right", no_wrap=True)


def _number(value: float | None, form: str) -> str:
    return "none" if value is None else format(value, form)


def _day(seconds: int | None) -> str:
    return "none" if seconds is None else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M}"
