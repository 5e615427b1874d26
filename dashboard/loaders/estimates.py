"""What a run will cost, before it starts: from former runs of the same recommender and model, else from a probe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboard.loaders import log
from dashboard.queries import named_query
from engine.home import Home
from engine.records import AnsweredRequest, FitRecord
from engine.runlog.journal import read_records


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What one request costs on average; None: not known. `basis` says what it was taken from."""

    n_requests: int  # that it was taken from
    calls: float
    tokens_in: float | None
    tokens_out: float | None
    latency_ms: float
    fit_seconds: float | None
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a run will cost. None: not known."""

    n_requests: int
    calls: float
    tokens_in: float | None
    tokens_out: float | None
    seconds: float
    fit_seconds: float | None
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cost:
    run_id: str
    dataset_fingerprint: str
    k: int
    device: str | None
    fit_seconds: float | None
    n_requests: int
    total_ms: float | None
    n_calls: int
    tokens_in: int | None
    tokens_out: int | None


def former_rates(recommender: str, model: str | None, dataset_fingerprint: str, k: int) -> Rates | None:
    """Return the rates of former runs of the recommender with the model, the most alike first; None: there are none."""
    with log.run_log().connect() as connection:
        cursor = connection.execute(named_query("costs"), [recommender, model or ""])
        names = [column[0] for column in cursor.description or ()]
        costs = [_Cost(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
    alike = (
        (
            [c for c in costs if c.dataset_fingerprint == dataset_fingerprint and c.k == k],
            f"on this dataset at k = {k}",
        ),
        ([c for c in costs if c.dataset_fingerprint == dataset_fingerprint], "on this dataset at another k"),
        (costs, "on other datasets"),
    )
    for chosen, where in alike:
        rates = _rates(chosen)
        if rates is not None:
            return replace(
                rates, basis=f"{_runs(len(chosen))} of {recommender} {where} ({rates.n_requests:,} requests)"
            )
    return None


def probe_rates(home: Home) -> Rates | None:
    """Return the rates of a probe: a run of a few users in a folder of its own; None: it has not answered anything."""
    requests = calls = tokens_in = tokens_out = 0
    has_tokens = False
    latency_ms, fit_seconds = 0.0, None
    for path in home.journals.glob("*.jsonl"):
        for record in read_records(path):
            if isinstance(record, FitRecord):
                fit_seconds = record.seconds
            elif isinstance(record, AnsweredRequest):
                requests += 1
                latency_ms += record.latency_ms or 0.0
                calls += len(record.generations)
                for call in record.generations:
                    has_tokens = has_tokens or call.tokens_out is not None
                    tokens_in += call.tokens_in or 0
                    tokens_out += call.tokens_out or 0
    if not requests:
        return None
    return Rates(
        n_requests=requests,
        calls=calls / requests,
        tokens_in=tokens_in / requests if has_tokens else None,
        tokens_out=tokens_out / requests if has_tokens else None,
        latency_ms=latency_ms / requests,
        fit_seconds=fit_seconds,
        basis=f"a probe of {requests} users, just now on this machine",
    )


def estimate(rates: Rates, n_requests: int) -> Estimate:
    """Return what this many requests cost at these rates."""
    return Estimate(
        n_requests=n_requests,
        calls=rates.calls * n_requests,
        tokens_in=None if rates.tokens_in is None else rates.tokens_in * n_requests,
        tokens_out=None if rates.tokens_out is None else rates.tokens_out * n_requests,
        seconds=rates.latency_ms * n_requests / 1000,
        fit_seconds=rates.fit_seconds,
        basis=rates.basis,
    )


def _rates(costs: Sequence[_Cost]) -> Rates | None:
    requests = sum(cost.n_requests for cost in costs)
    if not requests:
        return None
    fits = [cost.fit_seconds for cost in costs if cost.fit_seconds is not None]
    told = [cost for cost in costs if cost.tokens_out is not None]
    told_requests = sum(cost.n_requests for cost in told)
    return Rates(
        n_requests=requests,
        calls=sum(cost.n_calls for cost in costs) / requests,
        tokens_in=sum(cost.tokens_in or 0 for cost in told) / told_requests if told_requests else None,
        tokens_out=sum(cost.tokens_out or 0 for cost in told) / told_requests if told_requests else None,
        latency_ms=sum(cost.total_ms or 0.0 for cost in costs) / requests,
        fit_seconds=max(fits) if fits else None,
        basis="",
    )


def _runs(n: int) -> str:
    return f"{n} former run" if n == 1 else f"{n} former runs"
