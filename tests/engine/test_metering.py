"""What a phase used: processor time and memory of this process, energy from counters that are made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import metering
from engine.metering import EnergyMeter, Meter, peak_memory_bytes, rapl_meter, reset_peaks
from engine.records import ResourceRecord
from engine.runlog.codec import dump, load


def zone(folder: Path, name: str, kind: str, joules: float) -> Path:
    path = folder / name
    path.mkdir()
    (path / "name").write_text(f"{kind}\n")
    (path / "energy_uj").write_text(f"{int(joules * 1e6)}\n")
    (path / "max_energy_range_uj").write_text("100000000\n")
    return path


def test_rapl_sums_packages_and_leaves_their_parts_out(tmp_path):
    first = zone(tmp_path, "intel-rapl:0", "package-0", 10)
    second = zone(tmp_path, "intel-rapl:1", "package-1", 95)
    zone(tmp_path, "intel-rapl:0:0", "core", 4)
    zone(tmp_path, "intel-rapl:2", "psys", 50)
    meter = rapl_meter(tmp_path)
    assert meter is not None
    record = Meter("answer", {"rapl": meter})
    (first / "energy_uj").write_text("12500000")
    (second / "energy_uj").write_text("3000000")  # it started again after 100 J
    used = record.record(7)
    assert (used.energy_joules, used.energy_source, used.n_requests) == (2.5 + 8.0, "rapl", 7)


def test_without_counters_there_is_no_number(tmp_path):
    assert rapl_meter(tmp_path) is None
    gone = iter([{"a": 1.0}, {}])
    used = Meter("fit", {"odd": EnergyMeter(read=lambda: next(gone))}).record(0)
    assert (used.energy_joules, used.energy_source) == (None, "")


def test_processor_time_and_memory_are_of_this_process():
    meter = Meter("answer", {})
    total = sum(i * i for i in range(1_500_000))
    used = meter.record(1)
    assert total > 0
    assert used.cpu_seconds > 0
    assert used.peak_memory_bytes > 10_000_000
    assert load("resources", dump(used).encode()) == used


def test_an_older_journal_stays_readable():
    used = ResourceRecord(
        phase="fit", n_requests=0, seconds=1.0, cpu_seconds=0.5, peak_memory_bytes=1, recorded_at="2026-01-01"
    )
    body = b'{"phase":"fit","n_requests":0,"seconds":1.0,"cpu_seconds":0.5,"peak_memory_bytes":1,'
    assert load("resources", body + b'"recorded_at":"2026-01-01"}') == used


@pytest.mark.skipif(not reset_peaks(), reason="this system cannot begin a memory high water anew")
def test_a_run_does_not_get_the_memory_of_what_its_process_did_before():
    large = bytearray(b"x" * 200_000_000)
    before = Meter("answer", {}).record(1).peak_memory_bytes
    del large
    meter = Meter("answer", {})
    assert meter.record(1).peak_memory_bytes < before - 150_000_000
    again = bytearray(b"x" * 100_000_000)
    assert meter.record(1).peak_memory_bytes > before - 150_000_000
    assert len(again) == 100_000_000


def test_where_the_high_water_cannot_begin_anew_it_is_since_the_start(tmp_path, monkeypatch):
    monkeypatch.setattr(metering, "_CLEAR", tmp_path / "nowhere" / "clear_refs")
    assert not reset_peaks()
    assert Meter("fit", {}).record(0).peak_memory_bytes == pytest.approx(peak_memory_bytes(), rel=0.01)
