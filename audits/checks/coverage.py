"""Coverage, diversity and popularity: how much of the catalogue do the lists show, and how alike are they?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from audits.audit import Audit, Topic
from audits.evidence import Evidence
from audits.measuring import Lists, measure
from audits.metrics.catalogue import find_metric
from audits.metrics.metric import Metric, parameters_of, with_parameters
from audits.results import AuditResult, Finding, Measure, NotApplicable, Severity
from audits.scope import label_of
from audits.statistics.resampling import Method, Resampling
from audits.wording import count_text, measure_text, value_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage(Audit):
    """Beyond accuracy: none of these numbers is good or bad alone, and they depend on how many users were asked for."""

    metrics: tuple[str, ...] = (
        "coverage", "gini", "exposure_gini", "entropy", "novelty", "cold_item_share", "intra_list_diversity",
        "intra_list_diversity_text", "serendipity", "calibration", "arp", "aplt", "aclt", "popularity_lift",
        "inter_user_diversity", "homogenisation", "intra_user_diversity",
    )  # fmt: skip
    label_kind: str = "category"  # kind of item label that diversity within lists and calibration go by
    encoder: str = "minilm"  # whose text vectors diversity by text goes by
    embed: bool = False  # make the catalogue's text vectors where none are kept (once; it takes a while)
    k: int | None = None
    ranks: str = "strict"  # or compacted
    homogeneous: float = 0.3  # diversity between users below which lists are hardly personal: medium
    narrow: float = 0.02  # share of the catalogue below which a run shows next to nothing: medium
    resamples: int = 2_000
    level: float = 0.95
    interval_method: Method = "auto"
    seed: int = 7

    name: ClassVar[str] = "coverage"
    title: ClassVar[str] = "Coverage, diversity and popularity"
    question: ClassVar[str] = "How much of the catalogue do the lists show, and how alike and popular are they?"
    version: ClassVar[int] = 1
    needs: ClassVar[frozenset[str]] = frozenset({"items", "slots"})
    section: ClassVar[str] = "B"
    topic: ClassVar[Topic] = Topic.QUALITY
    leads: ClassVar[tuple[str, ...]] = ("coverage", "exposure_gini", "intra_list_diversity", "arp")
    source: ClassVar[str] = "Ge et al., RecSys 2010; Zhou et al., PNAS 2010; Abdollahpouri et al., FLAIRS 2019"

    def run(self, evidence: Evidence) -> AuditResult | NotApplicable:
        """Measure every run."""
        how = Resampling(resamples=self.resamples, seed=self.seed, level=self.level, method=self.interval_method)
        lists = Lists(k=self.k, ranks=self.ranks)
        metrics = [self._set(find_metric(name)) for name in dict.fromkeys(self.metrics)]
        measures = [m for metric in metrics for m in measure(evidence, metric, how, lists)]
        if all(m.value is None for m in measures):
            reason = "Nothing was delivered by these runs in the cohort."
            return NotApplicable(audit=self.name, question=self.question, run_ids=evidence.run_ids, reason=reason)
        return AuditResult(
            audit=self.name,
            version=self.version,
            question=self.question,
            run_ids=evidence.run_ids,
            answer=_answer(evidence, measures),
            sections=(*measures, *self._findings(evidence, measures)),
        )

    def _set(self, metric: Metric) -> Metric:
        """Put the audit's settings into the metric's parameters."""
        mine = {"label_kind": self.label_kind, "encoder": self.encoder, "embed": self.embed}
        return with_parameters(metric, {name: value for name, value in mine.items() if name in parameters_of(metric)})

    def _findings(self, evidence: Evidence, measures: list[Measure]) -> list[Finding]:
        limits = {
            "inter_user_diversity": (self.homogeneous, "gives its users much the same lists"),
            "coverage": (self.narrow, "shows next to nothing of the catalogue"),
        }
        return [
            Finding(
                severity=Severity.MEDIUM,
                title=f"{label_of(evidence.run(m.run_id))} {limits[m.name][1]}: {m.card.label} {measure_text(m)}",
                detail=f"Below {value_text(m.card, limits[m.name][0])}, over {count_text(m.n, m.n_unit)}.",
                run_id=m.run_id,
                measure=m.name,
            )
            for m in measures
            if m.name in limits and m.value is not None and m.value < limits[m.name][0]
        ]


def _answer(evidence: Evidence, measures: list[Measure]) -> str:
    covered = sorted((m for m in measures if m.name == "coverage" and m.value is not None), key=lambda m: m.value or 0)
    if not covered:
        return "The share of the catalogue that is shown could not be taken."
    least, most = covered[0], covered[-1]
    said, several = label_of(evidence.run(most.run_id)), len({m.run_id for m in covered}) > 1
    if several:
        said += f" shows most of the catalogue, {measure_text(most)} of {count_text(most.n, 'items')}"
        said += f"; {label_of(evidence.run(least.run_id))} shows least, {measure_text(least)}"
    else:
        said += f" shows {measure_text(most)} of the catalogue's {count_text(most.n, 'items')}"
    if len({(run.n_users, run.k) for run in evidence.runs}) > 1:
        said += "; the runs differ in users or k, which coverage grows with"
    return f"{said}."
