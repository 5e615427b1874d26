"""The one audit page renders whatever audits there are, and says so where one cannot judge."""

from __future__ import annotations

import shutil

import pytest

from audits.discovery import find_audits
from engine.home import Home
from tests.dashboard import log_fixture
from tests.dashboard.conftest import Open, run, said


@pytest.fixture(scope="module")
def lab_home(filled_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The filled home with a lab run of its chain of thought, and a run that was asked again with a gender stated."""
    root = tmp_path_factory.mktemp("lab") / "home"
    shutil.copytree(filled_home.root, root)
    home = Home(root)
    base = next(path.stem for path in sorted(home.journals.glob("cot-matcher-*.jsonl")))
    log_fixture.write_lab_run(home, base)
    log_fixture.write_stated_run(home, base)
    return home


@pytest.mark.parametrize("name", sorted(find_audits()))
def test_every_audit_has_its_page(name: str, lab_home: Home, open_page: Open) -> None:
    page = open_page(lab_home, "audit", audit=name)
    assert page.title[0].value.replace("\\", "") == find_audits()[name].question
    assert page.query_params["audit"] == name
    assert page.get("plotly_chart")


def test_a_run_without_a_lab_run_is_told_how_to_make_one(filled_home: Home, open_page: Open) -> None:
    text = said(open_page(filled_home, "audit", audit="faithfulness")).replace("\\", "")
    assert "recaudit lab cot-matcher" in text


def test_a_lab_run_is_no_run_to_audit_unasked(lab_home: Home, open_page: Open) -> None:
    assert "lab of" not in said(open_page(lab_home, "audit", audit="accuracy"))


def test_an_unknown_audit_is_said(filled_home: Home, open_page: Open) -> None:
    assert "no audit named" in said(open_page(filled_home, "audit", audit="nonsense"))


def test_groups_of_too_few_people_are_not_shown_and_said(filled_home: Home, open_page: Open) -> None:
    page = open_page(filled_home, "audit", audit=_fairness())
    _choose(page, "gender")
    text = said(page)
    assert "for privacy" in text
    frame = next(f.value for f in page.dataframe if "group" in f.value.columns)
    hidden = frame[frame["group"].str.contains("nonbinary")]
    assert set(hidden["value"]) == {"not shown"}


def test_a_cohort_of_too_few_people_is_refused(filled_home: Home, open_page: Open) -> None:
    page = open_page(filled_home, "audit", audit="accuracy", users="gender:nonbinary")
    assert "does not apply" in said(page)
    assert not page.get("plotly_chart")


def test_all_measures_have_a_table_twin(filled_home: Home, open_page: Open) -> None:
    page = open_page(filled_home, "audit", audit="accuracy")
    page.toggle(key="measures_accuracy").set_value(True)
    run(page)
    frame = next(f.value for f in page.dataframe if "measure" in f.value.columns)
    assert frame["measure"].str.startswith("NDCG").any()


def test_an_audit_is_found_through_the_question_that_it_helps_to_answer(filled_home: Home, open_page: Open) -> None:
    page = open_page(filled_home, "audit", audit="fairness")
    assert page.selectbox(key="topic_picker").value == "Who is served worse?"
    page.selectbox(key="topic_picker").set_value("Is the reason true?")
    run(page)
    assert page.query_params["audit"] == "claims"
    assert page.title[0].value.replace("\\", "") == find_audits()["claims"].question


def test_the_main_measures_stand_first_and_the_rest_in_a_box(filled_home: Home, open_page: Open) -> None:
    page = open_page(filled_home, "audit", audit="coverage")
    first, rest = page.pills(key="measure_coverage_first"), page.selectbox(key="measure_coverage_rest")
    assert len(first.options) == 4
    assert first.value == "coverage"
    assert rest.value is None
    rest.set_value("gini")
    run(page)
    assert page.query_params["measure"] == "gini"
    assert page.pills(key="measure_coverage_first").value is None
    page.pills(key="measure_coverage_first").set_value("arp")
    run(page)
    assert page.query_params["measure"] == "arp"
    assert page.selectbox(key="measure_coverage_rest").value is None


def test_a_link_to_a_measure_shows_it(filled_home: Home, open_page: Open) -> None:
    page = open_page(filled_home, "audit", audit="coverage", measure="novelty")
    assert page.selectbox(key="measure_coverage_rest").value == "novelty"
    old = open_page(filled_home, "audit", audit="coverage", measure="nonsense")
    assert old.pills(key="measure_coverage_first").value == "coverage"


def test_another_audit_begins_with_its_own_measures(filled_home: Home, open_page: Open) -> None:
    page = open_page(filled_home, "audit", audit="coverage", measure="gini")
    page.segmented_control(key="audit_picker").set_value("accuracy")
    run(page)
    assert page.query_params["audit"] == "accuracy"
    assert "measure" not in page.query_params


def _fairness() -> str:
    return next(name for name in find_audits() if "user" in name or "fair" in name)


def _choose(page, attribute):
    by = next(box for box in page.selectbox if box.label == "By")
    by.set_value(next(option for option in by.options if option == attribute))
    run(page)
