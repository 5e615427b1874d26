"""Stability over time: do lists stay as good, and do they follow users whose taste moves?"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import ClassVar

from audits.audit import Audit, Topic
from audits.evidence import Evidence
from audits.grouping import Gates
from audits.measuring import Lists, Reading, measure
from audits.metrics.catalogue import find_list_metric, find_metric
from audits.metrics.metric import ListMetric, Metric, RunMetric
from audits.queries import Parameter
from audits.results import AuditResult, Breakdown, Finding, Measure, NotApplicable, Section, Severity, Table
from audits.scope import label_of
from audits.statistics.resampling import Method, Resampling
from audits.windows import Windows, by_novelty, by_time, find_windows
from audits.wording import estimate_text, measure_text, value_text

DRIFT = ("preference_drift", "list_drift", "drift_following", "new_interest_share", "new_interest_lag")
COLD = ("new_item_recall", "known_item_recall")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stability(Audit):
    """Metrics in time windows, drift, lag of new interests, and accuracy on what is new in a window.

    A request belongs to the moment at which its user met the first held-out item (else to its cutoff). Windows are of
    equal length between the first and the last moment of a run, or of `days` each.
    """

    metrics: tuple[str, ...] = (
        "ndcg",
        "hit_rate",
        "arp",
        "intra_list_diversity",
    )  # the first is also taken for new users
    windows: int = 4
    days: float | None = None
    label_kind: str = "category"  # kind of item label that taste is told by
    recent: int = 10  # last interactions before the cutoff that are the recent taste
    settled: int = 10  # first interactions, whose labels are no new interests
    listed_share: float = 0.5  # of new interests that must be in the lists for the lag to be over
    k: int | None = None
    ranks: str = "strict"
    min_people: int = 10
    min_sufficient: int = 100
    resamples: int = 2_000
    level: float = 0.95
    interval_method: Method = "auto"
    seed: int = 7

    name: ClassVar[str] = "stability"
    title: ClassVar[str] = "Stability over time"
    question: ClassVar[str] = "Do the lists stay as good over time, and do they follow users whose taste moves?"
    version: ClassVar[int] = 1
    needs: ClassVar[frozenset[str]] = frozenset({"slots"})
    section: ClassVar[str] = "J"
    topic: ClassVar[Topic] = Topic.QUALITY
    leads: ClassVar[tuple[str, ...]] = ("drift_following", "new_interest_share", "list_drift")
    shows: ClassVar[tuple[str, ...]] = (*DRIFT, *COLD)
    source: ClassVar[str] = "Lathia et al., SIGIR 2010; Games and Howell 1976; Schein et al., SIGIR 2002"
    routine: ClassVar[bool] = False

    def run(self, evidence: Evidence) -> AuditResult | NotApplicable:
        """Look at every run in its own windows."""
        measures: list[Measure] = []
        breakdowns: list[Breakdown] = []
        others: list[Section] = []
        for run in evidence.runs:
            own = evidence.of(run.run_id)
            windows = find_windows(own, self.windows, self.days)
            measures += self._measures(own, windows)
            breakdowns += self._breakdowns(own, windows)
            others += [*self._interests(own), *self._unwindowed(own, windows)]
        if all(m.value is None for m in measures) and not breakdowns:
            reason = "No two requests lie apart in time, and no history is long enough to show drift."
            if not any(run.n_requests for run in evidence.runs):
                reason = "No request is recorded of these runs in the cohort."
            return NotApplicable(audit=self.name, question=self.question, run_ids=evidence.run_ids, reason=reason)
        findings = [f for b in breakdowns if (f := self._changing(evidence, b)) is not None]
        findings += [f for m in measures if (f := _lagging(evidence, m)) is not None]
        return AuditResult(
            audit=self.name,
            version=self.version,
            question=self.question,
            run_ids=evidence.run_ids,
            answer=_answer(evidence, breakdowns, measures, self.min_people),
            sections=(*measures, *breakdowns, *others, *findings),
        )

    def _measures(self, own: Evidence, windows: Windows | None) -> list[Measure]:
        how = Resampling(resamples=self.resamples, seed=self.seed, level=self.level, method=self.interval_method)
        lists = Lists(k=self.k, ranks=self.ranks)
        found = [m for name in DRIFT for m in measure(own, self._set(find_metric(name)), how, lists)]
        if windows is not None:
            for name in COLD:
                found += measure(own, self._set(find_metric(name), windows.parameters), how, lists)
        return [self._explained(m) for m in found]

    def _set(self, metric: Metric, more: dict[str, Parameter] | None = None) -> Metric:
        """Put the audit's settings into the metric's parameters."""
        if not isinstance(metric, ListMetric | RunMetric):
            return metric
        mine: dict[str, Parameter] = {
            "label_kind": self.label_kind, "n_recent": self.recent, "n_settled": self.settled,
            "listed_share": self.listed_share, "min_people": self.min_people, **(more or {}),
        }  # fmt: skip
        known = {name: mine.get(name, value) for name, value in metric.parameters}
        return dataclasses.replace(metric, parameters=tuple(known.items()))

    def _explained(self, m: Measure) -> Measure:
        if m.name != "new_interest_lag" or m.value is not None or "the log does not hold" in m.note:
            return m
        note = f"In no age band of at least {self.min_people} users are {100 * self.listed_share:.0f}% of the new "
        note += (
            f"{self.label_kind} interests in the lists." if m.n else f"interests listed: no {self.label_kind} is new."
        )
        return dataclasses.replace(m, note=note)

    def _breakdowns(self, own: Evidence, windows: Windows | None) -> list[Breakdown]:
        if windows is None:
            return []
        gates = Gates(min_people=self.min_people, min_sufficient=self.min_sufficient, level=self.level)
        found = []
        for place, name in enumerate(dict.fromkeys(self.metrics)):
            metric = find_list_metric(name)
            if metric.needs - own.available:
                continue
            reading = Reading(evidence=own, metric=metric, lists=Lists(k=self.k, ranks=self.ranks))
            found.append(by_time(reading, windows, gates))
            if place == 0:
                found.append(by_novelty(reading, windows, gates))
        return [breakdown for breakdown in found if breakdown is not None]

    def _interests(self, own: Evidence) -> list[Table]:
        """Return the share of new interests that are listed by their age, with what chance would list."""
        if "item_labels" not in own.available:
            return []
        parameters: dict[str, Parameter] = {
            "label_kind": self.label_kind, "n_settled": self.settled, "min_people": self.min_people, "k": self.k,
        }  # fmt: skip
        using = {} if self.ranks == "strict" else {"ranked": "ranked_compacted"}
        rows = own.rows("interest_table", using=using, **parameters)
        if not rows:
            return []
        unmet = own.rows("unmet_interests", using=using, **parameters)[0][2]
        said = "Age in interactions since the label was first met, after a settled history; bands of fewer than "
        said += f"{self.min_people} users are left out."
        if unmet is not None:
            said += f" Of the labels that a user never met, {100 * unmet:.1f}% are listed."
        return [
            Table(
                title=f"New {self.label_kind} interests in the lists of {label_of(own.runs[0])}, by age",
                columns=("age_from", "age_to", "n_interests", "n_users", "listed_share"),
                rows=tuple((*row[:-1], round(row[-1], 4)) for row in rows),
                sql=own.runnable_sql("interest_table", using=using, **parameters),
                note=said,
            )
        ]

    def _unwindowed(self, own: Evidence, windows: Windows | None) -> list[Finding]:
        run = own.runs[0]
        if windows is not None or not run.n_requests:
            return []
        title = f"The requests of {label_of(run)} do not lie apart in time: nothing can be said of it over time"
        return [
            Finding(
                severity=Severity.INFO,
                title=title,
                detail="Windows need different moments, and data whose timestamps are times and not an order.",
                run_id=run.run_id,
            )
        ]

    def _changing(self, evidence: Evidence, b: Breakdown) -> Finding | None:
        """Return a finding where windows (or new and known users) differ by more than chance."""
        if b.gap is None or b.gap_interval is None or b.gap_interval.low <= 0:
            return None
        judged = sorted((g for g in b.groups if g.sufficient and g.value is not None), key=lambda g: g.value or 0.0)
        low, high, run = judged[0], judged[-1], evidence.run(b.run_id)
        return Finding(
            severity=Severity.MEDIUM,
            title=f"{b.card.label} of {label_of(run)} is not stable: {low.labels[0]} has least, {high.labels[0]} most",
            detail=(
                f"{value_text(b.card, low.value, low.interval)} (n = {low.n:,}) against "
                f"{value_text(b.card, high.value, high.interval)} (n = {high.n:,}): gap "
                f"{estimate_text(b.card, b.gap, b.gap_interval)}. Windows hold "
                "other users: this may be the users, not the time."
            ),
            run_id=b.run_id,
            measure=b.card.name,
        )


def _lagging(evidence: Evidence, m: Measure) -> Finding | None:
    if m.name != "drift_following" or m.interval is None or m.interval.high >= 0:
        return None
    title = f"The lists of {label_of(evidence.run(m.run_id))} keep to the older taste: {m.card.label} {measure_text(m)}"
    detail = f"Over {m.n:,} users with a history long enough; a short recent part draws the value down (see the card)."
    return Finding(severity=Severity.LOW, title=title, detail=detail, run_id=m.run_id, measure=m.name)


def _answer(evidence: Evidence, breakdowns: list[Breakdown], measures: list[Measure], min_people: int) -> str:
    timed = [b for b in breakdowns if b.attributes == ("time window",)]
    judged = [b for b in timed if b.gap is not None]
    said = []
    if judged:
        widest = max(judged, key=lambda b: (b.card.name == judged[0].card.name, b.gap or 0.0))
        sure = widest.gap_interval is not None and widest.gap_interval.low > 0
        gap = estimate_text(widest.card, widest.gap, widest.gap_interval)
        said.append(
            f"{widest.card.label} of {label_of(evidence.run(widest.run_id))} differs between windows by up to {gap}, "
            + ("more than chance explains." if sure else "which chance may explain.")
        )
    elif timed:
        said.append("Insufficient evidence of change over time: fewer than two windows have enough users.")
    following = [m for m in measures if m.name == "drift_following" and m.value is not None]
    enough = [m for m in following if m.n >= min_people]
    if enough:
        best = max(enough, key=lambda m: m.value or 0.0)
        follows = "follows drift most" if len(enough) > 1 else "follows drift"
        said.append(f"{label_of(evidence.run(best.run_id))} {follows}: {best.card.label} {measure_text(best)}.")
    elif following:
        said.append(f"Insufficient evidence of who follows drift: fewer than {min_people} users have one to follow.")
    return " ".join(said) or "Nothing over time could be judged."
