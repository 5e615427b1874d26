"""A choice among many names: the leading ones side by side, the rest behind a select box."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from dashboard.render import text

_SIDE_BY_SIDE = 4  # as many as are read at a glance


def leading(names: Sequence[str], leads: Sequence[str]) -> list[str]:
    """Return which names stand side by side: those of `leads` that there are, else the first; all where few."""
    if len(names) <= _SIDE_BY_SIDE:
        return list(names)
    return ([name for name in leads if name in names] or list(names))[:_SIDE_BY_SIDE]


def choose(
    names: Mapping[str, str],
    chosen: str,
    picked: Callable[[str], None],
    *,
    label: str,
    key: str,
    leads: Sequence[str] = (),
) -> None:
    """Show what can be chosen, `chosen` being it now; `picked` is called with the other one that is picked.

    `names` is what is chosen -> what people call it; none is offered where there is one only.
    """
    if len(names) < 2:
        return
    first = leading(list(names), leads)
    rest = [name for name in names if name not in first]
    parts = {"first": first, "rest": rest}
    for part, own in parts.items():
        st.session_state[f"{key}_{part}"] = chosen if chosen in own else None
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.pills(
            label, first, key=f"{key}_first", format_func=lambda name: text.markdown(names[name]),
            on_change=_picked, args=(f"{key}_first", picked), label_visibility="collapsed", width="content",
        )  # fmt: skip
        if rest:
            st.selectbox(
                f"More: {label}", rest, index=None, key=f"{key}_rest", format_func=lambda name: names[name],
                on_change=_picked, args=(f"{key}_rest", picked), label_visibility="collapsed", width=320,
                placeholder=f"{len(rest)} more",
            )  # fmt: skip


def _picked(widget: str, picked: Callable[[str], None]) -> None:
    name = st.session_state[widget]
    if name is not None:  # what is chosen cannot be taken back, only changed
        picked(name)
