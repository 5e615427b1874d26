"""Finding personal data: precision and recall over labelled strings, checksums, masking."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.privacy.masking import masked, redact
from engine.privacy.patterns import Find, find_by_form, iban_holds, luhn_holds
from engine.privacy.people import is_distinctive, people_of

PRECISION_FLOOR = RECALL_FLOOR = 0.97

PEOPLE = people_of(
    ["u00042", "17", "AX93K7Q2", "99x"],
    [
        ("u00042", "name", "Mira Okafor"),
        ("17", "first_name", "Jonas"),
        ("17", "last_name", "Lindqvist"),
        ("AX93K7Q2", "name", "Michael Jackson"),
        ("AX93K7Q2", "gender", "m"),
    ],
    ["10.0.0.1", "1984", "Michael Jackson", "17 Again", "Call 212-555-9999 (a song)"],
)


def labelled() -> list[tuple[set[tuple[str, str]], str]]:
    with Path(__file__).with_name("labelled.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        (
            {tuple(part.split("=", 1)) for part in row["expected"].split("|") if part},
            row["text"].replace("\\n", "\n"),
        )
        for row in rows
    ]


def test_precision_and_recall_over_labelled_strings(capsys):
    rows = labelled()
    right = found = wanted = 0
    missed, wrong = [], []
    for expected, text in rows:
        got = {(find.kind, find.text) for find in PEOPLE.find(text)}
        right, found, wanted = right + len(got & expected), found + len(got), wanted + len(expected)
        missed += [(text, item) for item in expected - got]
        wrong += [(text, item) for item in got - expected]
    with capsys.disabled():
        print(
            f"\npersonal data in {len(rows)} labelled strings: precision {right / found:.3f} ({found} found, floor "
            f"{PRECISION_FLOOR}), recall {right / wanted:.3f} ({wanted} there, floor {RECALL_FLOOR})"
        )
    assert len(rows) >= 150
    assert right / found >= PRECISION_FLOOR, wrong
    assert right / wanted >= RECALL_FLOOR, missed


def test_what_the_catalogue_prints_is_no_personal_data():
    assert not PEOPLE.find("Play Call 212-555-9999 by Michael Jackson")
    assert PEOPLE.find("or 212-555-0000")
    assert not people_of([], [], ["84.112.30.5"]).find("Alien and 84.112.30.5")


@pytest.mark.parametrize(
    ("user_id", "text"),
    [("cust-00042", "cust-00042's list"), ("auth0|5f7c8ec7", '{"id": "auth0|5f7c8ec7"}'), ("#a4711", "for #a4711."),
     ("user 0815 b", "the user 0815 b asked"), ("日本1234", "日本1234 へ"), ("ida@example.org", "by ida@example.org")],
)  # fmt: skip
def test_ids_of_any_form_are_found(user_id, text):
    finds = people_of([user_id, "cust-00043", "cust-1"], [], []).find(text)
    assert [find.text for find in finds] == [user_id]
    assert not people_of([user_id], [], []).find(
        text.replace("4", "9").replace("1", "7").replace("f7", "x").replace("@", " ")
    )


@pytest.mark.parametrize(
    ("user_id", "is_so"), [("17", False), ("u1", False), ("u00042", True), ("12345678", True), ("anna", False)]
)
def test_which_ids_are_looked_for_anywhere(user_id, is_so):
    assert is_distinctive(user_id) is is_so


def test_checksums():
    assert luhn_holds("4111111111111111")
    assert not luhn_holds("4111111111111112")
    assert iban_holds("DE89370400440532013000")
    assert not iban_holds("DE89370400440532013001")
    assert not iban_holds("DE8937040044053201300")


@given(st.from_regex(r"\A[0-9]{12,18}\Z"), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_breaks_the_check(digits, place, more):
    whole = next(digits + check for check in "0123456789" if luhn_holds(digits + check))
    place %= len(whole)
    changed = whole[:place] + str((int(whole[place]) + more) % 10) + whole[place + 1 :]
    assert luhn_holds(whole)
    assert not luhn_holds(changed)


@given(st.text(alphabet="aZ09@.+-:() /\n€", max_size=60))
def test_finds_stand_where_they_say_and_never_overlap(text):
    finds = find_by_form(text)
    assert all(text[find.start : find.end] == find.text for find in finds)
    assert all(a.end <= b.start for a, b in itertools.pairwise(finds))
    assert redact(text, finds, lambda find: find.text) == text


@pytest.mark.parametrize(
    ("kind", "text", "shown"),
    [
        ("email", "anna.berg@example.org", "a***@***.org"), ("iban", "DE89370400440532013000", "DE***"),
        ("card", "4111 1111 1111 1111", "***11"), ("phone", "+49 30 901820", "***20"), ("ip", "84.112.30.5", "84.***"),
        ("ip", "2a00:1450::1", "2a00:***"), ("name", "Mira Okafor", "M*** O***"), ("user_id", "u00042", "u***"),
        ("user_id", "17", "***"),
    ],
)  # fmt: skip
def test_masks_show_next_to_nothing(kind, text, shown):
    assert masked(Find(kind=kind, start=0, end=len(text), text=text)) == shown
