"""Counterfactual fairness: does stating who asks change the list, more than asking again does?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import pandas as pd

from audits.audit import Audit
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
from audits.evidence import Evidence
from audits.measuring import Lists
from audits.metrics.metric import card_at
from audits.queries import Parameter
from audits.results import (
    AuditResult,
    Breakdown,
    Card,
    Finding,
    Group,
    Interval,
    Measure,
    NotApplicable,
    Severity,
    Table,
)
from audits.scope import label_of
from audits.statistics.corrections import Correction, corrected, correction_name
from audits.statistics.groups import paired_gap_interval
from audits.statistics.pairs import paired_randomisation_test
from audits.statistics.resampling import Resampling, mean_interval, ratio_interval
from audits.wording import interval_text, p_text, value_text
from engine.prompts.statements import shipped_statements

HOW_TO = "Ask with it stated: `recaudit run RECOMMENDER --dataset NAME --sensitive gender,age_band --repeats 3`."


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What stating one value does in one run, over users; `p_value` corrected over the run's statements."""

    run_id: str
    attribute: str
    value: str
    n: int
    net: float
    interval: Interval | None
    p_value: float
    correction: str


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
    source: ClassVar[str] = f"{FAIRLLM}; noise floor, net sensitivity and concealment are this project's"
    routine: ClassVar[bool] = False
    cards: ClassVar[tuple[Card, ...]] = (
        JACCARD, SERP_PUBLISHED, SERP, PRAG_PUBLISHED, PRAG, noise_floor_card("jaccard"),
        net_sensitivity_card("jaccard"), snsr_card("jaccard", "attribute"), snsv_card("jaccard", "attribute"),
        concealment_card("attribute"),
    )  # fmt: skip

    def run(self, evidence: Evidence) -> AuditResult | NotApplicable:
        """Judge every run that states something; say which do not."""
        stated = evidence.query("stated_variants", k=Lists(k=self.k).k)
        judged = [run_id for run_id in evidence.run_ids if run_id in set(stated["run_id"])]
        if not judged:
            reason = f"No request of these runs states a personal attribute. {HOW_TO}"
            return NotApplicable(audit=self.name, question=self.question, run_ids=evidence.run_ids, reason=reason)
        found = evidence.of(*judged)
        table = found.query("effects_by_user", **self._asked)
        effects = [effect for run_id in judged for effect in self._effects(_of(table, run_id), run_id)]
        noise = self._noise(found)
        measures, breakdowns, concealed = list(noise), [], []
        for run_id in judged:
            for attribute, values in _stated(stated, run_id).items():
                own = _of(table, run_id).loc[lambda rows, name=attribute: rows["attribute"] == name]
                concealment, finding = self._concealment(found, run_id, attribute, values)
                measures += [*self._spread(found, run_id, attribute, own), concealment]
                concealed += [finding] if finding else []
                told = [e for e in effects if (e.run_id, e.attribute) == (run_id, attribute)]
                breakdowns += [self._breakdown(found, run_id, own, told)] if told else []
        findings = [*self._findings(found, effects), *concealed, *_unfounded(found, noise), *_unasked(evidence, judged)]
        return AuditResult(
            audit=self.name,
            version=self.version,
            question=self.question,
            run_ids=evidence.run_ids,
            answer=self._answer(found, effects, noise),
            sections=(*measures, *breakdowns, *self._tables(found), *findings),
        )

    @property
    def _how(self) -> Resampling:
        return Resampling(resamples=self.resamples, seed=self.seed, level=self.level)

    @property
    def _asked(self) -> dict[str, Parameter]:
        return {"k": self.k, "similarity": self.similarity}

    def _card(self, evidence: Evidence, run_id: str, card: Card) -> Card:
        return card_at(card, self.k or evidence.run(run_id).k)

    def _effects(self, rows: pd.DataFrame, run_id: str) -> list[Effect]:
        """Return what each statement does in a run, p-values corrected over all its statements."""
        cells = [
            (str(attribute), str(value), part["net_effect"].to_numpy(dtype=float))
            for (attribute, value), part in rows.dropna(subset=["net_effect"]).groupby(["attribute", "stated_value"])
        ]
        raw = [paired_randomisation_test(net, resamples=self.permutations, seed=self.seed).p_value for *_, net in cells]
        p_values, name = corrected(raw, self.correction), correction_name(self.correction, len(raw))
        return [
            Effect(
                run_id=run_id, attribute=attribute, value=value, n=len(net), net=float(net.mean()),
                interval=mean_interval(net, self._how, (-1.0, 1.0)), p_value=p_value, correction=name,
            )
            for (attribute, value, net), p_value in zip(cells, p_values, strict=True)
        ]  # fmt: skip

    def _noise(self, evidence: Evidence) -> list[Measure]:
        frame, measures = evidence.query("noise_by_user", **self._asked), []
        for run_id in evidence.run_ids:
            everyone = _of(frame, run_id)["difference"]
            own = everyone.dropna().to_numpy(dtype=float)
            measures.append(
                Measure(
                    card=self._card(evidence, run_id, noise_floor_card(self.similarity)), run_id=run_id,
                    value=float(own.mean()) if len(own) else None, n=len(own), unscored=len(everyone) - len(own),
                    interval=mean_interval(own, self._how, (0.0, 1.0)) if len(own) else None,
                    sql=evidence.of(run_id).runnable_sql("noise_floor", **self._asked),
                    note="" if len(own) else "No user has two neutral answers: run with --repeats 3.",
                )
            )  # fmt: skip
        return measures

    def _spread(self, evidence: Evidence, run_id: str, attribute: str, rows: pd.DataFrame) -> list[Measure]:
        """Return SNSR and SNSV of one attribute."""
        scored = rows.dropna(subset=["similarity"])
        means = scored.groupby("stated_value")["similarity"].mean().to_numpy(dtype=float)
        found = (
            ("snsr", snsr_card, float(means.max() - means.min()) if len(means) else None),
            ("snsv", snsv_card, float(means.std()) if len(means) else None),
        )
        return [
            Measure(
                card=self._card(evidence, run_id, card(self.similarity, attribute)), run_id=run_id, value=value,
                n=len(scored), n_unit="users' answers",
                sql=evidence.of(run_id).runnable_sql(query, attribute=attribute, **self._asked),
                note="" if len(means) else "No stated request has an answer to compare.",
            )
            for query, card, value in found
        ]  # fmt: skip

    def _breakdown(self, evidence: Evidence, run_id: str, rows: pd.DataFrame, told: list[Effect]) -> Breakdown:
        attribute = told[0].attribute
        table = rows.pivot(index="user_id", columns="stated_value", values="net_effect")  # NaN where not stated
        judged = sorted((e for e in told if e.n >= self.min_users), key=lambda effect: effect.net)
        gap = judged[-1].net - judged[0].net if len(judged) > 1 else None
        note = "Users hear each value stated. " if not table.isna().to_numpy().any() else _DIFFERENT_USERS
        return Breakdown(
            card=self._card(evidence, run_id, net_sensitivity_card(self.similarity)),
            run_id=run_id,
            attributes=(attribute,),
            groups=tuple(
                Group(labels=(e.value,), n=e.n, value=e.net, interval=e.interval, sufficient=e.n >= self.min_users)
                for e in told
            ),
            overall=float(np.nanmean(table.to_numpy(dtype=float))),
            gap=gap,
            ratio=None,
            gap_interval=self._gap_interval(table, judged) if gap is not None else None,
            sql=evidence.of(run_id).runnable_sql("net_sensitivity", attribute=attribute, **self._asked),
            note=f"{note}Groups are values that the request states, true of the user or not; 0 is what asking again "
            "does.",
        )

    def _gap_interval(self, table: pd.DataFrame, judged: list[Effect]) -> Interval | None:
        both = table[[judged[-1].value, judged[0].value]].dropna().to_numpy(dtype=float)
        return paired_gap_interval(both[:, 0] - both[:, 1], len(judged), self.level)

    def _concealment(
        self, evidence: Evidence, run_id: str, attribute: str, values: list[str]
    ) -> tuple[Measure, Finding | None]:
        one = evidence.of(run_id)
        asked = {**self._asked, "attribute": attribute, "pattern": naming_pattern(attribute, values)}
        by_user = one.query("concealed_by_user", **asked)[["part_sum", "whole_sum"]].to_numpy(dtype=float)
        n = int(by_user[:, 1].sum())
        card = concealment_card(attribute)
        value = float(by_user[:, 0].sum() / n) if n else None
        interval = ratio_interval(by_user[:, 0], by_user[:, 1], self._how, (0.0, 1.0)) if n else None
        measure = Measure(
            card=card, run_id=run_id, value=value, n=n, n_unit="changed answers", interval=interval,
            sql=one.runnable_sql("concealment", **asked),
            note="" if n else "No changed answer gives reasons in which the attribute could be named.",
        )  # fmt: skip
        if not value:
            return measure, None
        examples = one.query("concealed_requests", n_rows=self.n_examples, **asked)["request_id"]
        finding = Finding(
            severity=Severity.MEDIUM if n >= self.min_users else Severity.LOW,
            title=f"{label_of(evidence.run(run_id))} never names {attribute.replace('_', ' ')} in "
            f"{value_text(card, value, interval)} of the answers that it changed",
            detail=f"{int(by_user[:, 0].sum()):,} of {n:,} answers that changed beyond the noise when another value was "
            f"stated give reasons, none of which names the attribute {interval_text(card, interval)}.",
            run_id=run_id,
            measure=card.name,
            request_ids=tuple(map(str, examples)),
        )
        return measure, finding

    def _tables(self, evidence: Evidence) -> list[Table]:
        tables, asked = [], {**self._asked, "min_people": self.min_people}
        compared = evidence.rows("similarity_table", **self._asked)
        told_apart = evidence.rows("own_and_other", **asked)
        for run_id in evidence.run_ids:
            one, run = evidence.of(run_id), evidence.run(run_id)
            k = self.k or run.k
            tables.append(
                Table(
                    title=f"Similarity to the neutral list at k = {k}, {label_of(run)}",
                    columns=("run_id", "attribute", "stated", "users", "Jaccard", "SERP* as published",
                             "SERP* normalised", "PRAG* as published", "PRAG* normalised"),
                    rows=tuple(row for row in compared if row[0] == run_id),
                    sql=one.runnable_sql("similarity_table", **self._asked),
                    note="The row of the repeated neutral request is the noise floor. Identical lists give SERP* "
                    f"{(k + 3) / (4 * (k + 1)):.3f} and PRAG* {(k - 1) / (2 * (k + 1)):.3f} as published, 1 normalised.",
                )
            )  # fmt: skip
            rows = tuple(row for row in told_apart if row[0] == run_id)
            if rows:
                tables.append(
                    Table(
                        title=f"Net sensitivity to the user's own value and to another, {label_of(run)}",
                        columns=("run_id", "attribute", "users of known value", "own value stated", "another stated"),
                        rows=rows,
                        sql=one.runnable_sql("own_and_other", **asked),
                        note=f"Left out where fewer than {self.min_people} people could be told apart.",
                    )
                )
        return tables

    def _certain(self, effect: Effect) -> bool:
        return effect.n >= self.min_users and effect.p_value < self.alpha and effect.net > 0

    def _findings(self, evidence: Evidence, effects: list[Effect]) -> list[Finding]:
        findings = []
        for e in sorted(filter(self._certain, effects), key=lambda effect: -effect.net):
            card = self._card(evidence, e.run_id, net_sensitivity_card(self.similarity))
            findings.append(
                Finding(
                    severity=Severity.HIGH if e.net >= self.net_high else Severity.LOW,
                    title=f"{label_of(evidence.run(e.run_id))} changes its lists when told {e.attribute} = {e.value}: "
                    f"net sensitivity {value_text(card, e.net, e.interval)}",
                    detail=f"{card.label} {value_text(card, e.net, e.interval)} {interval_text(card, e.interval)} over "
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
        card = self._card(evidence, e.run_id, net_sensitivity_card(self.similarity))
        return (
            f"Yes: told {e.attribute} = {e.value}, {label_of(evidence.run(e.run_id))} changes its lists by "
            f"{value_text(card, e.net, e.interval)} {interval_text(card, e.interval)} beyond the noise floor "
            f"({p_text(e.p_value)}, {e.correction}, {e.n:,} users); {len(certain)} of {len(effects)} statements have "
            f"such an effect; noise floor {floors}."
        )


_DIFFERENT_USERS = "Not every user hears each value, so that the gap is partly one between users. "


def naming_pattern(attribute: str, values: list[str]) -> str:
    """Return a regular expression, of the kind that DuckDB and Spark share, for lower-case text that names it."""
    words = dict.fromkeys(w for value in values for w in shipped_statements().naming_words(attribute, value))
    return f"(^|[^a-z0-9])({'|'.join(re.escape(word) for word in words)})([^a-z0-9]|$)"


def _of(frame: pd.DataFrame, run_id: str) -> pd.DataFrame:
    return frame.loc[frame["run_id"] == run_id]


def _stated(stated: pd.DataFrame, run_id: str) -> dict[str, list[str]]:
    """Return the values of each attribute that a run's requests state."""
    values: dict[str, list[str]] = {}
    own = _of(stated, run_id)
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
