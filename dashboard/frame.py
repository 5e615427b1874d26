"""The frame of every page: logo, cohort bar, what all pages share of style. Not here: navigation (app.py), pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import streamlit as st

from dashboard import cohort as cohorts
from dashboard.cohort import Cohort, Wanted
from dashboard.loaders import log
from dashboard.render import text
from dashboard.render.paradigms import look
from engine.runlog.summaries import RunStatus, RunSummary

STATIC = Path(__file__).parent / "static"
FAVICON = str(STATIC / "favicon.png")
_WANTED, _COHORT = "wanted", "cohort"
_DATASET, _RUNS, _USERS, _REFERENCE = "bar_dataset", "bar_runs", "bar_users", "bar_reference"


def dress() -> None:
    """Show the logo and load the few rules of style that the theme cannot give."""
    st.logo(str(STATIC / "logo.svg"), size="large", icon_image=str(STATIC / "icon.svg"))
    st.html(STATIC / "style.css")


def current() -> Cohort | None:
    """Return what the cohort bar says; None: no run has any answer yet."""
    return st.session_state.get(_COHORT)


def parameters(**more: str) -> dict[str, str | list[str]]:
    """Return the URL's parameters of the cohort, and more (empty ones left out) for the page that a link leads to."""
    cohort = current()
    kept = cohorts.written(_wanted(), cohort) if cohort is not None else {}
    return {**kept, **{name: value for name, value in more.items() if value}}


def set_page_parameter(name: str, value: str | None) -> None:
    """Write a parameter of the page into the URL, or take it out."""
    if value is None:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != value:
        st.query_params[name] = value


def cohort_bar() -> None:
    """Show what is looked at and let it be changed; keep it in the URL, on this page and the next."""
    runs = log.runs()
    st.session_state[_WANTED] = cohorts.read(_url()) or _wanted()
    cohort = cohorts.settle(_wanted(), runs)
    unknown: list[tuple[str, str]] = []
    if cohort is not None:
        known = {(g.attribute, g.value) for g in log.user_groups(cohort.dataset)}
        unknown = [pair for pair in cohort.users if pair not in known]
        cohort = replace(cohort, users=tuple(pair for pair in cohort.users if pair in known))
    st.session_state[_COHORT] = cohort
    if cohort is None:
        return
    _write_url(cohorts.written(_wanted(), cohort))
    _widgets(cohort, runs)
    if cohort.missing:
        st.warning(
            f"{text.count(len(cohort.missing), 'run')} of this link {_is(len(cohort.missing))} not in this log: "
            f"{text.markdown(', '.join(cohort.missing[:3]))}.",
            icon=":material/link_off:",
        )
    if unknown:
        named = text.markdown(", ".join(f"{attribute}: {value}" for attribute, value in unknown[:3]))
        looked_at = "only the rest of the link" if cohort.users else "everyone"
        st.warning(f"No user of this dataset is {named}: {looked_at} is looked at.", icon=":material/link_off:")
    if cohort.n_more:
        shown, older = text.count(len(cohort.run_ids), "run"), text.count(cohort.n_more, "older one")
        st.caption(f"The newest {shown} are looked at; {older} can be chosen under Runs.")


def _widgets(cohort: Cohort, runs: Sequence[RunSummary]) -> None:
    datasets = {run.dataset_fingerprint: run.dataset_name for run in runs if run.n_answered}
    groups = log.user_groups(cohort.dataset)
    st.session_state[_DATASET] = cohort.dataset
    st.session_state[_RUNS] = list(cohort.run_ids)
    st.session_state[_USERS] = list(cohort.users)
    st.session_state[_REFERENCE] = cohort.reference
    with st.container(border=True, key="cohort"):
        places = st.columns([1.25, 3.2, 1.6, 1.35], vertical_alignment="top")
        places[0].selectbox(
            "Dataset", list(datasets), key=_DATASET, on_change=_dataset_changed,
            format_func=lambda f: _dataset_label(f, datasets),
        )  # fmt: skip
        places[1].multiselect(
            "Runs", [run.run_id for run in cohort.runs], key=_RUNS, on_change=_changed, wrap=True,
            format_func=lambda run_id: _run_label(cohort, run_id), placeholder="newest finished runs",
        )  # fmt: skip
        sizes = {(g.attribute, g.value): g.n for g in groups}
        places[2].multiselect(
            "Users", list(sizes), key=_USERS, on_change=_changed,
            placeholder="everyone" if sizes else "everyone (no groups)",
            format_func=lambda pair: f"{pair[0].replace('_', ' ')}: {pair[1]} ({sizes.get(pair, 0):,})",
            disabled=not sizes,
        )  # fmt: skip
        places[3].selectbox(
            "Reference run", [None, *(run.run_id for run in cohort.runs)], key=_REFERENCE, on_change=_changed,
            format_func=lambda run_id: "none" if run_id is None else cohort.name(run_id),
        )  # fmt: skip


def _changed() -> None:
    state = st.session_state
    cohort = current()
    chosen = tuple(state[_RUNS])
    _want(
        replace(
            _wanted(),
            dataset=state[_DATASET],
            runs=_wanted().runs if cohort is not None and chosen == cohort.run_ids else chosen or None,
            users=tuple(state[_USERS]),
            reference=state[_REFERENCE],
        )
    )


def _dataset_changed() -> None:
    _want(cohorts.for_dataset(_wanted(), st.session_state[_DATASET]))


def _want(wanted: Wanted) -> None:
    """Remember what was chosen. The URL must not contradict it when the page runs next."""
    st.session_state[_WANTED] = wanted
    for name in cohorts.PARAMETERS:
        st.query_params.pop(name, None)


def _wanted() -> Wanted:
    return st.session_state.get(_WANTED) or Wanted()


def _url() -> Mapping[str, list[str]]:
    return {name: st.query_params.get_all(name) for name in st.query_params}


def _write_url(wanted: Mapping[str, list[str]]) -> None:
    for name in cohorts.PARAMETERS:
        values = wanted.get(name, [])
        if st.query_params.get_all(name) != values:
            if values:
                st.query_params[name] = values
            else:
                st.query_params.pop(name, None)


def _dataset_label(fingerprint: str, names: Mapping[str, str]) -> str:
    same = list(names.values()).count(names[fingerprint]) > 1
    return f"{names[fingerprint]} {fingerprint[:6]}" if same else names[fingerprint]


def _run_label(cohort: Cohort, run_id: str) -> str:
    run = next(run for run in cohort.runs if run.run_id == run_id)
    name = f"{look(run.paradigm).mark} {cohort.name(run_id)}"
    return name if run.status is RunStatus.FINISHED else f"{name} ({run.status}, {run.progress:.0%})"


def _is(n: int) -> str:
    return "is" if n == 1 else "are"
