"""Accuracy: do the lists find what users chose next, and do they do so better than the reference run?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from audits.audit import Audit, Topic
from audits.comparability import obstacles
from audits.comparison import INSUFFICIENT, Testing, compare_runs
from audits.evidence import Evidence
from audits.measuring import Lists, measure
from audits.metrics.catalogue import find_list_metric, find_metric
from audits.results import AuditResult, Comparison, Finding, Measure, NotApplicable, Severity
from audits.scope import label_of
from audits.statistics.corrections import Correction
from audits.statistics.resampling import Method, Resampling
from audits.wording import NO_HIT, count_text, difference_text, measure_text, p_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy(Audit):
    """Accuracy on held-out items. The first of `metrics` is the one that the answer speaks of.

    Beside the rankings: AUC and log-loss of the matching task, RMSE and MAE of predicted ratings, where there are any.
    """

    metrics: tuple[str, ...] = (
        "ndcg", "recall", "hit_rate", "precision", "mrr", "map", "graded_ndcg", "auc", "log_loss", "rmse", "mae",
    )  # fmt: skip
    compared: tuple[str, ...] = ("ndcg", "recall", "hit_rate")  # against the reference, corrected together
    k: int | None = None  # None: as many as were asked for
    ranks: str = "strict"  # or compacted
    resamples: int = 2_000
    permutations: int = 10_000
    level: float = 0.95
    alpha: float = 0.05
    correction: Correction = "holm"
    min_users: int = 20  # fewer pairs are never called a difference
    interval_method: Method = "auto"
    seed: int = 7

    name: ClassVar[str] = "accuracy"
    title: ClassVar[str] = "Accuracy"
    question: ClassVar[str] = "Which run ranks best what users chose next, and is it better than the reference?"
    version: ClassVar[int] = 1
    needs: ClassVar[frozenset[str]] = frozenset({"targets", "slots"})
    section: ClassVar[str] = "A"
    topic: ClassVar[Topic] = Topic.QUALITY
    source: ClassVar[str] = "Smucker et al., CIKM 2007; Ihemelandu and Ekstrand, SIGIR 2023; Holm 1979"

    def run(self, evidence: Evidence) -> AuditResult | NotApplicable:
        """Measure every run, and compare with the reference those that may be compared."""
        how = Resampling(resamples=self.resamples, seed=self.seed, level=self.level, method=self.interval_method)
        lists = Lists(k=self.k, ranks=self.ranks)
        metrics = list(dict.fromkeys(self.metrics))
        measures = [m for name in metrics for m in measure(evidence, find_metric(name), how, lists)]
        if all(m.value is None for m in measures):
            reason = "No request of these runs has held-out items in the cohort."
            return NotApplicable(audit=self.name, question=self.question, run_ids=evidence.run_ids, reason=reason)
        findings, comparable = self._comparable(evidence)
        testing = Testing(
            alpha=self.alpha, min_users=self.min_users, permutations=self.permutations, correction=self.correction,
            how=how,
        )  # fmt: skip
        comparisons: tuple[Comparison, ...] = ()
        if comparable and evidence.reference_run_id is not None:
            compared = [find_list_metric(name) for name in self.compared]
            comparisons = compare_runs(evidence, compared, comparable, evidence.reference_run_id, testing, lists)
        findings += self._judged(evidence, comparisons)
        return AuditResult(
            audit=self.name,
            version=self.version,
            question=self.question,
            run_ids=evidence.run_ids,
            answer=self._answer(evidence, [m for m in measures if m.name == metrics[0]], comparisons),
            sections=(*measures, *comparisons, *findings),
        )

    def _comparable(self, evidence: Evidence) -> tuple[list[Finding], list[str]]:
        """Return which runs may be compared with the reference, and a finding for each that may not."""
        if evidence.reference_run_id is None:
            return [], []
        reference = evidence.run(evidence.reference_run_id)
        findings, comparable = [], []
        for run in evidence.runs:
            if run.run_id == reference.run_id:
                continue
            reasons = obstacles(run, reference, self.k)
            if reasons:
                said = f"Not compared: {label_of(run)} with the reference {label_of(reference)}"
                findings.append(
                    Finding(
                        severity=Severity.LOW, title=said, detail=f"Because {'; '.join(reasons)}.",
                        run_id=run.run_id, measure=self.metrics[0],
                    )
                )  # fmt: skip
            else:
                comparable.append(run.run_id)
        return findings, comparable

    def _judged(self, evidence: Evidence, comparisons: tuple[Comparison, ...]) -> list[Finding]:
        """Return a finding for each run that is not shown to be better, and for each compared on some users only."""
        findings = []
        for c in comparisons:
            if c.card.name != self.compared[0]:
                continue
            run, reference = evidence.run(c.run_id), evidence.run(c.reference_run_id)
            said = f"{c.card.label} differs by {difference_text(c)}, {p_text(c.p_value)} ({c.correction}), "
            said += f"{count_text(c.n, 'users')}."
            if c.verdict != "higher":
                verb = "is worse than" if c.verdict == "lower" else "is not shown to be better than"
                findings.append(
                    Finding(
                        severity=Severity.HIGH if c.verdict == "lower" else Severity.MEDIUM,
                        title=f"{label_of(run)} {verb} {label_of(reference)} by {c.card.label}",
                        detail=said, run_id=c.run_id, measure=c.card.name,
                    )
                )  # fmt: skip
            if c.n < max(run.n_users, reference.n_users):
                detail = f"Users asked for: {run.n_users:,} and {reference.n_users:,}; scored in both: {c.n:,}."
                title = f"{label_of(run)} and {label_of(reference)} are compared on {count_text(c.n, 'common users')}"
                findings.append(
                    Finding(severity=Severity.INFO, title=title, detail=detail, run_id=c.run_id, measure=c.card.name)
                )
        return findings

    def _answer(self, evidence: Evidence, main: list[Measure], comparisons: tuple[Comparison, ...]) -> str:
        scored = [m for m in main if m.value is not None]
        if not scored:
            return "No run has a value."
        best = max(scored, key=lambda m: m.value or 0.0)
        run = evidence.run(best.run_id)
        protocols = {r.candidate_protocol for r in evidence.runs}
        if len(protocols) > 1:
            return (
                f"The runs used different candidate protocols ({', '.join(sorted(protocols))}), so that they cannot be "
                "put in one order."
            )
        if not best.value:
            return f"{NO_HIT}: {best.card.label} is 0 for {count_text(best.n, 'users')}."
        said = f"{label_of(run)} ranks best: {best.card.label} {measure_text(best)} over {count_text(best.n, 'users')}"
        if best.run_id == evidence.reference_run_id:
            return f"{said}; it is the reference itself."
        own = next((c for c in comparisons if c.run_id == best.run_id and c.card.name == best.name), None)
        return f"{said}{_compared(evidence, own)}"


def _compared(evidence: Evidence, best: Comparison | None) -> str:
    """End the answer with how the best run stands to the reference."""
    if best is None:
        return "; it was not compared with a reference."
    reference = label_of(evidence.run(best.reference_run_id))
    if best.verdict == INSUFFICIENT:
        return f"; insufficient evidence that it differs from {reference} ({p_text(best.p_value)})."
    return f", {difference_text(best)} {best.verdict} than {reference} ({p_text(best.p_value)}, {best.correction})."
