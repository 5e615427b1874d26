"""`recaudit dashboard` and `recaudit demo`: this machine only, a free port, no orphan left."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from dashboard import server


def test_a_taken_port_gives_the_next() -> None:
    with socket.socket() as taken:
        taken.bind((server.ADDRESS, 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert server.free_port(port) > port


def test_no_free_port_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_SEARCHED_PORTS", 1)
    with socket.socket() as taken:
        taken.bind((server.ADDRESS, 0))
        taken.listen()
        with pytest.raises(server.DashboardError, match="--port"):
            server.free_port(taken.getsockname()[1])


@pytest.mark.parametrize("arguments", [("dashboard", "--no-browser"), ("demo", "--no-wait", "--users=1")])
def test_a_command_serves_and_ends_with_its_server(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    with socket.socket() as taken:
        taken.bind((server.ADDRESS, 0))
        taken.listen()
        wanted = taken.getsockname()[1]
        command = [sys.executable, "-m", "dashboard.cli.main", *arguments, f"--port={wanted}"]
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "RECAUDIT_HOME": str(tmp_path), "COLUMNS": "200"},
        )
        try:
            assert process.stdout is not None
            assert f"port {wanted} is taken" in process.stdout.readline()
            url = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
            assert url is not None
            with _opened(f"{url[0]}/_stcore/health") as answer:
                assert answer.status == 200
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=60) == 0
        finally:
            process.kill()
            process.stdout.close() if process.stdout else None
    with pytest.raises(OSError, match="refused"):
        _opened(f"{url[0]}/_stcore/health")


def _opened(url: str):
    return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=20)
