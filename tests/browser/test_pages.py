"""Every page in a real browser: light, dark and narrow; nothing asked of other hosts; text stays text."""

from __future__ import annotations

import pytest

from dashboard.server import Server
from tests.browser.conftest import Visitor
from tests.dashboard.log_fixture import HOSTILE_TITLE

PAGES = {
    "overview": "",
    "run_studio": "run_studio",
    "users_lists": "users_lists?request=cot-matcher-00000004:000000",
    "why": "users_lists?request=cot-matcher-00000004:000000&part=why",
    "audit_accuracy": "audit?audit=accuracy",
    "audit_coverage": "audit?audit=coverage",
    "audit_fairness": "audit?audit=fairness",
    "audit_hallucination": "audit?audit=hallucination",
}
SCREENS = {
    "light": {"width": 1400, "height": 1050},
    "dark": {"width": 1400, "height": 1050, "scheme": "dark"},
    "narrow": {"width": 480, "height": 1000},
}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("visitor", SCREENS.values(), ids=SCREENS, indirect=True)
def test_page(page: str, visitor: Visitor, server: Server, request: pytest.FixtureRequest) -> None:
    shown = visitor.visit(f"{server.url}/{PAGES[page]}")
    assert shown.locator("h1").count() == 1
    assert shown.locator('[data-testid="stException"]').count() == 0
    assert visitor.outside == []
    screen = request.node.callspec.id.split("-")[0]
    assert visitor.shoot(f"{page}_{screen}").stat().st_size > 10_000
    wide = shown.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 1


def test_titles_and_favicon_are_ours(visitor: Visitor, server: Server) -> None:
    shown = visitor.visit(server.url)
    shown.wait_for_function("() => document.title === 'Overview · RecAudit'")
    assert server.url in (shown.locator('link[rel*="icon"]').first.get_attribute("href") or server.url)
    assert shown.get_by_text("Deploy", exact=True).count() == 0
    assert shown.locator('[data-testid="stSidebarHeader"] img').count() == 1


def test_hostile_titles_show_as_they_are(visitor: Visitor, server: Server) -> None:
    shown = visitor.visit(f"{server.url}/users_lists?user=u000")
    assert HOSTILE_TITLE in shown.inner_text(".ra-history").replace("\u2060", "").replace("\n", " ")
    assert visitor.dialogs == []
    assert shown.locator(".ra-history script, .ra-history a, .ra-history strong").count() == 0


@pytest.mark.parametrize("visitor", [SCREENS["narrow"]], ids=["narrow"], indirect=True)
def test_no_list_runs_out_of_its_column(visitor: Visitor, server: Server) -> None:
    shown = visitor.visit(f"{server.url}/users_lists?request=zero-shot-00000003:000002")
    assert shown.locator(".ra-lists .ra-tag", has_text="invented").count()
    over = "[...document.querySelectorAll('.ra-lists > section')].map(e => e.scrollWidth - e.clientWidth)"
    widths = shown.evaluate(over)
    assert set(widths) == {0}


@pytest.mark.parametrize("visitor", [SCREENS["light"], SCREENS["dark"]], ids=["light", "dark"], indirect=True)
def test_text_is_readable_on_its_background(visitor: Visitor, server: Server) -> None:
    shown = visitor.visit(f"{server.url}/users_lists?request=zero-shot-00000003:000002")
    for selector in (
        ".ra-lists h4",
        ".ra-lists .ra-muted",
        ".ra-answer, .ra-note",
        "[data-testid=stSidebarNavLink] span",
    ):
        assert _contrast(shown, selector) >= 4.5, selector


@pytest.mark.parametrize("visitor", [SCREENS["light"], SCREENS["dark"]], ids=["light", "dark"], indirect=True)
def test_knowledge_paths_are_drawn_in_the_theme_and_ask_nothing_of_others(visitor: Visitor, server: Server) -> None:
    shown = visitor.visit(f"{server.url}/users_lists?request=cot-matcher-00000004:000000&part=why")
    picture = shown.locator("iframe").first
    inside = picture.content_frame.locator("canvas")
    inside.wait_for()
    drawn = inside.evaluate(
        """canvas => {
            const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
            let n = 0;
            for (let i = 3; i < data.length; i += 4) n += data[i] > 0;
            return n;
        }"""
    )
    assert drawn > 1_000
    ground = picture.content_frame.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    page = shown.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
    assert ground == page
    assert visitor.outside == []
    assert visitor.dialogs == []


def test_no_log_says_what_to_do(visitor: Visitor, empty_server: Server) -> None:
    for place, page in enumerate(("", "users_lists", "audit", "run_studio")):
        shown = visitor.visit(f"{empty_server.url}/{page}")
        assert shown.locator('[data-testid="stException"]').count() == 0
        visitor.shoot(f"empty_{place}")
    visitor.visit(empty_server.url).get_by_text("Set up a first run").click()
    visitor.settle()
    assert "run_studio" in visitor.page.url


def _contrast(page, selector: str) -> float:
    """Return the WCAG contrast of an element's text against the first opaque background behind it."""
    return page.locator(selector).first.evaluate(
        """element => {
            const canvas = document.createElement('canvas'); canvas.width = canvas.height = 1;
            const context = canvas.getContext('2d', {willReadFrequently: true});
            const parse = (colour, under) => {
                context.clearRect(0, 0, 1, 1);
                if (under) { context.fillStyle = under; context.fillRect(0, 0, 1, 1); }
                context.fillStyle = colour; context.fillRect(0, 0, 1, 1);
                return [...context.getImageData(0, 0, 1, 1).data];
            };
            let behind = element, ground;
            do { ground = getComputedStyle(behind).backgroundColor; behind = behind.parentElement; }
            while (behind && parse(ground)[3] < 255);
            const light = ([r, g, b]) => {
                const [x, y, z] = [r, g, b].map(c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
                return 0.2126 * x + 0.7152 * y + 0.0722 * z;
            };
            const ink = light(parse(getComputedStyle(element).color, ground));
            const pair = [ink, light(parse(ground))].sort((a, b) => b - a);
            return (pair[0] + 0.05) / (pair[1] + 0.05);
        }"""
    )
