"""Homes with real logs, and pages of the dashboard opened on them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.home import Home
from tests.dashboard import log_fixture

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
Open = Callable[..., AppTest]


@pytest.fixture(scope="session")
def filled_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Five finished runs of 60 users, one of them with some explained, and one that was killed after 20."""
    root = tmp_path_factory.mktemp("filled")
    home = Home(root / "home")
    log_fixture.write_demo_log(home, root / "csv")
    dataset = log_fixture.stored(home)
    log_fixture.write_attributions(home, "cot-matcher-00000004")
    log_fixture.write_run(
        home, dataset, "zero-shot", run_id="zero-shot-0badcafe", label="killed run", answered=20, status=None
    )
    return home


@pytest.fixture
def empty_home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open a page on a home: `open_page(home, "users_lists", user="u001")`."""

    def opened(home: Home, page: str = "overview", **parameters: str | list[str]) -> AppTest:
        monkeypatch.setenv("RECAUDIT_HOME", str(home.root))
        test = AppTest.from_file(str(APP), default_timeout=120)
        test.query_params.update(parameters)
        test.switch_page(f"views/{page}.py")
        return run(test)

    return opened


def run(test: AppTest) -> AppTest:
    """Run the page, and fail with the trace of what it raised."""
    test.run()
    assert not test.exception, "\n".join(f"{e.message}\n{''.join(e.stack_trace)}" for e in test.exception)
    return test


def said(test: AppTest) -> str:
    """Return everything that the page says: titles, text, HTML, notices."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "warning", "info", "error", "code", "metric")
    parts = [f"{element.label} {element.value}" if kind == "metric" else str(element.value)
             for kind in kinds for element in getattr(test, kind)]  # fmt: skip
    return "\n".join(parts + [element.proto.body for element in test.get("html")])
