"""What a phase of a run uses: time, processor time, memory high water, energy where it can be read.

Energy comes from counters of the machine: RAPL (Linux, processor packages, often readable by root only) and NVML
(NVIDIA GPUs). They count everything that runs meanwhile. Where neither can be read there is no number; audits may
then estimate one, and say so.
"""

from __future__ import annotations

import ctypes
import re
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from engine.records import ResourceRecord

RAPL = Path("/sys/class/powercap")
_CLEAR, _STATUS = Path("/proc/self/clear_refs"), Path("/proc/self/status")
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes there, kilobytes elsewhere

Counters = Mapping[str, float]  # counter -> joules since some moment of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyMeter:
    """Reads energy counters. `wraps_at` says where a counter starts again from 0."""

    read: Callable[[], Counters]
    wraps_at: Counters = field(default_factory=dict)

    def used(self, before: Counters, after: Counters) -> float | None:
        """Return the joules between two readings over all counters; None where there is none in both."""
        common = before.keys() & after.keys()
        if not common:
            return None
        return sum(self._between(name, before[name], after[name]) for name in common)

    def _between(self, name: str, before: float, after: float) -> float:
        if after >= before:
            return after - before
        return after + self.wraps_at.get(name, before) - before  # once at most: a counter lasts for minutes or more


class Meter:
    """Started at once; `record` says what was used since then."""

    def __init__(self, phase: str, sources: Mapping[str, EnergyMeter] | None = None) -> None:
        self._phase = phase
        self._peaks_are_own = reset_peaks()
        self._sources = dict(energy_meters() if sources is None else sources)
        self._seconds, self._cpu_seconds = time.monotonic(), time.process_time()
        self._counters = {name: meter.read() for name, meter in self._sources.items()}

    def record(self, n_requests: int) -> ResourceRecord:
        """Return what was used while that many requests were answered."""
        used = {
            name: joules
            for name, meter in self._sources.items()
            if (joules := meter.used(self._counters[name], meter.read())) is not None
        }
        return ResourceRecord(
            phase=self._phase,
            n_requests=n_requests,
            seconds=round(time.monotonic() - self._seconds, 3),
            cpu_seconds=round(time.process_time() - self._cpu_seconds, 3),
            peak_memory_bytes=peak_memory_bytes(since_reset=self._peaks_are_own),
            peak_gpu_memory_bytes=peak_gpu_memory_bytes(),
            energy_joules=round(sum(used.values()), 3) if used else None,
            energy_source="+".join(used),
            recorded_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        )


def reset_peaks() -> bool:
    """Begin high waters anew, so that a run does not get those of what its process did before.

    Returns whether that of the memory could be: Linux only, where a process may write to its own clear_refs.
    """
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available() and torch.cuda.is_initialized():
        for device in range(torch.cuda.device_count()):
            torch.cuda.reset_peak_memory_stats(device)
    try:
        _CLEAR.write_text("5", encoding="ascii")
    except OSError:
        return False
    return _high_water() is not None


def peak_memory_bytes(*, since_reset: bool = False) -> int:
    """Return the most memory that this process has held since `reset_peaks`, else since it started."""
    import resource

    high_water = _high_water() if since_reset else None
    return high_water or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_UNIT


def _high_water() -> int | None:
    found = re.search(r"^VmHWM:\s+(\d+) kB$", _text(_STATUS) or "", re.MULTILINE)
    return int(found[1]) * 1024 if found else None


def peak_gpu_memory_bytes() -> int | None:
    """Return the most GPU memory allocated through torch since `reset_peaks`; None: no CUDA device is in use."""
    torch = sys.modules.get("torch")  # a process that did not import it uses no GPU
    if torch is None or not torch.cuda.is_available() or not torch.cuda.is_initialized():
        return None
    return sum(torch.cuda.max_memory_allocated(device) for device in range(torch.cuda.device_count()))


def energy_meters() -> dict[str, EnergyMeter]:
    """Return the meters that can be read on this machine, by name."""
    found = {"rapl": rapl_meter(), "nvml": nvml_meter()}
    return {name: meter for name, meter in found.items() if meter is not None}


def rapl_meter(folder: Path = RAPL) -> EnergyMeter | None:
    """Return a meter of the processor packages; None where their counters cannot be read."""
    zones = [path for path in sorted(folder.glob("intel-rapl:*")) if path.name.count(":") == 1]  # no sub-zones
    names = [path for path in zones if (_text(path / "name") or "").startswith("package")]

    def read() -> Counters:
        values = {path.name: _text(path / "energy_uj") for path in names}
        return {name: int(value) / 1e6 for name, value in values.items() if value is not None}

    if not read():
        return None
    ranges = {path.name: _text(path / "max_energy_range_uj") for path in names}
    return EnergyMeter(read=read, wraps_at={name: int(value) / 1e6 for name, value in ranges.items() if value})


@cache
def nvml_meter() -> EnergyMeter | None:
    """Return a meter of all NVIDIA GPUs of this machine; None without their driver."""
    try:
        library = ctypes.CDLL("libnvidia-ml.so.1")
        if library.nvmlInit_v2() != 0:
            return None
    except (OSError, AttributeError):
        return None

    def read() -> Counters:
        count = ctypes.c_uint()
        if library.nvmlDeviceGetCount_v2(ctypes.byref(count)) != 0:
            return {}
        values = {}
        for index in range(count.value):
            handle, millijoules = ctypes.c_void_p(), ctypes.c_ulonglong()
            if (
                library.nvmlDeviceGetHandleByIndex_v2(index, ctypes.byref(handle)) == 0
                and library.nvmlDeviceGetTotalEnergyConsumption(handle, ctypes.byref(millijoules)) == 0
            ):
                values[str(index)] = millijoules.value / 1000
        return values

    return EnergyMeter(read=read) if read() else None


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return None
