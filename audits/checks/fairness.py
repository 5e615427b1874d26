"""Fairness to users: is any group of users served worse?"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from audits.audit import Audit
from audits.errors import AuditError
from audits.evidence import Evidence
from audits.grouping import MAX_ATTRIBUTES, Gates, attribute_parameters, break_down, read_cells
from audits.measuring import Lists, Reading
from audits.metrics.catalogue import find_list_metric
from audits.results import AuditResult, Breakdown, Finding, Group, NotApplicable, Severity
from audits.scope import UNKNOWN, label_of
from audits.wording import interval_text, value_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Fairness(Audit):
    """Utility by user group. An attribute is named as it stands in the data, an intersection as "gender+age_band"."""

    attributes: tuple[str, ...] = ()  # none: each attribute that users have
    control: tuple[str, ...] = ()  # compare groups only within each level of these
    metric: str = "ndcg"
    k: int | None = None
    ranks: str = "strict"
    min_people: int = 10  # fewer: hidden, for privacy
    min_sufficient: int = 100  # fewer: shown, never called fair or unfair
    gap_high: float = 0.15  # gap as a share of the best group's value
    level: float = 0.95
    n_examples: int = 5

    name: ClassVar[str] = "fairness"
    title: ClassVar[str] = "Fairness to users"
    question: ClassVar[str] = "Is any group of users served worse than another?"
    version: ClassVar[int] = 1
    needs: ClassVar[frozenset[str]] = frozenset({"user_attributes", "slots"})
    section: ClassVar[str] = "D"
    source: ClassVar[str] = "fairlearn MetricFrame; Ekstrand et al., FAccT 2018; Games and Howell 1976"

    def run(self, evidence: Evidence) -> AuditResult | NotApplicable:
        """Break the metric down by every attribute asked for, run by run."""
        metric = find_list_metric(self.metric)
        missing = metric.needs - evidence.available
        by, left_out = self._by(evidence)
        reading = Reading(evidence=evidence, metric=metric, lists=Lists(k=self.k, ranks=self.ranks))
        used = tuple(dict.fromkeys([*(name for group in by for name in group), *self.control]))
        if missing or not used:
            reason = f"The log holds no {', '.join(sorted(missing)) or 'user attributes'}.".replace("_", " ")
            return NotApplicable(audit=self.name, question=self.question, run_ids=evidence.run_ids, reason=reason)
        gates = Gates(min_people=self.min_people, min_sufficient=self.min_sufficient, level=self.level)
        breakdowns = [
            dataclasses.replace(breakdown, sql=self._sql(reading, breakdown))
            for cells in read_cells(reading, used).values()
            for breakdown in break_down(cells, by, gates, self.control)
        ]
        if not breakdowns:
            reason = f"No user of these runs has a value of {metric.card.label} in the cohort."
            return NotApplicable(audit=self.name, question=self.question, run_ids=evidence.run_ids, reason=reason)
        findings = [finding for b in breakdowns if (finding := self._finding(evidence, reading, b)) is not None]
        return AuditResult(
            audit=self.name,
            version=self.version,
            question=self.question,
            run_ids=evidence.run_ids,
            answer=_answer(evidence, breakdowns),
            sections=(*breakdowns, *findings, *_left_out(evidence, left_out)),
        )

    def _by(self, evidence: Evidence) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
        """Return what to group by, and the attributes left out because there are too many.

        Raises:
            AuditError: an attribute that is asked for is not in the data.
        """
        if not self.attributes:
            room = MAX_ATTRIBUTES - len(self.control)
            free = [name for name in evidence.attributes if name not in self.control]
            return tuple((name,) for name in free[:room]), tuple(free[room:])
        asked = tuple(tuple(part.strip() for part in text.split("+")) for text in self.attributes)
        for name in {*(name for group in asked for name in group), *self.control}:
            if name not in evidence.attributes:
                raise AuditError(
                    f"Users have no attribute {name!r}; they have {', '.join(evidence.attributes) or 'none'}."
                )
        return asked, ()

    def _sql(self, reading: Reading, breakdown: Breakdown) -> str:
        names = (*breakdown.attributes, *self.control)
        return reading.sql("group_means", breakdown.run_id, min_people=self.min_people, **attribute_parameters(names))

    def _finding(self, evidence: Evidence, reading: Reading, breakdown: Breakdown) -> Finding | None:
        """Return a finding where the gap is not down to chance: high where it is large, else low."""
        interval = breakdown.gap_interval
        if breakdown.gap is None or interval is None or interval.low <= 0:
            return None
        judged = judged_groups(breakdown)
        worst, best = judged[0], judged[-1]
        share = breakdown.gap / best.value if best.value else 0.0
        card, attribute = breakdown.card, " and ".join(breakdown.attributes)
        within = breakdown.note.partition(".")[0] + ". " if self.control else ""
        return Finding(
            severity=Severity.HIGH if share > self.gap_high else Severity.LOW,
            title=(
                f"{label_of(evidence.run(breakdown.run_id))} serves {_named(worst)} {100 * share:.0f}% worse than "
                f"{_named(best)} ({attribute})"
            ),
            detail=(
                f"{within}{card.label} {value_text(card, worst.value, worst.interval)} (n = {worst.n:,}) against "
                f"{value_text(card, best.value, best.interval)} (n = {best.n:,}): gap "
                f"{value_text(card, breakdown.gap, interval)} {interval_text(card, interval)}, {interval.method}."
            ),
            run_id=breakdown.run_id,
            measure=card.name,
            request_ids=self._examples(reading, breakdown, worst),
        )

    def _examples(self, reading: Reading, breakdown: Breakdown, worst: Group) -> tuple[str, ...]:
        if self.control:
            return ()  # a breakdown does not say its control level apart from the note
        parameters = attribute_parameters(breakdown.attributes)
        labels: Mapping[str, str] = {
            name.replace("attribute", "label"): label
            for name, label in zip(parameters, (*worst.labels, *[UNKNOWN] * MAX_ATTRIBUTES), strict=False)
        }
        one = dataclasses.replace(reading, evidence=reading.evidence.of(breakdown.run_id))
        frame = one.frame("group_requests", n_rows=self.n_examples, **parameters, **labels)
        return tuple(str(request_id) for request_id in frame["request_id"])


def judged_groups(breakdown: Breakdown) -> list[Group]:
    """Return the groups that the gap is taken over, the lowest value first."""
    judged = [g for g in breakdown.groups if g.sufficient and g.value is not None and UNKNOWN not in g.labels]
    return sorted(judged, key=lambda group: group.value or 0.0)


def _named(group: Group) -> str:
    return " and ".join(group.labels)


def _left_out(evidence: Evidence, names: tuple[str, ...]) -> list[Finding]:
    if not names:
        return []
    title = f"Not looked at: {', '.join(names)}"
    detail = f"At most {MAX_ATTRIBUTES} attributes are taken at a time; name those that matter with --by."
    return [Finding(severity=Severity.INFO, title=title, detail=detail, run_id=evidence.run_ids[0])]


def _answer(evidence: Evidence, breakdowns: list[Breakdown]) -> str:
    judged = [b for b in breakdowns if b.gap is not None]
    if not judged:
        return "Insufficient evidence: no attribute has two groups with enough users to be compared."
    certain = [b for b in judged if b.gap_interval is not None and b.gap_interval.low > 0]
    widest = max(certain or judged, key=lambda b: b.gap or 0.0)
    worst, best, card = judged_groups(widest)[0], judged_groups(widest)[-1], widest.card
    said = (
        f"By {' and '.join(widest.attributes)}, {label_of(evidence.run(widest.run_id))} gives {_named(worst)} "
        f"{card.label} {value_text(card, worst.value, worst.interval)} (n = {worst.n:,}) and {_named(best)} "
        f"{value_text(card, best.value, best.interval)} (n = {best.n:,}): gap "
        f"{value_text(card, widest.gap, widest.gap_interval)} {interval_text(card, widest.gap_interval)}"
    )
    if certain:
        return f"{said}, the widest of {len(certain)} gaps that chance does not explain."
    return f"{said}, the widest; chance may explain every gap, which is not the same as being fair."
