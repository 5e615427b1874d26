"""Measures of several runs: the card behind a number, one chart a measure, the table of all."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from audits.results import Card, Direction, Measure
from audits.wording import count_text
from dashboard.cohort import Cohort
from dashboard.render import text
from dashboard.render.charts.intervals import Line, intervals
from dashboard.render.charts.style import Figure
from dashboard.render.paradigms import look
from dashboard.render.tables import rows_table

_DIRECTIONS = {
    Direction.HIGHER: "higher is better",
    Direction.LOWER: "lower is better",
    Direction.NEITHER: "neither high nor low is good in itself",
}


def card_popover(card: Card, k: int | None = None) -> None:
    """Offer what a measure means: formula, range, direction, denominator, missing values, source."""
    with st.popover("What is this?", icon=":material/help:", type="tertiary"):
        st.markdown(f"**{text.markdown(text.label(card, k))}**")
        rows = {
            "formula": card.formula,
            "range": f"{card.range}, {_DIRECTIONS[card.direction]}",
            "taken over": card.denominator,
            "missing": card.missing,
            "source": card.source,
            "notes": card.notes,
        }
        body = "".join(
            f'<p class="ra ra-small"><span class="ra-muted">{text.inline(name)}</span><br>{text.inline(said)}</p>'
            for name, said in rows.items()
            if said
        )
        st.html(f'<div style="display:grid;gap:0.5rem;max-width:60ch">{body}</div>')


def measure_figure(measures: Sequence[Measure], cohort: Cohort) -> Figure | None:
    """Draw one measure of several runs; None where no run has a value."""
    lines = [
        Line(
            name=f"{look(cohort.paradigm(m.run_id)).mark} {cohort.name(m.run_id)}",
            value=text.scaled(m.value, m.card) or 0.0,
            low=text.scaled(m.interval.low, m.card) if m.interval else None,
            high=text.scaled(m.interval.high, m.card) if m.interval else None,
            said=text.value(m.value, m.card, m.interval),
            colour=look(cohort.paradigm(m.run_id)).colour,
            symbol=look(cohort.paradigm(m.run_id)).symbol,
        )
        for m in measures
        if m.value is not None
    ]
    if not lines:
        return None
    return intervals(lines, axis=text.axis_title(measures[0].card, cohort.k), limits=text.limits(measures[0].card))


def measure_table(measures: Sequence[Measure], cohort: Cohort, key: str) -> None:
    """Show measures as rows: run, measure, value, interval, what it is taken over."""
    columns = ("run", "measure", "value", "95% interval", "taken over", "unscored", "note")
    levels = {m.interval.level for m in measures if m.interval}
    if len(levels) == 1:
        columns = (*columns[:3], f"{levels.pop():.0%} interval", *columns[4:])
    rows = [
        (
            cohort.name(m.run_id),
            text.label(m.card, cohort.k),
            text.value(m.value, m.card, m.interval),
            text.bounds(m.interval, m.card) or text.NOTHING,
            count_text(m.n, m.n_unit),
            f"{m.unscored:,}",
            m.note,
        )
        for m in measures
    ]
    rows_table(columns, rows, key=key, file_name="measures")
