"""Users & lists shows what the log holds, text as text, and goes from user to user and from link to request."""

from __future__ import annotations

import html

import pytest

from engine.home import Home
from tests.dashboard import log_fixture
from tests.dashboard.conftest import Open, run, said

PAGE = "users_lists"


def test_shows_history_held_out_items_and_every_list(filled_home: Home, open_page: Open) -> None:
    text = said(open_page(filled_home, PAGE, user="u000"))
    rows = log_fixture.stored(filled_home).interactions
    mine = rows[rows["user_id"] == "u000"]["item_id"].tolist()
    dataset = log_fixture.stored(filled_home)
    for item_id in mine:
        assert html.escape(dataset.item(item_id).title, quote=True) in text
    for run_name in log_fixture.FINISHED:
        assert run_name in text


def test_hostile_titles_stay_text(filled_home: Home, open_page: Open) -> None:
    page = open_page(filled_home, PAGE, user="u000")
    bodies = "".join(element.proto.body for element in page.get("html"))
    assert "<script" not in bodies
    assert html.escape('<script>alert("x")</script>', quote=True) in bodies
    for element in page.markdown:
        assert ":smile:" not in element.value


def test_next_and_previous_user(filled_home: Home, open_page: Open) -> None:
    page = open_page(filled_home, PAGE)
    assert page.query_params["user"] == "u000"
    _button(page, "Next").click()
    run(page)
    assert page.query_params["user"] == "u001"
    assert page.selectbox(key="user_picker").value == "u001"
    _button(page, "Previous").click()
    run(page)
    assert page.query_params["user"] == "u000"


def test_a_request_link_opens_its_user_and_run(filled_home: Home, open_page: Open) -> None:
    page = open_page(filled_home, PAGE, request="zero-shot-00000003:000007")
    assert page.query_params["user"] == "u007"
    assert page.query_params["request"] == "zero-shot-00000003:000007"
    assert "Request zero-shot-00000003:000007" in said(page)


def test_a_request_of_a_run_that_is_not_chosen_is_shown_too(filled_home: Home, open_page: Open) -> None:
    page = open_page(filled_home, PAGE, runs=["item-knn-00000001"], request="zero-shot-00000003:000007")
    assert "Request zero-shot-00000003:000007" in said(page)


def test_lost_slots_are_listed_with_their_outcome(filled_home: Home, open_page: Open) -> None:
    lost = _request_with_a_lost_slot(filled_home)
    text = said(open_page(filled_home, PAGE, request=lost))
    assert "invented: out of catalogue" in text
    assert "The Invented" in text


@pytest.mark.parametrize(("part", "expected"), [("Reasoning", "Likes heists"), ("Model calls", "<b>Heat</b>")])
def test_reasoning_and_model_calls(part: str, expected: str, filled_home: Home, open_page: Open) -> None:
    page = open_page(filled_home, PAGE, request="cot-matcher-00000004:000003")
    next(g for g in page.get("button_group") if g.key == "part_picker").set_value(part)
    run(page)
    assert expected in html.unescape(said(page))


def test_unknown_user_and_request_are_said(filled_home: Home, open_page: Open) -> None:
    assert "is not in these runs" in said(open_page(filled_home, PAGE, user="nobody"))
    assert "holds no request" in said(open_page(filled_home, PAGE, request="nothing:1"))


def test_groups_filter_the_users(filled_home: Home, open_page: Open) -> None:
    page = open_page(filled_home, PAGE, users="age_band:55+")
    assert "of 20" in page.selectbox(key="user_picker").label
    assert page.query_params["user"] == "u002"


def _button(page, label):
    return next(button for button in page.button if button.label == label)


def _request_with_a_lost_slot(home: Home) -> str:
    from engine.runlog.index import RunLog

    sql = "select request_id from slots where run_id = ? and outcome = 'out_of_catalogue' order by request_id limit 1"
    return str(RunLog(home).query(sql, ["zero-shot-00000003"])["request_id"].iloc[0])
