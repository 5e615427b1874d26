"""Progress of a run in the terminal: a bar with an estimate on a screen, a line now and then elsewhere."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from engine.activity import Activity

_LINE_EVERY_SECONDS = 10


def duration(seconds: float) -> str:
    """Return a duration for people: "8 s", "3 min 20 s", "1 h 05 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


class RunProgress:
    """Shows a run's activity. Use as a context manager and hand `watch` to the runner."""

    def __init__(self, console: Console, label: str) -> None:
        self._console = console
        self._label = label
        self._last_line = 0.0
        self._last_stage = ""
        self._bar = Progress(
            TextColumn("[bold]{task.fields[label]}"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("loading", total=1.0, label=label, left="")

    def __enter__(self) -> RunProgress:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def watch(self, activity: Activity) -> None:
        """Show one activity."""
        left = "" if activity.seconds_left is None else f"about {duration(activity.seconds_left)} left"
        self._bar.update(self._task, description=activity.stage, completed=activity.share, left=left)
        if not self._console.is_terminal:
            self._line(activity, left)

    def _line(self, activity: Activity, left: str) -> None:
        stage = activity.stage.partition(":")[0]
        now = time.monotonic()
        if stage == self._last_stage and now - self._last_line < _LINE_EVERY_SECONDS:
            return
        self._last_stage, self._last_line = stage, now
        self._console.print(f"{self._label}: {activity.stage} {activity.share:.0%} {left}".rstrip(), highlight=False)


class StageProgress:
    """Shows work that says what it does and how far it is; what is done at once shows nothing.

    Where there is no screen, a line now and then tells a log that something is still being done.
    """

    def __init__(self, console: Console, label: str) -> None:
        columns = (TextColumn("[bold]{task.fields[label]}"), TextColumn("{task.description}", markup=False))
        more = (
            BarColumn(bar_width=30),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        self._bar = Progress(*columns, *more, console=console, transient=True, disable=not console.is_terminal)
        self._console, self._label = console, label
        self._task: TaskID | None = None
        self._last_line = time.monotonic()

    def __enter__(self) -> StageProgress:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def show(self, what: str, share: float) -> None:
        """Show what is being done, and the share of all that is done."""
        if self._task is None:
            self._task = self._bar.add_task(what, total=1.0, label=self._label)
        self._bar.update(self._task, description=what, completed=share)
        now = time.monotonic()
        if not self._console.is_terminal and now - self._last_line >= _LINE_EVERY_SECONDS:
            self._last_line = now
            self._console.print(f"{self._label}: {what} {share:.0%}", highlight=False, markup=False)
