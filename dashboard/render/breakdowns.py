"""A measure by groups of users: a chart for one run and attribute at a time; what is not shown is said so."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from audits.results import Breakdown
from dashboard.cohort import Cohort
from dashboard.render import page, text
from dashboard.render.charts.intervals import Line, intervals
from dashboard.render.measures import card_popover
from dashboard.render.paradigms import look
from dashboard.render.tables import rows_table
from dashboard.render.tools import heading, sql_popover


def breakdowns(records: Sequence[Breakdown], cohort: Cohort, key: str) -> None:
    """Show one breakdown at a time: choose the measure, the attribute and the run."""
    if not records:
        return
    heading("By group")
    chosen = _chosen(records, cohort, key)
    if chosen is None:
        return
    page.note(_said(chosen, cohort))
    drawn = [line for group in chosen.groups if (line := _line(chosen, group.labels, cohort)) is not None]
    if drawn:
        overall = text.scaled(chosen.overall, chosen.card)
        page.figure(
            intervals(
                drawn, axis=text.axis_title(chosen.card, cohort.k), mark=overall, limits=text.limits(chosen.card)
            ),
            key=f"breakdown_figure_{key}",
        )
    hidden = sum(group.suppressed for group in chosen.groups)
    if hidden:
        page.note(
            f"{text.count(hidden, 'group')} not shown, for privacy: too few people, or the few could be found by "
            "subtraction."
        )
    if any(not group.sufficient and not group.suppressed for group in chosen.groups):
        page.note("Hollow and dotted: insufficient evidence. Too few people to call the group better or worse served.")
    _table(chosen, f"{key}_{chosen.card.name}_{'_'.join(chosen.attributes)}_{chosen.run_id}")


def _chosen(records: Sequence[Breakdown], cohort: Cohort, key: str) -> Breakdown | None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        left = list(records)
        left = _narrow(left, "Run", lambda b: cohort.name(b.run_id), f"breakdown_run_{key}", pick=_widest(left, cohort))
        left = _narrow(left, "By", _by, f"breakdown_by_{key}")
        left = _narrow(left, "Measure", lambda b: text.label(b.card, cohort.k), f"breakdown_card_{key}")
        if not left:
            return None
        card_popover(left[0].card, cohort.k)
        sql_popover({cohort.name(left[0].run_id): left[0].sql}, f"breakdown_{key}")
    return left[0]


def _narrow(
    records: list[Breakdown], label: str, name: Callable[[Breakdown], str], key: str, pick: str | None = None
) -> list[Breakdown]:
    """Let one of the names be chosen where there are several, and return the records that have it."""
    names = list(dict.fromkeys(name(record) for record in records))
    if len(names) < 2:
        return records
    if st.session_state.get(key) not in names:
        st.session_state[key] = pick if pick in names else names[0]
    chosen = st.selectbox(label, names, key=key, width=220)
    return [record for record in records if name(record) == chosen]


def _widest(records: Sequence[Breakdown], cohort: Cohort) -> str:
    first = [b for b in records if b.card.name == records[0].card.name]  # gaps of different measures do not compare
    return cohort.name(max(first, key=lambda b: b.gap if b.gap is not None else -1.0).run_id)


def _by(record: Breakdown) -> str:
    return " and ".join(attribute.replace("_", " ") for attribute in record.attributes)


def _said(record: Breakdown, cohort: Cohort) -> str:
    overall = text.value(record.overall, record.card)
    said = f"{text.label(record.card, cohort.k)} of {cohort.name(record.run_id)} is {overall} over all users"
    if record.gap is None:
        return f"{said}; no gap can be told. {record.note}".strip()
    gap = text.difference(record.gap, record.card, record.gap_interval).lstrip("+")
    bounds = text.interval_text(record.gap_interval, record.card)
    ratio = f", the lowest is {record.ratio:.0%} of the highest" if record.ratio is not None else ""
    widest = f"{gap} ({bounds})" if bounds else gap
    return f"{said}; the widest gap between groups is {widest}{ratio}. {record.note}".strip()


def _line(record: Breakdown, labels: tuple[str, ...], cohort: Cohort) -> Line | None:
    group = next(group for group in record.groups if group.labels == labels)
    if group.suppressed or group.value is None:
        return None
    look_ = look(cohort.paradigm(record.run_id))
    return Line(
        name=", ".join(group.labels),
        value=text.scaled(group.value, record.card) or 0.0,
        low=text.scaled(group.interval.low, record.card) if group.interval else None,
        high=text.scaled(group.interval.high, record.card) if group.interval else None,
        said=f"{text.value(group.value, record.card, group.interval)}, n = {text.count(group.n)}",
        colour=look_.colour,
        symbol=look_.symbol,
        is_faint=not group.sufficient,
    )


def _table(record: Breakdown, key: str) -> None:
    columns = ("group", "users", "value", "interval", "evidence")
    rows = [
        (
            ", ".join(group.labels),
            "not shown" if group.suppressed else text.count(group.n),
            "not shown" if group.suppressed else text.value(group.value, record.card, group.interval),
            text.bounds(group.interval, record.card),
            "suppressed for privacy" if group.suppressed else ("enough" if group.sufficient else "insufficient"),
        )
        for group in record.groups
    ]
    rows_table(columns, rows, key=f"breakdown_{key}", file_name="groups")
