"""Start the dashboard's server as a process of its own, on this machine only. Not here: what it shows (app.py)."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from engine.errors import EngineError
from engine.home import Home

ADDRESS = "127.0.0.1"
_SEARCHED_PORTS = 50
_POLL_SECONDS = 0.15


class DashboardError(EngineError):
    """The dashboard's server does not start."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running server. `stop` ends it; runs that were started from it go on."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def url(self) -> str:
        """Where a browser finds it."""
        return f"http://{ADDRESS}:{self.port}"

    def wait_until_ready(self, timeout_s: float = 60.0) -> None:
        """Return when the server answers.

        Raises:
            DashboardError: it ended, or did not answer in time.
        """
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise DashboardError(
                    f"The dashboard's server ended at once (exit status {self.process.returncode}); what it said "
                    "stands above. Is streamlit installed? `pip install -e .` installs it."
                )
            if _answers(f"{self.url}/_stcore/health"):
                return
            time.sleep(_POLL_SECONDS)
        raise DashboardError(f"The dashboard did not answer at {self.url} within {timeout_s:g} s.")

    def stop(self) -> None:
        """End the server and wait until it is gone."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def start_server(home: Home, port: int = 8501) -> Server:
    """Start the server on `port`, or on the next free one.

    Raises:
        DashboardError: no port is free.
    """
    chosen = free_port(port)
    app = Path(__file__).with_name("app.py")
    command = [sys.executable, "-m", "streamlit", "run", str(app), *_flags(chosen)]
    environment = {**os.environ, "RECAUDIT_HOME": str(home.root)}
    # A session of its own: Ctrl-C in the terminal reaches the command, which then stops the server in order.
    process = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
    )
    return Server(process=process, port=chosen)


def free_port(wanted: int) -> int:
    """Return the wanted port, or the first free one above it.

    Raises:
        DashboardError: none of the next 50 is free.
    """
    for port in range(wanted, min(wanted + _SEARCHED_PORTS, 65536)):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((ADDRESS, port))
            except OSError:
                continue
            return port
    raise DashboardError(f"No port from {wanted} to {wanted + _SEARCHED_PORTS - 1} is free; choose one with --port.")


def _flags(port: int) -> list[str]:
    """Return the options that hold whatever a person's own Streamlit settings say; the theme is in .streamlit."""
    return [
        f"--server.address={ADDRESS}",
        f"--server.port={port}",
        "--server.headless=true",
        "--server.fileWatcherType=none",
        "--browser.gatherUsageStats=false",
        f"--browser.serverAddress={ADDRESS}",
    ]


def _answers(url: str) -> bool:
    try:
        # The address is this machine's own; a proxy of the environment must not be asked for it.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False
