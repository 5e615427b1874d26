"""Claims: is what the reasons say about items and users true?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from audits.audit import Audit, Topic
from audits.claims.thresholds import THRESHOLDS, Thresholds
from audits.errors import AuditError
from audits.evidence import Evidence
from audits.measuring import measure, severity_above
from audits.metrics.catalogue import find_metric
from audits.results import AuditResult, Finding, Measure, NotApplicable, Severity, Table
from audits.scope import RunFacts, label_of
from audits.statistics.resampling import Method, Resampling
from audits.wording import measure_text
from engine.models.registry import known_digest

MEASURES = (
    "fabricated_attribute_rate",
    "history_misattribution_rate",
    "contradicted_rationale_share",
    "fabricated_in_steps_rate",
    "claims_per_rationale",
    "checkable_claim_share",
    "supported_claim_share",
    "contradicted_claim_share",
    "unverifiable_claim_share",
    "unscored_claim_share",
    "judged_claim_share",
    "unread_sentence_share",
)
_BY_RELATION = (
    "origin", "claim_kind", "relation", "n_claims", "n_supported", "n_contradicted", "n_unverifiable", "n_unscored",
    "run_id",
)  # fmt: skip
_CONTRADICTED = ("sentence", "relation", "claimed_value", "evidence", "origin", "n_times", "request_id", "run_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims(Audit):
    """Each sentence of rationales and reasoning steps, split into claims that are looked up; shares with intervals."""

    judge: str = ""  # a model to ask where nothing known decides; none: rules alone; empty: as was last derived
    judge_supported: float = 0.8  # of a judge nli:...: least probability of entailment; below its thresholds: unscored
    judge_contradicted: float = 0.8  # least probability of contradiction
    judge_unverifiable: float = 0.8  # least probability of neither
    fabricated_high: float = 0.05  # share of checkable claims about items from which a finding is of high severity
    misattributed_high: float = 0.05  # share of claimed history items
    unread_low: float = 0.50  # share of sentences without a claim from which the numbers say little
    n_rows: int = 20  # of the table of contradicted claims
    n_examples: int = 5
    resamples: int = 2_000
    level: float = 0.95
    interval_method: Method = "auto"
    seed: int = 7

    name: ClassVar[str] = "claims"
    title: ClassVar[str] = "Claims"
    question: ClassVar[str] = "Is what the reasons say about items and users true?"
    version: ClassVar[int] = 1
    needs: ClassVar[frozenset[str]] = frozenset({"claims"})
    section: ClassVar[str] = "F"
    topic: ClassVar[Topic] = Topic.REASON
    leads: ClassVar[tuple[str, ...]] = (
        "fabricated_attribute_rate",
        "history_misattribution_rate",
        "contradicted_claim_share",
        "unverifiable_claim_share",
    )
    shows: ClassVar[tuple[str, ...]] = MEASURES
    derives: ClassVar[tuple[str, ...]] = ("claims",)
    source: ClassVar[str] = "Deterministic checks against catalogue, history and graph; the checker is itself measured"

    def __post_init__(self) -> None:
        """Check the thresholds of a judge.

        Raises:
            AuditError: one is out of range, or there is no classifier that they would be in force with.
        """
        given = Thresholds(
            supported=self.judge_supported,
            contradicted=self.judge_contradicted,
            unverifiable=self.judge_unverifiable,
        )
        if given != Thresholds() and not self.judge.startswith("nli:"):
            raise AuditError(
                f"{', '.join(f'claims.{name}' for name in THRESHOLDS)} change nothing without a classifier. Name it "
                "(--set claims.judge=nli:FOLDER_OR_ID), or leave them at their defaults."
            )

    def derive_options(self) -> dict[str, str]:
        """Return the judge that is to be asked, and a classifier's thresholds."""
        if not self.judge.startswith("nli:"):
            return {"judge": self.judge}
        return {"judge": self.judge, **{name: f"{getattr(self, name):g}" for name in THRESHOLDS}}

    def run(self, evidence: Evidence) -> AuditResult | NotApplicable:
        """Take the shares of every run, and show what is contradicted."""
        how = Resampling(resamples=self.resamples, seed=self.seed, level=self.level, method=self.interval_method)
        measures = {name: measure(evidence, find_metric(name), how) for name in MEASURES}
        if all(m.value is None for name in ("claims_per_rationale", "checkable_claim_share") for m in measures[name]):
            reason = "These runs give no reasons: no rationale is recorded, and no reasoning step claims anything."
            return NotApplicable(audit=self.name, question=self.question, run_ids=evidence.run_ids, reason=reason)
        return AuditResult(
            audit=self.name,
            version=self.version,
            question=self.question,
            run_ids=evidence.run_ids,
            answer=_answer(evidence, measures["fabricated_attribute_rate"], measures["history_misattribution_rate"]),
            sections=(
                *(m for taken in measures.values() for m in taken),
                *(table for run in evidence.runs for table in self._tables(evidence, run)),
                *(finding for run in evidence.runs for finding in self._findings(evidence, run, measures)),
            ),
        )

    def _tables(self, evidence: Evidence, run: RunFacts) -> list[Table]:
        own = evidence.of(run.run_id)
        relations, wrong = own.rows("claims_by_relation"), own.rows("contradicted_claims", n_rows=self.n_rows)
        tables = []
        if relations:
            tables.append(
                Table(
                    title=f"What {label_of(run)} claims, by origin and relation", columns=_BY_RELATION, rows=relations,
                    sql=own.runnable_sql("claims_by_relation"),
                    note="A step that repeats a rationale word for word counts as the rationale.",
                )
            )  # fmt: skip
        if wrong:
            tables.append(
                Table(
                    title=f"Most often contradicted in what {label_of(run)} says", columns=_CONTRADICTED, rows=wrong,
                    sql=own.runnable_sql("contradicted_claims", n_rows=self.n_rows),
                    note="The evidence is the row that excludes the claim.",
                )
            )  # fmt: skip
        return tables

    def _findings(self, evidence: Evidence, run: RunFacts, measures: dict[str, tuple[Measure, ...]]) -> list[Finding]:
        own = {name: next(m for m in taken if m.run_id == run.run_id) for name, taken in measures.items()}
        found = []
        for name, limit, said, query in (
            (
                "fabricated_attribute_rate", self.fabricated_high,
                "{run} gets {share} of the checkable facts about items wrong", "fabricating_requests",
            ),
            (
                "history_misattribution_rate", self.misattributed_high,
                "{share} of the history that {run} names is not the user's", "misattributing_requests",
            ),
        ):  # fmt: skip
            taken = own[name]
            if taken.value:
                rows = evidence.of(run.run_id).rows(query, n_rows=self.n_examples)
                found.append(
                    Finding(
                        severity=severity_above(taken, limit),
                        title=said.format(run=label_of(run), share=measure_text(taken)),
                        detail=f"Of {taken.n:,} such claims; the table shows them with what says otherwise.",
                        run_id=run.run_id, measure=name, request_ids=tuple(str(row[0]) for row in rows),
                    )
                )  # fmt: skip
        by_model = own["judged_claim_share"]
        if by_model.value:
            found.append(
                Finding(
                    severity=Severity.INFO,
                    title=f"{measure_text(by_model)} of the verdicts on {label_of(run)} are a model's answer alone",
                    detail=f"Judge: {_judge_of(evidence, run)} Its verdicts count in the shares above; "
                    "with the setting claims.judge=none these claims stay unverifiable.",
                    run_id=run.run_id, measure=by_model.name,
                )
            )  # fmt: skip
        unread = own["unread_sentence_share"]
        if unread.value is not None and unread.value > self.unread_low:
            found.append(
                Finding(
                    severity=Severity.INFO,
                    title=f"No claim was read from {measure_text(unread)} of the sentences of {label_of(run)}",
                    detail="They are opinions or say what the checker cannot read; the other shares leave them out.",
                    run_id=run.run_id, measure=unread.name,
                )
            )  # fmt: skip
        return found


