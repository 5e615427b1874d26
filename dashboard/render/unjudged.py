"""What could not be judged: said plainly, with the reason; never a pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

import streamlit as st

from audits.results import AuditFailure, NotApplicable
from dashboard.render import text


def unjudged(outcomes: Sequence[NotApplicable | AuditFailure], titles: Mapping[str, str]) -> None:
    """List audits without a result, each with its reason; nothing where there are none."""
    if not outcomes:
        return
    st.header("Not judged", anchor=False)
    for outcome in outcomes:
        one_unjudged(outcome, titles.get(outcome.audit, outcome.audit))


def one_unjudged(outcome: NotApplicable | AuditFailure, title: str) -> None:
    """Show one audit without a result."""
    name = text.markdown(title)
    match outcome:
        case NotApplicable(reason=reason):
            st.info(f"**{name}** does not apply: {text.said(reason)}", icon=":material/do_not_disturb_on:")
        case AuditFailure(error=error):
            st.error(
                f"**{name}** failed and says nothing about these runs: {text.said(error)}  \n"
                "Run `recaudit audit` in a terminal to see where it broke; the other audits are not touched.",
                icon=":material/error:",
            )
        case _:
            assert_never(outcome)
