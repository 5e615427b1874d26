"""Audits: the one page that renders any audit. Which one is in the URL: ?audit=name, and &measure=key of it."""

from __future__ import annotations

import streamlit as st

from dashboard import frame
from dashboard.cohort import Cohort
from dashboard.loaders import audits, log
from dashboard.loaders.audits import AuditEntry
from dashboard.render import page, text
from dashboard.render.audit_result import audit_outcome

_TOPIC, _AUDIT = "topic_picker", "audit_picker"


def show(cohort: Cohort) -> None:
    """Show the page for the chosen runs."""
    entries = {entry.name: entry for entry in audits.catalogue()}
    if not entries:
        page.question("Which audit?")
        page.paragraph("This installation has no audits.")
        return
    wanted = st.query_params.get("audit")
    if wanted and wanted not in entries:
        st.warning(f"There is no audit named {text.markdown(wanted)}; {next(iter(entries.values())).title} is shown.")
    chosen = entries[wanted] if wanted in entries else next(iter(entries.values()))
    _pickers(chosen)
    frame.set_page_parameter("audit", chosen.name)
    audit_outcome(audits.outcome(cohort, chosen.name), chosen.title, cohort, _open, leads=chosen.leads)
    page.disclosed(log.disclosure(cohort.dataset), cohort.dataset_name)


def _pickers(chosen: AuditEntry) -> None:
    """Let the question be chosen, and the audit among those that help to answer it."""
    by_topic = audits.topics()
    titles = {entry.name: entry.title for entry in by_topic[chosen.topic]}
    st.session_state[_TOPIC], st.session_state[_AUDIT] = chosen.topic, chosen.name
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.selectbox("Question", list(by_topic), key=_TOPIC, on_change=_picked_topic, format_func=str, width=400)
        st.segmented_control(
            "Audit", list(titles), key=_AUDIT, required=True, on_change=_picked_audit,
            format_func=lambda name: text.markdown(titles[name]),
        )  # fmt: skip


def _picked_topic() -> None:
    _look_at(audits.topics()[st.session_state[_TOPIC]][0].name)


def _picked_audit() -> None:
    _look_at(st.session_state[_AUDIT])


def _look_at(audit: str) -> None:
    st.query_params["audit"] = audit
    st.query_params.pop("measure", None)


def _open(request_id: str) -> None:
    st.switch_page("views/users_lists.py", query_params=frame.parameters(request=request_id))


cohort = frame.current()
if cohort is None:
    page.question("What do the audits say?")
    page.paragraph("Nothing was recommended yet, so there is nothing to audit.")
    st.page_link("views/run_studio.py", label="Set up a first run", icon=":material/play_circle:")
else:
    show(cohort)
