"""Knowledge paths: are the paths that were given as reasons real, and how could the lists be explained?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar

from audits.audit import Audit, Topic
from audits.evidence import Evidence
from audits.measuring import Lists, measure, severity_below
from audits.metrics.catalogue import find_metric
from audits.results import (
    AuditResult,
    Finding,
    Measure,
    NotApplicable,
    PathExample,
    PathHop,
    PathStop,
    Severity,
    Table,
)
from audits.scope import RunFacts, label_of
from audits.statistics.resampling import Method, Resampling
from audits.wording import measure_text, relation_text, value_text
from engine.knowledge.paths import PathLimits

MEASURES = (
    "path_fidelity",
    "path_anchored_share",
    "path_coverage",
    "lir",
    "sep",
    "path_type_diversity",
    "path_type_concentration",
)
GIVEN, FOUND = "given", "found"
_DEFAULTS = PathLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths(Audit):
    """Given paths are checked against the graph; where a recommender gives none, an audit's own are described."""

    k: int | None = None  # None: as many as were asked for
    max_hops: int = _DEFAULTS.max_hops  # of a path that is looked for
    n_paths: int = _DEFAULTS.n_paths  # that are looked for, of one recommendation
    hub_share: float = _DEFAULTS.hub_share  # of the items: an entity linked with more of them explains nothing
    max_hubs: int = _DEFAULTS.max_hubs  # on a path that is looked for
    untrue_high: float = 0.05  # share of given paths that are not in the graph from which it is of high severity
    one_type: float = 0.9  # share of one path type from which a finding says so
    n_examples: int = 3
    n_rows: int = 20
    resamples: int = 2_000
    level: float = 0.95
    interval_method: Method = "auto"
    seed: int = 7

    name: ClassVar[str] = "paths"
    title: ClassVar[str] = "Knowledge paths"
    question: ClassVar[str] = "Are knowledge paths real, and what do they explain the lists by?"
    version: ClassVar[int] = 1
    needs: ClassVar[frozenset[str]] = frozenset({"slots"})
    section: ClassVar[str] = "H"
    topic: ClassVar[Topic] = Topic.REASONING
    leads: ClassVar[tuple[str, ...]] = ("path_fidelity", "path_coverage", "lir", "path_type_diversity")
    shows: ClassVar[tuple[str, ...]] = MEASURES
    source: ClassVar[str] = "Balloccu et al., SIGIR 2022; Xian et al., PGPR, SIGIR 2019"
    routine: ClassVar[bool] = False
    derives: ClassVar[tuple[str, ...]] = ("found_paths",)

    def derive_options(self) -> dict[str, str]:
        """Return the limits that are not the usual ones."""
        names = ("max_hops", "n_paths", "hub_share", "max_hubs")
        return {name: str(getattr(self, name)) for name in names if getattr(self, name) != getattr(_DEFAULTS, name)}

    def run(self, evidence: Evidence) -> AuditResult | NotApplicable:
        """Measure the paths of every run that gave or could have any."""
        origins, reasons = _origins(evidence)
        if not origins:
            why = " ".join(dict.fromkeys(reasons.values())) or "No request is recorded of these runs."
            return NotApplicable(audit=self.name, question=self.question, run_ids=evidence.run_ids, reason=why)
        judged = evidence.of(*origins)
        how = Resampling(resamples=self.resamples, seed=self.seed, level=self.level, method=self.interval_method)
        measures = {name: measure(judged, find_metric(name), how, Lists(k=self.k)) for name in MEASURES}
        if all(m.value is None for m in measures["path_coverage"]):
            reason = "These runs delivered nothing in the cohort that a path could lead to."
            return NotApplicable(audit=self.name, question=self.question, run_ids=evidence.run_ids, reason=reason)
        types = self._types(judged)
        findings = [
            *_left_out(evidence, reasons),
            *(f for run in judged.runs for f in self._findings(judged, run, measures, types)),
        ]
        return AuditResult(
            audit=self.name,
            version=self.version,
            question=self.question,
            run_ids=evidence.run_ids,
            answer=self._answer(judged, origins, measures),
            sections=(
                *(m for per_run in measures.values() for m in per_run),
                *types,
                *self._untrue(judged),
                *self._examples(judged, origins),
                *findings,
            ),
        )

    def _types(self, evidence: Evidence) -> tuple[Table, ...]:
        rows = evidence.rows("path_type_table", k=self.k)
        tables = []
        for run in evidence.runs:
            own = [row for row in rows if row[0] == run.run_id]
            whole = sum(row[3] for row in own)
            if not own:
                continue
            tables.append(
                Table(
                    title=f"What the paths of {label_of(run)} lead through",
                    columns=("relation", "hops", "items", "share_of_items", "request_id", "run_id"),
                    rows=tuple(
                        (relation_text(kind), hops, n, round(n / whole, 4), request_id, run.run_id)
                        for _, kind, hops, n, request_id in own[: self.n_rows]
                    ),
                    sql=evidence.of(run.run_id).runnable_sql("path_type_table", k=self.k),
                    note="The relation that leads to the item, on the first path of each item.",
                )
            )
        return tuple(tables)

    def _untrue(self, evidence: Evidence) -> tuple[Table, ...]:
        rows = evidence.rows("untrue_hops", k=self.k, n_rows=self.n_rows)
        if not rows:
            return ()
        columns = ("request_id", "run_id", "slot_rank", "path", "hop", "head", "relation", "tail", "problem")
        return (
            Table(
                title="Hops that the graph does not hold",
                columns=columns,
                rows=rows,
                sql=evidence.runnable_sql("untrue_hops", k=self.k, n_rows=self.n_rows),
            ),
        )

    def _examples(self, evidence: Evidence, origins: dict[str, str]) -> list[PathExample]:
        rows = evidence.rows("path_examples", k=self.k, n_rows=self.n_examples)
        if not rows:
            return []
        names = {row[0]: _stop(*row) for row in evidence.rows("entity_names", k=self.k)}
        examples = []
        for (run_id, request_id, rank), hops in groupby(rows, key=lambda row: row[:3]):
            examples.append(_example(run_id, request_id, rank, origins[run_id], list(hops), names))
        return examples

    def _findings(
        self, evidence: Evidence, run: RunFacts, measures: dict[str, tuple[Measure, ...]], types: Iterable[Table]
    ) -> list[Finding]:
        own = {name: next(m for m in per_run if m.run_id == run.run_id) for name, per_run in measures.items()}
        found = []
        fidelity, anchored, coverage = own["path_fidelity"], own["path_anchored_share"], own["path_coverage"]
        if fidelity.value is not None and fidelity.value < 1:
            found.append(
                Finding(
                    severity=severity_below(fidelity, 1 - self.untrue_high),
                    title=f"{measure_text(fidelity)} of the paths that {label_of(run)} gives are in the graph",
                    detail=f"Of {fidelity.n:,} paths; the others hold a hop that is no triple of the dataset's graph.",
                    run_id=run.run_id, measure=fidelity.name,
                    request_ids=self._untrue_requests(evidence, run),
                )
            )  # fmt: skip
        if anchored.value is not None and anchored.value < 1:
            found.append(
                Finding(
                    severity=Severity.MEDIUM,
                    title=f"{measure_text(anchored)} of the paths of {label_of(run)} start at what the user had",
                    detail=f"Of {anchored.n:,} paths. The others explain an item by what the user never had, or end at "
                    "another item.",
                    run_id=run.run_id, measure=anchored.name,
                )
            )  # fmt: skip
        if coverage.value == 0:
            found.append(
                Finding(
                    severity=Severity.LOW, title=f"No recommendation of {label_of(run)} has a path",
                    detail=f"Of {coverage.n:,} delivered items, within {self.max_hops} hops.",
                    run_id=run.run_id, measure=coverage.name,
                )
            )  # fmt: skip
        for table in types:
            top = table.rows[0]
            if top[-1] == run.run_id and isinstance(top[3], float) and top[3] >= self.one_type:
                found.append(
                    Finding(
                        severity=Severity.INFO,
                        title=f"{top[3]:.0%} of the paths of {label_of(run)} are of one type: {top[0]}",
                        detail="Such reasons tell recommendations of one list hardly apart.",
                        run_id=run.run_id, measure="path_type_concentration",
                    )
                )  # fmt: skip
        return found

    def _untrue_requests(self, evidence: Evidence, run: RunFacts) -> tuple[str, ...]:
        rows = evidence.of(run.run_id).rows("untrue_hops", k=self.k, n_rows=self.n_rows)
        return tuple(dict.fromkeys(str(row[0]) for row in rows))[: self.n_examples]

    def _answer(self, evidence: Evidence, origins: dict[str, str], measures: dict[str, tuple[Measure, ...]]) -> str:
        fidelity = [m for m in measures["path_fidelity"] if m.value is not None]
        coverage = [m for m in measures["path_coverage"] if m.value is not None]
        said = []
        if fidelity:
            worst = min(fidelity, key=lambda m: m.value or 0.0)
            name = label_of(evidence.run(worst.run_id))
            said.append(f"Of the {worst.n:,} paths that {name} gives, {measure_text(worst)} are in the graph.")
        else:
            said.append(
                f"No recommender gave paths; those described were looked for, within {self.max_hops} hops and around "
                f"entities linked with more than {self.hub_share:.0%} of the items."
            )
        best = max(coverage, key=lambda m: m.value or 0.0)
        recency = next(m for m in measures["lir"] if m.run_id == best.run_id)
        said.append(
            f"{label_of(evidence.run(best.run_id))} has {GIVEN if origins[best.run_id] == GIVEN else 'most'} paths: "
            f"one leads to {measure_text(best)} of its {best.n:,} delivered items"
            + (f", from interactions of recency {value_text(recency.card, recency.value, recency.interval)}"
               if recency.value is not None else "")
            + "."
        )  # fmt: skip
        return " ".join(said)


