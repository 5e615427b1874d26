"""Reports: every kind of section, every run with its head, nothing that a text could break, nothing from elsewhere."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import get_args

import pytest
from typer.testing import CliRunner

from audits.errors import AuditError
from audits.evidence import open_evidence
from audits.reports.blocks import blocks, card_ids, cards_of
from audits.reports.html import report_html
from audits.reports.report import make_report
from audits.results import Breakdown, Finding, Group, Measure, Section, Severity, Stage, Table, Waterfall
from dashboard.cli.main import build
from engine.home import Home
from engine.runlog.index import RunLog
from engine.runlog.journal import read_journal
from tests.audits.section_examples import CARD, EXAMPLES
from tests.dashboard.log_fixture import HOSTILE_TITLE, write_demo_log


class Page(HTMLParser):
    """Collects a page's elements, what they refer to, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str | None] = []
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
    assert all(str(link).startswith("#") for link in page.links)


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
    assert all(run["name"] and "name" not in run["facts"] for run in data["runs"])
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
    assert block.notes == ("In all rows: n: 1; run: r-1.", "More.")
    (single,) = blocks([Table(title="T", columns=("item", "n"), rows=(("a", 1),))], {})
    assert single.rows == (("a", "1"),)
    (twice,) = blocks([Table(title="T", columns=("item",), rows=(("a",), ("a",)))], {})
    assert twice.rows == (("a",), ("a",))


def of_kind(kind):
    return next(section for section in EXAMPLES if isinstance(section, kind))


def test_runs_stand_side_by_side_and_what_has_no_value_is_said_in_one_line():
    first = of_kind(Measure)
    second = replace(first, run_id="s", value=0.4, n=8, interval=None)
    bare = [
        replace(first, card=replace(CARD, name=name, label=name), run_id=run, value=None, interval=None, note="Nobody.")
        for name in ("map", "mrr") for run in ("r", "s")
    ]  # fmt: skip
    (block,) = blocks([first, second, *bare], {"r": "one", "s": "two"})
    assert block.columns == ("measure", "one", "two", "n")
    assert block.rows == (("NDCG@10", "0.20 [0.10, 0.30], 10 users", "0.400, 8 users", ""),)
    assert block.notes[0] == "Not measured: map, mrr. Nobody."
    (same_n,) = blocks([first, replace(first, run_id="s")], {})
    assert same_n.rows == (("NDCG@10", "0.20 [0.10, 0.30]", "0.20 [0.10, 0.30]", "10 users"),)


def test_groups_of_all_attributes_and_runs_share_a_table_of_the_measure():
    first = of_kind(Breakdown)
    few = Group(labels=("x",), n=40, value=0.3, sufficient=False)
    second = replace(first, attributes=("age_band",), groups=(few,), gap=None, ratio=None, gap_interval=None, note="n")
    (block,) = blocks([first, replace(first, run_id="s"), second, replace(second, run_id="s")], {})
    assert block.columns == ("by", "group", "users", "r", "s")
    gap = "0.10 [0.10, 0.30], ratio 0.50"
    assert block.rows == (
        ("", "everyone", "", "0.200", "0.200"),
        ("gender", "a", "120", "0.20 [0.10, 0.30]", "0.20 [0.10, 0.30]"),
        ("", "b", "–", "hidden, too few people", "hidden, too few people"),
        ("", "widest gap", "", gap, gap),
        ("age band", "x", "40", "0.300\u00a0*", "0.300\u00a0*"),
    )
    assert "No gap can be told by age band: insufficient evidence." in block.notes
    assert block.notes[-1] == "n"


def test_waterfalls_of_one_kind_share_a_table():
    stages = (Stage(name="all", label="All", remaining=10, lost=0), Stage(name="in", label="In", remaining=9, lost=1))
    first = replace(of_kind(Waterfall), stages=stages)
    other = replace(first, run_id="s", stages=(stages[0], replace(stages[1], remaining=4, lost=6)))
    (block,) = blocks([first, other], {})
    assert block.rows == (("All", "10 (100.0%)", "10 (100.0%)"), ("In", "9 (90.0%) -1", "4 (40.0%) -6"))


