"""How long the audits of sections A to D take at scale: `python tests/benchmarks/scale.py [SLOTS ...]`.

For each size (1,000,000 and 10,000,000 slots unless named: users x 10) a made-up log is written, and a process of its
own audits it on two processors. At `--ranx-slots` (3,000,000, or the largest size where that is less) ranx does the
metrics that both have, from the same lists, in an environment that this benchmark makes (`--no-ranx`: it is left out);
its numbers must be equal. Prints Markdown.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
import venv
from importlib.metadata import version
from pathlib import Path

import duckdb
import numpy as np

from tests.benchmarks.scale_world import N_ITEMS, make_world

K = 10
AUDITS = ("accuracy", "coverage", "providers", "fairness")
PROCESSORS, MEMORY_LIMIT = 2, "3GB"  # of DuckDB; the kernels' arrays come on top
MOST_SECONDS, MOST_GB = 15.0, 6.0
LEAST_TIMES = 20.0  # as fast as ranx, from a log on disk to the numbers
RANX_SLOTS = 3_000_000  # ranx holds about 1 GB and builds its dictionaries for half a minute a million
RANX = "ranx==0.3.21"
SHARED = {  # ours -> theirs
    "hit_rate": "hit_rate@10", "precision": "precision@10", "recall": "recall@10", "mrr": "mrr@10", "map": "map@10",
    "ndcg": "ndcg@10",
}  # fmt: skip
RANX_CODE = """
import json, resource, sys, time
began = time.perf_counter()
import pandas as pd
from ranx import Qrels, Run, evaluate
imported = time.perf_counter()
qrels = Qrels.from_parquet(sys.argv[1], q_id_col="q_id", doc_id_col="doc_id", score_col="score")
run = Run.from_parquet(sys.argv[2], q_id_col="q_id", doc_id_col="doc_id", score_col="score")
prepared = time.perf_counter()
metrics = json.loads(sys.argv[3])
found = evaluate(qrels, run, metrics)
first, processor = time.perf_counter(), time.process_time()
evaluate(qrels, run, metrics)
again = time.perf_counter()
print(json.dumps({
    "import": imported - began, "prepare": prepared - imported, "first": first - prepared, "again": again - first,
    "processor": processor,
    "gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, "values": {k: float(v) for k, v in found.items()},
}))
"""


class Vectors:
    """Stands for the shipped encoder, whose vectors of made-up titles would mean nothing."""

    def describe(self):
        from engine.models.contract import ModelDescription
        from engine.models.registry import known_digest

        return ModelDescription(name="minilm", digest=known_digest("minilm") or "")

    def embed(self, texts):
        return np.random.default_rng(1).standard_normal((len(texts), 384)).astype(np.float32)


def write_vectors(cache: Path) -> None:
    """Keep text vectors of the catalogue, as a run with the encoder would."""
    from engine.item_vectors import ItemVectors
    from engine.records import Item

    labels = {f"i{i}": [] for i in range(N_ITEMS)}
    with duckdb.connect() as connection:
        connection.execute(f"create table n as select i from range({N_ITEMS}) t(i)")
        for item, place, label in connection.execute(
            "select concat('i', i), place, concat('category ', (hash(i) + 7 * place) % 20)"
            " from n cross join range(2) p(place) order by 1, 2"
        ).fetchall():
            labels[item].insert(place, label)
    items = [Item(item_id=i, title=f"Title {i[1:]}", categories=tuple(names)) for i, names in labels.items()]
    ItemVectors(cache / "vectors").of_items(items, Vectors())  # type: ignore[arg-type]


def audited(index: Path, cache: Path, what: str) -> dict:
    """Run this file in a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "tests.benchmarks.scale", "--measure", what, str(index), str(cache)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def measure_here(what: str, index: Path, cache: Path) -> dict:
    """Audit, or take the shared metrics, on two processors; times include opening the log and imports of audits."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:PROCESSORS])
    began, processor = time.perf_counter(), time.process_time()
    from audits.discovery import find_audit
    from audits.evidence import open_evidence
    from audits.measuring import measure
    from audits.metrics.catalogue import find_metric
    from audits.results import AuditResult, Breakdown, Comparison, Measure
    from audits.runner import run_audit
    from audits.statistics.resampling import Resampling
    from engine.runlog.store import Resources, open_reader

    chosen = Resources(memory_limit=MEMORY_LIMIT, threads=PROCESSORS, spill_folder=cache / "spill")
    connection = open_reader(index, chosen, 5.0)
    evidence = open_evidence(connection, ["run"], cache=cache)
    found: dict = {"imports": time.perf_counter() - began, "seconds": {}, "values": {}, "n": 0, "intervals": []}
    if what == "shared":
        for name in SHARED:
            (one,) = measure(evidence, find_metric(name), Resampling())
            found["values"][name] = one.value
    else:
        for name in AUDITS:
            start = time.perf_counter()
            outcome = run_audit(find_audit(name)(), evidence)
            found["seconds"][name] = time.perf_counter() - start
            if not isinstance(outcome, AuditResult):
                raise SystemExit(f"{name}: {outcome}")
            numbers = [s for s in outcome.sections if isinstance(s, Measure | Comparison | Breakdown)]
            found["n"] += sum(getattr(s, "value", None) is not None or isinstance(s, Breakdown) for s in numbers)
            found["unmeasured"] = found.get("unmeasured", []) + [
                s.name for s in numbers if isinstance(s, Measure) and s.value is None
            ]
            found["intervals"] += [s.interval.method for s in numbers if isinstance(s, Measure) and s.interval]
    found["intervals"] = sorted(set(found["intervals"]))
    found["wall"] = time.perf_counter() - began
    found["processor"] = time.process_time() - processor
    found["gb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return found


def ranx_on(index: Path, folder: Path) -> dict:
    """Hand ranx the same lists and targets as Parquet. A lost slot is an unknown item, so that ranks stay the same."""
    qrels, run = folder / "qrels.parquet", folder / "run.parquet"
    start = time.perf_counter()
    with duckdb.connect(str(index), read_only=True, config={"threads": PROCESSORS}) as connection:
        connection.execute(
            "copy (select request_id as q_id, item_id as doc_id, cast(1 as bigint) as score from targets)"
            f" to '{qrels}' (format parquet)"
        )
        connection.execute(
            "copy (select s.request_id as q_id, coalesce(s.item_id, concat('lost ', s.slot_rank)) as doc_id,"
            " cast(1000 - s.slot_rank as double) as score from slots s"
            f" where s.request_id in (select request_id from targets)) to '{run}' (format parquet)"
        )
    exported = time.perf_counter() - start
    environment = folder / "ranx"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", RANX], check=True, capture_output=True)
    command = ["taskset", "-c", _processors(), str(python), "-W", "ignore", "-c", RANX_CODE]
    if not _has_taskset():
        command = command[3:]
    done = subprocess.run(
        [*command, str(qrels), str(run), json.dumps(list(SHARED.values()))], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return {"export": exported, **json.loads(done.stdout)}


def machine() -> str:
    """Return what this was measured on."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        named = [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = named[0] if named else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    packages = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "numpy", "scipy", "pandas"))
    load = os.getloadavg()[0]
    return (
        f"{model}, {os.cpu_count()} processors ({PROCESSORS} used), {memory:.0f} GB; {platform.system()}, Python "
        f"{platform.python_version()}, {packages}; load {load:.1f} before"
    )


