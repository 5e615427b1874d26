"""A report as one HTML file: no script, nothing asked of any other host, every text escaped."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from audits.audit import Topic
from audits.discovery import find_audits
from audits.reports.block import Block, Query
from audits.reports.blocks import blocks, card_ids, cards_of
from audits.reports.report import CHAIN, Report
from audits.results import AuditFailure, AuditResult, Finding, NotApplicable, Severity

_TOPICS = [str(topic) for topic in Topic]
_CODE = re.compile(r"`([^`]+)`")
_INTERVAL = re.compile(r"\[[^\]]*\]")
_OPEN_WEIGHTY = 8  # grave findings that the first page shows at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What an audit found, as it is shown: on the first page in a line, below in a part of its own."""

    title: str
    topic: str
    result: AuditResult
    severities: tuple[tuple[str, int], ...]  # how many findings of each severity there are, worst first
    blocks: tuple[Block, ...]

    @property
    def queries(self) -> tuple[Query, ...]:
        """The SQL of all its numbers."""
        return tuple(query for block in self.blocks for query in block.queries)


def report_html(report: Report) -> str:
    """Return the report as the text of an HTML page."""
    labels = {run.facts.run_id: run.name for run in report.runs}
    results = [outcome for outcome in report.outcomes if isinstance(outcome, AuditResult)]
    parts = sorted((_part(result, labels) for result in results), key=lambda part: _TOPICS.index(part.topic))
    weighty = [
        (part, section)
        for part in parts
        for section in part.result.sections
        if isinstance(section, Finding) and section.severity is Severity.HIGH
    ]
    ids = card_ids(cards_of([block for part in parts for block in part.blocks]))
    return _template().render(
        report=report,
        chain=CHAIN,
        ids_by_label=lambda block: {card.label: ids[card] for card in block.cards},
        parts=parts,
        weighty=weighty,
        n_open_weighty=_OPEN_WEIGHTY,
        card_ids=ids,
        not_applicable=[(_title(o.audit), o) for o in report.outcomes if isinstance(o, NotApplicable)],
        failures=[(_title(o.audit), o) for o in report.outcomes if isinstance(o, AuditFailure)],
        prompts={run.facts.run_id: json.loads(run.prompt_hashes or "{}") for run in report.runs},
        packages={run.facts.run_id: json.loads(run.package_versions or "{}") for run in report.runs},
    )


def _part(result: AuditResult, labels: Mapping[str, str]) -> Part:
    audit = find_audits().get(result.audit)
    return Part(
        title=_title(result.audit),
        topic=str(audit.topic if audit is not None else Topic.OTHER),
        result=result,
        severities=_severities([s for s in result.sections if isinstance(s, Finding)]),
        blocks=tuple(blocks(result.sections, labels)),
    )


def _severities(findings: Sequence[Finding]) -> tuple[tuple[str, int], ...]:
    counts = Counter(finding.severity for finding in findings)
    return tuple((str(severity), counts[severity]) for severity in Severity if counts[severity])


def _title(audit: str) -> str:
    known = find_audits().get(audit)
    return known.title if known is not None else audit


@cache
def _template():
    source = resources.files("audits.reports").joinpath("report.html.jinja").read_text(encoding="utf-8")
    made = Environment(undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    made.filters.update(said=_said, whole=_whole)
    return made.from_string(source)


def _said(text: str) -> Markup:
    """Return a message for HTML, what it has between backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))


def _whole(cell: str) -> str:
    """Return a number's text so that its interval is not broken over lines."""
    return _INTERVAL.sub(lambda found: found.group().replace(" ", "\u00a0"), cell)
