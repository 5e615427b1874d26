"""A report as one HTML file: no script, nothing asked of any other host, every text escaped."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

from jinja2 import Environment, StrictUndefined

from audits.discovery import find_audits
from audits.reports.blocks import blocks, cards_of
from audits.reports.report import CHAIN, Report
from audits.results import AuditFailure, AuditResult, NotApplicable


def report_html(report: Report) -> str:
    """Return the report as the text of an HTML page."""
    labels = {run.facts.run_id: run.name for run in report.runs}
    results = [outcome for outcome in report.outcomes if isinstance(outcome, AuditResult)]
    shown = {result.audit: blocks(result.sections, labels) for result in results}
    return _template().render(
        report=report,
        chain=CHAIN,
        titles={name: audit.title for name, audit in find_audits().items()},
        results=results,
        blocks=shown,
        cards={name: cards_of(own) for name, own in shown.items()},
        not_applicable=[o for o in report.outcomes if isinstance(o, NotApplicable)],
        failures=[o for o in report.outcomes if isinstance(o, AuditFailure)],
        prompts={run.name: json.loads(run.prompt_hashes or "{}") for run in report.runs},
        packages={run.name: json.loads(run.package_versions or "{}") for run in report.runs},
    )


@cache
def _template():
    source = resources.files("audits.reports").joinpath("report.html.jinja").read_text(encoding="utf-8")
    return Environment(undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
        source
    )
