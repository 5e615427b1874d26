"""Audit outcomes as JSON and back, exactly. Each record carries its kind; numbers that are not finite are refused."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache

from pydantic import TypeAdapter

from audits.errors import AuditError
from audits.results import (
    AuditFailure,
    AuditOutcome,
    AuditResult,
    Breakdown,
    Comparison,
    Finding,
    Measure,
    NotApplicable,
    PathExample,
    Section,
    Table,
    Waterfall,
)

_SECTIONS: dict[str, type] = {
    c.__name__: c for c in (Measure, Comparison, Breakdown, Waterfall, Table, PathExample, Finding)
}
_OUTCOMES: dict[str, type] = {c.__name__: c for c in (AuditResult, NotApplicable, AuditFailure)}


def outcomes_to_json(outcomes: Sequence[AuditOutcome]) -> str:
    """Write outcomes as one JSON list.

    Raises:
        ValueError: a number is not finite; a value that could not be computed is None.
    """
    return json.dumps([to_data(outcome) for outcome in outcomes], ensure_ascii=False, allow_nan=False)


def outcomes_from_json(text: str) -> list[AuditOutcome]:
    """Read what `outcomes_to_json` wrote.

    Raises:
        AuditError: it is something else.
    """
    try:
        return [from_data(data) for data in json.loads(text)]
    except (ValueError, KeyError, TypeError) as error:
        raise AuditError(f"Expected the JSON of audit outcomes: {error}") from error


def to_data(record: AuditOutcome | Section) -> dict:
    """Return a record as plain JSON data with its kind."""
    data = _adapter(type(record)).dump_python(record)
    data = json.loads(json.dumps(data, allow_nan=False))
    if isinstance(record, AuditResult):
        data["sections"] = [to_data(section) for section in record.sections]
    return {"kind": type(record).__name__, **data}


def from_data(data: dict) -> AuditOutcome:
    """Make an outcome of plain data."""
    fields = {name: value for name, value in data.items() if name != "kind"}
    if data["kind"] == "AuditResult":
        fields["sections"] = tuple(_section(section) for section in fields["sections"])
    return _adapter(_OUTCOMES[data["kind"]]).validate_python(fields)


def _section(data: dict) -> Section:
    fields = {name: value for name, value in data.items() if name != "kind"}
    return _adapter(_SECTIONS[data["kind"]]).validate_python(fields)


@cache
def _adapter(kind: type) -> TypeAdapter:
    return TypeAdapter(kind)
