"""What is said of groups of users: measures of a breakdown, impact ratios, findings. Not here: fairness_answer.py."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from audits.evidence import Evidence
from audits.fairness_cards import gap_card, impact_ratio_card, said, worst_group_card
from audits.group_cells import MAX_ATTRIBUTES, attribute_parameters, shown_columns, shown_part
from audits.grouping import Gates, hidden_names
from audits.legal import Profile
from audits.measuring import Lists, Reading
from audits.metrics.catalogue import find_metrics
from audits.metrics.metric import UNIT, RunMetric
from audits.queries import Parameter
from audits.results import Breakdown, Card, Direction, Finding, Group, Measure, Severity, Table
from audits.scope import UNKNOWN, label_of
from audits.wording import estimate_text, p_text, value_text


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupJudging:
    """How breakdowns are judged, and their queries made."""

    evidence: Evidence
    lists: Lists
    gates: Gates
    control: tuple[str, ...]
    attributes: tuple[str, ...]  # all that groups are formed by, and those controlled for
    alpha: float
    gap_high: float
    profile: Profile
    n_examples: int

    def sql(self, reading: Reading, breakdown: Breakdown, query: str) -> str:
        """Return the runnable text of a query over a breakdown's groups; empty where no query gives the metric."""
        return reading.sql(query, breakdown.run_id, **self._parameters(breakdown))

    def measures(self, breakdown: Breakdown) -> list[Measure]:
        """Return gap, worst group and impact ratio of the utility; nothing where fewer than two groups are judged."""
        by, card = "+".join(breakdown.attributes), breakdown.card
        judged = judged_groups(breakdown)
        if len(judged) < 2:
            return []
        worst = judged[0]
        found = [
            (gap_card(card, by), breakdown.gap, breakdown.gap_interval, "utility_gap"),
            (
                worst_group_card(card, by),
                worst.value,
                worst.interval,
                "worst_group",
            ),
        ]
        if _has_impact_ratio(card):
            found.append((impact_ratio_card(card, by), breakdown.ratio, breakdown.ratio_interval, "impact_ratio"))
        reading = self._reading(card)
        return [
            Measure(
                card=made,
                run_id=breakdown.run_id,
                value=value,
                n=sum(group.n or 0 for group in judged),
                interval=interval,
                sql=self.sql(reading, breakdown, query) if not isinstance(reading.metric, RunMetric) else "",
                note=_note(worst if query == "worst_group" else None, value),
            )
            for made, value, interval, query in found
        ]

    def impact_ratios(self, breakdowns: list[Breakdown]) -> list[Table]:
        """Return each judged group's value over the best group's, and the side of the profile's line it is on.

        One table an attribute or intersection, of all runs; none within levels of a control.
        """
        line = self.profile.impact_ratio_line
        columns = ("n_users", "measured", "impact_ratio", *(("against_line",) if line is not None else ()))
        tables = []
        for attributes in dict.fromkeys(b.attributes for b in breakdowns):
            own = [b for b in breakdowns if b.attributes == attributes and self._has_ratios(b)]
            if not own:
                continue
            sql = shown_columns([self._ratio_sql(b) for b in own], len(attributes), columns)
            tables.append(
                Table(
                    title=f"Impact ratio of {own[0].card.label} by {said('+'.join(attributes))}",
                    columns=("run_id", *attributes, "users", "value", "impact ratio",
                             *((f"line at {line:g}",) if line is not None else ())),
                    rows=tuple(
                        row for b in sorted(own, key=lambda b: b.run_id) for row in self._ratio_rows(b, columns)
                    ),
                    sql=sql,
                    note=f"A group's value / the best group's. {self._line_note()}",
                )
            )  # fmt: skip
        return tables

    def _has_ratios(self, breakdown: Breakdown) -> bool:
        if breakdown.ratio is None or not _has_impact_ratio(breakdown.card) or breakdown.within:
            return False
        return bool(breakdown.sql) and not isinstance(self._reading(breakdown.card).metric, RunMetric)

    def _ratio_sql(self, breakdown: Breakdown) -> str:
        return self._reading(breakdown.card).sql("impact_ratios", breakdown.run_id, **self._ratio_asked(breakdown))

    def _ratio_rows(self, breakdown: Breakdown, columns: tuple[str, ...]) -> tuple[tuple, ...]:
        reading = self._reading(breakdown.card)
        among = attribute_parameters((*breakdown.attributes, *self.control), self.attributes)
        asked = {**reading.parameters, **self._ratio_asked(breakdown), **among}
        part = shown_part("impact_ratios", len(breakdown.attributes), columns)
        return self.evidence.of(breakdown.run_id).rows(part, using=reading.using, **asked)

    def _ratio_asked(self, breakdown: Breakdown) -> dict[str, Parameter]:
        return {
            **self._parameters(breakdown),
            "ratio_line": self.profile.impact_ratio_line,
            "min_share": self.profile.min_share,
        }

    def finding(self, breakdown: Breakdown) -> Finding | None:
        """Return a finding where the gap is not down to chance: high where it is large, else low."""
        if not self._certain(breakdown):
            return None
        judged = judged_groups(breakdown)
        worst, best, card, gap = judged[0], judged[-1], breakdown.card, breakdown.gap or 0.0
        top = max(abs(worst.value or 0.0), abs(best.value or 0.0))
        share = gap / top if top else 0.0
        by, run = " and ".join(breakdown.attributes), label_of(self.evidence.run(breakdown.run_id))
        if card.direction is Direction.NEITHER:
            title = f"{run}: {card.label} differs by {by}: {_valued(card, worst)}, {_valued(card, best)}"
            severity = Severity.LOW
        else:
            title = f"{run} serves {named(worst)} {100 * share:.0f}% worse than {named(best)} ({by})"
            if card.direction is Direction.LOWER:
                title = f"{run}: more {card.label} for {named(worst)} than for {named(best)} ({by})"
            severity = Severity.HIGH if share > self.gap_high else Severity.LOW
        within = "".join(f"Within {name} = {label}. " for name, label in breakdown.within)
        interval = breakdown.gap_interval
        return Finding(
            severity=severity,
            title=title,
            detail=(
                f"{within}{card.label} {value_text(card, worst.value, worst.interval)} (n = {worst.n:,}) against "
                f"{value_text(card, best.value, best.interval)} (n = {best.n:,}): gap "
                f"{estimate_text(card, gap, interval)}, "
                f"{interval.method if interval else ''}; {p_text(breakdown.gap_p_value)}, corrected over all gaps of "
                "the run."
            ),
            run_id=breakdown.run_id,
            measure=card.name,
            request_ids=self._examples(breakdown, worst),
        )

    def legal(self, breakdowns: list[Breakdown]) -> list[Finding]:
        """Return what the profile says, and the impact ratios below its line."""
        profile, line = self.profile, self.profile.impact_ratio_line
        if not breakdowns or not profile.says:
            return []
        first = breakdowns[0].run_id
        about = f"{profile.says} Sources: {'; '.join(profile.citations)}."
        found = [Finding(severity=Severity.INFO, title=f"Legal profile: {profile.title}", detail=about, run_id=first)]
        for b in breakdowns:
            if line is None or b.within or not _has_impact_ratio(b.card):
                continue
            run, by = label_of(self.evidence.run(b.run_id)), " and ".join(b.attributes)
            if b.ratio is None:
                title = f"{run}: no impact ratio by {by}: insufficient evidence"
                detail = f"Fewer than two groups have {self.gates.min_sufficient} people whose {by} is known."
                found.append(Finding(severity=Severity.INFO, title=title, detail=detail, run_id=b.run_id))
            elif b.ratio < line:
                found.append(self._below(b, run, by, line))
        return found

    def _below(self, b: Breakdown, run: str, by: str, line: float) -> Finding:
        judged = judged_groups(b)
        interval = b.ratio_interval
        certain = interval is not None and interval.high < line
        bounds = f" [{interval.low:.2f}, {interval.high:.2f}]" if interval is not None else ""
        words = "below the line" if certain else "below the line, which chance alone may explain"
        return Finding(
            severity=Severity.HIGH if certain else Severity.MEDIUM,
            title=f"{run}: impact ratio {b.ratio or 0.0:.2f} of {named(judged[0])} to {named(judged[-1])} ({by}), "
            f"under {line:g}",
            detail=f"Impact ratio of {b.card.label} {b.ratio or 0.0:.2f}{bounds}: {words} at {line:g} "
            f"({self.profile.line_source}).",
            run_id=b.run_id,
            measure=f"impact_ratio:{'+'.join(b.attributes)}",
            request_ids=self._examples(b, judged[0]),
        )

    def _certain(self, breakdown: Breakdown) -> bool:
        return is_certain(breakdown, self.alpha)

    def _line_note(self) -> str:
        if self.profile.impact_ratio_line is None:
            return "No line is drawn: no legal profile that has one is chosen (fairness.profile)."
        return f"The line at {self.profile.impact_ratio_line:g} is that of {self.profile.line_source}."

    def _reading(self, card: Card) -> Reading:
        return Reading(evidence=self.evidence, metric=find_metrics()[card.name], lists=self.lists)

    def _parameters(self, breakdown: Breakdown) -> dict[str, Parameter]:
        level = tuple(label for _, label in breakdown.within)
        hidden = [group.suppressed for group in breakdown.groups]
        return {
            **attribute_parameters((*breakdown.attributes, *self.control)),
            "min_people": self.gates.min_people,
            "min_sufficient": self.gates.min_sufficient,
            "hidden_groups": hidden_names([group.labels for group in breakdown.groups], hidden, level),
            "higher_is_better": breakdown.card.direction is not Direction.LOWER,
        }

    def _examples(self, breakdown: Breakdown, worst: Group) -> tuple[str, ...]:
        metric = find_metrics().get(breakdown.card.name)
        if metric is None or not hasattr(metric, "kernel"):
            return ()  # only a metric of lists has the worst list
        names = (*breakdown.attributes, *(name for name, _ in breakdown.within))
        labels = (*worst.labels, *(label for _, label in breakdown.within), *[UNKNOWN] * MAX_ATTRIBUTES)
        chosen: dict[str, Parameter] = {
            f"label_{place}": label for place, label in enumerate(labels[:MAX_ATTRIBUTES], 1)
        }
        reading = dataclasses.replace(self._reading(breakdown.card), evidence=self.evidence.of(breakdown.run_id))
        asked = attribute_parameters(names, self.attributes)
        frame = reading.frame("group_requests", None, n_rows=self.n_examples, **asked, **chosen)
        return tuple(str(request_id) for request_id in frame["request_id"])


