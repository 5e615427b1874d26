"""The Overview answers from the audits, says what it rests on, and says what to do where there is nothing."""

from __future__ import annotations

from pathlib import Path

from audits.results import Interval, Measure
from dashboard.loaders import audits
from dashboard.render.headline import _may_be_chance
from engine.home import Home
from tests.dashboard import log_fixture
from tests.dashboard.conftest import Open, run, said
from tests.dashboard.test_text import NDCG


def test_answers_with_the_numbers_of_the_audits(filled_home: Home, open_page: Open) -> None:
    page = open_page(filled_home)
    judged = audits.judged(page.session_state["cohort"])
    invented = {line.run.label: line.invented for line in judged.headline.runs}
    assert page.title[0].value == "Can I sign this off?"
    assert "Not yet." in said(page)
    share = invented["zero-shot"].value
    assert share is not None
    assert share > 0.05
    tile = next(metric for metric in page.metric if metric.label == "Most invented items")
    assert tile.value == f"{share:.1%}"
    assert tile.delta.startswith("+")


def test_shows_at_most_four_tiles_and_the_disclosure(filled_home: Home, open_page: Open) -> None:
    page = open_page(filled_home)
    assert 1 <= len(page.metric) <= 4
    assert log_fixture.DISCLOSURE in said(page)


def test_a_worse_delivery_points_down(filled_home: Home, open_page: Open) -> None:
    page = open_page(filled_home)
    tile = next(metric for metric in page.metric if metric.label == "Fewest delivered slots")
    assert tile.delta.startswith("-")


def test_the_picture_has_a_table_twin(filled_home: Home, open_page: Open) -> None:
    page = open_page(filled_home)
    assert not page.dataframe
    page.toggle(key="overview_table").set_value(True)
    run(page)
    assert set(log_fixture.FINISHED) == set(page.dataframe[0].value["run"])


def test_an_empty_log_says_what_to_do(empty_home: Home, open_page: Open) -> None:
    page = open_page(empty_home)
    assert "nothing to judge yet" in said(page)
    assert "recaudit demo" in said(page)
    assert not page.metric


def test_a_log_without_groups_says_so(tmp_path: Path, open_page: Open) -> None:
    home = Home(tmp_path / "home")
    log_fixture.write_demo_log(home, tmp_path / "csv", n_users=20, attributes=False)
    page = open_page(home)
    assert "Not judged" in said(page)
    assert page.multiselect(key="bar_users").disabled


def test_one_user_is_not_enough_but_is_shown(tmp_path: Path, open_page: Open) -> None:
    home = Home(tmp_path / "home")
    dataset = log_fixture.import_tiny(home, tmp_path / "csv", n_users=5)
    for name in ("most-popular", "zero-shot"):
        log_fixture.write_run(home, dataset, name, users=1)
    page = open_page(home)
    assert page.title[0].value == "Can I sign this off?"


def test_a_run_that_lost_every_slot_is_not_signed_off(tmp_path: Path, open_page: Open) -> None:
    home = Home(tmp_path / "home")
    dataset = log_fixture.import_tiny(home, tmp_path / "csv", n_users=20)
    log_fixture.write_run(home, dataset, "most-popular")
    log_fixture.write_run(home, dataset, "zero-shot", lose_all=True)
    page = open_page(home)
    assert "Not yet." in said(page)
    tile = next(metric for metric in page.metric if metric.label == "Fewest delivered slots")
    assert tile.value == "0.0%"


def test_where_no_run_has_a_hit_none_is_called_best(tmp_path: Path, open_page: Open) -> None:
    home = Home(tmp_path / "home")
    dataset = log_fixture.import_tiny(home, tmp_path / "csv", n_users=20)
    for name in ("most-popular", "zero-shot"):
        log_fixture.write_run(home, dataset, name, lose_all=True)
    page = open_page(home)
    tile = next(metric for metric in page.metric if metric.label == "Best NDCG@5")
    assert (tile.value, tile.delta) == ("0.000", "")
    assert "no run has a hit" in said(page)
    assert said(page).count("No run placed an item that its user took") == 2
    assert "ranks best" not in said(page)
    assert "most accurate" not in said(page)


def test_where_no_run_invents_no_run_is_blamed(tmp_path: Path, open_page: Open) -> None:
    home = Home(tmp_path / "home")
    dataset = log_fixture.import_tiny(home, tmp_path / "csv", n_users=20)
    for name in ("most-popular", "item-knn"):
        log_fixture.write_run(home, dataset, name)
    page = open_page(home)
    tile = next(metric for metric in page.metric if metric.label == "Most invented items")
    assert tile.value == "none"
    assert "Accuracy against delivery" in said(page)
    assert "No run invents items." in said(page)


def test_answers_take_the_name_that_a_new_run_of_the_same_label_gives(tmp_path: Path, open_page: Open) -> None:
    home = Home(tmp_path / "home")
    dataset = log_fixture.import_tiny(home, tmp_path / "csv", n_users=20)
    first = log_fixture.write_run(home, dataset, "most-popular", label="mine")
    page = open_page(home, runs=[first])
    assert [line.run.name for line in audits.judged(page.session_state["cohort"]).headline.runs] == ["mine"]
    log_fixture.write_run(home, dataset, "item-knn", label="mine", k=3)
    run(page)
    cohort = page.session_state["cohort"]
    assert cohort.run_ids == (first,)
    assert [line.run.name for line in audits.judged(cohort).headline.runs] == [cohort.names[first]]
    assert cohort.names[first] == "mine (k 5)"


def test_groups_too_small_to_be_compared_are_said_and_not_left_out(filled_home: Home, open_page: Open) -> None:
    page = open_page(filled_home)
    tile = next(metric for metric in page.metric if metric.label.startswith("Widest gap"))
    assert tile.value == "not told"
    assert "insufficient evidence" in said(page)


def test_no_colour_marks_a_difference_that_may_be_chance() -> None:
    def measure(value: float, low: float, high: float) -> Measure:
        bounds = Interval(low=low, high=high, level=0.95, method="bootstrap")
        return Measure(card=NDCG, run_id="r", value=value, interval=bounds, n=9, n_unit="users", sql="")

    assert _may_be_chance(measure(0.2, 0.1, 0.3), measure(0.15, 0.1, 0.2))
    assert not _may_be_chance(measure(0.4, 0.3, 0.5), measure(0.15, 0.1, 0.2))
    assert not _may_be_chance(measure(0.4, 0.3, 0.5), None)
