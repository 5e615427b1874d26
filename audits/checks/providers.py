"""Providers: how are the places in the lists shared out between those whose items are recommended?"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from audits.audit import Audit
from audits.errors import AuditError
from audits.evidence import Evidence
from audits.measuring import Lists, measure
from audits.metrics.catalogue import find_metric
from audits.metrics.metric import Metric, parameters_of, with_parameters
from audits.queries import Parameter
from audits.results import AuditResult, Finding, Measure, NotApplicable, Severity, Table
from audits.scope import label_of
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
    k: int | None = None
    ranks: str = "strict"  # or compacted
    n_groups: int = 20  # rows of the table: half the most, half the least exposed groups

    name: ClassVar[str] = "providers"
    title: ClassVar[str] = "Fairness to providers"
    question: ClassVar[str] = "Who gets the places in the lists, and is it in proportion to what they offer?"
    version: ClassVar[int] = 1
    section: ClassVar[str] = "C"
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
        tables = {run.run_id: self._table(evidence, run.run_id) for run in evidence.runs}
        ratios = [m for m in measures if m.name == "exposure_ratio" and m.value is not None]
        return AuditResult(
            audit=self.name,
            version=self.version,
            question=self.question,
            run_ids=evidence.run_ids,
            answer=self._answer(evidence, ratios, tables),
            sections=(*measures, *tables.values(), *self._findings(evidence, ratios, tables)),
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

    def _table(self, evidence: Evidence, run_id: str) -> Table:
        own = evidence.of(run_id)
        parts = {} if self.ranks == "strict" else {"placed": "placed_compacted"}
        asked: dict[str, Parameter] = {"k": self.k, "group_kind": self.group_kind, "n_rows": self.n_groups // 2}
        rows = own.rows("group_table", using=parts, **asked)
        return Table(
            title=f"Exposure by {self.group_kind} in the lists of {label_of(evidence.run(run_id))}",
            columns=(
                "group", "items", "deliveries", "exposure per item and 1,000 lists", "share of exposure",
                "share of catalogue", "share of held-out items",
            ),
            rows=rows,
            sql=own.runnable_sql("group_table", using=parts, **asked),
            note=(
                f"The {self.n_groups // 2} most and the {self.n_groups // 2} least exposed groups per item, and the "
                "items of no known group as unknown. An item of several groups counts in equal parts for each."
            ),
        )  # fmt: skip

    def _findings(self, evidence: Evidence, ratios: Sequence[Measure], tables: dict[str, Table]) -> list[Finding]:
        found = []
        for m in ratios:
            if m.value is None or m.value >= self.unequal:
                continue
            most, least = _ends(tables[m.run_id])
            label = label_of(evidence.run(m.run_id))
            found.append(
                Finding(
                    severity=Severity.MEDIUM,
                    title=f"{label} shows items of {least[0]} far less than items of {most[0]}",
                    detail=(
                        f"{m.card.label} {value_text(m.card, m.value)}, below {self.unequal:g}: an item of {least[0]} "
                        f"({_count(least[1])} items) gets {_said(least[3])} exposure in 1,000 lists, one of {most[0]} "
                        f"({_count(most[1])} items) {_said(most[3])}."
                    ),
                    run_id=m.run_id,
                    measure=m.name,
                )
            )
        return found

    def _answer(self, evidence: Evidence, ratios: Sequence[Measure], tables: dict[str, Table]) -> str:
        if not ratios:
            return f"No run has two groups by {self.group_kind} whose exposure could be compared."
        worst = min(ratios, key=lambda m: m.value or 0.0)
        most, least = _ends(tables[worst.run_id])
        said = (
            f"By {self.group_kind}, {label_of(evidence.run(worst.run_id))} is least even of {len(ratios)} "
            f"run{'' if len(ratios) == 1 else 's'}: an item of {least[0]} gets "
            f"{value_text(worst.card, worst.value)} of the exposure of an item of {most[0]}"
        )
        return f"{said}, over {worst.n:,} groups."


def _ends(table: Table) -> tuple[tuple, tuple]:
    """Return the most and the least exposed known group per item."""
    known = [row for row in table.rows if row[0] != "unknown"]
    return known[0], known[-1]


def _count(value: object) -> str:
    return f"{float(value):,.0f}"  # type: ignore[arg-type]


def _said(value: object) -> str:
    return f"{float(value or 0):,.1f}"  # type: ignore[arg-type]