def _origins(evidence: Evidence) -> tuple[dict[str, str], dict[str, str]]:
    """Return the origin of the paths of each run that can be judged, and for each other run why it cannot."""
    origins, reasons = {}, {}
    rows = {row[0]: row[1:] for row in evidence.rows("path_sources")}
    for run in evidence.runs:
        n_triples, n_given, is_searched = rows.get(run.run_id, (0, 0, 0))
        if n_given:
            origins[run.run_id] = GIVEN
        elif not n_triples:
            reasons[run.run_id] = (
                f"Dataset {run.dataset_name} has no knowledge graph and its recommenders gave no paths: import it with "
                "triples to look for any."
            )
        elif not is_searched:
            reasons[run.run_id] = "No paths were looked for yet: `recaudit audit --audit paths` does."
        elif run.n_requests:
            origins[run.run_id] = FOUND
    return origins, reasons


def _left_out(evidence: Evidence, reasons: dict[str, str]) -> list[Finding]:
    return [
        Finding(
            severity=Severity.INFO, title=f"{label_of(evidence.run(run_id))} has no paths to judge",
            detail=reason, run_id=run_id,
        )
        for run_id, reason in reasons.items()
    ]  # fmt: skip


def _stop(entity_id: str, label: str | None, _kind: str | None, title: str | None) -> PathStop:
    name = title or (label if label and label != entity_id else None)
    return PathStop(label=name or entity_id, is_named=name is not None)


def _example(
    run_id: str, request_id: str, rank: int, origin: str, hops: list[tuple], names: dict[str, PathStop]
) -> PathExample:
    ends = [hops[0][5], *(hop[7] for hop in hops)]
    stops = tuple(names.get(entity_id) or PathStop(label=entity_id, is_named=False) for entity_id in ends)
    nameless = "Entities without a name in the dataset are shown by their ids." if any(
        not stop.is_named for stop in stops) else ""  # fmt: skip
    return PathExample(
        run_id=run_id,
        request_id=request_id,
        slot_rank=rank,
        origin=origin,
        stops=stops,
        hops=tuple(
            PathHop(relation=hop[6], is_inverse=bool(hop[9]), is_true=bool(hop[8]) and bool(hop[10])) for hop in hops
        ),
        note=nameless,
    )
