"""The cohort bar: one for all pages, kept in the URL, and honest about what a link names that is not there."""

from __future__ import annotations

import pytest

from engine.home import Home
from tests.dashboard.conftest import Open, run, said

PAGES = ("overview", "run_studio", "users_lists", "audit")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_on_an_empty_log(page: str, empty_home: Home, open_page: Open) -> None:
    opened = open_page(empty_home, page)
    assert opened.title
    assert not opened.multiselect


@pytest.mark.parametrize("page", PAGES)
def test_every_page_keeps_the_cohort_in_the_url(page: str, filled_home: Home, open_page: Open) -> None:
    chosen = ["item-knn-00000001", "zero-shot-00000003"]
    opened = open_page(filled_home, page, runs=chosen, users="age_band:55+", reference="item-knn-00000001")
    assert opened.query_params["runs"] == chosen
    assert opened.query_params["users"] == "age_band:55+"
    assert opened.query_params["reference"] == "item-knn-00000001"
    assert opened.multiselect(key="bar_runs").value == chosen
    assert opened.multiselect(key="bar_users").value == [("age_band", "55+")]


def test_the_newest_finished_runs_are_the_default(filled_home: Home, open_page: Open) -> None:
    opened = open_page(filled_home)
    assert opened.query_params["runs"] == "latest"
    assert "zero-shot-0badcafe" not in opened.multiselect(key="bar_runs").value
    assert len(opened.multiselect(key="bar_runs").value) == 5
    assert opened.selectbox(key="bar_reference").value == "most-popular-00000000"


def test_a_choice_goes_into_the_url_and_to_the_next_page(filled_home: Home, open_page: Open) -> None:
    opened = open_page(filled_home)
    opened.multiselect(key="bar_runs").set_value(["unisrec-00000002"])
    run(opened)
    assert opened.query_params["runs"] == "unisrec-00000002"
    opened.query_params.clear()  # as a click on the navigation does
    opened.switch_page("views/audit.py")
    run(opened)
    assert opened.query_params["runs"] == "unisrec-00000002"
    assert opened.multiselect(key="bar_runs").value == ["unisrec-00000002"]


def test_taking_all_runs_away_gives_the_default_back(filled_home: Home, open_page: Open) -> None:
    opened = open_page(filled_home)
    opened.multiselect(key="bar_runs").set_value([])
    run(opened)
    assert opened.query_params["runs"] == "latest"


def test_a_link_to_a_run_that_is_not_there_says_so(filled_home: Home, open_page: Open) -> None:
    opened = open_page(filled_home, runs=["gone-1", "zero-shot-00000003"])
    assert "gone\\-1" in said(opened)
    assert opened.multiselect(key="bar_runs").value == ["zero-shot-00000003"]


def test_a_link_to_a_group_that_nobody_is_in_says_who_is_looked_at(filled_home: Home, open_page: Open) -> None:
    opened = open_page(filled_home, "overview", users="planet:mars")
    assert "No user of this dataset is planet: mars: everyone is looked at." in said(opened)
