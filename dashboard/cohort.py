"""What the dashboard looks at: dataset, runs, users, reference run, and how that stands in the URL. No widgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from audits.naming import told_apart
from engine.runlog.summaries import RunStatus, RunSummary

PARAMETERS = ("dataset", "runs", "users", "reference")
LATEST = "latest"  # in the URL: the newest finished runs, new ones included as they end
MOST_POPULAR = "most-popular"
_SHOWN_BY_DEFAULT = 8
_ORDER = ("baseline", "SRE", "GR", "DMI")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person asked for, by URL or by hand; None: left to the dashboard."""

    dataset: str | None = None  # its fingerprint, or the beginning of it
    runs: tuple[str, ...] | None = None
    users: tuple[tuple[str, str], ...] = ()  # attribute, value; none: everyone
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """What is looked at. `names` gives each run of the dataset a name of its own."""

    dataset: str  # fingerprint
    dataset_name: str
    run_ids: tuple[str, ...]
    users: tuple[tuple[str, str], ...]
    reference: str | None
    runs: tuple[RunSummary, ...]  # all runs of the dataset that have answers
    names: Mapping[str, str]
    k: int | None  # of the runs looked at; None: they differ
    missing: tuple[str, ...] = ()  # run ids of the URL that the log does not hold
    n_more: int = 0  # finished runs that nobody chose and that are left out, being older

    def name(self, run_id: str) -> str:
        """Return what people call a run."""
        return self.names.get(run_id, run_id)

    def paradigm(self, run_id: str) -> str:
        """Return a run's paradigm."""
        return next((run.paradigm for run in self.runs if run.run_id == run_id), "")


def read(parameters: Mapping[str, Sequence[str]]) -> Wanted | None:
    """Return what the URL asks for; None: nothing."""
    if not any(name in parameters for name in PARAMETERS):
        return None
    runs = tuple(parameters.get("runs", ()))
    users = (text.partition(":") for text in parameters.get("users", ()))
    return Wanted(
        dataset=_first(parameters.get("dataset")),
        runs=None if not runs or LATEST in runs else runs,
        users=tuple((attribute, value) for attribute, colon, value in users if colon),
        reference=_first(parameters.get("reference")),
    )


def written(wanted: Wanted, cohort: Cohort) -> dict[str, list[str]]:
    """Return the URL's parameters for what is looked at."""
    parameters = {
        "dataset": [cohort.dataset[:12]],
        "runs": [LATEST] if wanted.runs is None else list(cohort.run_ids),
    }
    if cohort.users:
        parameters["users"] = [f"{attribute}:{value}" for attribute, value in cohort.users]
    if cohort.reference is not None:
        parameters["reference"] = [cohort.reference]
    return parameters


def settle(wanted: Wanted, runs: Sequence[RunSummary]) -> Cohort | None:
    """Return what can be looked at of what was asked for; None: no run has any answer yet."""
    answered = [run for run in runs if run.n_answered]
    if not answered:
        return None
    chosen = _dataset(wanted, answered)
    here = [run for run in answered if run.dataset_fingerprint == chosen]
    by_id = {run.run_id: run for run in here}
    found = [by_id[run_id] for run_id in wanted.runs or () if run_id in by_id]
    looked_at = found or _latest(here)
    reference = wanted.reference if wanted.reference in by_id else _reference(looked_at, here)
    return Cohort(
        dataset=chosen,
        dataset_name=here[0].dataset_name,
        run_ids=tuple(run.run_id for run in looked_at),
        users=wanted.users,
        reference=reference,
        runs=tuple(here),
        names=told_apart([run for run in runs if run.dataset_fingerprint == chosen]),
        k=looked_at[0].k if len({run.k for run in looked_at}) == 1 else None,
        missing=tuple(run_id for run_id in wanted.runs or () if run_id not in by_id),
        n_more=0 if found else max(0, len(_finished(here)) - len(looked_at)),
    )


def for_dataset(wanted: Wanted, fingerprint: str) -> Wanted:
    """Return what is wanted after another dataset was chosen: runs and groups of the old one mean nothing there."""
    return replace(wanted, dataset=fingerprint, runs=None, users=(), reference=None)


def _dataset(wanted: Wanted, runs: Sequence[RunSummary]) -> str:
    if wanted.dataset:
        for run in runs:
            if run.dataset_fingerprint.startswith(wanted.dataset):
                return run.dataset_fingerprint
    for run_id in wanted.runs or ():
        for run in runs:
            if run.run_id == run_id:
                return run.dataset_fingerprint
    finished = [run for run in runs if run.status is RunStatus.FINISHED and run.base_run_id is None]
    return (finished or list(runs))[0].dataset_fingerprint


def _latest(runs: Sequence[RunSummary]) -> list[RunSummary]:
    finished = _finished(runs)
    return sorted(finished[:_SHOWN_BY_DEFAULT], key=_place)  # newest first: the rest is said to be there


def _finished(runs: Sequence[RunSummary]) -> list[RunSummary]:
    ordinary = [run for run in runs if run.base_run_id is None]  # a lab run is looked at through its base run
    return [run for run in ordinary if run.status is RunStatus.FINISHED] or ordinary or list(runs)


def _place(run: RunSummary) -> tuple[int, int, str]:
    order = _ORDER.index(run.paradigm) if run.paradigm in _ORDER else len(_ORDER)
    return order, 0 if run.recommender == MOST_POPULAR else 1, run.label


def _reference(looked_at: Sequence[RunSummary], here: Sequence[RunSummary]) -> str | None:
    for runs in (looked_at, here):
        for run in runs:
            if run.recommender == MOST_POPULAR and run.status is RunStatus.FINISHED:
                return run.run_id
    return next((run.run_id for run in looked_at if run.paradigm == "baseline"), None)


def _first(values: Sequence[str] | None) -> str | None:
    return values[0] if values else None
