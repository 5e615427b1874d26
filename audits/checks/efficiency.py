"""Efficiency: what does a delivered recommendation cost in time, tokens, memory, energy and money?"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from audits.audit import Audit, Topic
from audits.evidence import Evidence
from audits.measuring import measure
from audits.metrics.catalogue import find_metric
from audits.metrics.metric import RunMetric
from audits.prices import PriceList, read_prices
from audits.queries import Parameter
from audits.results import AuditResult, Finding, Measure, NotApplicable, Severity
from audits.scope import label_of
from audits.statistics.quantiles import MIN_BATCHES, quantile_interval
from audits.statistics.resampling import Method, Resampling
from audits.wording import measure_text, value_text

QUANTILES = {  # metric -> query of its batches, value column, weight column, share
    "latency_p50": ("latency_batches", "latency_ms", "n_requests", 0.5),
    "latency_p95": ("latency_batches", "latency_ms", "n_requests", 0.95),
    "wait_p50": ("latency_batches", "wait_ms", "n_requests", 0.5),
    "wait_p95": ("latency_batches", "wait_ms", "n_requests", 0.95),
    "first_token_p50": ("first_token_batches", "first_token_ms", "n_calls", 0.5),
}
PLAIN = (
    "latency_per_recommendation", "calls_per_request", "tokens_per_recommendation", "tokens_per_second", "memory_peak",
    "gpu_memory_peak", "cpu_per_recommendation",
)  # fmt: skip
MAX_PRICED = 3  # models of one run
SERVERS = ("ollama:", "openai:")

_UNSCORED = {
    "latency_p50": "No answered request of this run was timed.",
    "latency_p95": "No answered request of this run was timed.",
    "wait_p50": "No answered request of this run was timed.",
    "wait_p95": "No answered request of this run was timed.",
    "first_token_p50": "No call says when its first token was there: this backend does not stream.",
    "latency_per_recommendation": "Nothing was delivered, or no request was timed.",
    "tokens_per_recommendation": "Nothing was delivered, or a call of every request is without token counts.",
    "tokens_per_second": "No call both wrote tokens and was timed.",
    "memory_peak": "No process recorded its memory (an older or imported run, or killed processes).",
    "gpu_memory_peak": "No process of this run used a CUDA device.",
    "cpu_per_recommendation": "No process recorded its processor time, or nothing was delivered.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Efficiency(Audit):
    """Cost per request and per delivered item. `prices` names a TOML file (see `audits.prices`); none: no price."""

    prices: str = ""
    watts_per_core: float = 12.0  # of the energy estimate: Green Algorithms' value for an unknown processor
    resamples: int = 2_000
    level: float = 0.95
    interval_method: Method = "auto"
    seed: int = 7

    name: ClassVar[str] = "efficiency"
    title: ClassVar[str] = "Efficiency"
    question: ClassVar[str] = "What does a delivered recommendation cost in time, tokens, memory and energy?"
    version: ClassVar[int] = 1
    needs: ClassVar[frozenset[str]] = frozenset({"slots"})
    section: ClassVar[str] = "I"
    topic: ClassVar[Topic] = Topic.QUALITY
    leads: ClassVar[tuple[str, ...]] = (
        "latency_per_recommendation",
        "wait_p50",
        "tokens_per_recommendation",
        "memory_peak",
    )
    shows: ClassVar[tuple[str, ...]] = (*QUANTILES, *PLAIN, "energy_measured", "energy_estimated", "price")
    source: ClassVar[str] = "Lannelongue et al., Advanced Science 2021; OpenTelemetry gen_ai conventions"

    def run(self, evidence: Evidence) -> AuditResult | NotApplicable:
        """Measure every run, each by itself: what one log does not hold is no matter of the others."""
        prices = read_prices(self.prices) if self.prices else None
        measures, findings = [], []
        for run in evidence.runs:
            own = evidence.of(run.run_id)
            taken = self._measures(own, prices)
            measures += taken
            findings += self._findings(own, taken)
        if all(m.value is None for m in measures):
            reason = "No time, token or resource use of these runs is recorded in the cohort."
            return NotApplicable(audit=self.name, question=self.question, run_ids=evidence.run_ids, reason=reason)
        return AuditResult(
            audit=self.name,
            version=self.version,
            question=self.question,
            run_ids=evidence.run_ids,
            answer=_answer(evidence, measures),
            sections=(*sorted(measures, key=_place), *findings),
        )

    def _measures(self, own: Evidence, prices: PriceList | None) -> list[Measure]:
        how = Resampling(resamples=self.resamples, seed=self.seed, level=self.level, method=self.interval_method)
        found = [self._quantile(own, name, how) for name in QUANTILES]
        found += [_explained(m) for name in PLAIN for m in measure(own, find_metric(name), how)]
        return [*found, self._energy(own, how), self._price(own, prices, how)]

    def _quantile(self, own: Evidence, name: str, how: Resampling) -> Measure:
        (taken,) = measure(own, find_metric(name), how)
        if taken.value is None:
            return _explained(taken)
        query, value, weight, share = QUANTILES[name]
        frame = own.query(query)
        values, weights = frame[value].to_numpy(dtype=float), frame[weight].to_numpy(dtype=float)
        order = np.argsort(values, kind="stable")  # batches of one value stay apart: each was drawn
        interval = quantile_interval(values[order], weights[order], share, how)
        note = f"No interval: fewer than {MIN_BATCHES} batches, or all alike." if interval is None else ""
        return dataclasses.replace(taken, interval=interval, note=note)

    def _energy(self, own: Evidence, how: Resampling) -> Measure:
        """Return the measured energy where a counter was read, else the estimate, else why there is neither."""
        (measured,) = measure(own, find_metric("energy_measured"), how)
        rows = own.rows("energy_sources")
        source, n_metered, n_recorded = rows[0][1:] if rows else (None, 0, 0)
        device, model = own.rows("run_devices")[0][1:]
        covered = "" if n_metered == n_recorded else f" Metered: {n_metered:,} of {n_recorded:,} requests."
        elsewhere = str(model or "").startswith(SERVERS)
        if measured.value is not None and not elsewhere:
            beyond = "" if "nvml" in str(source) or not str(device).startswith("cuda") else " The GPU's is not in it."
            return dataclasses.replace(measured, note=f"Measured by {source}.{beyond}{covered}")
        if rows and (elsewhere or str(device) != "cpu"):
            where = "on a model server" if elsewhere else f"on {device}"
            note = f"The model ran {where}, whose energy cannot be read from here; no estimate is made of it."
            return dataclasses.replace(measured, value=None, sql="", note=note)
        metric = _with(find_metric("energy_estimated"), {"watts_per_core": self.watts_per_core})
        (estimate,) = measure(own, metric, how)
        note = f"Estimated, not measured: processor time times {self.watts_per_core:g} W a core.{covered}"
        if estimate.value is None:
            note = "No energy counter can be read, and there is no processor time to estimate from."
        return dataclasses.replace(estimate, note=note)

    def _price(self, own: Evidence, prices: PriceList | None, how: Resampling) -> Measure:
        models = [str(row[1]) for row in own.rows("called_models")]
        metric = find_metric("price")
        if prices is None or not models or len(models) > MAX_PRICED:
            (empty,) = measure(own, metric, how)
            if "the log does not hold" in empty.note:
                return empty
            note = "No price list was given (setting prices)."
            if prices is not None:
                note = "No call of a language model is recorded: there is nothing to pay for."
            if len(models) > MAX_PRICED:
                note = f"The run calls {len(models)} models; at most {MAX_PRICED} can be priced together."
            return dataclasses.replace(empty, value=None, note=note)
        parameters: dict[str, Parameter] = {}
        for place, model in enumerate(models, 1):
            price = prices.of(model)
            parameters[f"model_{place}"] = model
            parameters[f"input_price_{place}"] = price.input if price else None
            parameters[f"output_price_{place}"] = price.output if price else None
        (priced,) = measure(own, _with(metric, parameters), how)
        note = f"Prices: {prices.source}."
        if priced.value is None:
            unknown = [model for model in models if prices.of(model) is None]
            note = f"Not in the price list: {', '.join(unknown)}." if unknown else _NO_PRICE
        return dataclasses.replace(priced, card=dataclasses.replace(priced.card, unit=prices.currency), note=note)

    def _findings(self, own: Evidence, taken: list[Measure]) -> list[Finding]:
        run = own.runs[0]
        tokens = next(m for m in taken if m.name == "tokens_per_recommendation")
        if run.model_name is None or tokens.value is not None or not own.rows("called_models"):
            return []
        title = f"What {label_of(run)} costs in tokens cannot be said"
        return [Finding(severity=Severity.LOW, title=title, detail=tokens.note, run_id=run.run_id, measure=tokens.name)]


_NO_PRICE = "Nothing was delivered, or the backend gives no token counts."


def _with(metric, parameters: dict[str, Parameter]) -> RunMetric:
    return dataclasses.replace(metric, parameters=tuple({**dict(metric.parameters), **parameters}.items()))


def _explained(taken: Measure) -> Measure:
    if taken.value is not None or "the log does not hold" in taken.note:
        return taken
    return dataclasses.replace(taken, note=_UNSCORED.get(taken.name, taken.note))


def _place(taken: Measure) -> int:
    order = (*QUANTILES, *PLAIN, "energy_measured", "energy_estimated", "price")
    return order.index(taken.name)


def _answer(evidence: Evidence, measures: list[Measure]) -> str:
    timed = [m for m in measures if m.name == "latency_per_recommendation" and m.value is not None]
    if not timed:
        return "No run has both a latency and a delivered item."
    ordered = sorted(timed, key=lambda m: m.value or 0.0)
    best, worst = ordered[0], ordered[-1]
    said = f"{label_of(evidence.run(best.run_id))} takes {measure_text(best)} a delivered item"
    if len(ordered) > 1:
        said = f"Cheapest in time: {said}; dearest: {label_of(evidence.run(worst.run_id))}, {measure_text(worst)}"
    tokens = next((m for m in measures if m.run_id == worst.run_id and m.name == "tokens_per_recommendation"), None)
    if tokens is not None and tokens.value is not None:
        said += f", with {value_text(tokens.card, tokens.value, tokens.interval)} each"
    return f"{said}."
