"""Users & lists marks what reasons claim by its verdict, and shows each claim with the row that it rests on."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest

from dashboard.loaders.claims import ClaimLine
from dashboard.render.claims import listed, marked
from engine.home import Home
from engine.records import AnsweredRequest
from engine.runlog.journal import JournalWriter, journal_path, read_records
from tests.dashboard import log_fixture
from tests.dashboard.conftest import Open, run, said

HOSTILE = log_fixture.HOSTILE_TITLE
LINE = ClaimLine(
    slot_rank=1, step_index=None, sentence="It is a drama by Mann.", relation="genre", value="drama", subject="Heat",
    verdict="supported", evidence="Heat, genre: drama (catalogue: categories)",
)  # fmt: skip
WRONG = replace(LINE, relation="director", value="not Mann", verdict="contradicted", evidence="<b>row</b>")


def plain(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", page)).replace("\u2060", "")


def test_each_value_carries_its_own_sign():
    page = marked("A film. It is a drama by Mann.", [LINE, WRONG])
    assert plain(page) == "A film. It is a drama✓ by Mann✕."
    assert '<span class="ra-supported">drama</span>' in page
    assert '<span class="ra-contradicted">Mann</span>' in page
    assert 'aria-label="contradicted">✕</span>' in page
    assert 'title="supported: genre of Heat: drama. Heat, genre: drama (catalogue: categories)"' in page


def test_claims_at_one_place_show_the_worst_line_and_all_signs():
    page = marked("Both are dramas: drama.", [replace(LINE, sentence="Both are dramas: drama.", verdict=v) for v in
                                              ("supported", "contradicted")])  # fmt: skip
    assert plain(page) == "Both are dramas: drama✓✕."
    assert "ra-contradicted" in page
    assert "ra-supported" not in page


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("elsewhere", "It is a drama by Mann. ✓"),
        ("drama by", "It is a drama by✓ Mann."),
        ("ram", "It is a drama by Mann. ✓"),
    ],
)
def test_what_has_no_place_is_shown_behind_its_sentence(value, shown):
    assert plain(marked("It is a drama by Mann.", [replace(LINE, value=value)])) == shown


def test_overlapping_values_stay_whole():
    lines = [replace(LINE, value="drama by Mann"), replace(LINE, value="Mann", verdict="contradicted")]
    assert plain(marked("It is a drama by Mann.", lines)) == "It is a drama by Mann✓. ✕"


def test_a_sentence_without_a_claim_is_hollow_and_not_listed():
    nothing = replace(LINE, relation="", value="", verdict="unscored", evidence="")
    assert plain(marked("It is a drama by Mann.", [nothing])) == "It is a drama by Mann. ○"
    assert listed([nothing]) == ""


def test_hostile_text_is_text_wherever_it_stands():
    line = replace(LINE, sentence=HOSTILE, value=HOSTILE, subject=HOSTILE, evidence=HOSTILE, verdict='"><script>')
    for page in (marked(HOSTILE, [line]), listed([line])):
        assert "<script" not in page
        assert HOSTILE in plain(page)
    assert plain(marked(HOSTILE, [replace(line, sentence="another text")])) == HOSTILE


def test_the_list_gives_the_row_in_words():
    text = plain(listed([LINE, WRONG]))
    assert "2 claims: 1 supported, 1 contradicted" in text
    assert "genre of Heat: drama" in text
    assert "<b>row</b>" in text


@pytest.fixture
def talking_home(tmp_path) -> Home:
    """A run whose reasons name the hostile title, the right genre and a wrong year."""
    home = Home(tmp_path / "home")
    log_fixture.write_demo_log(home, tmp_path / "csv", n_users=4)
    dataset = log_fixture.stored(home)
    run_id = log_fixture.write_run(home, dataset, "cot-matcher", run_id="talks", label="talks", status=None)
    path = journal_path(home, run_id)
    records = list(read_records(path))
    path.unlink()
    with JournalWriter(path) as journal:
        for record in records:
            journal.append([_talking(record, dataset) if isinstance(record, AnsweredRequest) else record])
    return home


def _talking(answer: AnsweredRequest, dataset) -> AnsweredRequest:
    slots = []
    for slot in answer.slots:
        found, shown = slot.recommendation, slot
        if found is not None and found.match is not None:
            item = dataset.item(found.match.item_id)
            reason = f"Because you watched {HOSTILE}: it is of the genre {item.categories[0]}. It is from 1850. Yes!"
            shown = replace(slot, recommendation=replace(found, rationale=reason))
        slots.append(shown)
    return replace(answer, slots=tuple(slots))


def bodies(page) -> str:
    return "".join(element.proto.body for element in page.get("html") if "<style" not in element.proto.body)


def test_reasons_are_checked_on_demand_and_marked(talking_home: Home, open_page: Open) -> None:
    page = open_page(talking_home, "users_lists", user="u000", runs=["talks"], request="talks:000000")
    assert "have not been checked yet" in said(page)
    assert "ra-claim" not in bodies(page)
    page.button(key="check_claims").click()
    run(page)
    shown = bodies(page)
    assert "have not been checked yet" not in said(page)
    assert "nothing known decides" in said(page)
    assert "ra-contradicted" in shown
    assert "ra-supported" in shown
    assert "<script" not in shown
    text = plain(shown)
    assert "in history of the user: Heat <script>" in text
    assert "year" in text
    assert "1850✕" in text
    assert "is among the 7 items of the history" in text


def test_a_run_that_went_on_can_be_checked_again(talking_home: Home, open_page: Open) -> None:
    page = open_page(talking_home, "users_lists", user="u000", runs=["talks"], request="talks:000000")
    page.button(key="check_claims").click()
    run(page)
    with JournalWriter(journal_path(talking_home, "talks")) as journal:
        last = [r for r in read_records(journal_path(talking_home, "talks")) if isinstance(r, AnsweredRequest)][-1]
        journal.append([replace(last, request_id="talks:000099", request_index=99)])
    run(page)
    assert "more records than when its reasons were checked" in said(page)
    assert "ra-contradicted" in bodies(page)


def test_a_judge_that_fails_is_said(talking_home: Home, open_page: Open, monkeypatch) -> None:
    page = open_page(talking_home, "users_lists", user="u000", runs=["talks"], request="talks:000000")

    def broken(*_args):
        raise ZeroDivisionError("by :red[nothing]")

    monkeypatch.setattr("audits.claims.derive.derive_claims", broken)
    page.button(key="check_claims").click()
    run(page)
    (error,) = page.error
    assert "could not be checked" in error.value
    assert ":red[" not in error.value


def test_a_list_without_reasons_asks_for_nothing(talking_home: Home, open_page: Open) -> None:
    page = open_page(talking_home, "users_lists", user="u000", runs=["unisrec-00000002"])
    assert not [button for button in page.button if button.key == "check_claims"]
