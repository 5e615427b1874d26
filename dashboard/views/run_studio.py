"""Run studio: configure a run, see what it will cost, start it, watch it, stop and resume it."""

from __future__ import annotations

import streamlit as st

from dashboard import run_form
from dashboard.loaders import estimates, launches, log, studio
from dashboard.loaders.launches import Launch, LaunchState
from dashboard.render import page, text
from dashboard.render.live import progress
from dashboard.render.studio import command_line, estimated, problems, run_line

_PROBE, _MEASURED, _SHOWN = "studio_probe", "studio_measured", 12
_POLL_SECONDS = 1.5


def setup() -> None:
    """Show the form with the estimate and the start button beside it."""
    left, right = st.columns([1.6, 1], gap="large")
    with left:
        form = run_form.fields()
    with right:
        st.header("What it will cost", anchor=False)
        if form is None:
            page.note("Choose a dataset and a recommender first.")
            return
        st.fragment(_cost, run_every=_POLL_SECONDS if _is_measuring(form) else None)(form)
        found = [*form.problems, *([wrong] if (wrong := studio.problem(form.plan)) else [])]
        problems(found)
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button("Start the run", type="primary", icon=":material/play_arrow:", disabled=bool(found)):
                launches.start(form.name, form.arguments)
                st.rerun()
            command_line(launches.command(form.arguments))
        page.note(
            "It runs in the background: close the tab, and it goes on. Equal plans are one run, resumed or reused."
        )


def _cost(form: run_form.Form) -> None:
    """Show the estimate: from former runs, else from a probe that can be started here."""
    rates = estimates.former_rates(form.recommender, form.model, form.dataset_fingerprint, form.k) or _measured(form)
    if rates is not None:
        estimated(estimates.estimate(rates, form.n_requests), is_upper_bound=form.is_upper_bound)
        return
    page.paragraph(f"{'At most ' if form.is_upper_bound else ''}{text.count(form.n_requests, 'request')}.")
    probe = _probe_of(form)
    if probe is None:
        page.note("There is no former run of this recommender with this model to tell calls, tokens and time from.")
        if st.button(
            f"Measure with {run_form.PROBE_USERS} users", icon=":material/speed:", disabled=bool(form.problems)
        ):
            started = launches.start_probe(f"probe of {form.recommender}", form.probe_arguments)
            st.session_state[_PROBE] = (form.kind, started)
            st.rerun()
    elif probe.state is LaunchState.RUNNING:
        st.progress(0.5, text=f"Measuring with {run_form.PROBE_USERS} users")
        page.note(f"Started {text.local_time(probe.started_at)}. What it learns is kept for the run itself.")
        st.button("Cancel", icon=":material/close:", on_click=_forget_probe)
    else:
        st.error(f"The probe failed: {text.markdown(probe.error or 'it said nothing')}", icon=":material/error:")
        st.button("Measure again", icon=":material/refresh:", on_click=_forget_probe)


def _measured(form: run_form.Form) -> estimates.Rates | None:
    """Return what a probe of this very form has measured, and put its folder away; None: nothing yet."""
    probe = _probe_of(form)
    if probe is not None and probe.state is LaunchState.DONE:
        rates = estimates.probe_rates(probe.home)
        if rates is not None:
            st.session_state[_MEASURED] = {**st.session_state.get(_MEASURED, {}), form.kind: rates}
            _forget_probe()
            st.rerun()
    return st.session_state.get(_MEASURED, {}).get(form.kind)


def _forget_probe() -> None:
    launches.discard_probe(st.session_state.pop(_PROBE)[1])


def _probe_of(form: run_form.Form) -> Launch | None:
    probe = st.session_state.get(_PROBE)
    return probe[1] if probe is not None and probe[0] == form.kind else None


def _is_measuring(form: run_form.Form) -> bool:
    probe = _probe_of(form)
    return probe is not None and probe.state is LaunchState.RUNNING


@st.fragment(run_every=_POLL_SECONDS)
def under_way(rendered_state: str) -> None:
    """Show launches that have not become runs, then all runs, newest first, with stop and resume."""
    if log.state() != rendered_state:
        st.rerun()
    live = {one.run.run_id: one for one in log.live_runs()}
    working = {one.activity.process_id for one in live.values() if one.activity is not None}
    for place, launch in enumerate(launches.launches()):
        _launch(launch, is_shown_below=launch.process.pid in working, key=f"launch_{place}")
    runs = log.runs()
    if not runs:
        page.note("No runs yet. The first one appears here as soon as it starts.")
    for run in runs[:_SHOWN]:
        with st.container(border=True, key=f"run_{run.run_id}"):
            row = st.columns([5, 1.1], vertical_alignment="center")
            with row[0]:
                run_line(run)
            with row[1]:
                _actions(run)
            if run.run_id in live:
                progress(live[run.run_id])
    if len(runs) > _SHOWN:
        page.note(f"and {text.count(len(runs) - _SHOWN, 'older run')}: `recaudit runs` lists them all.")


def _launch(launch: Launch, *, is_shown_below: bool, key: str) -> None:
    name = text.markdown(launch.name)
    match launch.state:
        case LaunchState.RUNNING if not is_shown_below:
            st.progress(0.0, text=f"{name}: loading")
        case LaunchState.FAILED:
            with st.container(border=True, key=key):
                st.error(f"**{name}** did not finish: {text.markdown(launch.error or 'it said nothing')}",
                         icon=":material/error:")  # fmt: skip
                with st.container(horizontal=True):
                    if st.button("Dismiss", key=f"{key}_dismiss", icon=":material/close:"):
                        launches.forget(launch)
                        st.rerun(scope="fragment")
                    if st.button("Try again", key=f"{key}_again", icon=":material/refresh:"):
                        launches.forget(launch)
                        launches.start(launch.name, launch.arguments)
                        st.rerun(scope="fragment")
                    command_line(launch.command)
        case LaunchState.DONE if "already finished" in launch.told:
            with st.container(horizontal=True, vertical_alignment="center", key=key):
                said = "this very run was finished before, so it was not run again. Change the seed or an option."
                st.info(f"**{name}**: {said}", icon=":material/info:", width=620)
                if st.button("Dismiss", key=f"{key}_dismiss", icon=":material/close:"):
                    launches.forget(launch)
                    st.rerun(scope="fragment")
        case _:
            return


def _actions(run: log.RunSummary) -> None:
    run_id = run.run_id
    match run.status:
        case "running":
            if st.button("Stop", key=f"stop_{run_id}", icon=":material/stop:", width="stretch",
                         help="After the batch that is being answered; it can be resumed."):  # fmt: skip
                said = log.stop(run_id)
                st.toast(text.markdown(said or f"{run_id} stops after its present batch."))
        case "interrupted":
            if st.button("Resume", key=f"resume_{run_id}", icon=":material/resume:", width="stretch"):
                launches.start(f"resume {run_id}", ("run", "--resume", run_id))
                st.rerun(scope="fragment")
        case _:
            if run.n_answered:
                st.page_link(
                    "views/users_lists.py", label="Lists", icon=":material/group:",
                    query_params={"dataset": run.dataset_fingerprint[:12], "runs": run_id},
                )  # fmt: skip


page.question("What do you want to run?")
page.note("Configure a run, see what it will cost, start it, and watch it arrive.")
setup()
st.header("Under way and done", anchor=False)
under_way(log.state())
