"""How fast a Parquet log is imported: `python tests/benchmarks/import_log.py [N_USERS] [K]` (default 100,000 x 10).

Rows a second are given for the import up to the moment in which the run exists (reading, checks, outcomes, segments,
digests, journal), for its part before outcomes are decided, and for taking the run into the index.
"""

from __future__ import annotations

import platform
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from engine.datasets.arrow import to_frame, to_tables
from engine.datasets.describe import describe
from engine.datasets.fingerprint import fingerprint
from engine.datasets.schema import ENTITY_COLUMNS, ITEM_COLUMNS, TRIPLE_COLUMNS, Dataset
from engine.datasets.store import save_dataset
from engine.home import Home
from engine.runlog.index import RunLog
from engine.runlog.outside.importing import ImportPlan, import_run

N_ITEMS = 50_000


def world(n_users: int) -> Dataset:
    """Make a dataset with three interactions a user."""
    random = np.random.default_rng(1)
    n = 3 * n_users
    interactions = pd.DataFrame(
        {
            "user_id": np.repeat([f"u{i}" for i in range(n_users)], 3),
            "item_id": [f"i{i}" for i in random.integers(N_ITEMS, size=n)],
            "timestamp": np.tile([1_000_000, 2_000_000, 3_000_000], n_users),
            "rating": np.nan,
            "position": np.tile([0, 1, 2], n_users),
        }
    )
    items = pd.DataFrame({"item_id": [f"i{i}" for i in range(N_ITEMS)]}).reindex(columns=list(ITEM_COLUMNS))
    items["title"] = items["item_id"]
    for column in ("creators", "categories", "aliases"):
        items[column] = [()] * N_ITEMS
    made = Dataset(
        name="world",
        fingerprint="",
        items=items,
        users=pd.DataFrame({"user_id": [f"u{i}" for i in range(n_users)]}),
        interactions=interactions,
        triples=pd.DataFrame(columns=list(TRIPLE_COLUMNS)),
        entities=pd.DataFrame(columns=list(ENTITY_COLUMNS)),
    )
    tables = to_tables(made)
    frames = {name: to_frame(name, table) for name, table in tables.items()}
    return Dataset(name="world", fingerprint=fingerprint(tables), **frames)


def log_file(folder: Path, n_users: int, k: int) -> Path:
    """Write a log of n_users lists of k items, with scores, in row groups of a million rows."""
    random = np.random.default_rng(2)
    path = folder / "log.parquet"
    users = pa.array([f"u{i}" for i in range(n_users)])
    rows = pa.table(
        {
            "user_id": users.take(pa.array(np.repeat(np.arange(n_users), k))),
            "rank": pa.array(np.tile(np.arange(1, k + 1, dtype=np.int32), n_users)),
            "item_id": pa.array([f"i{i}" for i in range(N_ITEMS)]).take(
                pa.array(random.integers(N_ITEMS, size=n_users * k))
            ),
            "score": pa.array(random.random(n_users * k)),
        }
    )
    pq.write_table(rows, path, row_group_size=1 << 20)
    return path


@contextmanager
def measured(what: str, n: int) -> Iterator[None]:
    wall, processor = time.perf_counter(), time.process_time()
    yield
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(f"| {what} | {wall:.1f} | {processor:.1f} | {n / wall:,.0f} | {n / processor:,.0f} |")


def main(n_users: int, k: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home, n = Home(Path(folder) / "home"), n_users * k
        made = world(n_users)
        save_dataset(home, made, describe(made))
        path = log_file(Path(folder), n_users, k)
        log = RunLog(home)
        log.catch_up()
        print(f"{n:,} rows, {path.stat().st_size / 1e6:,.0f} MB; {platform.processor() or platform.machine()}\n")
        print("| step | wall s | processor s | rows/s of wall | rows/s of processor time |\n|---|---|---|---|---|")
        stages: dict[str, float] = {}
        began = time.perf_counter()

        def told(what: str, _share: float) -> None:
            stages.setdefault(what, time.perf_counter() - began)

        with measured("import, all of it", n):
            import_run(home, ImportPlan(files=(path,), dataset="world", name="live"), told=told)
        before = stages["writing requests"] - stages["hashing"]
        print(f"| ... read, checked and put in order, before outcomes | {before:.1f} | | {n / before:,.0f} | |")
        with measured("index", n):
            log.catch_up()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(
            f"\nstages begin at (s): {', '.join(f'{what} {at:.1f}' for what, at in stages.items())}; peak {peak:.1f} GB"
        )


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[1:3]]
    main(*[*numbers, *(100_000, 10)[len(numbers) :]])
