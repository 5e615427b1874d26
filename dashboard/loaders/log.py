"""The log: its runs, datasets and user groups, and what is running right now."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard.queries import named_query
from engine.activity import Activity, read_activity, stop_run
from engine.datasets.store import DatasetSummary, list_datasets
from engine.errors import EngineError
from engine.home import Home
from engine.runlog.index import RunLog
from engine.runlog.journal import is_active
from engine.runlog.summaries import RunStatus, RunSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class UserGroup:
    """Users of a dataset who share one value of one attribute."""

    attribute: str
    value: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRun:
    """A run that a process is working on. `activity` None: it has only just begun."""

    run: RunSummary
    activity: Activity | None


def home() -> Home:
    """Return the folder of the log that the dashboard shows."""
    return Home.default()


def run_log() -> RunLog:
    """Return the log; one object for all sessions, so that an unchanged log is not read again."""
    return _run_log(home())


def runs() -> tuple[RunSummary, ...]:
    """Return all runs with their live status, newest first; the log is read only when a file of it has changed."""
    active = tuple(sorted(path.stem for path in home().journals.glob("*.jsonl") if is_active(path)))
    return _runs(home(), version(), active)


def live_runs() -> list[LiveRun]:
    """Return what is being worked on, newest first."""
    return [
        LiveRun(run=run, activity=read_activity(home(), run.run_id))
        for run in runs()
        if run.status is RunStatus.RUNNING
    ]


def state() -> str:
    """Return a text that changes when a run appears, ends or is interrupted; progress alone does not change it."""
    return "|".join(f"{run.run_id}={run.status}" for run in runs())


def version(run_ids: tuple[str, ...] | None = None) -> str:
    """Return a text that changes whenever the log does, or these runs do."""
    return run_log().version(run_ids)


def activity(run_id: str) -> Activity | None:
    """Return what a run is doing, None where it is not running."""
    return read_activity(home(), run_id)


def stop(run_id: str) -> str | None:
    """Ask a running run to stop after its present batch; returns why it cannot be stopped, None where it can."""
    try:
        stop_run(home(), run_id)
    except EngineError as error:
        return str(error)
    return None


def datasets() -> list[DatasetSummary]:
    """Return all stored datasets; the sample world is stored on first use."""
    return _datasets(home(), version(()))


def disclosure(dataset_fingerprint: str) -> str:
    """Return what must be said wherever numbers of the dataset are shown; empty: nothing."""
    return _disclosure(home(), dataset_fingerprint)


def user_groups(dataset_fingerprint: str) -> tuple[UserGroup, ...]:
    """Return the groups that users can be chosen by, by attribute and value."""
    return _user_groups(home(), dataset_fingerprint)


@st.cache_resource(max_entries=8)
def _run_log(of_home: Home) -> RunLog:
    return RunLog(of_home)


@st.cache_resource(max_entries=4, show_spinner=False)
def _runs(of_home: Home, at_version: str, while_active: tuple[str, ...]) -> tuple[RunSummary, ...]:
    return tuple(run_log().runs())


@st.cache_resource(max_entries=8, show_spinner="Reading the datasets")
def _datasets(of_home: Home, at_version: str) -> list[DatasetSummary]:
    return list_datasets(of_home)


@st.cache_resource(max_entries=64, show_spinner=False)
def _disclosure(of_home: Home, dataset_fingerprint: str) -> str:
    with run_log().connect() as connection:
        rows = connection.execute(named_query("dataset_disclosure"), [dataset_fingerprint]).fetchall()
    return rows[0][0] or "" if rows else ""


@st.cache_resource(max_entries=64, show_spinner=False)
def _user_groups(of_home: Home, dataset_fingerprint: str) -> tuple[UserGroup, ...]:
    with run_log().connect() as connection:
        rows = connection.execute(named_query("user_groups"), [dataset_fingerprint]).fetchall()
    return tuple(UserGroup(attribute=a, value=v, n=n) for a, v, n in rows)
