"""Run studio: the estimate before the start, a real run in a process of its own, stop and resume, errors that stay."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from pydantic import Field

from dashboard.loaders import launches, studio
from dashboard.loaders.launches import LaunchState
from engine import registry
from engine.home import Home
from engine.recommender import RecommenderConfig
from engine.runlog.index import RunLog
from engine.runlog.summaries import RunStatus
from tests.dashboard import log_fixture
from tests.dashboard.conftest import Open, run, said

PAGE = "run_studio"


@pytest.fixture
def tiny_home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    log_fixture.import_tiny(home, tmp_path / "csv", n_users=12)
    return home


def _setup(page, recommender="most-popular", dataset=log_fixture.DATASET):
    page.selectbox(key="studio_dataset").set_value(dataset)
    page.selectbox(key="studio_recommender").set_value(recommender)
    return run(page)


def _button(page, label):
    return next(button for button in page.button if button.label == label)


def test_the_estimate_says_what_it_rests_on(filled_home: Home, open_page: Open) -> None:
    text = said(_setup(open_page(filled_home, PAGE), "zero-shot"))
    assert "former run" in text
    assert "Model calls" in text
    assert "Tokens written" in text


def test_without_former_runs_a_probe_is_offered(tiny_home: Home, open_page: Open) -> None:
    page = _setup(open_page(tiny_home, PAGE))
    assert "no former run" in said(page)
    assert any(button.label.startswith("Measure with") for button in page.button)


def test_a_started_run_is_a_process_that_ends_in_the_log(tiny_home: Home, open_page: Open) -> None:
    page = _setup(open_page(tiny_home, PAGE))
    page.number_input(key="studio_k").set_value(4)
    page.text_input(key="studio_label").set_value("--from studio")
    run(page)
    _button(page, "Start the run").click()
    run(page)
    mine = next(launch for launch in launches.launches() if launch.home == tiny_home)
    assert _ended(mine) is LaunchState.DONE, mine.told
    summary = RunLog(tiny_home).runs()[0]
    assert (summary.status, summary.label, summary.k) == (RunStatus.FINISHED, "--from studio", 4)
    page.session_state["studio_k"] = 4
    run(page)
    assert "12 of 12 requests" in said(page)
    assert page.text_input(key="studio_label").value == "--from studio"


def test_a_failed_start_says_why_and_keeps_the_form(tiny_home: Home, open_page: Open, monkeypatch) -> None:
    page = _setup(open_page(tiny_home, PAGE))
    launches.start("broken", ("run", "most-popular", "--dataset=gone"))
    mine = next(launch for launch in launches.launches() if launch.home == tiny_home)
    assert _ended(mine) is LaunchState.FAILED
    page.text_input(key="studio_label").set_value("kept")
    run(page)
    assert "There is no dataset" in said(page).replace("\\", "")
    assert page.text_input(key="studio_label").value == "kept"
    launches.forget(mine)


def test_an_interrupted_run_can_be_resumed(filled_home: Home, open_page: Open) -> None:
    page = open_page(filled_home, PAGE)
    assert any(button.key == "resume_zero-shot-0badcafe" for button in page.button)
    assert "interrupted" in said(page)


def test_an_impossible_plan_cannot_be_started() -> None:
    plan = {"dataset": "d", "recommender": "most-popular", "k": 10, "candidates": "sampled:0"}
    assert "candidates" in (studio.problem(plan) or "")
    assert "no recommender" in (studio.problem({**plan, "candidates": "full", "recommender": "gone"}) or "")


class _Config(RecommenderConfig):
    depth: int = Field(default=2, ge=1, le=8, description="How deep.")
    rate: float = Field(default=0.5, gt=0)
    exact: bool = False
    note: str = "x"
    seed: int | None = None
    names: tuple[str, ...] = ("a",)


def test_options_come_from_the_config_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    class _Recommender:
        Config = _Config

    monkeypatch.setattr(studio, "load", lambda _name: _Recommender)
    found = {option.name: option for option in studio.options("made-up")}
    assert (found["depth"].kind, found["depth"].minimum, found["depth"].maximum) == ("integer", 1, 8)
    assert found["depth"].help == "How deep."
    assert found["rate"].kind == "number"
    assert found["exact"].kind == "boolean"
    assert found["note"].kind == "text"
    assert (found["seed"].kind, found["seed"].is_optional) == ("integer", True)
    assert found["names"].kind == "json"


@pytest.mark.parametrize("name", [row.name for row in registry.ROWS])
def test_every_recommender_can_be_configured(name: str) -> None:
    defaults = {option.name: option.default for option in studio.options(name)}
    given = {key: value for key, value in defaults.items() if value is not None}
    assert registry.load(name).Config(**given) is not None


def _ended(launch, timeout_s=180.0):
    deadline = time.monotonic() + timeout_s
    while launch.state is LaunchState.RUNNING and time.monotonic() < deadline:
        time.sleep(0.2)
    return launch.state
