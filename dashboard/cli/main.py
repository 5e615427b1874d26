"""The recaudit command: puts the groups together and prints errors for users without a traceback."""

from __future__ import annotations

import importlib
import sys

import typer
from rich.console import Console

from audits.errors import AuditError
from engine.errors import EngineError

app = typer.Typer(
    name="recaudit",
    help="The audit desk for language-model recommenders.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

# Each module has `register(app)`. Heavy packages are imported inside the commands, so that --help stays quick.
GROUPS = (
    "demo", "dashboard", "data", "models", "run", "imports", "runs", "lab", "explain", "audit", "report", "log", "sql",
)  # fmt: skip


def build() -> typer.Typer:
    """Register every group on the application."""
    if not app.registered_commands:
        for name in GROUPS:
            importlib.import_module(f"dashboard.cli.{name}").register(app)
    return app


def main() -> None:
    """Run the command line; exit with 1 and one message where a user can act on the error."""
    try:
        build()()
    except (EngineError, AuditError) as error:
        Console(stderr=True).print("error:", str(error), markup=False, highlight=False, style="bold red")
        sys.exit(1)


if __name__ == "__main__":
    main()
