"""Waterfalls of runs: one drawn at a time, all of them as a table."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from audits.results import Waterfall
from dashboard.cohort import Cohort
from dashboard.render import page, text
from dashboard.render.charts.waterfall import waterfall
from dashboard.render.paradigms import look
from dashboard.render.tables import rows_table
from dashboard.render.tools import heading, sql_popover


def waterfalls(records: Sequence[Waterfall], cohort: Cohort, key: str) -> None:
    """Show each kind of waterfall, alike by its stages: the run that loses most first."""
    for place, kind in enumerate(dict.fromkeys(_kind(record) for record in records)):
        _one_kind({record.run_id: record for record in records if _kind(record) == kind}, cohort, f"{key}_{place}")


def _kind(record: Waterfall) -> tuple[str, ...]:
    return record.unit, *(stage.name for stage in record.stages)


def _one_kind(by_run: dict[str, Waterfall], cohort: Cohort, key: str) -> None:
    unit = next(iter(by_run.values())).unit
    heading(f"What becomes of the {unit}")
    worst = max(by_run, key=lambda run_id: _lost_share(by_run[run_id]))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        chosen = worst
        if len(by_run) > 1:
            if st.session_state.get(f"waterfall_{key}") not in by_run:
                st.session_state[f"waterfall_{key}"] = worst
            chosen = st.segmented_control(
                "Run", list(by_run), key=f"waterfall_{key}", required=True,
                format_func=lambda run_id: text.markdown(cohort.name(run_id)),
            ) or worst  # fmt: skip
        sql_popover({cohort.name(chosen): by_run[chosen].sql}, f"waterfall_{chosen}")
    record = by_run[chosen]
    page.note(_said(record, cohort))
    page.figure(waterfall(record, look(cohort.paradigm(chosen)).colour), key=f"waterfall_figure_{key}")
    if len(by_run) > 1 and st.toggle("All runs as a table", key=f"waterfall_all_{key}"):
        _table(list(by_run.values()), cohort, key)


def _said(record: Waterfall, cohort: Cohort) -> str:
    if not record.stages:
        return "Nothing was asked for."
    first, last = record.stages[0], record.stages[-1]
    whole = first.remaining + first.lost
    worst = max(record.stages, key=lambda stage: stage.lost)
    if not worst.lost:
        return f"{cohort.name(record.run_id)} lost none of {whole:,} {record.unit}."
    return (
        f"{cohort.name(record.run_id)}: {last.remaining:,} of {whole:,} {record.unit} remain; most are lost at "
        f"“{worst.label}” ({worst.lost:,})."
    )


def _lost_share(record: Waterfall) -> float:
    whole = record.stages[0].remaining + record.stages[0].lost if record.stages else 0
    return 1 - record.stages[-1].remaining / whole if whole else 0.0


def _table(records: Sequence[Waterfall], cohort: Cohort, key: str) -> None:
    stages = records[0].stages
    columns = ("run", *(stage.label for stage in stages))
    rows = [(cohort.name(record.run_id), *(stage.remaining for stage in record.stages)) for record in records]
    if all(len(row) == len(columns) for row in rows):
        rows_table(columns, rows, key=f"waterfall_{key}", file_name="waterfall")
