"""Runs against a reference run: differences with intervals, tests, effect sizes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from audits.results import Comparison
from dashboard.cohort import Cohort
from dashboard.render import page, text
from dashboard.render.charts.intervals import Line, intervals
from dashboard.render.choices import choose, leading
from dashboard.render.paradigms import look
from dashboard.render.tables import rows_table
from dashboard.render.tools import heading, sql_popover


def comparisons(records: Sequence[Comparison], cohort: Cohort, key: str, leads: Sequence[str] = ()) -> None:
    """Show the differences of one measure at a time, and all as a table; those of `leads` are offered first."""
    if not records:
        return
    reference = cohort.name(records[0].reference_run_id)
    heading(f"Against {reference}")
    first = records[0]
    page.note(f"Paired over the same users: {first.test}; p-values: {first.correction or 'not corrected'}.")
    names = {record.card.name: text.label(record.card, cohort.k) for record in records}
    chosen = st.session_state.get(f"compared_{key}")
    chosen = chosen if chosen in names else leading(list(names), leads)[0]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        choose(names, chosen, partial(_compare, key), label="Measure", key=f"comparison_{key}", leads=leads)
        of_measure = [record for record in records if record.card.name == chosen]
        sql_popover({cohort.name(r.run_id): r.sql for r in of_measure}, f"comparison_{key}_{chosen}")
    drawn = [_line(record, cohort) for record in of_measure if record.difference is not None]
    if drawn:
        title = f"{names[chosen]}, difference to {reference}"
        unit = ", percentage points" if of_measure[0].card.unit == "share" else ""
        page.figure(intervals(drawn, axis=title + unit, zero_line=True), key=f"comparison_figure_{key}")
    _table(of_measure, cohort, f"{key}_{chosen}")


def _compare(key: str, name: str) -> None:
    st.session_state[f"compared_{key}"] = name


def _line(record: Comparison, cohort: Cohort) -> Line:
    look_ = look(cohort.paradigm(record.run_id))
    return Line(
        name=f"{look_.mark} {cohort.name(record.run_id)}",
        value=text.scaled(record.difference, record.card) or 0.0,
        low=text.scaled(record.interval.low, record.card) if record.interval else None,
        high=text.scaled(record.interval.high, record.card) if record.interval else None,
        said=f"{text.difference(record.difference, record.card, record.interval)}, {record.verdict}",
        colour=look_.colour,
        symbol=look_.symbol,
        is_faint=record.verdict == "insufficient evidence",
    )


def _table(records: Sequence[Comparison], cohort: Cohort, key: str) -> None:
    columns = ("run", "value", "reference", "difference", "interval", "p", "effect size d", "users", "verdict")
    rows = [
        (
            cohort.name(r.run_id),
            text.value(r.value, r.card, r.interval) if r.value is not None else "",
            text.value(r.reference_value, r.card, r.interval) if r.reference_value is not None else "",
            text.difference(r.difference, r.card, r.interval),
            text.bounds(r.interval, r.card),
            text.p_value(r.p_value),
            text.NOTHING if r.effect_size is None else f"{r.effect_size:+.2f}",
            f"{r.n:,}",
            r.verdict,
        )
        for r in records
    ]
    rows_table(columns, rows, key=f"comparison_{key}", file_name="comparison")
