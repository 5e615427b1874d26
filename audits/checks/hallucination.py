"""Hallucination: of what was asked for, how much is real and usable, and where is the rest lost?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from audits.audit import Audit, Topic
from audits.evidence import Evidence
from audits.measuring import measure, severity_above
from audits.metrics.catalogue import find_metric
from audits.results import AuditResult, Finding, Measure, NotApplicable, Severity, Stage, Table, Waterfall
from audits.scope import RunFacts, label_of
from audits.statistics.resampling import Method, Resampling
from audits.wording import count_text, measure_text, value_text

SHARES = (
    "delivered_share",
    "out_of_catalogue_share",
    "near_miss_share",
    "invented_list_share",
    "already_consumed_share",
    "duplicate_share",
    "ineligible_share",
    "unparseable_share",
    "missing_share",
    "failed_request_share",
)
STAGES = (
    ("requested", "Requested"),
    ("answered", "Answered: the request did not fail"),
    ("given", "Given: the slot was not left empty"),
    ("parsed", "Parsed: the text names a title"),
    ("in_catalogue", "In the catalogue"),
    ("not_consumed", "Not already consumed"),
    ("not_duplicate", "Not a duplicate"),
    ("delivered", "Eligible, and so delivered"),
)
CONSTRAINED = frozenset({"choices", "ranked_choices"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hallucination(Audit):
    """The attrition of every requested slot, one reason a lost slot; shares with intervals over users."""

    invented_high: float = 0.05  # share of items named from which invention is a finding of high severity
    lost_medium: float = 0.20  # share of slots not delivered from which it is a finding of medium severity
    failed_high: float = 0.05  # share of failed requests
    n_texts: int = 20  # rows of the table of invented texts
    n_examples: int = 5
    resamples: int = 2_000
    level: float = 0.95
    interval_method: Method = "auto"
    seed: int = 7

    name: ClassVar[str] = "hallucination"
    title: ClassVar[str] = "Hallucination"
    question: ClassVar[str] = "Is what was recommended real, and where is the rest lost?"
    version: ClassVar[int] = 1
    needs: ClassVar[frozenset[str]] = frozenset({"slots"})
    section: ClassVar[str] = "F"
    topic: ClassVar[Topic] = Topic.REAL
    leads: ClassVar[tuple[str, ...]] = (
        "delivered_share",
        "out_of_catalogue_share",
        "duplicate_share",
        "already_consumed_share",
    )
    shows: ClassVar[tuple[str, ...]] = SHARES
    source: ClassVar[str] = "Di Palma et al. 2023; attrition of requested slots"

    def run(self, evidence: Evidence) -> AuditResult | NotApplicable:
        """Follow the slots of every run, and name the texts that are most often invented."""
        how = Resampling(resamples=self.resamples, seed=self.seed, level=self.level, method=self.interval_method)
        shares = {name: measure(evidence, find_metric(name), how) for name in SHARES}
        if all(m.value is None for m in shares["delivered_share"]):
            reason = "No request is recorded of these runs in the cohort."
            return NotApplicable(audit=self.name, question=self.question, run_ids=evidence.run_ids, reason=reason)
        modes = decoding_modes(evidence)
        findings = [f for run in evidence.runs for f in self._findings(evidence, run, shares, modes[run.run_id])]
        return AuditResult(
            audit=self.name,
            version=self.version,
            question=self.question,
            run_ids=evidence.run_ids,
            answer=_answer(evidence, shares["delivered_share"], shares["out_of_catalogue_share"], modes),
            sections=(
                *(m for measures in shares.values() for m in measures),
                *_waterfalls(evidence),
                *(table for run in evidence.runs if (table := self._texts(evidence, run)) is not None),
                *findings,
            ),
        )

    def _texts(self, evidence: Evidence, run: RunFacts) -> Table | None:
        own = evidence.of(run.run_id)
        rows = own.rows("invented_texts", n_rows=self.n_texts)
        if not rows:
            return None
        return Table(
            title=f"Most often invented by {label_of(run)}",
            columns=("raw_text", "n_times", "outcome_detail", "request_id", "run_id"),
            rows=rows,
            sql=own.runnable_sql("invented_texts", n_rows=self.n_texts),
            note="A near miss is spelled much like a catalogue title, a series is named in place of one of its parts; "
            "the rest is called fabricated: it is not in this catalogue, which is not to say that it exists nowhere.",
        )

    def _findings(
        self, evidence: Evidence, run: RunFacts, shares: dict[str, tuple[Measure, ...]], mode: str
    ) -> list[Finding]:
        own = {name: next(m for m in measures if m.run_id == run.run_id) for name, measures in shares.items()}
        found = []
        invented, delivered, failed = own["out_of_catalogue_share"], own["delivered_share"], own["failed_request_share"]
        if invented.value is not None and invented.value > 0:
            near = value_text(own["near_miss_share"].card, own["near_miss_share"].value)
            found.append(
                Finding(
                    severity=severity_above(invented, self.invented_high),
                    title=f"{label_of(run)} invents {measure_text(invented)} of the items it names",
                    detail=f"Of {count_text(invented.n, 'items')} named; {near} of the invented ones are near misses. "
                    f"{mode}",
                    run_id=run.run_id, measure=invented.name,
                    request_ids=self._examples(evidence, run, "most_invented_requests"),
                )
            )  # fmt: skip
        if delivered.value is not None and 1 - delivered.value > self.lost_medium:
            found.append(
                Finding(
                    severity=Severity.MEDIUM,
                    title=f"{label_of(run)} delivers {measure_text(delivered)} of the slots asked for",
                    detail=f"Of {count_text(delivered.n, 'slots')}; the waterfall says where the rest is lost.",
                    run_id=run.run_id, measure=delivered.name,
                )
            )  # fmt: skip
        if failed.value is not None and failed.value > 0:
            found.append(
                Finding(
                    severity=severity_above(failed, self.failed_high),
                    title=f"{measure_text(failed)} of the requests of {label_of(run)} failed",
                    detail=f"Of {count_text(failed.n, 'requests')}. They count as empty lists.",
                    run_id=run.run_id, measure=failed.name,
                    request_ids=self._examples(evidence, run, "failed_requests"),
                )
            )  # fmt: skip
        if run.run_status != "finished":
            found.append(
                Finding(
                    severity=Severity.LOW, title=f"{label_of(run)} is not finished: numbers are of what is recorded",
                    detail=f"Status {run.run_status}; {count_text(run.n_requests, 'requests')} recorded here, "
                    f"of all variants {run.n_planned:,} planned.",
                    run_id=run.run_id,
                )
            )  # fmt: skip
        return found

    def _examples(self, evidence: Evidence, run: RunFacts, query: str) -> tuple[str, ...]:
        return tuple(str(row[0]) for row in evidence.of(run.run_id).rows(query, n_rows=self.n_examples))


def decoding_modes(evidence: Evidence) -> dict[str, str]:
    """Say for each run what its model was free to say, and what that means for invention."""
    modes: dict[str, list[str]] = {run_id: [] for run_id in evidence.run_ids}
    for run_id, decoding, _ in evidence.rows("decoding_modes"):
        modes[run_id].append(str(decoding))
    by_id = {run_id for run_id, n_by_text, _ in evidence.rows("identified_runs") if n_by_text == 0}
    return {run_id: _mode(decodings, run_id in by_id) for run_id, decodings in modes.items()}


def _mode(decodings: list[str], by_id: bool) -> str:
    if decodings and set(decodings) <= CONSTRAINED:
        return f"Decoding was constrained to catalogue titles ({', '.join(decodings)}): invention was impossible."
    if by_id:
        return "It names items by their id: invention was impossible."
    if not decodings:
        return "No call of a language model is recorded."
    return f"Decoding: {', '.join(decodings)}."


def _waterfalls(evidence: Evidence) -> list[Waterfall]:
    rows = {row[0]: row[1:] for row in evidence.rows("waterfall")}
    return [
        Waterfall(
            run_id=run.run_id,
            title=f"Where the slots of {label_of(run)} are lost",
            unit="slots",
            stages=_stages([int(remaining) for remaining in rows[run.run_id]]),
            sql=evidence.of(run.run_id).runnable_sql("waterfall"),
        )
        for run in evidence.runs
        if run.run_id in rows
    ]


def _stages(remaining: list[int]) -> tuple[Stage, ...]:
    before = [remaining[0], *remaining[:-1]]
    return tuple(
        Stage(name=name, label=label, remaining=left, lost=earlier - left)
        for (name, label), left, earlier in zip(STAGES, remaining, before, strict=True)
    )


def _answer(
    evidence: Evidence, delivered: tuple[Measure, ...], invented: tuple[Measure, ...], modes: dict[str, str]
) -> str:
    named = [m for m in invented if m.value is not None]
    if not named:
        return "No run named any item."
    worst = max(named, key=lambda m: m.value or 0.0)
    own = next(m for m in delivered if m.run_id == worst.run_id)
    if not worst.value:
        said = f"No run named an item outside the catalogue ({count_text(sum(m.n for m in named), 'items')} named)"
        least = min((m for m in delivered if m.value is not None), key=lambda m: m.value or 0.0, default=None)
        if least is None or least.value == 1:
            return f"{said}."
        said += f"; {label_of(evidence.run(least.run_id))} delivers least, {measure_text(least)} of its"
        return f"{said} {count_text(least.n, 'slots')}."
    invents = "invents most" if len({m.run_id for m in named}) > 1 else "invents items"
    said = f"{label_of(evidence.run(worst.run_id))} {invents}: {measure_text(worst)} of {worst.n:,} items that it "
    said += (
        f"names are not in the catalogue, and {measure_text(own)} of its {count_text(own.n, 'slots')} are delivered. "
    )
    return said + modes[worst.run_id]
