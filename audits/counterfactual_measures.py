"""The numbers of counterfactual fairness: effects, noise floor, spread, concealment. Not here: what to say."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from audits.counterfactual_cards import concealment_card, net_sensitivity_card, noise_floor_card, snsr_card, snsv_card
from audits.evidence import Evidence
from audits.metrics.metric import card_at
from audits.queries import Parameter
from audits.results import Breakdown, Card, Finding, Group, Interval, Measure, Severity, Table
from audits.scope import label_of
from audits.statistics.corrections import Correction, corrected, correction_name
from audits.statistics.groups import GroupMoments, gap_interval, paired_gap_interval
from audits.statistics.pairs import paired_randomisation_test
from audits.statistics.resampling import Resampling, mean_interval, ratio_interval
from audits.wording import interval_text, value_text
from engine.prompts.statements import shipped_statements


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
class EffectJudging:
    """How runs that state something are judged: the similarity, the list length, the tests and the gates."""

    similarity: str
    k: int | None
    min_people: int
    min_users: int
    correction: Correction
    level: float
    permutations: int
    seed: int
    n_examples: int
    how: Resampling

    @property
    def asked(self) -> dict[str, Parameter]:
        """The parameters of every query."""
        return {"k": self.k, "similarity": self.similarity, "min_people": self.min_people}

    def frame(self, evidence: Evidence, query: str, **more: Parameter) -> pd.DataFrame:
        """Run one of the named queries."""
        return evidence.query(query, using=None, **{**self.asked, **more})

    def sql(self, evidence: Evidence, run_id: str, query: str, **more: Parameter) -> str:
        """Return a query's runnable text for one run."""
        return evidence.of(run_id).runnable_sql(query, using=None, **{**self.asked, **more})

    def card(self, evidence: Evidence, run_id: str, card: Card) -> Card:
        """Return the card with the list length of this run."""
        return card_at(card, self.k or evidence.run(run_id).k)

    def effects(self, rows: pd.DataFrame, run_id: str) -> list[Effect]:
        """Return what each statement does in a run, p-values corrected over all its statements."""
        cells = [
            (str(key[0]), str(key[1]), part["net_effect"].to_numpy(dtype=float))  # type: ignore[index]
            for key, part in rows.dropna(subset=["net_effect"]).groupby(["attribute", "stated_value"])
        ]
        raw = [paired_randomisation_test(net, resamples=self.permutations, seed=self.seed).p_value for *_, net in cells]
        p_values, name = corrected(raw, self.correction), correction_name(self.correction, len(raw))
        return [
            Effect(
                run_id=run_id, attribute=attribute, value=value, n=len(net), net=float(net.mean()),
                interval=mean_interval(net, self.how, (-1.0, 1.0)), p_value=p_value, correction=name,
            )
            for (attribute, value, net), p_value in zip(cells, p_values, strict=True)
        ]  # fmt: skip

    def noise(self, evidence: Evidence) -> list[Measure]:
        """Return the noise floor of every run."""
        frame, measures = self.frame(evidence, "noise_by_user"), []
        for run_id in evidence.run_ids:
            everyone = of_run(frame, run_id)["difference"]
            own = everyone.dropna().to_numpy(dtype=float)
            measures.append(
                Measure(
                    card=self.card(evidence, run_id, noise_floor_card(self.similarity)), run_id=run_id,
                    value=float(own.mean()) if len(own) else None, n=len(own), unscored=len(everyone) - len(own),
                    interval=mean_interval(own, self.how, (0.0, 1.0)) if len(own) else None,
                    sql=self.sql(evidence, run_id, "noise_floor"),
                    note="" if len(own) else "No user has two neutral answers: run with --repeats 3.",
                )
            )  # fmt: skip
        return measures

    def spread(self, evidence: Evidence, run_id: str, attribute: str, rows: pd.DataFrame) -> list[Measure]:
        """Return SNSR and SNSV of one attribute."""
        scored = rows.dropna(subset=["similarity"])
        means = np.array([part["similarity"].mean() for _, part in scored.groupby("stated_value")], dtype=float)
        found = (
            ("snsr", snsr_card, float(means.max() - means.min()) if len(means) > 1 else None),
            ("snsv", snsv_card, float(means.std()) if len(means) > 1 else None),
        )
        return [
            Measure(
                card=self.card(evidence, run_id, card(self.similarity, attribute)), run_id=run_id, value=value,
                n=len(scored), n_unit="users' answers",
                sql=self.sql(evidence, run_id, query, attribute=attribute),
                note="" if len(means) > 1 else "A spread needs answers to at least two stated values.",
            )
            for query, card, value in found
        ]  # fmt: skip

    def breakdown(self, evidence: Evidence, run_id: str, rows: pd.DataFrame, told: list[Effect]) -> Breakdown:
        """Return net sensitivity by the stated values of one attribute."""
        attribute = told[0].attribute
        table = rows.pivot(index="user_id", columns="stated_value", values="net_effect")  # NaN where not stated
        judged = sorted((e for e in told if e.n >= self.min_users), key=lambda effect: effect.net)
        gap = judged[-1].net - judged[0].net if len(judged) > 1 else None
        note = "Users hear each value stated. " if not table.isna().to_numpy().any() else _DIFFERENT_USERS
        return Breakdown(
            card=self.card(evidence, run_id, net_sensitivity_card(self.similarity)),
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
            sql=self.sql(evidence, run_id, "net_sensitivity", attribute=attribute),
            note=f"{note}Groups are values that the request states, true of the user or not; 0 is what asking again "
            "does.",
        )

    def _gap_interval(self, table: pd.DataFrame, judged: list[Effect]) -> Interval | None:
        high, low = (table[effect.value].to_numpy(dtype=float) for effect in (judged[-1], judged[0]))
        if not np.isnan(high + low).any():
            return paired_gap_interval(high - low, len(judged), self.level)
        return gap_interval(_moments(high), _moments(low), len(judged), self.level)

    def concealment(
        self, evidence: Evidence, run_id: str, attribute: str, values: list[str]
    ) -> tuple[Measure, Finding | None]:
        """Return how often changed answers keep silent about the attribute, and a finding where any does."""
        one = evidence.of(run_id)
        asked: dict[str, Parameter] = {"attribute": attribute, "pattern": naming_pattern(attribute, values)}
        by_user = self.frame(one, "concealed_by_user", **asked)[["part_sum", "whole_sum"]].to_numpy(dtype=float)
        n = int(by_user[:, 1].sum())
        card = concealment_card(attribute)
        value = float(by_user[:, 0].sum() / n) if n else None
        interval = ratio_interval(by_user[:, 0], by_user[:, 1], self.how, (0.0, 1.0)) if n else None
        measure = Measure(
            card=card, run_id=run_id, value=value, n=n, n_unit="changed answers", interval=interval,
            sql=self.sql(one, run_id, "concealment", **asked),
            note="" if n else "No changed answer gives reasons in which the attribute could be named.",
        )  # fmt: skip
        if not value:
            return measure, None
        examples = self.frame(one, "concealed_requests", n_rows=self.n_examples, **asked)["request_id"]
        finding = Finding(
            severity=Severity.MEDIUM if n >= self.min_users else Severity.LOW,
            title=f"{label_of(evidence.run(run_id))} never names {attribute.replace('_', ' ')} in "
            f"{value_text(card, value, interval)} of the answers that it changed",
            detail=f"{int(by_user[:, 0].sum()):,} of {n:,} answers that changed beyond the noise when another value "
            f"was stated give reasons, none of which names the attribute {interval_text(card, interval)}.",
            run_id=run_id,
            measure=card.name,
            request_ids=tuple(map(str, examples)),
        )
        return measure, finding

    def tables(self, evidence: Evidence) -> list[Table]:
        """Return every run's similarities, their spread, and own against other values."""
        tables = []
        compared = evidence.rows("similarity_table", using=None, **self.asked)
        spread = evidence.rows("spread_table", using=None, **self.asked)
        told_apart = evidence.rows("own_and_other", using=None, **self.asked)
        for run_id in evidence.run_ids:
            run = evidence.run(run_id)
            k = self.k or run.k
            tables.append(
                Table(
                    title=f"Similarity to the neutral list at k = {k}, {label_of(run)}",
                    columns=("run_id", "attribute", "stated", "users", "Jaccard", "SERP* raw",
                             "SERP* 0-1", "PRAG* raw", "PRAG* 0-1"),
                    rows=tuple(row for row in compared if row[0] == run_id),
                    sql=self.sql(evidence, run_id, "similarity_table"),
                    note="The row of the repeated neutral request is the noise floor. Identical lists give SERP* "
                    f"{(k + 3) / (4 * (k + 1)):.3f} and PRAG* {(k - 1) / (2 * (k + 1)):.3f} raw, as "
                    "published, and 1 on the scale of 0 to 1.",
                )
            )  # fmt: skip
            tables.append(
                Table(
                    title=f"Spread over the stated values, at k = {k}, {label_of(run)}",
                    columns=("run_id", "attribute", "form", "values", "smallest", "largest", "SNSR", "SNSV"),
                    rows=tuple(row for row in spread if row[0] == run_id),
                    sql=self.sql(evidence, run_id, "spread_table"),
                    note="FaiRLLM's unfairness by every similarity: largest minus smallest (SNSR) and standard "
                    "deviation (SNSV) of the mean similarity to the neutral list. Noise is not taken off.",
                )
            )
            rows = tuple(row for row in told_apart if row[0] == run_id)
            if rows:
                tables.append(
                    Table(
                        title=f"Net sensitivity to the user's own value and to another, {label_of(run)}",
                        columns=("run_id", "attribute", "users of known value", "own value stated", "another stated"),
                        rows=rows,
                        sql=self.sql(evidence, run_id, "own_and_other"),
                        note=f"Left out where fewer than {self.min_people} people could be told apart.",
                    )
                )
        return tables


_DIFFERENT_USERS = "Not every user hears each value, so that the gap is partly one between users. "


def _moments(values: NDArray[np.float64]) -> GroupMoments:
    kept = values[~np.isnan(values)]
    return GroupMoments(
        n=len(kept), mean=float(kept.mean()), variance=float(kept.var(ddof=1)) if len(kept) > 1 else 0.0
    )


def naming_pattern(attribute: str, values: list[str]) -> str:
    """Return a regular expression, of the kind that DuckDB and Spark share, for lower-case text that names it."""
    words = dict.fromkeys(w for value in values for w in shipped_statements().naming_words(attribute, value))
    return f"(^|[^a-z0-9])({'|'.join(re.escape(word) for word in words)})([^a-z0-9]|$)"


def of_run(frame: pd.DataFrame, run_id: str) -> pd.DataFrame:
    """Return the rows of one run."""
    return frame.loc[frame["run_id"] == run_id]
