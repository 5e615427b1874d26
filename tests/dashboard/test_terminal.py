"""Audits in a terminal of 80 columns: nothing is cut, what is the same is said once."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from rich.console import Console

from audits.results import AuditResult, Comparison, Finding, Measure, Section, Severity, Table
from dashboard.render import terminal, terminal_tables
from tests.audits.section_examples import EXAMPLES, INTERVAL

T = TypeVar("T")
LABELS = {"r": "cot-matcher", "s": "most-popular"}


def of_kind(kind: type[T]) -> T:
    return next(section for section in EXAMPLES if isinstance(section, kind))


def printed(sections: Sequence[Section], *, brief: bool = False) -> str:
    result = AuditResult(audit="a", version=1, question="Q?", run_ids=("r",), answer="A.", sections=tuple(sections))
    console = Console(file=io.StringIO(), width=80)
    for part in terminal.outcome(result, LABELS, brief=brief):
        console.print(part, highlight=False, markup=False)
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_a_comparison_without_evidence_is_whole_in_80_columns():
    one = replace(of_kind(Comparison), verdict="insufficient evidence", interval=replace(INTERVAL, low=-0.1))
    said = printed([one])
    assert "cot-matcher" in said
    assert "insufficient" in said
    assert "on 10 common users" in said
    assert max(map(len, said.splitlines())) <= 80


def test_comparisons_over_different_users_have_their_count_each():
    said = printed([of_kind(Comparison), replace(of_kind(Comparison), run_id="q", n=7)])
    assert "on the users of both" in said
    assert {line.split()[-2] for line in said.splitlines() if "higher" in line} == {"10", "7"}


def test_runs_without_a_value_share_a_line():
    bare = [
        replace(of_kind(Measure), run_id=run, value=None, interval=None, note="Nobody was asked.") for run in ("r", "s")
    ]
    said = printed([of_kind(Measure), *bare])
    assert said.count("Nobody was asked.") == 1
    assert "Not measured for cot-matcher, most-popular: NDCG@10." in " ".join(said.split())


def test_a_long_table_ends_with_how_much_is_left_and_a_constant_column_is_said_once():
    rows = tuple(("x", place) for place in range(terminal_tables.MOST_ROWS + 3))
    said = printed([Table(title="t", columns=("raw_text", "n_times"), rows=rows, note="", sql="")])
    assert "3 more rows" in said
    assert said.count("text as written: x") == 1


def test_brief_is_the_answer_and_weighty_findings():
    light = Finding(severity=Severity.INFO, title="light", detail="d", run_id="r")
    said = printed([of_kind(Measure), of_kind(Finding), light], brief=True)
    assert "A." in said
    assert "HIGH   t" in said
    assert "light" not in said
    assert "0.2" not in said


def test_the_runs_of_a_measure_stand_together_whatever_order_they_come_in():
    one = of_kind(Measure)
    other = replace(one, card=replace(one.card, name="recall", label="Recall@10"))
    said = printed([one, other, replace(one, run_id="s"), replace(other, run_id="s")])
    assert said.count("Recall@10") == 1
    assert said.index("most-popular") < said.index("Recall@10") < said.rindex("most-popular")


def test_no_value_is_said_once_of_a_measure():
    bare = replace(of_kind(Measure), value=None, interval=None, note="No value. Unscored where nothing was claimed.")
    assert "Not measured: NDCG@10. Unscored where nothing was claimed." in printed([bare])
