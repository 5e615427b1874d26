"""`recaudit report`: what audits found about runs, as one HTML or JSON file that somebody else can read and check."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from dashboard.render.text import count


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report")(report)


def report(
    out: Annotated[Path, typer.Option(help="File to write, .html or .json.")],
    run: Annotated[
        list[str] | None,
        typer.Option(help="Run id, its beginning, or a label; repeat. None: finished runs of the latest dataset."),
    ] = None,
    name: Annotated[list[str] | None, typer.Option("--audit", help="Audit to report; repeat. None: all.")] = None,
    reference: Annotated[
        str | None, typer.Option(help="Run to compare with; the most-popular run if there is one.")
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option(help="Only users with attribute=value (or =value,value); repeat.")
    ] = None,
    change: Annotated[
        list[str] | None, typer.Option("--set", help="A setting, for example accuracy.resamples=5000; repeat.")
    ] = None,
) -> None:
    """Write a report of audits: answers, numbers with intervals, n, cards and SQL, and the heads of the journals."""
    from importlib.metadata import version

    from rich.console import Console

    from audits.discovery import find_audits
    from audits.errors import AuditError
    from audits.reports.html import report_html
    from audits.reports.report import make_report
    from audits.reports.report_json import report_json
    from audits.settings import read_settings
    from dashboard.cli.audit import audited

    writers = {".html": report_html, ".json": report_json}
    if out.suffix not in writers:
        raise AuditError(f"A report is written as .html or .json, not as {out.suffix or 'a file without ending'!r}.")
    _check_writable(out)
    settings = read_settings(change or [])
    with audited(run, reference, where or [], name or list(find_audits()), settings) as (evidence, outcomes):
        made = make_report(evidence, outcomes, recaudit_version=version("recaudit"), made_at=datetime.now(UTC))
    try:
        out.write_text(writers[out.suffix](made), encoding="utf-8")
    except OSError as error:
        raise AuditError(f"{out} cannot be written: {error}.") from None
    Console().print(
        f"{count(len(outcomes), 'audit')} of {count(len(made.runs), 'run')}: {out}", highlight=False, markup=False
    )


def _check_writable(out: Path) -> None:
    """Make the folder of a file and refuse a place that cannot be written, before the audits take their minutes."""
    from audits.errors import AuditError

    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AuditError(f"{out} cannot be written: {error}.") from None
    if out.is_dir() or not os.access(out if out.exists() else out.parent, os.W_OK):
        raise AuditError(f"{out} cannot be written: name a file in a folder that you may write to.")
