"""Privacy: what do texts say about people, and can a user's group be told from the lists?"""

from __future__ import annotations

import dataclasses
from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

from audits import leakage
from audits.audit import Audit
from audits.errors import AuditError
from audits.evidence import Evidence
from audits.measuring import measure
from audits.metrics.catalogue import find_metric
from audits.results import AuditResult, Card, Direction, Finding, Measure, NotApplicable, Severity, Table
from audits.scope import RunFacts, label_of
from audits.statistics.corrections import corrected, correction_name
from audits.statistics.resampling import Method, Resampling
from audits.suppression import large_groups
from audits.wording import count_text, interval_text, measure_text, p_text, value_text
from engine.privacy.people import is_naming

MEASURES = ("personal_data_in_prompts", "personal_data_in_answers", "personal_data_brought_up")
_NOT_LOOKED_THROUGH = "The texts of this run were not looked through: run this audit by `recaudit audit` once."
_FINDS = (
    "field", "kind", "n_times", "n_requests", "n_users", "n_requests_not_in_prompt", "masked_example", "request_id",
    "run_id",
)  # fmt: skip
_TOLD = (
    "attribute", "groups", "users", "auc", "low", "high", "auc_shuffled", "p_corrected", "auc_of_histories", "verdict",
    "run_id",
)  # fmt: skip
TELLS, TOO_FEW, UNTOLD = "tells the group", "insufficient evidence", "not told"


