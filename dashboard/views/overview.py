"""Overview: can I sign this off? The answer, four numbers, one picture, and what holds it up."""

from __future__ import annotations

import streamlit as st

from dashboard import frame
from dashboard.cohort import Cohort
from dashboard.loaders import audits, log
from dashboard.render import headline, page, text
from dashboard.render.charts.scatter import scatter
from dashboard.render.live import progress
from dashboard.render.measures import measure_table
from dashboard.render.unjudged import unjudged

_SHOWN_FINDINGS = 7
_POLL_SECONDS = 2.0


@st.fragment(run_every=_POLL_SECONDS)
def arriving(rendered_state: str) -> None:
    """Show what is running, and show the page anew when a run appears or ends."""
    if log.state() != rendered_state:
        st.rerun()
    live = log.live_runs()
    if not live:
        return
    with st.container(border=True, key="arriving"):
        st.markdown(f"**{text.count(len(live), 'run')} under way**")
        for run in live:
            progress(run)
        st.page_link("views/run_studio.py", label="Watch or stop in Run studio", query_params=frame.parameters())


def empty() -> None:
    """Say what to do where nothing was run yet."""
    page.question("Can I sign this off?")
    page.paragraph("There is nothing to judge yet: no run has recommended anything to anybody.")
    with st.container(horizontal=True):
        st.page_link("views/run_studio.py", label="Set up a first run", icon=":material/play_circle:")
    page.note("Or run all three paradigms on the sample world from a terminal:")
    st.code("recaudit demo", language="bash", width="content")


def show(cohort: Cohort) -> None:
    """Show the page for the chosen runs."""
    page.question("Can I sign this off?")
    judged = audits.judged(cohort)
    found = judged.headline
    page.answered(headline.answer(found, cohort))
    page.disclosed(log.disclosure(cohort.dataset), cohort.dataset_name)
    page.tiles(headline.tiles(found, cohort))
    picture, side = st.columns([1.75, 1], gap="large")
    with picture:
        _picture(judged, cohort)
    with side:
        _findings(judged)
    unjudged(found.unjudged, {entry.name: entry.title for entry in audits.catalogue()})


def _picture(judged: audits.Judged, cohort: Cohort) -> None:
    shown = headline.points(judged.headline, cohort)
    st.header(headline.picture_title(shown), anchor=False)
    if not shown:
        page.note("No run has both an accuracy and a share of delivered slots; the audits below say why.")
        return
    page.note(f"{headline.takeaway(shown, cohort.k)} Crosses are confidence intervals over users.")
    if st.toggle("As a table", key="overview_table"):
        measure_table([m for point in shown for m in (point.y, point.x)], cohort, key="overview")
        return
    page.figure(scatter(shown, cohort.k), key="accuracy_invention")


def _findings(judged: audits.Judged) -> None:
    st.header("What holds it up", anchor=False)
    lines = headline.findings(judged.headline)
    if not lines:
        page.note("No audit found anything to look at. Each audit's answer is under Audits.")
    for place, line in enumerate(lines[:_SHOWN_FINDINGS]):
        with st.container(border=True, key=f"finding_{place}", gap="xsmall"):
            st.html(
                f'<p class="ra"><span class="ra-small ra-muted">{line.mark} {text.inline(line.severity)}</span><br>'
                f"{text.inline(line.title)}</p>"
            )
            with st.container(horizontal=True, gap="medium"):
                st.page_link(
                    "views/audit.py", label="Open the audit", icon=":material/arrow_forward:",
                    query_params=frame.parameters(audit=line.audit, measure=line.measure),
                )  # fmt: skip
                if line.request_id is not None:
                    st.page_link(
                        "views/users_lists.py", label="See a request", icon=":material/person_search:",
                        query_params=frame.parameters(request=line.request_id),
                    )  # fmt: skip
    if len(lines) > _SHOWN_FINDINGS:
        st.page_link(
            "views/audit.py",
            label=f"{len(lines) - _SHOWN_FINDINGS} more in the audits",
            query_params=frame.parameters(),
        )


arriving(log.state())
chosen = frame.current()
if chosen is None:
    empty()
else:
    show(chosen)