def judged_groups(breakdown: Breakdown) -> list[Group]:
    """Return the groups that the gap is taken over, the worst first: the lowest value, or the highest where lower is
    better.
    """
    judged = [g for g in breakdown.groups if g.sufficient and g.value is not None and UNKNOWN not in g.labels]
    return sorted(judged, key=lambda g: g.value or 0.0, reverse=breakdown.card.direction is Direction.LOWER)


def is_certain(breakdown: Breakdown, alpha: float) -> bool:
    """Tell whether chance does not explain the gap: its interval is above 0, and its corrected p-value is small."""
    interval, p_value = breakdown.gap_interval, breakdown.gap_p_value
    return breakdown.gap is not None and interval is not None and interval.low > 0 and (p_value or 0.0) < alpha


def named(group: Group) -> str:
    """Return a group's labels as a sentence has them."""
    return " and ".join(group.labels)


def _has_impact_ratio(card: Card) -> bool:
    metric = find_metrics().get(card.name)
    return metric is not None and metric.bounds == UNIT and card.direction is Direction.HIGHER


def _note(worst: Group | None, value: float | None) -> str:
    if value is None:
        return "No value: the best group's is 0."
    return f"It is {named(worst)}, n = {worst.n:,}." if worst else ""


def _valued(card: Card, group: Group) -> str:
    return f"{named(group)} {value_text(card, group.value, group.interval)}"
