"""Reports: every kind of section, every run with its head, nothing that a text could break, nothing from elsewhere."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import get_args

import pytest
from typer.testing import CliRunner

from audits.errors import AuditError
from audits.reports.blocks import blocks
from audits.results import Finding, Section, Severity, Table
from dashboard.cli.main import build
from engine.home import Home
from engine.runlog.journal import read_journal
from tests.audits.section_examples import EXAMPLES
from tests.dashboard.log_fixture import HOSTILE_TITLE, write_demo_log


class Page(HTMLParser):
    """Collects a page's elements, what they refer to, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.said: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in ("href", "src") or name.startswith("on")]

    def handle_data(self, data):
        self.said.append(data)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    root = tmp_path_factory.mktemp("reports")
    home = Home(root / "home")
    write_demo_log(home, root / "files", n_users=20)
    return home


@pytest.fixture
def recaudit(home, monkeypatch):
    monkeypatch.setenv("RECAUDIT_HOME", str(home.root))
    return lambda *words: CliRunner().invoke(build(), list(words))


def test_every_kind_of_section_has_a_block():
    assert {type(section) for section in EXAMPLES} == set(get_args(Section))
    for section in EXAMPLES:
        (block,) = blocks([section], {})
        assert block.rows
        assert all(len(row) == len(block.columns) for row in block.rows)
        assert block.numeric <= set(block.columns)


def test_a_page_says_what_the_audits_said_and_where_each_journal_ends(recaudit, home, tmp_path):
    done = recaudit("report", "--out", str(tmp_path / "deep" / "report.html"))
    assert done.exit_code == 0, done.output
    page = Page((tmp_path / "deep" / "report.html").read_text(encoding="utf-8"))
    text = " ".join(" ".join(page.said).split())
    assert "simulated behaviour" in text
    assert "Which run ranks best" in text
    for journal in home.journals.glob("*.jsonl"):
        assert list(read_journal(journal))[-1].hash in text
    assert not page.tags & {"script", "img", "link", "iframe"}
    assert all(link.startswith("#") for link in page.links)


def test_hostile_titles_stay_text(recaudit, tmp_path, monkeypatch):
    hostile = (
        Table(title=HOSTILE_TITLE, columns=("raw_text",), rows=((HOSTILE_TITLE,),), note=HOSTILE_TITLE),
        Finding(severity=Severity.LOW, title=HOSTILE_TITLE, detail=HOSTILE_TITLE, run_id="most-popular-00000000"),
    )
    from audits.checks.accuracy import Accuracy
    from audits.results import AuditResult

    def run(self, evidence):
        return AuditResult(
            audit="accuracy", version=1, question="Q?", run_ids=evidence.run_ids, answer=HOSTILE_TITLE, sections=hostile
        )

    monkeypatch.setattr(Accuracy, "run", run)
    recaudit("report", "--audit", "accuracy", "--out", str(tmp_path / "report.html"))
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert HOSTILE_TITLE in "".join(page.said)
    assert "script" not in page.tags


def test_json_holds_the_same(recaudit, tmp_path):
    recaudit("report", "--audit", "accuracy", "--out", str(tmp_path / "report.json"))
    data = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert [outcome["audit"] for outcome in data["outcomes"]] == ["accuracy"]
    assert all(run["n_records"] and len(run["head_hash"]) == 64 for run in data["runs"])


@pytest.mark.parametrize("name", ["report.pdf", "report"])
def test_other_files_are_refused(recaudit, tmp_path, name):
    assert isinstance(recaudit("report", "--out", str(tmp_path / name)).exception, AuditError)


def test_a_place_that_cannot_be_written_is_said(recaudit, tmp_path):
    (tmp_path / "file").write_text("here")
    done = recaudit("report", "--audit", "accuracy", "--out", str(tmp_path / "file" / "report.html"))
    assert isinstance(done.exception, AuditError)


def test_what_all_rows_of_a_table_have_in_common_is_said_once():
    rows = (("a", 1, "r-1"), ("b", 1, "r-1"))
    (block,) = blocks([Table(title="T", columns=("item", "n", "run_id"), rows=rows, note="More.")], {})
    assert block.columns == ("item",)
    assert block.rows == (("a",), ("b",))
    assert block.notes == ("In all rows: n: 1; run_id: r-1.", "More.")
    (single,) = blocks([Table(title="T", columns=("item", "n"), rows=(("a", 1),))], {})
    assert single.rows == (("a", "1"),)
    (twice,) = blocks([Table(title="T", columns=("item",), rows=(("a",), ("a",)))], {})
    assert twice.rows == (("a",), ("a",))
