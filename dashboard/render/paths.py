"""Knowledge paths as text: stops joined by named hops. Names of the log are escaped; signs go with colours."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from audits.results import PathExample, PathHop, PathStop
from audits.wording import relation_text
from dashboard.cohort import Cohort
from dashboard.render import page, text
from dashboard.render.tools import heading


def path_examples(paths: Sequence[PathExample], cohort: Cohort, key: str) -> str | None:
    """Show examples of paths; returns the id of the request that was asked for, None where none was."""
    if not paths:
        return None
    heading("Examples of paths")
    for note in dict.fromkeys(path.note for path in paths if path.note):
        page.note(note)
    chosen = None
    for place, path in enumerate(paths):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"path_{key}_{place}"):
            st.html(f'<div class="ra">{path_html(path)}{_where(path, cohort)}</div>')
            if st.button("Open", key=f"open_path_{key}_{place}", type="tertiary", icon=":material/person_search:"):
                chosen = path.request_id
    return chosen


def path_html(path: PathExample) -> str:
    """Return one path as a line of text: an arrow points from a fact's head to its tail."""
    parts = [_stop(path.stops[0])]
    for hop, stop in zip(path.hops, path.stops[1:], strict=True):
        parts += [_hop(hop), _stop(stop)]
    return f'<p class="ra-path">{" ".join(parts)}</p>'


def _stop(stop: PathStop) -> str:
    shown = text.inline(text.shorten(stop.label, 120))
    return f"<strong>{shown}</strong>" if stop.is_named else f"<code>{shown}</code>"


def _hop(hop: PathHop) -> str:
    relation = text.inline(relation_text(hop.relation))
    said = f"← {relation} –" if hop.is_inverse else f"– {relation} →"
    if hop.is_true:
        return f'<span class="ra-small ra-muted">{said}</span>'
    return f'<span class="ra-small ra-bad">× {said} (not in the graph)</span>'


def _where(path: PathExample, cohort: Cohort) -> str:
    told = f"{cohort.name(path.run_id)}, request {path.request_id}, rank {path.slot_rank}, {path.origin}"
    return f'<p class="ra-small ra-muted">{text.inline(told)}</p>'
