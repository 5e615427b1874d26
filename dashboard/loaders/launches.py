"""Runs started from the dashboard: each is the command line in a process of its own, that outlives tab and server."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import streamlit as st

from dashboard.loaders import log
from engine.home import Home

_STOPPED = 130
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_TOLD_CHARACTERS = 4_000


class LaunchState(StrEnum):
    """How a launch stands."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Launch:
    """A command that was started. `home` is the folder that it writes its log into; `output` is what it says."""

    name: str
    arguments: tuple[str, ...]
    process: subprocess.Popen[bytes]
    output: Path
    home: Home
    started_at: datetime

    @property
    def state(self) -> LaunchState:
        """Whether it runs, and how it ended."""
        match self.process.poll():
            case None:
                return LaunchState.RUNNING
            case 0:
                return LaunchState.DONE
            case code if code in {_STOPPED, -2, -15}:
                return LaunchState.STOPPED
            case _:
                return LaunchState.FAILED

    @property
    def told(self) -> str:
        """What it said last, without the terminal's colours."""
        try:
            text = self.output.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ""
        return _ANSI.sub("", text)[-_TOLD_CHARACTERS:].strip()

    @property
    def error(self) -> str:
        """Why it failed, in its own words."""
        _, found, said = self.told.rpartition("error:")
        return " ".join(said.split()) if found else self.told

    @property
    def command(self) -> str:
        """The same as typed in a terminal."""
        return shlex.join(("recaudit", *self.arguments))


def start(name: str, arguments: Sequence[str]) -> Launch:
    """Start the command line on the dashboard's log and remember the launch."""
    launch = _start(name, arguments, log.home())
    with _lock():
        _launches().append(launch)
    return launch


def start_probe(name: str, arguments: Sequence[str]) -> Launch:
    """Start a run of a few users beside the log, with its datasets and what was learned, to see what it costs."""
    home = log.home()
    beside = Home(home.cache / "probes" / f"{datetime.now():%Y%m%d-%H%M%S-%f}")
    beside.root.mkdir(parents=True)
    for folder in (home.datasets, home.cache):
        folder.mkdir(parents=True, exist_ok=True)
    beside.datasets.symlink_to(home.datasets, target_is_directory=True)
    for part in ("vectors", "fitted"):
        (home.cache / part).mkdir(exist_ok=True)
        beside.cache.mkdir(exist_ok=True)
        (beside.cache / part).symlink_to(home.cache / part, target_is_directory=True)
    return _start(name, arguments, beside)


def discard_probe(probe: Launch) -> None:
    """End a probe if it still runs, and delete its folder; what it learned stays, it is the log's own."""
    if probe.process.poll() is None:
        probe.process.terminate()
        probe.process.wait(timeout=30)
    if probe.home.root.parent == log.home().cache / "probes":
        shutil.rmtree(probe.home.root, ignore_errors=True)  # links in it are removed, not followed


def launches() -> list[Launch]:
    """Return what was started since the server began, newest first."""
    with _lock():
        return list(reversed(_launches()))


def forget(launch: Launch) -> None:
    """Take an ended launch off the list; its run stays in the log."""
    with _lock():
        if launch in _launches():
            _launches().remove(launch)


def command(arguments: Sequence[str]) -> str:
    """Return a command as it is typed in a terminal."""
    return shlex.join(("recaudit", *arguments))


def _start(name: str, arguments: Sequence[str], home: Home) -> Launch:
    folder = home.root / "launches"
    folder.mkdir(parents=True, exist_ok=True)
    started_at = datetime.now().astimezone()
    output = folder / f"{started_at:%Y%m%d-%H%M%S-%f}.txt"
    with output.open("wb") as file:
        # A session of its own: neither a closed tab nor the end of the server ends the run.
        process = subprocess.Popen(
            [sys.executable, "-m", "dashboard.cli.main", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            env={**os.environ, "RECAUDIT_HOME": str(home.root), "NO_COLOR": "1", "COLUMNS": "160"},
            start_new_session=True,
        )
    return Launch(
        name=name, arguments=tuple(arguments), process=process, output=output, home=home, started_at=started_at
    )


@st.cache_resource
def _launches() -> list[Launch]:
    return []


@st.cache_resource
def _lock() -> threading.Lock:
    return threading.Lock()
