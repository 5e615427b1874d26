"""What a running run is doing right now: a small file beside its journal, for progress bars and for stopping it.

It is not part of the record. Whether a run is alive is told by its journal's lock, never by this file.
"""

from __future__ import annotations

import json
import os
import signal
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from engine.errors import PlanError
from engine.home import Home
from engine.runlog.journal import is_active, journal_path

_INTERVAL_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """A run's present stage. `seconds_left` None: not yet known."""

    run_id: str
    process_id: int
    stage: str  # "loading", "fitting: epoch 3", "answering"
    share: float  # of the stage, in [0, 1]
    answered: int
    planned: int
    seconds_left: float | None
    updated_at: float  # seconds since the epoch


class ActivityFile:
    """Writes a run's activity, at most twice a second unless the stage changes."""

    def __init__(self, home: Home, run_id: str, planned: int) -> None:
        self.path = _path(home, run_id)
        self.run_id = run_id
        self.planned = planned
        self.answered = 0
        self._stage = ""
        self._written = 0.0
        self._stage_began = 0.0

    def update(self, stage: str, share: float, *, answered: int | None = None) -> Activity:
        """Note the stage and its share, and return the activity with an estimate of the time left in the stage."""
        now = time.time()
        kind = stage.partition(":")[0]
        if kind != self._stage.partition(":")[0]:
            self._stage_began, self._written = now, 0.0
        self._stage = stage
        self.answered = self.answered if answered is None else answered
        elapsed = now - self._stage_began
        left = elapsed * (1 - share) / share if share > 0.02 and elapsed > 1 else None
        activity = Activity(
            run_id=self.run_id,
            process_id=os.getpid(),
            stage=stage,
            share=share,
            answered=self.answered,
            planned=self.planned,
            seconds_left=left,
            updated_at=now,
        )
        if now - self._written >= _INTERVAL_SECONDS:
            self._written = now
            self._write(activity)
        return activity

    def remove(self) -> None:
        """Delete the file: nothing is going on any more."""
        self.path.unlink(missing_ok=True)

    def _write(self, activity: Activity) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        hidden = self.path.with_suffix(".part")
        hidden.write_text(json.dumps(asdict(activity)), encoding="utf-8")
        hidden.replace(self.path)


def read_activity(home: Home, run_id: str) -> Activity | None:
    """Return what a run is doing, None where it is not running."""
    if not is_active(journal_path(home, run_id)):
        return None
    try:
        return Activity(**json.loads(_path(home, run_id).read_text(encoding="utf-8")))
    except (FileNotFoundError, json.JSONDecodeError, TypeError):
        return None


def stop_run(home: Home, run_id: str) -> None:
    """Ask a running run to stop after its present batch; it can be resumed.

    Raises:
        PlanError: the run is not running.
    """
    activity = read_activity(home, run_id)
    if activity is None:
        raise PlanError(f"Run {run_id} is not running, so there is nothing to stop.")
    os.kill(activity.process_id, signal.SIGINT)


def _path(home: Home, run_id: str) -> Path:
    return home.root / "activity" / f"{run_id}.json"
