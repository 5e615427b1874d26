"""Writes answers to a journal until it is killed, and says each one that was acknowledged: `python ... JOURNAL`.

Started again on the same file it goes on behind the last whole record, as a resumed run does.
"""

import sys
from pathlib import Path

from runlog_builders import answer, plan

from engine.runlog.journal import JournalWriter


def main(path: Path) -> None:
    with JournalWriter(path) as journal:
        if journal.n_records == 0:
            journal.append([plan(path.stem)])
        print(f"opened {journal.n_records}", flush=True)
        while True:
            first = journal.n_records
            journal.append([answer(index) for index in range(first, first + 5)])
            print(f"acknowledged {journal.n_records} {journal.head}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
