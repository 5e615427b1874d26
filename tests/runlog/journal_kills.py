"""Kill a journal's writer again and again and count what was lost: `python journal_kills.py FOLDER N_KILLS`."""

import random
import re
import subprocess
import sys
import time
from pathlib import Path

from engine.runlog.verify import ChainState, verify

SCRIPT = Path(__file__).with_name("journal_process.py")
KILLS_A_JOURNAL = 50  # each kill reads all that the journal holds


def kill_once(path: Path, delay_s: float) -> tuple[int, str]:
    """Let a writer run for a while, kill it, and return how many records it had acknowledged and the head then."""
    with subprocess.Popen([sys.executable, str(SCRIPT), str(path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        opened = writer.stdout.readline()
        if not opened.startswith("opened"):
            raise AssertionError(f"the writer did not start: {opened!r}")
        time.sleep(delay_s)
        writer.kill()
        said = writer.stdout.read().splitlines()
    whole = [line.split() for line in said if re.fullmatch(r"acknowledged \d+ [0-9a-f]{64}", line)]
    return (int(whole[-1][1]), whole[-1][2]) if whole else (1, "")


def main(folder: Path, n_kills: int) -> None:
    n_records, n_torn = 0, 0
    for number in range(n_kills):
        path = folder / f"killed-{number // KILLS_A_JOURNAL}.jsonl"
        n_acknowledged, head = kill_once(path, random.Random(number).uniform(0.001, 0.5))
        found = verify(path, head or None)
        if not found.intact or found.n_records < n_acknowledged:
            raise AssertionError(f"kill {number}: {n_acknowledged} records were acknowledged, found {found}")
        n_torn += found.state == ChainState.TORN_TAIL
        if number % KILLS_A_JOURNAL == KILLS_A_JOURNAL - 1 or number == n_kills - 1:
            n_records += found.n_records
            path.unlink()
    print(f"{n_kills} kills, {n_records:,} records, none lost, {n_torn} unfinished last lines")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
