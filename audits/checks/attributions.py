"""Attributions: what do scores rest on, and do stated reasons name it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from audits.attribution.explaining import why_not
from audits.audit import Audit, Topic
from audits.errors import AuditError
from audits.evidence import Evidence
from audits.measuring import Lists, measure
from audits.metrics.catalogue import find_metric
from audits.results import AuditResult, Finding, Measure, NotApplicable, Severity, Table
from audits.scope import RunFacts, label_of
from audits.statistics.resampling import Method, Resampling
from audits.wording import measure_text, value_text

MEASURES = (
    "top_item_share",
    "reason_agreement",
    "reason_agreement_chance",
    "attribution_error",
    "attribution_gap",
    "attribution_evaluations",
)
_COLUMNS = (
    "request_id", "slot_rank", "title", "score", "base_value", "top_history_item", "contribution", "standard_error",
    "n_history_items", "reason_names_it", "n_evaluations", "method", "run_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributions(Audit):
    """Shapley values of history items, of a sample of lists and of what `recaudit explain` was asked for."""

    n_lists: int = 5  # of each run, that are explained by the audit itself; 0: only what `recaudit explain` kept
    n_ranks: int = 3  # of each list, from the top
    k: int | None = None
    uncertain: float = 0.25  # error of the contributions, of the largest one, from which a finding says so
    untrue_gap: float = 0.01  # additivity gap from which scores are not to be trusted
    enough: int = 30  # reasons that name an item, from which agreement no better than chance is a finding of weight
    n_rows: int = 50
    resamples: int = 2_000
    level: float = 0.95
    interval_method: Method = "auto"
    seed: int = 7

    name: ClassVar[str] = "attributions"
    title: ClassVar[str] = "What scores rest on"
    question: ClassVar[str] = "Which parts of the history do scores rest on, and do reasons name them?"
    version: ClassVar[int] = 1
    needs: ClassVar[frozenset[str]] = frozenset({"slots"})
    section: ClassVar[str] = "H"
    topic: ClassVar[Topic] = Topic.REASONING
    leads: ClassVar[tuple[str, ...]] = ("top_item_share", "reason_agreement")
    shows: ClassVar[tuple[str, ...]] = MEASURES
    source: ClassVar[str] = "Lundberg and Lee, NeurIPS 2017; Mitchell et al., JMLR 23, 2022"
    routine: ClassVar[bool] = False
    derives: ClassVar[tuple[str, ...]] = ("attributions",)

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            AuditError: fewer than no lists, or no ranks.
        """
        if self.n_lists < 0 or self.n_ranks < 1:
            raise AuditError("attributions.n_lists must be at least 0 and attributions.n_ranks at least 1.")

    def derive_options(self) -> dict[str, str]:
        """Return how much is to be explained."""
        return {"n_lists": str(self.n_lists), "n_ranks": str(self.n_ranks)}

    def run(self, evidence: Evidence) -> AuditResult | NotApplicable:
        """Measure what there is of every run."""
        how = Resampling(resamples=self.resamples, seed=self.seed, level=self.level, method=self.interval_method)
        by_name = {name: measure(evidence, find_metric(name), how, Lists(k=self.k)) for name in MEASURES}
        explained = {m.run_id for m in by_name["attribution_evaluations"] if m.value is not None}
        missing = [run for run in evidence.runs if run.run_id not in explained]
        stopped = dict(evidence.rows("attribution_problems"))
        if not explained:
            reason = _why_none(missing, stopped)
            return NotApplicable(audit=self.name, question=self.question, run_ids=evidence.run_ids, reason=reason)
        findings = [
            *(f for run in evidence.runs if run.run_id in explained for f in self._findings(run, by_name)),
            *(
                Finding(
                    severity=Severity.INFO, title=f"Nothing of {label_of(run)} is explained",
                    detail=_why_none([run], stopped), run_id=run.run_id,
                )
                for run in missing
            ),
            *(
                Finding(
                    severity=Severity.LOW, title=f"Not all that was to be explained of {label_of(run)} is",
                    detail=f"Asking its recommender again stopped: {stopped[run.run_id]}", run_id=run.run_id,
                )
                for run in evidence.runs if run.run_id in explained and run.run_id in stopped
            ),
        ]  # fmt: skip
        return AuditResult(
            audit=self.name,
            version=self.version,
            question=self.question,
            run_ids=evidence.run_ids,
            answer=_answer(evidence, by_name),
            sections=(*(m for own in by_name.values() for m in own), self._table(evidence), *findings),
        )

    def _table(self, evidence: Evidence) -> Table:
        rows = evidence.rows("explained_table", k=self.k)
        shown = tuple(
            (
                request_id, rank, title or item_id, _short(score), _short(base), top_title or top_id,
                _short(contribution), _short(error), n_items,
                None if is_named is None else "yes" if is_named else "another" if n_named else "none", n_asked, method,
                run_id,
            )
            for run_id, request_id, rank, item_id, title, score, base, top_id, top_title, contribution, error, n_items,
            is_named, n_named, n_asked, method in rows[: self.n_rows]
        )  # fmt: skip
        cut = f" The first {self.n_rows:,} of {len(rows):,} are shown." if len(rows) > self.n_rows else ""
        return Table(
            title="Explained recommendations",
            columns=_COLUMNS,
            rows=shown,
            sql=evidence.runnable_sql("explained_table", k=self.k),
            note="The score of each is its base value, which no history item adds to, plus all contributions. No "
            f"standard error: the values are exact.{cut}",
        )

    def _findings(self, run: RunFacts, by_name: dict[str, tuple[Measure, ...]]) -> list[Finding]:
        own = {name: next(m for m in per_run if m.run_id == run.run_id) for name, per_run in by_name.items()}
        found, name = [], label_of(run)
        gap, error = own["attribution_gap"], own["attribution_error"]
        agreement, chance = own["reason_agreement"], own["reason_agreement_chance"]
        if gap.value is not None and gap.value > self.untrue_gap:
            found.append(
                Finding(
                    severity=Severity.HIGH, title=f"The contributions of {name} leave {measure_text(gap)} unexplained",
                    detail="The same input was scored differently twice: its scores do not rest on the input alone.",
                    run_id=run.run_id, measure=gap.name,
                )
            )  # fmt: skip
        if error.value is not None and error.value > self.uncertain:
            found.append(
                Finding(
                    severity=Severity.LOW, title=f"The contributions of {name} are uncertain: {measure_text(error)}",
                    detail="Standard error, of the largest contribution. More: `recaudit explain --evaluations`.",
                    run_id=run.run_id, measure=error.name,
                )
            )  # fmt: skip
        if agreement.value is not None and chance.value is not None:
            severity, means = self._weighed(agreement, chance.value)
            found.append(
                Finding(
                    severity=severity,
                    title=f"{measure_text(agreement)} of the reasons of {name} name the item that contributes most",
                    detail=f"Of {agreement.n:,} that name an item of the history; by chance "
                    f"{value_text(chance.card, chance.value)} would. {means}",
                    run_id=run.run_id, measure=agreement.name,
                )
            )  # fmt: skip
        return found

    def _weighed(self, agreement: Measure, chance: float) -> tuple[Severity, str]:
        """Return how the agreement stands to chance, and what that means."""
        interval = agreement.interval
        always = agreement.value == 1 and chance**agreement.n <= 1 - self.level  # no interval where nothing varies
        if always or (interval is not None and interval.low > chance):
            return Severity.INFO, "The reasons tell more of the scores than chance."
        if agreement.n < self.enough:
            more = f"attributions.n_lists={4 * self.n_lists or 20}"
            return Severity.LOW, f"Too few to tell from chance: `recaudit audit --audit attributions --set {more}`."
        return Severity.MEDIUM, "The reasons do not tell what the scores rest on."


