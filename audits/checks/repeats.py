"""Repeats: does asking the same again give the same, and how much of the variance is the model's own chance?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from audits.audit import Audit, Topic
from audits.errors import AuditError
from audits.evidence import Evidence
from audits.measuring import Lists, Reading
from audits.metrics.catalogue import find_list_metric
from audits.metrics.metric import card_at
from audits.metrics.ndcg import METRIC as UTILITY
from audits.queries import Parameter, named_queries
from audits.repeat_cards import AGREEMENT, component_card
from audits.results import AuditResult, Card, Finding, Measure, NotApplicable, Severity, Table
from audits.scope import label_of
from audits.statistics.components import Components, component_intervals, components
from audits.statistics.resampling import Resampling, mean_interval
from audits.wording import measure_text, value_text
from engine.records import Paradigm
from engine.runlog.outside.importing import RECOMMENDER as IMPORTED

_GENERATE = (Paradigm.GR, Paradigm.DMI)  # whose lists a language model writes or judges: it may answer otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats(Audit):
    """Variance between users and within a prompt apart, and agreement of lists, of runs that ask several times."""

    metrics: tuple[str, ...] = ("ndcg",)
    k: int | None = None
    min_repeats: int = 3  # answers a request; fewer do not tell a model's chance
    min_users: int = 50  # fewer with so many answers: insufficient evidence
    share_high: float = 0.5  # of the variance of one answer: from there on one answer says little
    rbo_p: float = 0.9  # persistence of rank-biased overlap
    level: float = 0.95
    resamples: int = 2_000
    seed: int = 7

    name: ClassVar[str] = "repeats"
    title: ClassVar[str] = "Repeats"
    question: ClassVar[str] = "Does asking the same again give the same, and how much of the variance is chance?"
    version: ClassVar[int] = 1
    needs: ClassVar[frozenset[str]] = frozenset({"slots"})
    source: ClassVar[str] = "Searle, Casella and McCulloch 1992; Webber, Moffat and Zobel, TOIS 2010"
    topic: ClassVar[Topic] = Topic.ASKING
    routine: ClassVar[bool] = False
    takes_any_metric: ClassVar[bool] = True
    cards: ClassVar[tuple[Card, ...]] = (
        *AGREEMENT.values(), component_card(UTILITY.card, "between"), component_card(UTILITY.card, "within"),
        component_card(UTILITY.card, "share"),
    )  # fmt: skip

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ValueError: a number is out of its range.
        """
        if self.min_repeats < 2:
            raise ValueError(f"min_repeats is 2 or more, not {self.min_repeats}")
        if not 0 < self.rbo_p < 1:
            raise ValueError(f"rbo_p lies between 0 and 1, not at {self.rbo_p}")
        if not self.metrics:
            raise AuditError("repeats.metrics names no metric.")
        for name in self.metrics:
            find_list_metric(name)
        _ = self._how

    def run(self, evidence: Evidence) -> AuditResult | NotApplicable:
        """Judge every run that asks often enough; say which do not, and what to run."""
        counts = evidence.query("repeat_counts", using=None, k=Lists(k=self.k).k, min_repeats=self.min_repeats)
        repeated = {str(row[0]): int(row[1]) for row in counts[["run_id", "n_repeated"]].to_numpy()}
        judged = [run_id for run_id in evidence.run_ids if repeated.get(run_id, 0) > 0]
        if not judged:
            reason = f"No request of these runs was answered {self.min_repeats} times. {self._how_to(evidence)}"
            return NotApplicable(audit=self.name, question=self.question, run_ids=evidence.run_ids, reason=reason)
        found = evidence.of(*judged)
        agreement = self._agreement(found)
        variances, tables = [], []
        for name in self.metrics:
            if find_list_metric(name).needs <= evidence.available:
                measures, shown = self._variance(found, name)
                variances += measures
                tables += shown
        findings = [
            *(f for m in variances if (f := self._finding(found, m, repeated[m.run_id])) is not None),
            *self._unasked(evidence, judged),
        ]
        return AuditResult(
            audit=self.name,
            version=self.version,
            question=self.question,
            run_ids=evidence.run_ids,
            answer=self._answer(found, agreement, variances, repeated),
            sections=(*agreement, *variances, *tables, *findings),
        )

    @property
    def _how(self) -> Resampling:
        return Resampling(resamples=self.resamples, seed=self.seed, level=self.level)

    def _agreement(self, evidence: Evidence) -> list[Measure]:
        asked: dict[str, Parameter] = {"k": self.k, "rbo_p": self.rbo_p, "similarity": "jaccard"}
        frame, measures = evidence.query("agreement_by_user", using=None, **asked), []
        for run_id in evidence.run_ids:
            own = frame.loc[frame["run_id"] == run_id]
            for name, card in AGREEMENT.items():
                values = own[name].to_numpy(dtype=float)
                scored = values[pd.notna(values)]
                measures.append(
                    Measure(
                        card=card_at(card, self.k or evidence.run(run_id).k), run_id=run_id,
                        value=float(scored.mean()) if len(scored) else None, n=len(scored),
                        unscored=len(values) - len(scored),
                        interval=mean_interval(scored, self._how, (0.0, 1.0)) if len(scored) else None,
                        sql=evidence.of(run_id).runnable_sql("agreement", using=None, agreement=name, **asked),
                        note="" if len(scored) else "No two answers of a user name anything.",
                    )
                )  # fmt: skip
        return measures

    def _variance(self, evidence: Evidence, name: str) -> tuple[list[Measure], list[Table]]:
        reading = Reading(evidence=evidence, metric=find_list_metric(name), lists=Lists(k=self.k))
        frame, measures, tables = reading.frame("user_repeats"), [], []
        for run_id in evidence.run_ids:
            own = frame.loc[frame["run_id"] == run_id]
            counts, sums, squares = own[["n_scored", "value_sum", "square_sum"]].to_numpy(dtype=float).T
            found = components(counts, sums, squares) if len(own) else None
            intervals = component_intervals(counts, sums, squares, self._how)
            parts = (("between", found and found.between), ("within", found and found.within),
                     ("share", found and found.share))  # fmt: skip
            measures += [
                Measure(
                    card=component_card(reading.card(run_id), part), run_id=run_id, value=value, n=len(own),
                    interval=interval if value is not None else None,
                    sql=reading.sql("variance_components", run_id, component=part),
                    note=_note(value, name),
                )
                for (part, value), interval in zip(parts, intervals, strict=True)
            ]  # fmt: skip
            tables.append(self._means(reading, run_id, found, len(own)))
        return measures, tables

    def _means(self, reading: Reading, run_id: str, found: Components | None, n_users: int) -> Table:
        """Return the run's mean in each repeat, and say what asking once or ten times makes of its standard error."""
        one = reading.evidence.of(run_id)
        note = "The means differ between repeats by the model's chance alone: the users are the same."
        if found is not None and n_users > 1:
            once, ten = (((found.between + found.within / n) / n_users) ** 0.5 for n in (1, 10))
            note += f" Standard error of the mean over {n_users:,} users: {once:.4f} asked once, {ten:.4f} ten times."
        return Table(
            title=f"{reading.card(run_id).label} in each repeat, {label_of(one.run(run_id))}",
            columns=("run_id", "repeat", "users", "mean"),
            rows=one.rows("repeat_means", using=reading.using, **reading.parameters),
            sql=reading.sql("repeat_means", run_id),
            note=note,
        )

    def _finding(self, evidence: Evidence, share: Measure, n_repeated: int) -> Finding | None:
        if not share.name.startswith("sampling_share") or share.value is None or n_repeated < self.min_users:
            return None
        if share.interval is None or share.interval.low < self.share_high:
            return None
        run, value = label_of(evidence.run(share.run_id)), value_text(share.card, share.value, share.interval)
        return Finding(
            severity=Severity.MEDIUM,
            title=f"{run}: {value} of the variance of one answer is chance",
            detail=f"{share.card.label} {measure_text(share)} over {share.n:,} users: ask several times and take the "
            "mean before two lists are compared.",
            run_id=share.run_id,
            measure=share.name,
        )

    def _how_to(self, evidence: Evidence) -> str:
        runs = [run for run in evidence.runs if run.recommender != IMPORTED]  # those can be asked again
        run = next((run for run in runs if run.paradigm in _GENERATE), runs[0] if runs else None)
        what = f"{run.recommender} --dataset {run.dataset_name} --users {run.n_users}" if run else "RECOMMENDER"
        what += f" --model {run.model_name}" if run and run.model_name else ""
        return (
            f"Ask again: `recaudit run {what} --repeats {self.min_repeats}`; a model samples at a temperature above 0."
        )

    def _unasked(self, evidence: Evidence, judged: list[str]) -> list[Finding]:
        missing = [run for run in evidence.runs if run.run_id not in judged]
        if not missing:
            return []
        title = f"Not judged: {', '.join(map(label_of, missing))}"
        command = self._how_to(evidence.of(missing[0].run_id))
        detail = f"Their requests were not answered {self.min_repeats} times. {command}"
        return [Finding(severity=Severity.INFO, title=title, detail=detail, run_id=missing[0].run_id)]

    def _answer(
        self, evidence: Evidence, agreement: list[Measure], variances: list[Measure], repeated: dict[str, int]
    ) -> str:
        said = []
        for run_id in evidence.run_ids:
            mine = {m.name: m for m in (*agreement, *variances) if m.run_id == run_id}
            rbo, share = mine["repeat_rbo"], mine.get(f"sampling_share:{self.metrics[0]}")
            few = f" (insufficient evidence: {repeated[run_id]:,} users)" if repeated[run_id] < self.min_users else ""
            text = f"{label_of(evidence.run(run_id))}{few}: rank-biased overlap of repeats {measure_text(rbo)}"
            if share is not None and share.value is not None:
                of = share.card.label.partition(", ")[2]
                text += f", {measure_text(share)} of the variance of one answer's {of} is chance"
            said.append(text)
        return f"{'; '.join(said)}."


def _note(value: float | None, metric: str) -> str:
    if value is None:
        return "Too few users with two scored answers, or all score the same."
    return "" if metric in named_queries() else "Worked out in arrays, not by a query."