def _judge_of(evidence: Evidence, run: RunFacts) -> str:
    """Return the judge by name, its weights' digest and thresholds where it has them, and whether they are its own now.

    Verdicts are kept where its weights cannot be told without opening it, and where no judge is named.
    """
    producers = evidence.of(run.run_id).rows("claim_judges", run_id=run.run_id)
    parts = dict(part.split("=", 1) for (producer,) in producers for part in str(producer).split("; ") if "=" in part)
    name, digest = parts.get("judge", ""), parts.get("judge_digest")
    said = [f"weights {digest[:12]}"] if digest else []
    said += [f"{one.removeprefix('judge_')} from {parts[one]}" for one in THRESHOLDS if one in parts]
    return (name or "not recorded") + (f" ({', '.join(said)})" if said else "") + "." + _standing(name, digest)


def _standing(name: str, digest: str | None) -> str:
    if not name:
        return ""
    now, again = known_digest(name), "until they are derived again: with claims.judge=none, then with the judge"
    if digest is None:
        return f" Its weights are not recorded. The verdicts are kept as it gave them {again}."
    if now is None:
        return f" Whether it has other weights now is not known here: the verdicts are those of these, kept {again}."
    if now != digest:
        return f" It has other weights now ({now[:12]}): with claims.judge={name} the claims are judged by those."
    return ""


def _answer(evidence: Evidence, fabricated: tuple[Measure, ...], misattributed: tuple[Measure, ...]) -> str:
    known = [m for m in fabricated if m.value is not None]
    if not known:
        return "No run claims anything about items that the dataset could decide."
    worst = max(known, key=lambda m: m.value or 0.0)
    own = next(m for m in misattributed if m.run_id == worst.run_id)
    if not worst.value and not own.value:
        return f"No checkable claim is contradicted ({sum(m.n for m in known):,} claims about items)."
    said = f"{label_of(evidence.run(worst.run_id))} gets most wrong: {measure_text(worst)} of {worst.n:,} checkable "
    said += "claims about items are contradicted"
    if own.value is None:
        return f"{said}; it names nothing of the user's history."
    return f"{said}, and {measure_text(own)} of {own.n:,} items that it says the user had are not in the history."
