"""The ways through the dashboard that matter: from finding to request, from page to page, from plan to run."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from dashboard.server import Server
from tests.browser.conftest import PATIENCE_MS, Visitor

expect.set_options(timeout=PATIENCE_MS)


def test_from_a_finding_to_its_request(visitor: Visitor, server: Server) -> None:
    page = visitor.visit(server.url)
    page.get_by_text("See a request").first.click()
    expect(page).to_have_url(re.compile(r"users_lists\?.*request="))
    visitor.settle()
    assert page.locator(".ra-lost").count() >= 1


def test_the_cohort_stays_from_page_to_page(visitor: Visitor, server: Server) -> None:
    page = visitor.visit(server.url)
    page.locator('[data-tag][aria-label$="item-knn"]').locator("button, [role=button], svg").last.click()
    expect(page).to_have_url(re.compile(r"runs=most-popular-00000000"))
    assert "item-knn-00000001" not in page.url
    page.locator('[data-testid="stSidebarNavLink"]', has_text="Audits").click()
    expect(page).to_have_url(re.compile(r"/audit\?.*runs=most-popular-00000000"))
    visitor.settle()
    assert "item-knn-00000001" not in page.url.split("reference")[0]
    assert page.locator('[data-tag][aria-label$="item-knn"]').count() == 0


def test_from_a_plan_to_a_finished_run(visitor: Visitor, fresh_server: Server) -> None:
    page = visitor.visit(f"{fresh_server.url}/run_studio")
    page.get_by_role("spinbutton", name="List length k").fill("3")
    page.keyboard.press("Enter")
    label = page.get_by_role("textbox", name="Label")
    label.fill("from the browser")
    label.press("Enter")
    visitor.settle()
    page.get_by_role("button", name="Start the run").click()
    row = page.locator('[data-testid="stVerticalBlock"][class*="st-key-run_"]', has_text="from the browser")
    expect(row.get_by_text(re.compile("✓ finished"))).to_be_visible()
    expect(label).to_have_value("from the browser")


def test_an_interrupted_run_offers_to_be_resumed(visitor: Visitor, server: Server) -> None:
    page = visitor.visit(f"{server.url}/run_studio")
    row = page.locator('[class*="st-key-run_zero-shot-0badcafe"]')
    expect(row.get_by_role("button", name="Resume")).to_be_visible()
    expect(row).to_contain_text("interrupted")


def test_rows_of_evidence_open_their_request(visitor: Visitor, server: Server) -> None:
    page = visitor.visit(f"{server.url}/audit?audit=hallucination")
    page.get_by_role("button", name="Example 1").first.click()
    expect(page).to_have_url(re.compile(r"users_lists\?.*request="))


def test_next_user_and_the_browsers_back_button(visitor: Visitor, server: Server) -> None:
    page = visitor.visit(f"{server.url}/users_lists?user=u003")
    page.get_by_role("button", name="Next").click()
    expect(page).to_have_url(re.compile("user=u004"))
