"""Privacy: what do texts say about people, and can a user's group be told from the lists?"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import ClassVar

from audits.attribute_leakage import LeakageTest, leakage_card
from audits.audit import Audit, Topic
from audits.errors import AuditError
from audits.evidence import Evidence
from audits.measuring import measure
from audits.metrics.catalogue import find_metric
from audits.results import AuditResult, Card, Finding, Measure, NotApplicable, Severity, Table
from audits.scope import RunFacts, label_of
from audits.statistics.resampling import Method, Resampling
from audits.wording import count_text, measure_text
from engine.privacy.people import is_naming

MEASURES = ("personal_data_in_prompts", "personal_data_in_answers", "personal_data_brought_up")
_NOT_LOOKED_THROUGH = "The texts of this run were not looked through: run this audit by `recaudit audit` once."
_FINDS = (
    "field", "kind", "n_times", "n_requests", "n_users", "n_requests_not_in_prompt", "masked_example", "request_id",
    "run_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Privacy(Audit):
    """Personal data in texts, masked; and whether a classifier tells users' groups from their lists."""

    attributes: tuple[str, ...] = ()  # to be told from lists; none: each that users have, apart from names
    label_kind: str = "category"  # kind of item label whose shares are features
    k: int | None = None
    folds: int = 5
    shuffles: int = 199
    max_users: int = 2_000  # judged by the classifier; more are drawn from
    min_people: int = 10  # smaller groups are left out, for privacy
    min_sufficient: int = 100  # smaller groups are never called not told
    auc_medium: float = 0.7  # from here on a leak is a finding of medium severity
    margin: float = 0.1  # an AUC that may lie this far above chance is not called not told
    alpha: float = 0.05
    n_examples: int = 5
    resamples: int = 2_000
    level: float = 0.95
    interval_method: Method = "auto"
    seed: int = 7

    name: ClassVar[str] = "privacy"
    title: ClassVar[str] = "Privacy"
    question: ClassVar[str] = "What do texts give away about people, and do lists tell who a user is?"
    version: ClassVar[int] = 1
    needs: ClassVar[frozenset[str]] = frozenset({"slots"})
    shows: ClassVar[tuple[str, ...]] = MEASURES
    derives: ClassVar[tuple[str, ...]] = ("personal_data",)
    routine: ClassVar[bool] = False
    source: ClassVar[str] = "GDPR, articles 4 and 5; Weinsberg et al., RecSys 2012; Besag and Clifford 1991"
    topic: ClassVar[Topic] = Topic.PRIVACY
    cards: ClassVar[tuple[Card, ...]] = (leakage_card("attribute"),)

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            AuditError: there are fewer than two folds, more folds than people in the smallest group, or no shuffles.
        """
        if not 2 <= self.folds <= self.min_people:
            raise AuditError(
                f"folds must lie between 2 and min_people ({self.min_people}), so that every group is in every fold; "
                f"not at {self.folds}."
            )
        if self.shuffles < 19:
            raise AuditError(f"At least 19 shuffles are needed for p = 0.05, not {self.shuffles}.")

    def run(self, evidence: Evidence) -> AuditResult | NotApplicable:
        """Look at the texts and lists of every run, each by itself."""
        attributes, test = self._attributes(evidence), self._test
        measures: list[Measure] = []
        rows: list[tuple] = []
        findings: list[Finding] = []
        for run in evidence.runs:
            own = evidence.of(run.run_id)
            texts = self._texts(own)
            told = [test.told(own, attribute) for attribute in attributes]
            p_values = test.corrected(told)
            measures += [*texts, *(test.measure(own, one, p_values) for one in told)]
            rows += [test.row(run, one, one.telling, p_values) for one in told if one.telling is not None]
            findings += [*self._text_findings(own, run, texts), *test.findings(run, told, p_values)]
        if all(m.value is None for m in measures):
            reason = (
                "No text of these runs was looked through, and no two groups of users are large enough to tell apart."
            )
            return NotApplicable(audit=self.name, question=self.question, run_ids=evidence.run_ids, reason=reason)
        return AuditResult(
            audit=self.name,
            version=self.version,
            question=self.question,
            run_ids=evidence.run_ids,
            answer=_answer(evidence, measures, findings),
            sections=(*measures, *_finds(evidence), *test.table(evidence, rows), *findings),
        )

    @property
    def _test(self) -> LeakageTest:
        return LeakageTest(
            label_kind=self.label_kind, k=self.k, folds=self.folds, shuffles=self.shuffles, max_users=self.max_users,
            min_people=self.min_people, min_sufficient=self.min_sufficient, auc_medium=self.auc_medium,
            margin=self.margin, alpha=self.alpha, how=self._how,
        )  # fmt: skip

    @property
    def _how(self) -> Resampling:
        return Resampling(resamples=self.resamples, seed=self.seed, level=self.level, method=self.interval_method)

    def _attributes(self, evidence: Evidence) -> tuple[str, ...]:
        """Return what is to be told from lists.

        Raises:
            AuditError: an attribute that is asked for is not in the data.
        """
        unknown = [name for name in self.attributes if name not in evidence.attributes]
        if unknown:
            has = ", ".join(evidence.attributes) or "none"
            raise AuditError(f"Users have no attribute {', '.join(unknown)}; they have {has}.")
        return self.attributes or tuple(name for name in evidence.attributes if not is_naming(name))

    def _texts(self, own: Evidence) -> list[Measure]:
        looked = own.rows(
            "select run_id from derived where table_name = 'personal_data' and problem is null and run_id in ($run_ids)"
        )
        found = [m for name in MEASURES for m in measure(own, find_metric(name), self._how)]
        note = "No such text is recorded of this run." if looked else _NOT_LOOKED_THROUGH
        return [dataclasses.replace(m, note=note) if m.value is None else m for m in found]

    def _text_findings(self, own: Evidence, run: RunFacts, texts: list[Measure]) -> list[Finding]:
        prompts, answers, brought_up = texts
        found = []
        if brought_up.value:
            rows = own.rows("personal_data_requests", n_rows=self.n_examples)
            found.append(
                Finding(
                    severity=Severity.HIGH,
                    title=f"{measure_text(brought_up)} of the answers of {label_of(run)} hold personal data that the "
                    "prompt does not",
                    detail=f"Of {brought_up.n:,} requests: learned in training, taken from elsewhere, or made up.",
                    run_id=run.run_id, measure=brought_up.name, request_ids=tuple(str(row[0]) for row in rows),
                )
            )  # fmt: skip
        kinds = [str(kind) for _, kind in own.rows("personal_data_kinds")]
        if prompts.value:
            said = f"Apart from user ids: {', '.join(kinds)}." if kinds else "User ids only: a pseudonym would do."
            found.append(
                Finding(
                    severity=Severity.MEDIUM if kinds else Severity.LOW,
                    title=f"{measure_text(prompts)} of the prompts of {label_of(run)} hold personal data",
                    detail=f"Of {prompts.n:,} requests. {said}", run_id=run.run_id, measure=prompts.name,
                )
            )  # fmt: skip
        if answers.value and not brought_up.value:
            found.append(
                Finding(
                    severity=Severity.LOW,
                    title=f"{measure_text(answers)} of the answers of {label_of(run)} hold personal data",
                    detail=f"Of {answers.n:,} requests; none that the prompt did not hold, where there is one.",
                    run_id=run.run_id, measure=answers.name,
                )
            )  # fmt: skip
        return found


def _finds(evidence: Evidence) -> list[Table]:
    rows = evidence.rows("personal_data_table")
    if not rows:
        return []
    return [
        Table(
            title="Personal data in texts", columns=_FINDS, rows=rows, sql=evidence.runnable_sql("personal_data_table"),
            note="Shown masked; where a request opens, its texts are shown in full.",
        )
    ]  # fmt: skip


def _answer(evidence: Evidence, measures: list[Measure], findings: list[Finding]) -> str:
    texts = [m for m in measures if m.name in MEASURES and m.value is not None]
    if not texts:
        said = "No text was looked through for personal data"
    elif not any(m.value for m in texts):
        n_requests = max(m.n for m in texts)
        said = f"No personal data was found in the texts of up to {count_text(n_requests, 'requests')} a run"
    else:
        worst = max((m for m in texts if m.value), key=lambda m: (MEASURES.index(m.name), m.value or 0.0))
        where = {
            "personal_data_in_prompts": "prompts hold personal data",
            "personal_data_in_answers": "answers hold personal data",
            "personal_data_brought_up": "answers hold personal data that the prompt does not",
        }[worst.name]
        said = f"{measure_text(worst)} of the requests of {label_of(evidence.run(worst.run_id))}: {where}"
    told = [m for m in measures if m.name not in MEASURES and m.value is not None]
    leaks = [f for f in findings if f.measure.startswith("attribute_leakage:")]
    if not told:
        return f"{said}; no group of users could be tested against lists."
    if not leaks:
        return f"{said}; no run's lists are shown to tell a user's group; of few people, that is no proof that none do."
    most = max(
        (m for m in told if (m.run_id, m.name) in {(f.run_id, f.measure) for f in leaks}), key=lambda m: m.value or 0.0
    )
    name = most.name.partition(":")[2].replace("_", " ")
    run = label_of(evidence.run(most.run_id))
    return f"{said}; most telling are the lists of {run}: {name} at AUC {measure_text(most)}."
