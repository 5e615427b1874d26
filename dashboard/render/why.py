"""Why one item was recommended, on screen: what its score rests on, and the paths that lead to it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.loaders.why import Explanation, Paths
from dashboard.render import page, text
from dashboard.render.charts.contributions import contributions, said
from dashboard.render.path_picture import described, picture
from dashboard.render.paths import path_html
from dashboard.render.tables import rows_table

_PARTS = {"history item": "history item", "prompt segment": "line of the prompt"}
_MANY = {"history item": "history items", "prompt segment": "lines of the prompt"}


def explained(found: Sequence[Explanation], command: str, refusal: str) -> None:
    """Show what a score rests on; where nothing is kept, why not, or the command that finds it."""
    st.subheader("What the score rests on", anchor=False)
    if not found:
        if refusal:
            page.note(refusal)
            return
        page.note(
            "This recommendation is not explained yet. The recommender has to be asked for its score again and again "
            "without parts of the history, which takes from seconds to minutes:"
        )
        st.code(command, language="bash")
        return
    for one in found:
        noun = _PARTS.get(one.kind, one.kind)
        page.note(takeaway(one))
        page.figure(contributions(one), key=f"contributions_{one.kind}")
        legend = ["Whiskers are one standard error."] if any(part.error for part in one.parts) else []
        legend += ["✓ marks what the reason names."] if any(part.is_named for part in one.parts) else []
        if legend:
            page.note(" ".join(legend))
        if st.toggle("Table", key=f"contributions_table_{one.kind}"):
            rows_table(
                (noun, "contribution", "standard_error", "named"),
                [(p.name, p.value, p.error, "named" if p.is_named else None) for p in one.parts],
                key=f"contributions_{one.kind}", file_name="contributions",
            )  # fmt: skip


def takeaway(one: Explanation) -> str:
    """Return the sum that the contributions make up, what holds most of it, and how it was found."""
    noun = _PARTS.get(one.kind, one.kind) if len(one.parts) == 1 else _MANY.get(one.kind, one.kind)
    total = sum(part.value for part in one.parts)
    made_of = text.score_sum(one.score, f"{one.base:.4g}", total, f"{len(one.parts):,} {noun}", one.gap)
    size = sum(abs(part.value) for part in one.parts)
    top = max(one.parts, key=lambda part: abs(part.value))
    holds = (
        f" “{top.name}” holds {abs(top.value) / size:.0%} of what they contribute, signs left out ({said(top)})."
        if size
        else " Nothing contributes."
    )
    evaluations = f", {one.n_evaluations:,} evaluations" if one.n_evaluations is not None else ""
    return f"{made_of[:1].upper()}{made_of[1:]}.{holds} {one.method[:1].upper()}{one.method[1:]}{evaluations}."


def knowledge_paths(found: Paths) -> None:
    """Show the paths as sentences and as a picture; where there are none, why, and what to do."""
    st.subheader("Knowledge paths", anchor=False)
    if not found.lines:
        page.note(found.missing)
        return
    origin = found.lines[0].shown.origin
    page.note(
        "Given by the recommender as its reasons, and checked against the graph."
        if origin == "given"
        else "Found by the audit in the dataset's graph: how the item could be explained, not why it was chosen."
    )
    st.html(f'<div class="ra">{"".join(path_html(line.shown) for line in found.lines)}</div>')
    drawn, height = picture(found.lines, st.context.theme.type or "light")
    st.iframe(drawn, height=height, alt=described(found.lines))
