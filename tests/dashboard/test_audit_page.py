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


def _fairness() -> str:
    return next(name for name in find_audits() if "user" in name or "fair" in name)


def _choose(page, attribute):
    by = next(box for box in page.selectbox if box.label == "By")
    by.set_value(next(option for option in by.options if option == attribute))
    run(page)
