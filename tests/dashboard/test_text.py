"""Numbers with the precision they deserve, and log text that never becomes markup."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.results import Card, Direction, Interval
from dashboard.render import text
from dashboard.render.tables import csv_text
from tests.dashboard.log_fixture import HOSTILE_TITLE

NDCG = Card(
    name="ndcg", label="NDCG@k", formula="f", range="[0, 1]", direction=Direction.HIGHER, unit="", denominator="users",
    missing="", source="",
)  # fmt: skip
SHARE = replace(NDCG, name="share", label="Invented", unit="share", denominator="items named: those with a title")


def interval(low: float, high: float) -> Interval:
    return Interval(low=low, high=high, level=0.95, method="bootstrap")


@pytest.mark.parametrize(
    ("value", "card", "bounds", "expected"),
    [
        (0.14234, NDCG, interval(0.131, 0.153), "0.142"),
        (0.14234, NDCG, interval(0.05, 0.25), "0.14"),
        (0.083, SHARE, interval(0.07, 0.1), "8.3%"),
        (0.08333, SHARE, interval(0.0832, 0.0835), "8.33%"),
        (None, NDCG, None, "–"),
        (12345.6, replace(NDCG, unit="items"), None, "12,346 items"),
    ],
)
def test_values(value: float | None, card: Card, bounds: Interval | None, expected: str) -> None:
    assert text.value(value, card, bounds) == expected


def test_differences_of_shares_are_percentage_points() -> None:
    assert text.difference(-0.159, SHARE) == "-15.9 pp"
    assert text.difference(0.0213, NDCG, interval(0.01, 0.03)) == "+0.021"


def test_a_percentage_says_of_what() -> None:
    assert text.axis_title(SHARE) == "Invented, % of items named"


def test_markdown_of_a_hostile_title_has_no_live_code() -> None:
    shown = text.markdown(HOSTILE_TITLE)
    assert not re.search(r":[a-z]+:", shown)
    assert not re.search(r":red\\?\[", shown)
    for sign in "<>*$`[]":
        assert not re.search(rf"(?<!\\){re.escape(sign)}", shown)


@given(st.text(max_size=80))
def test_markdown_escapes_every_sign_and_loses_no_word(raw: str) -> None:
    shown = text.markdown(raw)
    back = re.sub(r"\\(.)", r"\1", shown).replace(":\u2060", ":")
    assert back == " ".join(raw.split()).replace(":\u2060", ":")


@given(st.text(max_size=80))
def test_inline_holds_no_tag(raw: str) -> None:
    assert "<" not in text.inline(raw)
    assert '"' not in text.inline(raw)


def test_csv_cells_are_no_formulas() -> None:
    rows = csv_text(("title", "n"), [("=1+1", -2), ("@x", 3), ("-5", 1), ("plain", None)]).splitlines()
    assert rows == ["title,n", "'=1+1,-2", "'@x,3", "-5,1", "plain,"]


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0.2, "under 1 s"), (42, "42 s"), (600, "10 min"), (7260, "2 h 01 min")]
)
def test_durations(seconds: float, expected: str) -> None:
    assert text.duration(seconds) == expected


@pytest.mark.parametrize(("n", "expected"), [(1, "1 user"), (1234, "1,234 users")])
def test_counts(n: int, expected: str) -> None:
    assert text.count(n, "user") == expected


def test_commands_of_a_message_are_code_and_the_rest_stays_text() -> None:
    assert text.said("Run `recaudit audit --run a*b` for *all*") == "Run `recaudit audit --run a*b` for \\*all\\*"
    assert text.said("one ` alone") == text.markdown("one ` alone")
    assert text.said("none `` of it") == text.markdown("none `` of it")
    assert text.inline_said("see `a <b>` & <i>") == "see <code>a &lt;b&gt;</code> &amp; &lt;i&gt;"