def leakage_card(attribute: str) -> Card:
    """Return the card of how well an attribute is told from lists."""
    return Card(
        name=f"attribute_leakage:{attribute}",
        label=f"{attribute.replace('_', ' ').capitalize()} told from lists, AUC",
        formula="pairs of users, one in a group and one not, that the classifier ranks rightly / pairs; group mean",
        range="[0, 1]; 0.5 is chance",
        direction=Direction.NEITHER,
        unit="",
        denominator="users with a delivered item and a known group that has enough people",
        missing="Users whose group is unknown or too small are unscored; with fewer than two groups there is no value.",
        source="attribute inference: Weinsberg et al., BlurMe, RecSys 2012; Ojala and Garriga, JMLR 2010 (shuffling)",
        notes="Logistic regression (L2) on items and label shares of a user's lists, cross-validated by user, against "
        "the same with groups shuffled. A lower bound: another classifier may tell more. Lists that follow what "
        "users did tell what that tells: compare the AUC of histories in the table.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How well an attribute is told from the lists of one run; `telling` None with the reason in `why_not`."""

    attribute: str
    groups: tuple[tuple[str, int], ...]
    n_left_out: int = 0
    telling: leakage.Telling | None = None
    history_auc: float | None = None
    n_drawn_from: int = 0  # users that the judged ones were drawn from; 0: all were judged
    why_not: str = ""

    @property
    def n_users(self) -> int:
        """How many users are judged."""
        return sum(n for _, n in self.groups)


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
        attributes = self._attributes(evidence)
        measures: list[Measure] = []
        rows: list[tuple] = []
        findings: list[Finding] = []
        for run in evidence.runs:
            own = evidence.of(run.run_id)
            texts = self._texts(own)
            told = [self._told(own, attribute) for attribute in attributes]
            p_values = self._corrected(told)
            measures += [*texts, *(self._measure(own, one, p_values) for one in told)]
            rows += [self._row(run, one, one.telling, p_values) for one in told if one.telling is not None]
            findings += [*self._text_findings(own, run, texts), *self._leaks(run, told, p_values)]
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
            sections=(*measures, *_finds(evidence), *self._table(evidence, rows), *findings),
        )

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

    def _told(self, own: Evidence, attribute: str) -> Told:
        known = [(user, group) for _, user, group in own.rows("leak_groups", attribute=attribute, k=self.k)]
        kept = large_groups(Counter(group for _, group in known), self.min_people)
        large = {user: group for user, group in known if group in kept}
        n_left_out = own.runs[0].n_users - len(large)
        if len(set(large.values())) < 2:
            why = f"Fewer than two groups of at least {self.min_people} users have a list."
            return Told(attribute=attribute, groups=(), n_left_out=n_left_out, why_not=why)
        users = leakage.drawn_users(sorted(large), self.max_users, self.seed)
        groups = [large[user] for user in users]
        counts = {group: groups.count(group) for group in sorted(set(groups))}
        if min(counts.values()) < self.folds:
            why = f"A group has fewer than {self.folds} of the {self.max_users:,} users drawn: raise max_users."
            return Told(attribute=attribute, groups=(), n_left_out=n_left_out, why_not=why)
        labels = [(item, label) for item, label in own.rows("leak_labels", label_kind=self.label_kind)]
        lists = [(user, item) for _, user, item in own.rows("leak_items", k=self.k)]
        histories = [(user, item) for _, user, item in own.rows("leak_histories", k=self.k)]
        telling = leakage.tell(
            leakage.features(users, lists, labels), groups, self._how, folds=self.folds, shuffles=self.shuffles
        )
        history_auc = None
        if histories:
            x = leakage.features(users, histories, labels)
            history_auc = leakage.auc_of(x, groups, folds=self.folds, seed=self.seed)
        return Told(
            attribute=attribute, groups=tuple(counts.items()), n_left_out=n_left_out, telling=telling,
            history_auc=history_auc, n_drawn_from=len(large) if len(large) > len(users) else 0,
        )  # fmt: skip

    def _corrected(self, told: list[Told]) -> dict[str, float]:
        tested = [(one.attribute, one.telling.p_value) for one in told if one.telling is not None]
        return dict(zip((name for name, _ in tested), corrected([p for _, p in tested], "holm"), strict=True))

    def _measure(self, own: Evidence, told: Told, p_values: dict[str, float]) -> Measure:
        run_id, card, note = own.run_ids[0], leakage_card(told.attribute), told.why_not
        if told.telling is not None:
            note = (
                "Worked out in arrays, not by a query. Groups shuffled: "
                f"{told.telling.chance:.3f} (mean of {told.telling.n_shuffles}), "
                f"{p_text(p_values[told.attribute])} ({correction_name('holm', len(p_values))}); "
                f"{self._verdict(told, p_values)}."
            )
            if told.n_drawn_from:
                note += f" Users drawn from {told.n_drawn_from:,}."
        return Measure(
            card=card,
            run_id=run_id,
            value=None if told.telling is None else told.telling.auc,
            n=told.n_users,
            unscored=told.n_left_out,
            interval=None if told.telling is None else told.telling.interval,
            note=note,
        )

    def _verdict(self, told: Told, p_values: dict[str, float]) -> str:
        """Say what the AUC shows; a small group, or an interval that reaches far above chance, shows nothing."""
        telling = told.telling
        if telling is None:
            return TOO_FEW
        if p_values[told.attribute] <= self.alpha and telling.auc > telling.chance:
            return TELLS
        is_close = telling.interval is not None and telling.interval.high <= 0.5 + self.margin
        return UNTOLD if is_close and min(n for _, n in told.groups) >= self.min_sufficient else TOO_FEW

    def _row(self, run: RunFacts, one: Told, telling: leakage.Telling, p_values: dict[str, float]) -> tuple:
        interval = telling.interval
        return (
            one.attribute, len(one.groups), one.n_users, round(telling.auc, 3),
            None if interval is None else round(interval.low, 3), None if interval is None else round(interval.high, 3),
            round(telling.chance, 3), round(p_values[one.attribute], 4),
            None if one.history_auc is None else round(one.history_auc, 3), self._verdict(one, p_values), run.run_id,
        )  # fmt: skip

    def _table(self, evidence: Evidence, rows: list[tuple]) -> list[Table]:
        if not rows:
            return []
        return [
            Table(
                title="What lists tell about users", columns=_TOLD, rows=tuple(rows),
                sql=evidence.runnable_sql("leak_items", k=self.k),
                note=f"AUC: 0.5 is chance. p by Holm over the attributes of a run. The query gives the lists that the "
                f"classifier saw. Groups of fewer than {self.min_people} users are left out.",
            )
        ]  # fmt: skip

    def _leaks(self, run: RunFacts, told: list[Told], p_values: dict[str, float]) -> list[Finding]:
        found = []
        for one in told:
            if one.telling is None or self._verdict(one, p_values) != TELLS:
                continue
            card = leakage_card(one.attribute)
            compared = "" if one.history_auc is None else f" From users' histories it is {one.history_auc:.3f}."
            name = one.attribute.replace("_", " ")
            found.append(
                Finding(
                    severity=Severity.MEDIUM if one.telling.auc >= self.auc_medium else Severity.LOW,
                    title=f"The lists of {label_of(run)} tell {name}: AUC "
                    f"{value_text(card, one.telling.auc, one.telling.interval)} "
                    f"{interval_text(card, one.telling.interval)}",
                    detail=f"{one.n_users:,} users, {p_text(p_values[one.attribute])}, shuffled groups give "
                    f"{one.telling.chance:.3f}.{compared} Whoever sees a list learns that much about its user.",
                    run_id=run.run_id, measure=card.name,
                )
            )  # fmt: skip
        return found

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
