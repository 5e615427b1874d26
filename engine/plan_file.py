"""A run's plan, kept beside its journal, so that a run can be resumed by its id alone."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from engine.errors import PlanError
from engine.home import Home
from engine.plan import RunPlan
from engine.runlog.journal import journal_path


def write_plan(home: Home, run_id: str, plan: RunPlan) -> None:
    """Keep the plan of a run."""
    path = _path(home, run_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    hidden = path.with_suffix(".part")
    hidden.write_text(plan.model_dump_json(indent=2), encoding="utf-8")
    hidden.replace(path)


def read_plan(home: Home, run_id: str) -> RunPlan:
    """Return the plan of a run.

    Raises:
        PlanError: there is no such run, or its plan is damaged.
    """
    try:
        return RunPlan.model_validate_json(_path(home, run_id).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError) as error:
        if isinstance(error, ValidationError):
            raise PlanError(f"The plan of run {run_id} is damaged: start it again with its options.") from None
        raise PlanError(f"There is no run {run_id!r} to resume; `recaudit runs` lists all.") from None


def _path(home: Home, run_id: str) -> Path:
    return journal_path(home, run_id).with_suffix(".plan.json")
