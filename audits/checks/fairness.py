"""Fairness to users: is any group of users served worse?"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import ClassVar

from audits.audit import Audit, Topic
from audits.errors import AuditError
from audits.evidence import Evidence
from audits.fairness_answer import answer, left_out, too_fine_text
from audits.fairness_cards import (
    BIAS_DISPARITY,
    exposure_share_card,
    gap_card,
    impact_ratio_card,
    parity_card,
    worst_group_card,
)
from audits.fairness_sections import GroupJudging
from audits.group_cells import MAX_ATTRIBUTES, read_cells
from audits.group_items import ItemShares
from audits.group_wholes import wholes_by_group
from audits.grouping import Gates, break_down
from audits.legal import load_profile
from audits.measuring import Lists, Reading
from audits.metrics.catalogue import find_metric
from audits.metrics.metric import RunMetric
from audits.metrics.ndcg import METRIC as UTILITY
from audits.results import AuditResult, Breakdown, Card, NotApplicable, Section
from audits.statistics.corrections import Correction, corrected, correction_name
from engine.privacy.people import is_naming


@dataclass(frozen=True, slots=True, kw_only=True)
class Fairness(Audit):
    """Any metric by user group. Attributes are named as in the data, an intersection as "gender+age_band"."""

    by: tuple[
        str, ...
    ] = ()  # attributes and intersections of them; none: each that users have, but names and `max_values`
    control: tuple[str, ...] = ()  # compare groups only within each level of these
    max_values: int = 50  # of an attribute: one of more (a zip code) is taken only where `by` names it
    metrics: tuple[str, ...] = ("ndcg", "delivered_share", "out_of_catalogue_share", "coverage")  # the first: utility
    item_groups: str = "category"  # of exposure parity and bias disparity; "" leaves both out
    profile: str = "none"  # legal profile: a shipped one, or a TOML file
    k: int | None = None
    ranks: str = "strict"
    min_people: int = 10  # fewer: hidden, for privacy
    min_sufficient: int = 100  # fewer: shown, never called fair or unfair
    gap_high: float = 0.15  # gap as a share of the highest group's value
    alpha: float = 0.05
    correction: Correction = "holm"
    level: float = 0.95
    resamples: int = 2_000
    seed: int = 7
    max_users: int = 20_000  # of a run: more are not resampled, their intervals come from sums
    n_examples: int = 5

    name: ClassVar[str] = "fairness"
    title: ClassVar[str] = "Fairness to users"
    question: ClassVar[str] = "Is any group of users served worse than another?"
    version: ClassVar[int] = 2
    needs: ClassVar[frozenset[str]] = frozenset({"user_attributes", "slots"})
    section: ClassVar[str] = "D"
    topic: ClassVar[Topic] = Topic.SERVED
    takes_any_metric: ClassVar[bool] = True
    source: ClassVar[str] = "fairlearn MetricFrame; Ekstrand et al., FAccT 2018; Romano and Wolf, JASA 2005"
    cards: ClassVar[tuple[Card, ...]] = (
        gap_card(UTILITY.card, "attribute"), worst_group_card(UTILITY.card, "attribute"),
        impact_ratio_card(UTILITY.card, "attribute"), parity_card("category", "attribute"),
        exposure_share_card("item group", "category"), BIAS_DISPARITY,
    )  # fmt: skip

    def __post_init__(self) -> None:
        """Check what names something.

        Raises:
            AuditError: there is no such metric or profile, or a number is out of range.
        """
        load_profile(self.profile)
        if not self.metrics:
            raise AuditError("fairness.metrics names no metric.")
        for name in self.metrics:
            find_metric(name)
        if self.max_values < 1:
            raise AuditError(f"fairness.max_values must be at least 1, not {self.max_values}.")
        if not 1 <= self.min_people <= self.min_sufficient:
            raise AuditError(
                f"fairness.min_people lies between 1 and fairness.min_sufficient ({self.min_sufficient}), not at "
                f"{self.min_people}."
            )
        try:
            _ = self._gates.how
        except ValueError as error:
            raise AuditError(f"The settings of the audit fairness do not fit: {error}.") from None

    def run(self, evidence: Evidence) -> AuditResult | NotApplicable:
        """Break every metric down by every attribute asked for, run by run; test all gaps of a run together."""
        by, no_room, too_fine = self._by(evidence)
        utility = find_metric(self.metrics[0])
        missing = utility.needs - evidence.available
        if missing or not by:
            reason = f"The log holds no {', '.join(sorted(missing)) or 'user attributes'}.".replace("_", " ")
            if too_fine and not missing:
                reason = f"No user attribute has at most {self.max_values} values: {too_fine_text(too_fine)}"
            return NotApplicable(audit=self.name, question=self.question, run_ids=evidence.run_ids, reason=reason)
        judging = self._judging(evidence, by)
        found = [b for name in self.metrics for b in self._broken_down(evidence, name, by)]
        if not any(breakdown.card.name == utility.card.name for breakdown in found):
            reason = f"No user of these runs has a value of {utility.card.label} in the cohort."
            return NotApplicable(audit=self.name, question=self.question, run_ids=evidence.run_ids, reason=reason)
        shares = self._item_shares(evidence, by)
        sections = self._tested([*found, *shares])
        breakdowns = [section for section in sections if isinstance(section, Breakdown)]
        mine = [b for b in breakdowns if b.card.name == utility.card.name]
        return AuditResult(
            audit=self.name,
            version=self.version,
            question=self.question,
            run_ids=evidence.run_ids,
            answer=answer(evidence, mine, breakdowns, self.alpha),
            sections=(
                *(measure for b in mine if not b.within for measure in judging.measures(b)),
                *sections,
                *judging.impact_ratios(mine),
                *(finding for b in breakdowns if (finding := judging.finding(b)) is not None),
                *judging.legal(mine),
                *left_out(evidence, no_room, too_fine, self._not_taken(evidence)),
            ),
        )

    @property
    def _gates(self) -> Gates:
        return Gates(
            min_people=self.min_people, min_sufficient=self.min_sufficient, level=self.level, resamples=self.resamples,
            seed=self.seed, max_users=self.max_users,
        )  # fmt: skip

    def _judging(self, evidence: Evidence, by: tuple[tuple[str, ...], ...]) -> GroupJudging:
        return GroupJudging(
            evidence=evidence, lists=self._lists, gates=self._gates, control=self.control, attributes=self._used(by),
            alpha=self.alpha, gap_high=self.gap_high, profile=load_profile(self.profile), n_examples=self.n_examples,
        )  # fmt: skip

    def _used(self, by: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*(attribute for group in by for attribute in group), *self.control]))

    @property
    def _lists(self) -> Lists:
        return Lists(k=self.k, ranks=self.ranks)

    def _by(self, evidence: Evidence) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...], dict[str, int]]:
        """Return what to group by, the attributes left out because there are too many, and those of too many values.

        Raises:
            AuditError: an attribute that is asked for is not in the data or holds names, or there are too many.
        """
        known = evidence.attributes
        asked = tuple(dict.fromkeys(_split(text, known) for text in self.by))
        names = tuple(dict.fromkeys([*(name for group in asked for name in group), *self.control]))
        for name in names:
            if name not in known:
                raise AuditError(f"Users have no attribute {name!r}; they have {', '.join(known) or 'none'}.")
        naming = [name for name in names if is_naming(name)]
        if naming:
            raise AuditError(f"{naming[0]!r} holds names of people, who are no group: their names would be shown.")
        both = [name for group in asked for name in group if name in self.control]
        if both:
            raise AuditError(f"{both[0]!r} is controlled for: it cannot be grouped by too.")
        if len(names) > MAX_ATTRIBUTES:
            raise AuditError(f"At most {MAX_ATTRIBUTES} attributes are taken at a time, not {len(names)}.")
        if asked:
            return asked, (), {}
        free = [name for name in known if name not in self.control and not is_naming(name)]
        room = MAX_ATTRIBUTES - len(self.control)
        too_fine = {name: n for name in free if (n := evidence.attribute_sizes[name]) > self.max_values}
        taken = [name for name in free if name not in too_fine]
        return tuple((name,) for name in taken[:room]), tuple(taken[room:]), too_fine

    def _broken_down(self, evidence: Evidence, name: str, by: tuple[tuple[str, ...], ...]) -> list[Breakdown]:
        metric = find_metric(name)
        if metric.needs - evidence.available:
            return []
        reading = Reading(evidence=evidence, metric=metric, lists=self._lists)
        if isinstance(metric, RunMetric):
            return wholes_by_group(reading, by, self._gates, self.control)
        judging = self._judging(evidence, by)
        return [
            dataclasses.replace(b, sql=judging.sql(reading, b, "group_means"))
            for cells in read_cells(reading, judging.attributes, self.max_users).values()
            for b in break_down(cells, by, self._gates, self.control)
        ]

    def _not_taken(self, evidence: Evidence) -> dict[str, frozenset[str]]:
        """Return the metrics whose needs the log does not meet."""
        needs = {name: find_metric(name).needs - evidence.available for name in self.metrics}
        return {name: missing for name, missing in needs.items() if missing}

    def _item_shares(self, evidence: Evidence, by: tuple[tuple[str, ...], ...]) -> list[Section]:
        if not self.item_groups or self.control or "items" not in evidence.available:
            return []
        shares = ItemShares(evidence=evidence, kind=self.item_groups, lists=self._lists, gates=self._gates)
        return shares.sections(by)

    def _tested(self, sections: list[Section]) -> list[Section]:
        """Correct the p-values of gaps over all gaps of a run."""
        tested = [s for s in sections if isinstance(s, Breakdown) and s.gap_p_value is not None]
        changed: dict[int, Breakdown] = {}
        for run_id in dict.fromkeys(b.run_id for b in tested):
            own = [b for b in tested if b.run_id == run_id]
            p_values = corrected([b.gap_p_value for b in own if b.gap_p_value is not None], self.correction)
            said = correction_name(self.correction, len(own)).replace("comparison", "gap")
            for b, p_value in zip(own, p_values, strict=True):
                note = f"{b.note} The p-value of the gap is corrected: {said}."
                changed[id(b)] = dataclasses.replace(b, gap_p_value=p_value, note=note)
        return [changed.get(id(section), section) for section in sections]


def _split(text: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Read an attribute, or an intersection: "gender+age_band" or "gender*age_band"."""
    if text in known:
        return (text,)
    return tuple(dict.fromkeys(part.strip() for part in text.replace("*", "+").split("+")))
