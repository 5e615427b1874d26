"""Counterfactual fairness: does stating who asks change the list, more than asking again does?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import pandas as pd

from audits.audit import Audit, Topic
from audits.counterfactual_cards import (
    FAIRLLM,
    JACCARD,
    PRAG,
    PRAG_PUBLISHED,
    SERP,
    SERP_PUBLISHED,
    concealment_card,
    net_sensitivity_card,
    noise_floor_card,
    snsr_card,
    snsv_card,
)
from audits.counterfactual_measures import Effect, EffectJudging, of_run
from audits.evidence import Evidence
from audits.measuring import Lists
from audits.results import AuditResult, Card, Finding, Measure, NotApplicable, Severity
from audits.scope import label_of
from audits.statistics.corrections import Correction
from audits.statistics.resampling import Resampling
from audits.wording import estimate_text, p_text, value_text

HOW_TO = "Ask with it stated: `recaudit run RECOMMENDER --dataset NAME --sensitive gender,age_band --repeats 3`."


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterfactual(Audit):
    """Similarity of lists with a personal attribute stated to the neutral list, net of the neutral list's own noise."""

    similarity: Literal["jaccard", "serp", "prag"] = "jaccard"  # of the noise floor, net sensitivity, SNSR and SNSV
    k: int | None = None
    min_people: int = 10  # fewer users of known value: own and other values are not told apart, for privacy
    min_users: int = 20  # fewer are never called an effect
    net_high: float = 0.1
    alpha: float = 0.05
    correction: Correction = "holm"
    level: float = 0.95
    resamples: int = 2_000
    permutations: int = 10_000
    seed: int = 7
    n_examples: int = 5

    name: ClassVar[str] = "counterfactual"
    title: ClassVar[str] = "Counterfactual fairness"
    question: ClassVar[str] = "Does stating who asks change the list, more than asking again does?"
    version: ClassVar[int] = 1
    needs: ClassVar[frozenset[str]] = frozenset({"slots"})
    section: ClassVar[str] = "E"
    topic: ClassVar[Topic] = Topic.ASKING
    source: ClassVar[str] = f"{FAIRLLM}; noise floor, net sensitivity and concealment are this project's"
    routine: ClassVar[bool] = False
    cards: ClassVar[tuple[Card, ...]] = (
        JACCARD, SERP_PUBLISHED, SERP, PRAG_PUBLISHED, PRAG, noise_floor_card("jaccard"),
        net_sensitivity_card("jaccard"), snsr_card("jaccard", "attribute"), snsv_card("jaccard", "attribute"),
        concealment_card("attribute"),
    )  # fmt: skip

    def run(self, evidence: Evidence) -> AuditResult | NotApplicable:
        """Judge every run that states something; say which do not."""
        judging = self._judging
        stated = evidence.query("stated_variants", k=judging.k)
        judged = [run_id for run_id in evidence.run_ids if run_id in set(stated["run_id"])]
        if not judged:
            reason = f"No request of these runs states a personal attribute. {HOW_TO}"
            return NotApplicable(audit=self.name, question=self.question, run_ids=evidence.run_ids, reason=reason)
        found = evidence.of(*judged)
        table = judging.frame(found, "effects_by_user")
        effects = [effect for run_id in judged for effect in judging.effects(of_run(table, run_id), run_id)]
        noise = judging.noise(found)
        measures, breakdowns, concealed = list(noise), [], []
        for run_id in judged:
            for attribute, values in _stated(stated, run_id).items():
                own = of_run(table, run_id).loc[lambda rows, name=attribute: rows["attribute"] == name]
                concealment, finding = judging.concealment(found, run_id, attribute, values)
                measures += [*judging.spread(found, run_id, attribute, own), concealment]
                concealed += [finding] if finding else []
                told = [e for e in effects if (e.run_id, e.attribute) == (run_id, attribute)]
                breakdowns += [judging.breakdown(found, run_id, own, told)] if told else []
        findings = [*self._findings(found, effects), *concealed, *_unfounded(found, noise), *_unasked(evidence, judged)]
        return AuditResult(
            audit=self.name,
            version=self.version,
            question=self.question,
            run_ids=evidence.run_ids,
            answer=self._answer(found, effects, noise),
            sections=(*measures, *breakdowns, *judging.tables(found), *findings),
        )

    @property
    def _judging(self) -> EffectJudging:
        return EffectJudging(
            similarity=self.similarity, k=Lists(k=self.k).k, min_people=self.min_people, min_users=self.min_users,
            correction=self.correction, level=self.level, permutations=self.permutations, seed=self.seed,
            n_examples=self.n_examples, how=Resampling(resamples=self.resamples, seed=self.seed, level=self.level),
        )  # fmt: skip

    def _certain(self, effect: Effect) -> bool:
        return effect.n >= self.min_users and effect.p_value < self.alpha and effect.net > 0

    def _findings(self, evidence: Evidence, effects: list[Effect]) -> list[Finding]:
        findings = []
        for e in sorted(filter(self._certain, effects), key=lambda effect: -effect.net):
            card = self._judging.card(evidence, e.run_id, net_sensitivity_card(self.similarity))
            findings.append(
                Finding(
                    severity=Severity.HIGH if e.net >= self.net_high else Severity.LOW,
                    title=f"{label_of(evidence.run(e.run_id))} changes its lists when told {e.attribute} = {e.value}: "
                    f"net sensitivity {value_text(card, e.net, e.interval)}",
                    detail=f"{card.label} {estimate_text(card, e.net, e.interval)} over "
                    f"{e.n:,} users, noise floor taken off; {p_text(e.p_value)} ({e.correction}).",
                    run_id=e.run_id,
                    measure=card.name,
                )
            )
        return findings

    def _answer(self, evidence: Evidence, effects: list[Effect], noise: list[Measure]) -> str:
        if not effects:
            return "Unknown: lists were compared, but without repeats of the neutral request there is no noise floor."
        floors = ", ".join(
            f"{value_text(m.card, m.value, m.interval)} ({label_of(evidence.run(m.run_id))})" for m in noise
        )
        certain = [e for e in effects if self._certain(e)]
        if not certain:
            tested = max((e.n for e in effects), default=0)
            if tested < self.min_users:
                return f"Insufficient evidence: {tested:,} users, fewer than {self.min_users}; noise floor {floors}."
            return (
                f"None of {len(effects)} statements is shown to change lists beyond the noise floor of {floors}, which "
                "is not the same as being fair."
            )
        e = max(certain, key=lambda effect: effect.net)
        card = self._judging.card(evidence, e.run_id, net_sensitivity_card(self.similarity))
        return (
            f"Yes: told {e.attribute} = {e.value}, {label_of(evidence.run(e.run_id))} changes its lists by "
            f"{estimate_text(card, e.net, e.interval)} beyond the noise floor "
            f"({p_text(e.p_value)}, {e.correction}, {e.n:,} users); {len(certain)} of {len(effects)} statements have "
            f"such an effect; noise floor {floors}."
        )


