"""What stands beside every figure: the SQL that gives it, to read, copy and download."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard.render import text


def sql_popover(queries: Mapping[str, str], key: str) -> None:
    """Offer the SQL behind a figure; `queries` is what it is of (a run) -> text. Nothing where there is none."""
    told = {name: sql for name, sql in queries.items() if sql.strip()}
    if not told:
        return
    with st.popover("SQL", icon=":material/database:", type="tertiary"):
        names = list(told)
        chosen = names[0]
        if len(names) > 1:
            chosen = st.selectbox("Of", names, key=f"sql_of_{key}", format_func=str) or names[0]
        st.code(told[chosen], language="sql", height=360 if told[chosen].count("\n") > 18 else "content", width=640)
        st.caption('Runs as it stands: `recaudit sql "..."`.')
        st.download_button(
            "Download", told[chosen], file_name=f"{key}.sql", mime="application/sql", key=f"sql_file_{key}",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip


def heading(title: str) -> None:
    """Show the heading of a figure."""
    st.header(text.markdown(title), anchor=False)
