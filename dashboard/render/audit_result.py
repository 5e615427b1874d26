"""One audit on screen, whatever it measures: answer, findings, figures, tables. A new audit needs nothing here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import assert_never

import streamlit as st

from audits.results import AuditFailure, AuditOutcome, AuditResult, Finding, Measure, NotApplicable, Severity, Table
from audits.table_groups import alike, shared_title
from dashboard.cohort import Cohort
from dashboard.render import page, text
from dashboard.render.breakdowns import breakdowns
from dashboard.render.choices import choose, leading
from dashboard.render.comparisons import comparisons
from dashboard.render.headline import mark
from dashboard.render.measures import card_popover, measure_figure, measure_table
from dashboard.render.paths import path_examples
from dashboard.render.sections import sort
from dashboard.render.tables import download, evidence_table
from dashboard.render.tools import heading, sql_popover
from dashboard.render.unjudged import one_unjudged
from dashboard.render.waterfalls import waterfalls

Open = Callable[[str], None]
_SHOWN_FINDINGS = 6
_ORDER = {severity: place for place, severity in enumerate(Severity)}  # worst first


def audit_outcome(
    outcome: AuditOutcome, title: str, cohort: Cohort, open_request: Open, leads: Sequence[str] = ()
) -> None:
    """Show what an audit found, or why it found nothing.

    `open_request` is called with the id of a chosen request; the measures of `leads` are offered first.
    """
    page.question(outcome.question)
    match outcome:
        case AuditResult():
            _result(outcome, cohort, open_request, leads)
        case NotApplicable() | AuditFailure():
            one_unjudged(outcome, title)
        case _:
            assert_never(outcome)


def _result(result: AuditResult, cohort: Cohort, open_request: Open, leads: Sequence[str]) -> None:
    page.paragraph(result.answer)
    if result.settings:
        with st.popover("Settings in force", icon=":material/tune:", type="tertiary"):
            st.table(
                {"setting": [n for n, _ in result.settings], "value": [v for _, v in result.settings]},
                border="horizontal",
            )
    found = sort(result.sections)
    _findings(sorted(found.findings, key=lambda finding: _ORDER[finding.severity]), open_request, result.audit)
    waterfalls(found.waterfalls, cohort, result.audit)
    _measures(found.measures_by_card(), cohort, result.audit, leads)
    comparisons(found.comparisons, cohort, result.audit, leads)
    breakdowns(found.breakdowns, cohort, result.audit)
    for place, group in enumerate(alike(found.tables)):
        _tables(group, cohort, f"{result.audit}_{place}", open_request)
    wanted = path_examples(found.paths, cohort, result.audit)
    if wanted is not None:
        open_request(wanted)


def _findings(findings: Sequence[Finding], open_request: Open, key: str) -> None:
    for place, finding in enumerate(findings[:_SHOWN_FINDINGS]):
        with st.container(border=True, key=f"audit_finding_{key}_{place}", gap="xsmall"):
            st.html(
                f'<p class="ra"><span class="ra-small ra-muted">{mark(finding.severity)} {finding.severity}</span> '
                f"<strong>{text.inline(finding.title)}</strong><br>"
                f'<span class="ra-small">{text.inline_said(finding.detail)}</span></p>'
            )
            if finding.request_ids:
                with st.container(horizontal=True):
                    for number, request_id in enumerate(finding.request_ids[:3], start=1):
                        st.button(
                            f"Example {number}", key=f"example_{key}_{place}_{number}", type="tertiary",
                            icon=":material/person_search:", on_click=_chosen, args=(key, request_id),
                        )  # fmt: skip
    if len(findings) > _SHOWN_FINDINGS:
        st.caption(f"and {len(findings) - _SHOWN_FINDINGS} more findings in the report (`recaudit audit`)")
    wanted = st.session_state.pop(f"open_{key}", None)
    if wanted:
        open_request(wanted)


def _chosen(key: str, request_id: str) -> None:
    st.session_state[f"open_{key}"] = request_id


def _measures(by_card: dict[str, list[Measure]], cohort: Cohort, key: str, leads: Sequence[str]) -> None:
    if not by_card:
        return
    heading("Measures")
    names = {name: text.label(measures[0].card, cohort.k) for name, measures in by_card.items()}
    valued = [name for name, measures in by_card.items() if any(m.value is not None for m in measures)]
    names = {name: names[name] for name in [*valued, *(name for name in names if name not in valued)]}
    wanted = st.query_params.get("measure", "")
    chosen = wanted if wanted in names else leading(valued or list(names), leads)[0]
    choose(names, chosen, _look_at_measure, label="Measure", key=f"measure_{key}", leads=leads)
    measures = by_card[chosen]
    figure = measure_figure(measures, cohort)
    if figure is None:
        page.note(measures[0].note or "No run has a value of this measure.")
    else:
        page.figure(figure, key=f"measure_figure_{key}")
    for measure in measures:
        if measure.value is None and figure is not None:
            page.note(f"{cohort.name(measure.run_id)}: no value. {measure.note.removeprefix('No value. ')}")
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        card_popover(measures[0].card, cohort.k)
        sql_popover({cohort.name(m.run_id): m.sql for m in measures}, f"measure_{key}_{chosen}")
        everything = st.toggle("All measures as a table", key=f"measures_{key}")
    if everything:
        measure_table([m for measures in by_card.values() for m in measures], cohort, key=f"measures_{key}")


def _look_at_measure(name: str) -> None:
    st.query_params["measure"] = name


def _tables(group: Sequence[Table], cohort: Cohort, key: str, open_request: Open) -> None:
    """Show one of several tables of a kind, which one to be chosen; heading and choice are what their titles say."""
    title, names = shared_title([table.title for table in group])
    heading(title)
    place = 0
    if len(group) > 1:
        place = st.segmented_control(
            "Of", range(len(group)), key=f"which_{key}", required=True, default=0, label_visibility="collapsed",
            format_func=lambda p: text.markdown(names[p]),
        ) or 0  # fmt: skip
    _table(group[place], cohort, f"{key}_{place}", open_request)


def _table(table: Table, cohort: Cohort, key: str, open_request: Open) -> None:
    if table.note:
        page.note(table.note)
    if not table.rows:
        page.note("No rows.")
        return
    if "request_id" in table.columns:
        page.note("Choose a row to open its request.")
    request_id = evidence_table(table, cohort.name, key=key)
    with st.container(horizontal=True, gap="medium"):
        sql_popover({table.title: table.sql}, f"table_{key}")
        download(table.columns, table.rows, key=key, file_name=table.title.lower().replace(" ", "-"))
    if request_id is not None:
        open_request(request_id)
