"""Audits: the one page that renders any audit. Which one is in the URL: ?audit=name."""

from __future__ import annotations

import streamlit as st

from dashboard import frame
from dashboard.cohort import Cohort
from dashboard.loaders import audits, log
from dashboard.render import page, text
from dashboard.render.audit_result import audit_outcome

_AUDIT = "audit_picker"


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
    st.session_state[_AUDIT] = wanted if wanted in entries else next(iter(entries))
    name = st.pills(
        "Audit", list(entries), key=_AUDIT, required=True, on_change=_picked,
        format_func=lambda n: text.markdown(entries[n].title),
    ) or next(iter(entries))  # fmt: skip
    frame.set_page_parameter("audit", name)
    audit_outcome(audits.outcome(cohort, name), entries[name].title, cohort, _open)
    page.disclosed(log.disclosure(cohort.dataset), cohort.dataset_name)


def _picked() -> None:
    st.query_params["audit"] = st.session_state[_AUDIT]
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
