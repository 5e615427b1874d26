"""`recaudit sql`: one read-only query over the public views."""

from __future__ import annotations

import csv
import json
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.render.text import visible

if TYPE_CHECKING:
    from engine.runlog.sandbox import QueryResult


class Format(StrEnum):
    """How the rows are written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add `sql`."""
    app.command(name="sql")(sql)


def sql(
    query: Annotated[
        str, typer.Argument(help="One query, for example: select outcome, count(*) from slots group by all")
    ],
    format: Annotated[Format, typer.Option(help="How to write the rows.")] = Format.TABLE,
    limit: Annotated[int, typer.Option(min=0, help="Most rows to write; 0: all.")] = 1000,
    timeout: Annotated[float, typer.Option(min=0, help="Seconds after which the query is stopped; 0: never.")] = 60.0,
) -> None:
    """Query the log. It can only be read; `recaudit log columns` lists the views and what their columns mean."""
    from rich.console import Console

    from engine.home import Home
    from engine.runlog.index import RunLog
    from engine.runlog.sandbox import run_query

    result = run_query(RunLog(Home.default()), query, limit=limit or None, timeout_s=timeout or None)
    match format:
        case Format.TABLE:
            _print_table(result)
        case Format.CSV:
            _print_csv(result)
        case Format.JSON:
            _print_json(result)
    if result.is_cut:
        note = f"note: the first {limit:,} rows; there are more. --limit 0 writes them all."
        Console(stderr=True).print(note, style="yellow", highlight=False)


def _print_table(result: QueryResult) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for index, name in enumerate(result.columns):
        numbers = any(isinstance(row[index], (int, float)) for row in result.rows)
        table.add_column(Text(visible(name)), justify="right" if numbers else "left", overflow="fold")
    for row in result.rows:
        table.add_row(*(Text("null", style="dim") if cell is None else Text(visible(str(cell))) for cell in row))
    Console().print(table)


def _print_csv(result: QueryResult) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(result.columns)
    writer.writerows(result.rows)


def _print_json(result: QueryResult) -> None:
    rows = [dict(zip(result.columns, row, strict=True)) for row in result.rows]
    sys.stdout.write(json.dumps(rows, indent=1, ensure_ascii=False, default=str) + "\n")
