"""`recaudit import`: recommendations made elsewhere become a run. Not here: how (engine.runlog.outside)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.render.text import count
from engine.errors import LogError

if TYPE_CHECKING:
    from rich.console import Console

    from engine.home import Home
    from engine.records import Paradigm
    from engine.runlog.outside.importing import ImportedRun, ImportPlan


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import")(import_)


def import_(
    files: Annotated[list[Path] | None, typer.Argument(help="JSON lines, CSV, TSV or Parquet, of one form.")] = None,
    dataset: Annotated[str | None, typer.Option(help="Name of the imported dataset that the lists are about.")] = None,
    name: Annotated[str | None, typer.Option(help="What the run is called from now on.")] = None,
    map_: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            help="column=field, where usual names do not say it. Fields: user, request, rank, item, raw_text, answer, "
            "score, rationale, prompt, latency_ms, model, time. Repeatable.",
        ),
    ] = None,
    raw_answers: Annotated[
        str | None, typer.Option(help="Column of whole answers, to be parsed into lines and grounded.")
    ] = None,
    k: Annotated[int | None, typer.Option("--k", help="Length of each list; the longest one if not given.")] = None,
    split: Annotated[
        str | None, typer.Option(help="leave-last-out:N, cutoff:DATE, cutoff:90% or given; the dataset's own.")
    ] = None,
    no_header: Annotated[bool, typer.Option("--no-header", help="No first line names the columns.")] = False,
    columns: Annotated[
        str | None, typer.Option(help='Names of the columns of a file without a header: "user,item,-" ("-": unused).')
    ] = None,
    delimiter: Annotated[str | None, typer.Option(help="Of a text file; found out if not given.")] = None,
    encoding: Annotated[str, typer.Option(help="Of a text file, for example latin-1.")] = "utf-8",
    label: Annotated[str, typer.Option(help="A name for people; the run's name if not given.")] = "",
    paradigm: Annotated[
        str | None, typer.Option(help="baseline, SRE, GR or DMI: how a language model took part.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="The language model that was used.")] = None,
    allow_repeats: Annotated[bool, typer.Option("--allow-repeats", help="Items of the history are eligible.")] = False,
    memory: Annotated[str, typer.Option(help="What the import may hold in memory; the rest spills to disk.")] = "2GB",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would come of it and keep nothing.")] = False,
    finish: Annotated[
        str | None, typer.Option(help="Ground what a recorder left open in this run, and end it. No files are needed.")
    ] = None,
) -> None:
    """Import recommendations made elsewhere as a run. Bad rows are refused by line and reason, the good ones stay."""
    from rich.console import Console

    from engine.home import Home
    from engine.runlog.outside.fields import parse_pairs
    from engine.runlog.outside.importing import ImportPlan, import_run, mapping_of
    from engine.runlog.outside.reading import Form

    console, home = Console(), Home.default()
    if finish is not None:
        _finish(console, home, finish)
        return
    if not files or dataset is None or name is None:
        raise LogError(
            "Name files, --dataset and --name, for example: recaudit import lists.csv --dataset shop --name live"
        )
    named = tuple(part.strip() for part in columns.split(",")) if columns else ()
    mapping = parse_pairs(map_ or [])
    if raw_answers is not None:
        mapping[raw_answers] = "answer"
    plan = ImportPlan(
        files=tuple(files),
        dataset=dataset,
        name=name,
        mapping=mapping,
        form=Form(
            has_header=not (no_header or named),
            columns=named,
            delimiter="\t" if delimiter in {"tab", "\\t"} else delimiter,
            encoding=encoding,
        ),
        k=k,
        split=split,
        paradigm=_paradigm(paradigm),
        label=label,
        model=model,
        allow_repeat_consumption=allow_repeats,
        memory_limit=memory,
    )
    _print_mapping(console, plan, mapping_of(plan))
    with console.status("reading") as status:
        made = import_run(
            home,
            plan,
            told=lambda what, share: status.update(f"{what} {share:.0%}" if share else what),
            dry_run=dry_run,
        )
    if made.reused:
        console.print(
            f"{made.run_id}: imported before, from the same files in the same way; nothing to do", highlight=False
        )
        return
    _print_result(console, made, dry_run=dry_run)
    if not dry_run:
        _print_outcomes(console, home, made.run_id)


def _finish(console: Console, home: Home, name: str) -> None:
    from engine.runlog.external import finish_run

    finished = finish_run(home, name)
    console.print(f"{finished.run_id}: finished, {finished.n_answered:,} answers", highlight=False)
    _print_outcomes(console, home, finished.run_id)


def _paradigm(text: str | None) -> Paradigm | None:
    from engine.records import Paradigm

    if text is None:
        return None
    known = {paradigm.value.casefold(): paradigm for paradigm in Paradigm}
    if text.casefold() not in known:
        raise LogError(f"There is no paradigm {text!r}; there are {', '.join(p.value for p in Paradigm)}.")
    return known[text.casefold()]


def _print_mapping(console: Console, plan: ImportPlan, mapping: Mapping[str, str]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from engine.runlog.outside.fields import FIELDS

    table = Table("column", "is read as", "which is", box=box.SIMPLE_HEAD, pad_edge=False)
    for field, column in mapping.items():
        how = "as you said" if column in plan.mapping or field in plan.mapping else "by its name"
        table.add_row(Text(column), Text(field), Text(f"{FIELDS[field].meaning} ({how})"))
    console.print(table)


def _print_result(console: Console, made: ImportedRun, *, dry_run: bool) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    counts = made.counts
    told = f"{counts.read:,} rows read = {counts.taken:,} taken"
    told += f" + {counts.beyond_k:,} beyond rank {made.k}" if counts.beyond_k else ""
    told += f" + {counts.refused:,} refused"
    said = "would become" if dry_run else "imported as"
    lines = [f"{told}; {said} {made.run_id}: {count(made.n_lists, 'list')} of {made.k}"]
    if made.n_users_without_list:
        lines.append(f"{made.n_users_without_list:,} users have something held out and no list: no number counts them")
    lines += [f"refused {n:,}: {reason}" for reason, n in made.reasons.items()]
    lines += [f"each with its line: {made.rejects}"] if made.rejects is not None else []
    lines += [f"note: {note}" for note in made.notes]
    for line in lines:
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    if dry_run:
        names, rows = made.preview
        table = Table(*names, box=box.SIMPLE_HEAD, pad_edge=False)
        for row in rows:
            table.add_row(*(Text("" if value is None else str(value)) for value in row))
        console.print(table)
        console.print("Nothing was kept: leave --dry-run out to import.", highlight=False)


def _print_outcomes(console: Console, home: Home, run_id: str) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from engine.runlog.index import RunLog

    table = Table("what became of each slot", "n", box=box.SIMPLE_HEAD, pad_edge=False)
    for counted in RunLog(home).outcome_details(run_id):
        table.add_row(Text(counted.name), f"{counted.n:,}")
    console.print(table)
    console.print(f"Go on with: recaudit audit --run {run_id}", highlight=False)