def main(sizes: list[int], ranx_slots: int) -> int:
    print(f"{machine()}\n")
    rows: dict[int, dict] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_vectors(folder / "cache")
        for size in sorted(sizes):
            index = folder / f"{size}.duckdb"
            make_world(index, size // K, K)
            rows[size] = audited(index, folder / "cache", "audits")
            index.unlink()
    print(f"| slots | {' s | '.join(AUDITS)} s | all, with imports s | processor s | peak GB | numbers |")
    print(f"|---{'|---' * (len(AUDITS) + 4)}|")
    for size, row in rows.items():
        told = " | ".join(f"{row['seconds'][audit]:.1f}" for audit in AUDITS)
        print(f"| {size:,} | {told} | {row['wall']:.1f} | {row['processor']:.1f} | {row['gb']:.1f} | {row['n']} |")
    largest, smallest = rows[max(rows)], rows[min(rows)]
    print(f"\nNot measured here: {', '.join(largest['unmeasured']) or 'nothing'}.")
    print(f"Intervals at {max(rows):,} slots: {'; '.join(largest['intervals'])}.")
    if len(rows) > 1:
        times = max(rows) / min(rows)
        print(f"{times:g} times the slots take {largest['wall'] / smallest['wall']:.1f} times as long.")
    within = largest["wall"] <= MOST_SECONDS and largest["gb"] <= MOST_GB
    if max(rows) >= 10_000_000:
        print(f"At most {MOST_SECONDS:g} s and {MOST_GB:g} GB: {'yes' if within else 'NO'}.")
    if ranx_slots:
        within = compare_with_ranx(ranx_slots) and within
    return 0 if within else 1


def compare_with_ranx(size: int) -> bool:
    """Run both tools on the shared metrics of one log; their numbers must be equal. Return whether we are fast enough.

    Raises:
        SystemExit: a number differs, or a tool failed.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        index = folder / "log.duckdb"
        make_world(index, size // K, K)
        load = os.getloadavg()[0]
        ours, theirs = audited(index, folder / "cache", "shared"), ranx_on(index, folder)
    ready = theirs["import"] + theirs["prepare"]
    total = ready + theirs["first"]
    print(f"\n{', '.join(SHARED)} of {size:,} slots, once, from a log on disk (load {load:.1f} before):\n")
    print("| tool | imports s | input s | metrics s | all s | processor s | peak GB |\n|---|---|---|---|---|---|---|")
    rest = ours["wall"] - ours["imports"]
    print(
        f"| RecAudit, with intervals | {ours['imports']:.1f} | with the metrics | {rest:.1f} | {ours['wall']:.1f} | "
        f"{ours['processor']:.1f} | {ours['gb']:.1f} |"
    )
    print(
        f"| {RANX} | {theirs['import']:.1f} | {theirs['prepare']:.1f} | {theirs['first']:.1f} | {total:.1f} | "
        f"{theirs['processor']:.1f} | {theirs['gb']:.1f} |"
    )
    print(
        f"\nranx in the same process again, with its input loaded and its code compiled: {theirs['again']:.1f} s. The "
        f"export to Parquet that it reads ({theirs['export']:.1f} s) is not counted."
    )
    for mine, name in SHARED.items():
        if abs(ours["values"][mine] - theirs["values"][name]) > 1e-9:
            raise SystemExit(f"{mine}: {ours['values'][mine]!r} here, {theirs['values'][name]!r} by ranx")
    print("All numbers are equal to 1e-9.")
    times = total / ours["wall"]
    work = theirs["processor"] / ours["processor"]
    print(
        f"{times:.0f} times as fast, and {work:.0f} times by processor seconds; at least {LEAST_TIMES:g} times: "
        f"{'yes' if times >= LEAST_TIMES else 'NO'}."
    )
    return times >= LEAST_TIMES


def _processors() -> str:
    return ",".join(str(one) for one in sorted(os.sched_getaffinity(0))[:PROCESSORS])


def _has_taskset() -> bool:
    from shutil import which

    return which("taskset") is not None and hasattr(os, "sched_getaffinity")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("slots", nargs="*", type=int, help="sizes, multiples of 10")
    parser.add_argument("--no-ranx", action="store_true")
    parser.add_argument("--ranx-slots", type=int, default=0, help="slots of the comparison with ranx, a multiple of 10")
    parser.add_argument("--measure", nargs=3, metavar=("WHAT", "INDEX", "CACHE"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        json.dump(measure_here(asked.measure[0], Path(asked.measure[1]), Path(asked.measure[2])), sys.stdout)
    else:
        slots = asked.slots or [1_000_000, 10_000_000]
        sys.exit(main(slots, 0 if asked.no_ranx else asked.ranx_slots or min(RANX_SLOTS, max(slots))))
