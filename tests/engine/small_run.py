"""A small run in a process of its own, to be killed: `python small_run.py HOME RECOMMENDER DELAY_SECONDS`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from engine.home import Home
from engine.plan import RunPlan
from engine.preparation import PreparedRun, prepare
from engine.runner import RunOutcome, execute

N_USERS = 12


def prepared(home: Home, recommender: str, **plan: object) -> PreparedRun:
    """Prepare the run on the first users of the sample world."""
    return prepare(home, RunPlan(dataset="sample-world", recommender=recommender, seed=3, **plan))


def main() -> None:
    home, recommender, delay = Home(Path(sys.argv[1])), sys.argv[2], float(sys.argv[3])
    run = prepared(home, recommender, users=N_USERS, batch_size=2)
    answer = run.recommender.recommend

    def slowly(requests):
        time.sleep(delay)
        return answer(requests)

    run.recommender.recommend = slowly
    outcome: RunOutcome = execute(home, run)
    print(outcome.run_id)


if __name__ == "__main__":
    main()
