"""A real server on a real log and a real browser; skipped, with the reason, where there is no chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from dashboard.server import Server, start_server
from engine.home import Home
from tests.dashboard import log_fixture

SCREENSHOTS = Path(__file__).parent / "screenshots"
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
PATIENCE_MS = 120_000


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("RECAUDIT_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no chromium on this machine: apt-get install chromium, or name one in RECAUDIT_TEST_CHROMIUM")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        yield started
        started.close()


@pytest.fixture(scope="session")
def served_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    root = tmp_path_factory.mktemp("browser")
    home = Home(root / "home")
    log_fixture.write_demo_log(home, root / "csv", n_users=90)
    log_fixture.write_attributions(home, "cot-matcher-00000004")
    log_fixture.write_run(
        home, log_fixture.stored(home), "zero-shot", run_id="zero-shot-0badcafe", label="killed run", answered=30,
        status=None,
    )  # fmt: skip
    return home


@pytest.fixture(scope="session")
def server(served_home: Home, browser: Browser) -> Iterator[Server]:
    started = start_server(served_home, 18_501)
    try:
        started.wait_until_ready(PATIENCE_MS / 1000)
        yield started
    finally:
        started.stop()


@pytest.fixture(scope="session")
def empty_server(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Server]:
    started = start_server(Home(tmp_path_factory.mktemp("nothing") / "home"), 18_601)
    try:
        started.wait_until_ready(PATIENCE_MS / 1000)
        yield started
    finally:
        started.stop()


@pytest.fixture
def fresh_server(tmp_path: Path, browser: Browser) -> Iterator[Server]:
    """Serve a log of its own: runs that a test starts are not seen by the others."""
    home = Home(tmp_path / "home")
    dataset = log_fixture.import_tiny(home, tmp_path / "csv", n_users=20)
    log_fixture.write_run(home, dataset, "most-popular")
    started = start_server(home, 18_701)
    try:
        started.wait_until_ready(PATIENCE_MS / 1000)
        yield started
    finally:
        started.stop()


class Visitor:
    """Somebody at a browser, who also sees what the page asks of other hosts and what it complains of."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.outside: list[str] = []
        self.dialogs: list[str] = []
        self.page.on("request", self._note)
        self.page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))

    def visit(self, url: str) -> Page:
        """Open an address and wait until the page stands still."""
        self.page.goto(url)
        return self.settle()

    def settle(self) -> Page:
        """Wait until title, charts and tables are drawn."""
        self.page.wait_for_selector("h1")
        still = (
            "() => !document.querySelector('[data-stale=\"true\"], [data-testid=stSkeleton], [data-testid=stSpinner]')"
        )
        for _ in range(3):  # parts that load late mount others: it must stand still three times in a row
            self.page.wait_for_function(still)
            self.page.wait_for_timeout(400)
        return self.page

    def shoot(self, name: str) -> Path:
        """Take a picture of the whole page."""
        SCREENSHOTS.mkdir(exist_ok=True)
        size = self.page.viewport_size or {"width": 1400, "height": 1050}
        height = self.page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        self.page.set_viewport_size({"width": size["width"], "height": max(size["height"], min(height + 10, 3200))})
        self.page.wait_for_timeout(900)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")
        self.page.set_viewport_size(size)
        return SCREENSHOTS / f"{name}.png"

    def _note(self, request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")):
            self.outside.append(request.url)


@pytest.fixture
def visitor(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    """Somebody with a light 1400 x 1050 screen, or another that the test's parameter names."""
    wanted = getattr(request, "param", {})
    context = browser.new_context(
        viewport={"width": wanted.get("width", 1400), "height": wanted.get("height", 1050)},
        color_scheme=wanted.get("scheme", "light"),
    )
    yield Visitor(context)
    context.close()
