"""A report as JSON, for programs: the outcomes exactly as `recaudit audit --json` writes them, and the runs."""

from __future__ import annotations

import json
from dataclasses import asdict

from audits.reports.report import CHAIN, Report, ReportedRun
from audits.serialise import to_data


def report_json(report: Report) -> str:
    """Return the report as JSON text.

    Raises:
        ValueError: a number is not finite; a value that could not be computed is null.
    """
    data = {
        "made_at": report.made_at,
        "recaudit_version": report.recaudit_version,
        "disclosures": report.disclosures,
        "users": report.users,
        "reference": report.reference,
        "runs": [_run(run) for run in report.runs],
        "chain": CHAIN,
        "outcomes": [to_data(outcome) for outcome in report.outcomes],
    }
    return json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _run(run: ReportedRun) -> dict:
    data = asdict(run)
    del data["facts"]["name"]  # the run's name stands beside its facts
    return data
