"""Providers: how are the places in the lists shared out between those whose items are recommended?"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from audits.audit import Audit, Topic
from audits.columns import number_text
from audits.errors import AuditError
from audits.evidence import Evidence
from audits.measuring import Lists, measure
from audits.metrics.catalogue import find_metric
from audits.metrics.metric import Metric, parameters_of, with_parameters
from audits.queries import Parameter
from audits.results import AuditResult, Finding, Measure, NotApplicable, Severity, Table
from audits.scope import UNKNOWN, label_of
from audits.statistics.resampling import Resampling
from audits.wording import value_text

MEASURES = (
    "exposure_difference", "exposure_ratio", "exposure_merit_ratio", "attention_inequity", "rsp", "reo",
    "worst_off_share",
)  # fmt: skip
POPULARITY = "popularity"  # grouping into head and long tail, which no item states
_DEFAULT_GROUPING = "providers, unless another grouping is set"


@dataclass(frozen=True, slots=True, kw_only=True)
class Providers(Audit):
    """Exposure of groups of items: by provider, domain, popularity (head and long tail), or a kind of item label.

    Any kind of label that the catalogue has can stand for the provider: category, creator, brand, publisher.
    """

    group_kind: str = "provider"
    worst_off: float = 0.2  # the share of groups that the share of the worst off is taken of
    unequal: float = 0.5  # exposure ratio below which it is a finding: medium
    min_expected: float = 5.0  # places that even chances give a group, from which it is judged
    k: int | None = None
    ranks: str = "strict"  # or compacted
    n_groups: int = 20  # rows of the table: half the most, half the least exposed groups

    name: ClassVar[str] = "providers"
    title: ClassVar[str] = "Fairness to providers"
    question: ClassVar[str] = "Who gets the places in the lists, and is it in proportion to what they offer?"
    version: ClassVar[int] = 1
    section: ClassVar[str] = "C"
    topic: ClassVar[Topic] = Topic.SERVED
    leads: ClassVar[tuple[str, ...]] = ("attention_inequity", "exposure_ratio", "worst_off_share")
    shows: ClassVar[tuple[str, ...]] = MEASURES
    needs: ClassVar[frozenset[str]] = frozenset({"items", "slots"})
    source: ClassVar[str] = "Singh and Joachims, KDD 2018; Biega et al., SIGIR 2018; Zhu et al., SIGIR 2020"

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ValueError: a share outside (0, 1], or a table without rows.
        """
        if not 0 < self.worst_off <= 1 or not 0 <= self.unequal <= 1:
            raise ValueError("worst_off lies above 0 and up to 1, unequal between 0 and 1")
        if self.n_groups < 2:
            raise ValueError(f"n_groups must be at least 2, not {self.n_groups}")

    def run(self, evidence: Evidence) -> AuditResult | NotApplicable:
        """Measure every run, and show who is exposed most and least."""
        reason = self._ungrouped(evidence)
        if reason:
            return NotApplicable(audit=self.name, question=self.question, run_ids=evidence.run_ids, reason=reason)
        lists = Lists(k=self.k, ranks=self.ranks)
        measures = [
            m for name in MEASURES for m in measure(evidence, self._set(find_metric(name)), Resampling(), lists)
        ]
        if all(m.value is None for m in measures):
            reason = f"Nothing was delivered in the cohort of which a {self.group_kind} is known, or of one group only."
            return NotApplicable(audit=self.name, question=self.question, run_ids=evidence.run_ids, reason=reason)
        standings = [self._standing(evidence, run.run_id) for run in evidence.runs]
        return AuditResult(
            audit=self.name,
            version=self.version,
            question=self.question,
            run_ids=evidence.run_ids,
            answer=self._answer(evidence, measures, standings),
            sections=(
                *measures,
                *(self._table(evidence, one) for one in standings),
                *(finding for one in standings if (finding := self._finding(evidence, one)) is not None),
            ),
        )

    def _ungrouped(self, evidence: Evidence) -> str:
        """Return why the catalogue has no such groups; empty where it has.

        Raises:
            AuditError: the grouping is none that this catalogue has, and none that every catalogue may have.
        """
        kinds = {str(kind): (int(n_items), int(n_groups)) for kind, n_items, n_groups in evidence.rows("group_kinds")}
        if self.group_kind == POPULARITY and "training" in evidence.available:
            return ""
        if self.group_kind in kinds:
            n_groups = kinds[self.group_kind][1]
            return "" if n_groups > 1 else f"All items have the same {self.group_kind}: there is nothing to compare."
        others = ", ".join([*kinds, POPULARITY])
        if self.group_kind not in ("provider", "domain", POPULARITY):
            raise AuditError(f"No item has a label of the kind {self.group_kind!r}; items can be grouped by {others}.")
        return (
            f"The log holds no {self.group_kind} of any item. Items can be grouped by {others}: "
            f"--set providers.group_kind={next(iter(kinds), POPULARITY)}."
        )

    def _set(self, metric: Metric) -> Metric:
        """Put the grouping into the metric's parameters and its card."""
        mine: dict[str, Parameter] = {"group_kind": self.group_kind, "worst_off": self.worst_off}
        known = parameters_of(metric)
        metric = with_parameters(metric, {name: value for name, value in mine.items() if name in known})
        percent = f"{100 * self.worst_off:g}%"
        card = dataclasses.replace(
            metric.card,
            label=metric.card.label.replace("20%", percent),
            formula=metric.card.formula.replace("20%", percent),
            range=metric.card.range.replace("0.2", f"{self.worst_off:g}"),
            denominator=metric.card.denominator.replace(_DEFAULT_GROUPING, f"here by {self.group_kind}"),
        )
        return dataclasses.replace(metric, card=card)

    def _standing(self, evidence: Evidence, run_id: str) -> _Standing:
        own = evidence.of(run_id)
        parts = {} if self.ranks == "strict" else {"placed": "placed_compacted"}
        asked: dict[str, Parameter] = {"k": self.k, "group_kind": self.group_kind}
        rows = own.rows("group_table", using=parts, n_rows=_EVERY_ROW, **asked)
        sql = own.runnable_sql("group_table", using=parts, n_rows=self.n_groups // 2, **asked)
        return _Standing(run_id=run_id, rows=rows, sql=sql)

    def _table(self, evidence: Evidence, standing: _Standing) -> Table:
        half = self.n_groups // 2
        shown = standing.rows if len(standing.rows) <= 2 * half else (*standing.rows[:half], *standing.rows[-half:])
        return Table(
            title=f"Exposure by {self.group_kind} in the lists of {label_of(evidence.run(standing.run_id))}",
            columns=(
                "group", "items", "deliveries", "exposure per item and 1,000 lists", "share of exposure",
                "share of catalogue", "share of held-out items",
            ),
            rows=shown,
            sql=standing.sql,
            note=(
                f"The {half} most and the {half} least exposed of {len(standing.rows):,} groups, by exposure per item; "
                "items of no known group are unknown. An item of several groups counts in equal parts for each."
            ),
        )  # fmt: skip

    def _finding(self, evidence: Evidence, standing: _Standing) -> Finding | None:
        """Return what is uneven beyond chance: among groups large enough to expect a few places in these lists."""
        judged = [row for row in standing.known if standing.expected(row) >= self.min_expected]
        if len(judged) < 2 or not judged[0][3] or judged[-1][3] / judged[0][3] >= self.unequal:
            return None
        most, least, label = judged[0], judged[-1], label_of(evidence.run(standing.run_id))
        unseen = [row for row in judged if not row[2]]
        return Finding(
            severity=Severity.MEDIUM,
            title=f"{label} shows items of {least[0]} far less than items of {most[0]}",
            detail=(
                f"In 1,000 lists an item of {most[0]} ({number_text(most[1])} items) gets {number_text(most[3])} "
                f"exposure, one of {least[0]} ({number_text(least[1])} items) {number_text(least[3])}, less than "
                f"{self.unequal:g} of it. {len(unseen):,} of {len(judged):,} groups are never shown. Judged are "
                f"groups that even chances would give at least {self.min_expected:g} places."
            ),
            run_id=standing.run_id,
            measure="exposure_ratio",
        )

    def _answer(self, evidence: Evidence, measures: Sequence[Measure], standings: Sequence[_Standing]) -> str:
        told = {one.run_id: one for one in standings}
        for name in ("attention_inequity", "rsp"):
            scored = sorted(
                (m for m in measures if m.name == name and m.value is not None), key=lambda m: m.value or 0.0
            )
            if scored:
                break
        else:
            return f"No run has two groups by {self.group_kind} whose exposure could be compared."
        against = "what users chose next" if name == "attention_inequity" else "the items that they have"

        def said(m: Measure) -> str:
            unseen = sum(1 for row in told[m.run_id].known if not row[2])
            never = f"{unseen:,} of {len(told[m.run_id].known):,} groups never shown"
            return f"{label_of(evidence.run(m.run_id))} ({m.card.label} {value_text(m.card, m.value)}, {never})"

        best, worst = scored[0], scored[-1]
        if len(scored) == 1:
            return f"By {self.group_kind}, exposure against {against}: {said(best)}."
        return f"By {self.group_kind}, exposure is furthest from {against} in {said(worst)}, nearest in {said(best)}."


_EVERY_ROW = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """The rows of `group_table` of one run, all groups, and the query of those that are shown."""

    run_id: str
    rows: tuple[tuple, ...]
    sql: str

    @property
    def known(self) -> list[tuple]:
        """The rows of groups with a name, the most exposed first."""
        return [row for row in self.rows if row[0] != UNKNOWN]

    def expected(self, row: tuple) -> float:
        """Return the places that a group would have if all items had the same chance."""
        return float(row[5] or 0.0) * sum(float(other[2]) for other in self.rows)
