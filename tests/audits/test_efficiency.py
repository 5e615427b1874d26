"""Cost per request and per delivered item, on a log whose numbers are worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from audits.errors import AuditError
from audits.prices import read_prices
from audits.results import AuditFailure, AuditResult, Measure
from audits.runner import run_audits
from audits.statistics.quantiles import discrete_quantile, quantile_interval
from audits.statistics.resampling import Resampling
from tests.audits.log_builder import LogBuilder

PRICES = """
currency = "EUR"
source = "made up"
[[model]]
name = "openai:small@*"
input = 2.0
output = 10.0
"""


def costly(model: str = "openai:small@http://x", **facts: object) -> LogBuilder:
    """Two users: u1 gets 2 items for two calls, u2 gets none for one; latencies 100 and 300 ms in a batch of 2."""
    log = (
        LogBuilder()
        .items({c: [] for c in "abc"})
        .users({"u1": ["a"], "u2": ["a"]}, {"u1": ["b"], "u2": ["b"]})
        .run("r", {"u1": ["b", "c", "?"], "u2": ["!no", "?", "?"]}, model_name=model, device="cpu", **facts)
        .calls(
            "r",
            [
                {"request_id": "u1:0", "gen_ai_request_model": model, "latency_ms": 400.0, "batch_size": 2},
                {"request_id": "u1:0", "gen_ai_request_model": model, "first_token_ms": 30.0},
                {"request_id": "u2:0", "gen_ai_request_model": model, "gen_ai_usage_input_tokens": 20,
                 "gen_ai_usage_output_tokens": 10, "latency_ms": 100.0, "first_token_ms": 50.0},
            ],
        )
    )  # fmt: skip
    log.connection.execute("update store.requests set latency_ms = case user_id when 'u1' then 100.0 else 300.0 end")
    log.connection.execute("update store.requests set batch_size = 2")
    return log


def measures(log: LogBuilder, **settings: object) -> dict[str, Measure]:
    (outcome,) = run_audits(log.evidence("r"), ["efficiency"], {"efficiency": settings})
    assert isinstance(outcome, AuditResult), outcome
    found = {s.name: s for s in outcome.sections if isinstance(s, Measure)}
    for measure in found.values():
        if measure.value is not None:
            row = log.connection.execute(measure.sql).fetchdf().iloc[0]
            assert row["measured"] == pytest.approx(measure.value)
        else:
            assert measure.note
    return found


def test_costs_by_hand():
    found = measures(costly())
    values = {name: measure.value for name, measure in found.items() if measure.value is not None}
    assert values == {
        "latency_p50": 100.0, "latency_p95": 300.0, "wait_p50": 200.0, "wait_p95": 600.0, "first_token_p50": 30.0,
        "latency_per_recommendation": 200.0,  # (100 + 300) / 2
        "calls_per_request": 1.5, "tokens_per_recommendation": 30.0,  # (15 + 15 + 30) / 2
        "tokens_per_second": 50.0,  # 20 tokens in 200 + 100 + 100 ms
    }  # fmt: skip
    assert found["latency_p50"].interval is None
    assert "batches" in found["latency_p50"].note


def test_the_interval_keeps_users_that_cost_and_got_nothing():
    log = (
        LogBuilder()
        .items({"b": []})
        .users({"u1": [], "u2": [], "u3": []}, {})
        .run("r", {"u1": ["b", "?"], "u2": ["b", "?"], "u3": ["?", "?"]}, k=2, device="cpu")
        .calls("r", [{"request_id": f"u{i}:0"} for i in (1, 2, 3)])
    )
    tokens = measures(log)["tokens_per_recommendation"]
    assert tokens.value == 22.5
    assert tokens.interval.low == 15.0  # u3, who paid 15 tokens for nothing, is not drawn
    assert tokens.interval.high >= 45.0


def test_a_call_without_counts_leaves_its_request_out():
    log = costly()
    log.connection.execute("update store.generations set gen_ai_usage_input_tokens = null where request_id = 'u2:0'")
    assert measures(log)["tokens_per_recommendation"].value == 15.0
    log.connection.execute("update store.generations set gen_ai_usage_output_tokens = null")
    found = measures(log)
    assert found["tokens_per_recommendation"].value is None
    assert found["tokens_per_second"].value is None


def test_memory_processor_and_energy_are_of_metered_requests():
    used = {"cpu_seconds": 4.0, "peak_memory_bytes": 3_000_000}
    log = costly(model="embedded").resources("r", {"phase": "fit", "peak_memory_bytes": 5_000_000}, used)
    found = measures(log, watts_per_core=10.0)
    assert found["memory_peak"].value == 5.0
    assert found["cpu_per_recommendation"].value == 4000.0  # of 1 of 2 requests: 8 s for 2 items
    assert found["energy_estimated"].value == 40.0
    assert "Estimated" in found["energy_estimated"].note
    assert "1 of 2" in found["energy_estimated"].note
    assert "energy_measured" not in found
    assert found["gpu_memory_peak"].value is None


def test_measured_energy_goes_before_the_estimate():
    log = costly(model="embedded").resources("r", {"n_requests": 2, "energy_joules": 9.0, "energy_source": "rapl"})
    found = measures(log)
    assert found["energy_measured"].value == 4.5
    assert found["energy_measured"].note == "Measured by rapl."
    assert "energy_estimated" not in found


@pytest.mark.parametrize("facts", [{"model": "ollama:m"}, {"model": "embedded", "on": "cuda"}])
def test_no_energy_is_made_up_for_what_ran_elsewhere(facts):
    log = costly(model=facts["model"]).resources("r", {"n_requests": 2})
    if "on" in facts:
        log.connection.execute("update store.runs set device = 'cuda'")
    energy = measures(log)["energy_measured"]
    assert energy.value is None
    assert "cannot be read" in energy.note


def test_price_by_hand(tmp_path):
    path = tmp_path / "prices.toml"
    path.write_text(PRICES)
    price = measures(costly(), prices=str(path))["price"]
    assert price.value == pytest.approx(1000 * (40 * 2 + 20 * 10) / 1e6 / 2)
    assert price.card.unit == "EUR"
    assert "Not in the price list: other" in measures(costly(model="other"), prices=str(path))["price"].note
    assert "No price list" in measures(costly())["price"].note


@pytest.mark.parametrize(
    ("text", "said"), [("x = [", "no TOML"), ('currency = "EUR"', "source"), (PRICES + "extra = 1", "extra")]
)
def test_a_wrong_price_list_is_refused(tmp_path, text, said):
    path = tmp_path / "prices.toml"
    path.write_text(text)
    with pytest.raises(AuditError, match=said):
        read_prices(str(path))
    with pytest.raises(AuditError, match="cannot be read"):
        read_prices(str(tmp_path / "none.toml"))
    (outcome,) = run_audits(costly().evidence("r"), ["efficiency"], {"efficiency": {"prices": str(path)}})
    assert isinstance(outcome, AuditFailure)


def test_quantile_intervals():
    how = Resampling(resamples=1000)
    values, ones = np.arange(1.0, 101.0), np.ones(100)
    assert discrete_quantile(values, ones, 0.5) == 50.0
    assert discrete_quantile(np.array([1.0, 9.0]), np.array([1.0, 3.0]), 0.5) == 9.0
    median = quantile_interval(values, ones, 0.5, how)
    assert 38 <= median.low <= 42
    assert 58 <= median.high <= 62
    assert quantile_interval(values[:4], ones[:4], 0.5, how) is None
    assert quantile_interval(np.ones(9), np.ones(9), 0.5, how) is None
    many = quantile_interval(np.arange(10_000.0), np.ones(10_000), 0.95, how)
    assert many.low == pytest.approx(9499 - 1.96 * np.sqrt(10_000 * 0.95 * 0.05), abs=2)


def timed(latencies: list[float], batch_size: int | None) -> LogBuilder:
    """One user a latency, in the order of the plan."""
    users = [f"u{place:02}" for place in range(len(latencies))]
    log = LogBuilder().items({"b": []}).users({u: [] for u in users}, {}).run("r", {u: ["b"] for u in users}, k=1)
    for user, latency in zip(users, latencies, strict=True):
        log.connection.execute(
            "update store.requests set latency_ms = $l, batch_size = $b where user_id = $u",
            {"l": latency, "b": batch_size, "u": user},
        )
    return log


@pytest.mark.parametrize(
    ("latencies", "batch_size", "n_batches"),
    [
        ([100.0] * 5 + [300.0], None, 6),  # a log from elsewhere, in whole milliseconds
        ([100.0] * 5 + [300.0], 1, 6),
        ([100.0] * 10 + [300.0] * 2, 2, 6),
        ([100.0] * 9 + [300.0] * 2, 2, 6),  # a batch was recorded in part
    ],
)
def test_batches_of_equal_latency_are_units_of_their_own(latencies, batch_size, n_batches):
    found = measures(timed(latencies, batch_size))
    for name in ("latency_p50", "wait_p50"):
        interval = found[name].interval
        assert interval is not None, found[name].note
        assert interval.method.startswith(f"bootstrap over {n_batches} batches")
    assert found["latency_p50"].interval.high <= 300.0


def test_batches_that_took_equally_long_are_units_of_their_own_whatever_their_size():
    log = timed([100.0, 100.0, 200.0, 100.0, 100.0, 200.0, 200.0, 600.0], 2)
    log.connection.execute("update store.requests set batch_size = 1 where latency_ms > 100")
    assert measures(log)["wait_p50"].interval.method.startswith("bootstrap over 6 batches")


def test_calls_of_equal_time_to_the_first_token_are_units_of_their_own():
    log = timed([100.0] * 6, 1)
    log.calls("r", [{"request_id": f"u{i:02}:0", "first_token_ms": 9.0 if i else 12.0} for i in range(6)])
    assert measures(log)["first_token_p50"].interval.method.startswith("bootstrap over 6 batches")
