"""`recaudit dashboard`: start the dashboard's server and open a browser. Not here: the server (dashboard.server)."""

from __future__ import annotations

import signal
import webbrowser
from typing import Annotated

import typer
from rich.console import Console

from dashboard.server import Server, start_server
from engine.home import Home


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("dashboard")(dashboard)


def dashboard(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where to listen; the next free one if taken.")] = 8501,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")] = False,
) -> None:
    """Open the dashboard on this machine. Nothing is sent anywhere; Ctrl-C ends it, runs that it started go on."""
    console = Console()
    server = None
    try:
        server = open_dashboard(console, Home.default(), port, browser=not no_browser)
        server.process.wait()
    except KeyboardInterrupt:
        console.print("\nstopping the dashboard; runs go on", highlight=False)
    finally:
        if server is not None:
            server.stop()


def _end(_number: int, _frame: object) -> None:
    # Not KeyboardInterrupt: even caught, Python ends by SIGINT where one has passed through the exec of an import.
    raise SystemExit(0)


def open_dashboard(console: Console, home: Home, port: int = 8501, *, browser: bool = True) -> Server:
    """Start the server, wait until it answers, say where it is, and show it in a browser where that is wanted.

    From here on SIGTERM raises SystemExit: this function, and once it has returned its caller, stops the server then.

    Raises:
        DashboardError: it does not start.
    """
    signal.signal(signal.SIGTERM, _end)  # or the server would outlive a command that is ended politely
    server = start_server(home, port)
    try:
        if server.port != port:
            console.print(f"port {port} is taken; using {server.port}", highlight=False)
        server.wait_until_ready()
        console.print(f"dashboard: {server.url} (log: {home.root})", highlight=False, soft_wrap=True)
        if browser:
            webbrowser.open(server.url)
    except BaseException:  # an interruption too: no server outlives the command that started it
        server.stop()
        raise
    return server