def _why_none(runs: Sequence[RunFacts], stopped: Mapping[str, str]) -> str:
    said = list(dict.fromkeys(why for run in runs if (why := why_not(run.recommender))))
    could = [run for run in runs if not why_not(run.recommender)]
    said += [
        f"No recommendation of {label_of(run)} could be explained: {stopped[run.run_id]}"
        for run in could
        if run.run_id in stopped
    ]
    unasked = [run for run in could if run.run_id not in stopped]
    if unasked:
        run_id = unasked[0].run_id if len(unasked) == 1 else "RUN"
        names = ", ".join(label_of(run) for run in unasked)
        said.append(
            f"No recommendation of {names} is explained: `recaudit audit attributions --run {run_id}` explains a "
            f"sample, `recaudit explain {run_id} USER` one of a user, and says where a run cannot be asked."
        )
    return " ".join(said)


def _answer(evidence: Evidence, by_name: dict[str, tuple[Measure, ...]]) -> str:
    shares = [m for m in by_name["top_item_share"] if m.value is not None]
    agreements = [m for m in by_name["reason_agreement"] if m.value is not None]
    if not shares:
        return "No history item contributes to the scores that were explained."
    most = max(shares, key=lambda m: m.value or 0.0)
    said = (
        f"{label_of(evidence.run(most.run_id))} rests most on single items: the top one holds {measure_text(most)} of "
        f"what a history contributes, over {most.n:,} explained recommendations."
    )
    for agreement in agreements:
        chance = next(m for m in by_name["reason_agreement_chance"] if m.run_id == agreement.run_id)
        said += (
            f" Reasons of {label_of(evidence.run(agreement.run_id))} name the top item in {measure_text(agreement)} of "
            f"{agreement.n:,} cases, by chance in {value_text(chance.card, chance.value)}."
        )
    return said


def _short(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.4g}")