def test_findings_come_first_worst_first_and_keep_their_requests():
    low = replace(of_kind(Finding), severity=Severity.LOW, title="small")
    made = blocks([of_kind(Table), low, of_kind(Finding)], {})
    assert [block.title for block in made] == ["Findings", "t"]
    assert [row[1] for row in made[0].rows] == ["t", "small"]
    assert made[0].folded == ("t: r:0", "small: r:0")


def test_the_first_page_leads_to_each_audit_and_to_the_cards(recaudit, tmp_path):
    recaudit("report", "--audit", "accuracy", "--audit", "counterfactual", "--out", str(tmp_path / "report.html"))
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    first_page = text[: text.index('<h2 id="runs">')]
    assert '<a href="#accuracy">Accuracy</a>' in first_page
    assert "How good, how varied" in first_page
    assert "Counterfactual fairness:" in first_page
    assert "--sensitive" in first_page
    ids = set(re.findall(r'id="([^"]+)"', text))
    assert {str(link).removeprefix("#") for link in Page(text).links} <= ids
    assert text.count('id="card-ndcg"') == 1


def test_cards_of_other_k_are_kept_and_found(recaudit, tmp_path, monkeypatch):
    from audits.checks.accuracy import Accuracy
    from audits.checks.coverage import Coverage
    from audits.results import AuditResult

    def finding(k):
        def run(self, evidence):
            shown = replace(of_kind(Measure), card=replace(CARD, label=f"NDCG@{k}"), run_id=evidence.run_ids[0])
            return AuditResult(
                audit=self.name, version=1, question="Q?", run_ids=evidence.run_ids, answer="A.", sections=(shown,)
            )

        return run

    monkeypatch.setattr(Accuracy, "run", finding(3))
    monkeypatch.setattr(Coverage, "run", finding(5))
    recaudit("report", "--audit", "accuracy", "--audit", "coverage", "--out", str(tmp_path / "report.html"))
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    for k in (3, 5):
        (card,) = re.findall(rf'<a href="#(card-[^"]+)">NDCG@{k}</a>', text)
        assert f'<details id="{card}"><summary>NDCG@{k}</summary>' in text


def test_ids_of_cards_are_their_names_and_never_the_same():
    of_three, of_five = replace(CARD, label="NDCG@3"), replace(CARD, label="NDCG@5")
    (block,) = blocks(
        [replace(of_kind(Measure), card=of_five), replace(of_kind(Measure), card=of_three, run_id="s")], {}
    )
    assert card_ids(cards_of([block, block])) == {of_three: "ndcg", of_five: "ndcg-2"}


def test_prompts_and_packages_stand_with_their_run_whatever_it_is_called(home):
    with RunLog(home).connect() as connection:
        report = make_report(open_evidence(connection), [], recaudit_version="1", made_at=datetime.now(UTC))
    first, second = report.runs[:2]
    first = replace(first, name="same", package_versions='{"numpy": "1.11.1"}')
    second = replace(second, name="same", package_versions='{"numpy": "2.22.2"}')
    text = report_html(replace(report, runs=(first, second)))
    assert text.count("numpy 1.11.1") == text.count("numpy 2.22.2") == 1


def test_tables_of_a_kind_share_one_and_say_what_each_row_and_note_is_of():
    def table(run, note):
        return Table(title=f"New interests in lists of {run}, by age", columns=("n_users",), rows=((3,),), note=note)

    (block,) = blocks([table("one", "1% are."), table("two", "2% are.")], {})
    assert block.title == "New interests in lists of …, by age"
    assert (block.columns, block.rows) == (("of",), (("one",), ("two",)))
    assert block.notes == ("In all rows: users: 3.", "one: 1% are.", "two: 2% are.")
