"""The dashboard's frame: navigation, page titles, cohort bar. Each page is a file of dashboard/views."""

from __future__ import annotations

import streamlit as st

from audits.errors import AuditError
from dashboard import frame
from dashboard.render import text
from engine.errors import EngineError

st.set_page_config(
    page_title="RecAudit",
    page_icon=frame.FAVICON,
    layout="wide",
    menu_items={"About": "RecAudit, the audit desk for language-model recommenders. Apache-2.0."},
)
page = st.navigation(
    {
        "Decide": [
            st.Page("views/overview.py", title="Overview", icon=":material/fact_check:", default=True),
            st.Page("views/run_studio.py", title="Run studio", icon=":material/play_circle:"),
        ],
        "Inspect": [
            st.Page("views/users_lists.py", title="Users & lists", icon=":material/group:"),
            st.Page("views/audit.py", title="Audits", icon=":material/rule:"),
        ],
    }
)
st.set_page_config(page_title=f"{page.title} · RecAudit", page_icon=frame.FAVICON, layout="wide")
frame.dress()
try:
    frame.cohort_bar()
    page.run()
except (EngineError, AuditError) as error:  # they say what happened and what to do; anything else shows its trace
    st.error(text.said(str(error)), icon=":material/error:")
