"""Users & lists shows what the log holds, text as text, and goes from user to user and from link to request."""

from __future__ import annotations

import html
from pathlib import Path

import pytest

from dashboard.loaders.lists import SlotLine
from dashboard.render.lists import unnumbered
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


def test_a_run_that_was_not_asked_for_the_user_is_named(tmp_path: Path, open_page: Open) -> None:
    home = Home(tmp_path / "home")
    dataset = log_fixture.import_tiny(home, tmp_path / "csv", n_users=5)
    log_fixture.write_run(home, dataset, "most-popular")
    log_fixture.write_run(home, dataset, "zero-shot", users=1)
    assert "Not asked for this user" not in said(open_page(home, PAGE, user="u000"))
    assert "Not asked for this user: zero-shot." in said(open_page(home, PAGE, user="u001"))


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


def _why(home: Home, open_page: Open, request: str):
    return open_page(home, PAGE, request=request, part="why")


def _frames(page) -> list[str]:
    return [element.proto.srcdoc for element in page.get("iframe")]


def test_why_shows_what_the_score_rests_on_and_the_paths(filled_home: Home, open_page: Open) -> None:
    page = _why(filled_home, open_page, "cot-matcher-00000004:000000")
    text = said(page)
    assert "additivity gap 0" in text
    assert "base value 0.5" in text
    assert "128 evaluations" in text
    assert page.get("plotly_chart")
    assert "made by" in text
    assert len(_frames(page)) == 1


def test_why_says_which_command_explains(filled_home: Home, open_page: Open) -> None:
    page = _why(filled_home, open_page, "cot-matcher-00000004:000009")
    commands = [element.value for element in page.code]
    assert any(
        c.startswith("recaudit explain cot-matcher-00000004 cot-matcher-00000004:000009 --rank") for c in commands
    )
    assert not page.get("plotly_chart")


def test_why_of_another_rank(filled_home: Home, open_page: Open) -> None:
    page = _why(filled_home, open_page, "unisrec-00000002:000003")
    picker = next(box for box in page.selectbox if box.label == "Recommendation")
    picker.set_value(2)
    run(page)
    assert any(element.value.endswith("--rank 2") for element in page.code)


def test_a_table_twin_of_the_contributions(filled_home: Home, open_page: Open) -> None:
    page = _why(filled_home, open_page, "cot-matcher-00000004:000001")
    page.toggle(key="contributions_table_history item").set_value(True)
    run(page)
    frame = next(f.value for f in page.dataframe if "contribution" in f.value.columns)
    assert len(frame) == 7
    assert frame["contribution"].iloc[0] == pytest.approx(0.8)


def test_a_dataset_without_a_graph_says_so(tmp_path, open_page: Open) -> None:
    home = Home(tmp_path / "home")
    dataset = log_fixture.import_tiny(home, tmp_path / "csv", n_users=12, graph=False)
    run_id = log_fixture.write_run(home, dataset, "item-knn")
    page = open_page(home, PAGE, request=f"{run_id}:000000", part="why")
    assert "no knowledge graph" in said(page)
    assert not _frames(page)


def test_hostile_names_in_the_picture_stay_data() -> None:
    from dashboard.render.path_picture import picture

    drawn, height = picture(_hostile_paths(), "dark")
    assert height > 0
    body = drawn.split("</head>")[1]
    assert body.count("<script") == 1
    assert "<img" not in body
    assert "onerror" in body  # it is there, as text of the data
    head = drawn.split("<script>")[0]
    assert "default-src 'none'" in head
    assert "http://" not in body
    assert "https://" not in body.replace("https://example.invalid", "")  # a title holds that one


def _hostile_paths():
    from audits.results import PathExample, PathHop, PathStop
    from dashboard.loaders.why import PathLine

    stops = (log_fixture.HOSTILE_TITLE, log_fixture.HOSTILE_NAME, "line\nbreak </script><script>alert(1)</script>")
    return [
        PathLine(
            shown=PathExample(
                run_id="r", request_id="r:0", slot_rank=1, origin="given",
                stops=tuple(PathStop(label=stop) for stop in stops),
                hops=(PathHop(relation="made_by"), PathHop(relation="</script>", is_inverse=True, is_true=False)),
            ),
            entity_ids=("e1", "m1", "e2"),
            kinds=("item", "person", "item"),
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("3. Animals", "Animals"), ("3) Animals", "Animals"), ("**3.** Animals", "Animals"), ("3.", ""), (None, ""),
        ("2. Animals", "2. Animals"), ("2001: A Space Odyssey", "2001: A Space Odyssey"), ("3 Idiots", "3 Idiots"),
        ("300: Rise of an Empire", "300: Rise of an Empire"), ("3:10 to Yuma", "3:10 to Yuma"),
        ("3. (500) Days of Summer", "(500) Days of Summer"),
    ],
)  # fmt: skip
def test_what_was_written_for_a_slot_does_not_repeat_its_number(raw: str | None, shown: str) -> None:
    slot = SlotLine(
        slot_rank=3, outcome="duplicate", raw_text=raw, title=None, item_id=None, outcome_detail="", score=None,
        match_kind=None, match_score=None, rationale=None, is_hit=False,
    )  # fmt: skip
    assert unnumbered(slot) == shown