def _stated(stated: pd.DataFrame, run_id: str) -> dict[str, list[str]]:
    """Return the values of each attribute that a run's requests state."""
    values: dict[str, list[str]] = {}
    own = of_run(stated, run_id)
    for attribute, value in zip(own["attribute"], own["stated_value"], strict=True):
        values.setdefault(str(attribute), []).append(str(value))
    return values


def _unfounded(evidence: Evidence, noise: list[Measure]) -> list[Finding]:
    return [
        Finding(
            severity=Severity.MEDIUM,
            title=f"{label_of(evidence.run(m.run_id))} has no noise floor: nothing can be said of an effect",
            detail="Each neutral request was answered once, so that the model's own chance is not known. Run with "
            "--repeats 3 or more.",
            run_id=m.run_id,
            measure=m.name,
        )
        for m in noise
        if m.value is None
    ]


def _unasked(evidence: Evidence, judged: list[str]) -> list[Finding]:
    missing = [run for run in evidence.runs if run.run_id not in judged]
    if not missing:
        return []
    title = f"Not judged: {', '.join(map(label_of, missing))}"
    detail = f"Their requests state no personal attribute. {HOW_TO}"
    return [Finding(severity=Severity.INFO, title=title, detail=detail, run_id=missing[0].run_id)]
