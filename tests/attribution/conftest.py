"""A home with small real runs whose recommenders can be asked again."""

from __future__ import annotations

import pytest

from engine.home import Home
from engine.plan import RunPlan
from engine.plan_file import write_plan
from engine.preparation import prepare
from engine.runlog.index import RunLog
from engine.runner import execute
from tests.dashboard import log_fixture

N_USERS = 6


@pytest.fixture(scope="session")
def asked_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Runs of item-knn and of zero-shot with the embedded model; tests that keep anything copy it first."""
    root = tmp_path_factory.mktemp("asked")
    home = Home(root / "home")
    log_fixture.import_tiny(home, root / "csv")
    for recommender, config in (("item-knn", {}), ("zero-shot", {"decoding": "catalogue", "history_length": 4})):
        plan = RunPlan(dataset=log_fixture.DATASET, recommender=recommender, config=config, users=N_USERS, k=3, seed=1)
        prepared = prepare(home, plan)
        write_plan(home, prepared.manifest.run_id, plan)
        assert execute(home, prepared).finished
    return home


@pytest.fixture
def run_of(asked_home: Home):
    """Return the id of the run of a recommender."""
    return lambda recommender: next(r.run_id for r in RunLog(asked_home).runs() if r.recommender == recommender)
