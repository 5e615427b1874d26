"""How fast the run log is, and whether kills lose anything: `python tests/benchmarks/runlog.py [N_KILLS]`.

Wall and processor seconds are both given: on a shared machine the second says what the first would be on a quiet one.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "runlog"))

import journal_kills
from runlog_builders import answer, end, plan

from engine.home import Home
from engine.records import Generation, Match, MatchKind, Message, Outcome, Recommendation, Slot
from engine.runlog.index import RunLog
from engine.runlog.journal import JournalWriter, journal_path
from engine.runlog.verify import verify

K, BATCH = 10, 16


def realistic(index: int):
    """Make an answer with ten slots, rationales and one generation: about 4 KB of journal, 22 rows of index."""
    found = [
        Recommendation(
            rank=rank,
            raw_text=f"{rank}. The title of item {rank}",
            match=Match(item_id=f"item-{rank}", kind=MatchKind.EXACT),
            score=1 / rank,
            rationale="Because you liked something of the same kind.",
        )
        for rank in range(1, K + 1)
    ]
    slots = tuple(Slot(rank=one.rank, outcome=Outcome.DELIVERED, recommendation=one) for one in found)
    messages = (Message(role="system", content="s" * 200), Message(role="user", content="u" * 800))
    text = "\n".join(one.raw_text for one in found)
    call = Generation(messages=messages, text=text, model="embedded", tokens_in=300, tokens_out=90, latency_ms=50.0)
    return answer(index, k=K, slots=slots, steps=(), generations=(call,))


def write(home: Home, run_id: str, n: int) -> Path:
    path = journal_path(home, run_id)
    answers = [realistic(index) for index in range(n)]
    with JournalWriter(path) as journal:
        journal.append([plan(run_id, n_planned=n, k=K)])
        for first in range(0, n, BATCH):
            journal.append(answers[first : first + BATCH])
        journal.append([end(n)])
    return path


@contextmanager
def measured(what: str, n: int = 0, unit: str = "") -> Iterator[None]:
    wall, processor = time.perf_counter(), time.process_time()
    yield
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    rate = f", {n / wall:,.0f} {unit}/s of wall, {n / processor:,.0f} of processor time" if n else ""
    print(f"{what}: {wall * 1e3:,.1f} ms wall, {processor * 1e3:,.1f} ms processor{rate}")


def best_ms(work: Callable[[], object], times: int = 10) -> float:
    """Return the fastest of some calls, in milliseconds: what it takes when nothing else runs."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1e3)
    return min(taken)


def main(n_kills: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        with measured(f"journal, 4,000 answers in batches of {BATCH}", 4000, "records"):
            path = write(home, "large", 4000)
        with measured("verify", path.stat().st_size // 1_000_000, "MB"):
            verify(path)
        with measured("ingest, 22 rows an answer", 4000 * 22, "rows"):
            RunLog(home).catch_up()
        path.unlink()
        for number in range(10):
            write(home, f"run-{number}", 200)
        log = RunLog(home)
        with measured("rebuild of 10 runs x 200 requests x 10 slots"):
            log.rebuild()
        log.catch_up()
        print(f"catch up, nothing new: {best_ms(log.catch_up):.2f} ms; by a new process: ", end="")
        print(f"{best_ms(lambda: RunLog(home).catch_up()):.1f} ms; list of runs: {best_ms(log.runs):.1f} ms")
        journal_kills.main(Path(folder), n_kills)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
