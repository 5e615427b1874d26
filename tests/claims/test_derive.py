"""Rationales and steps in, rows of claims out: what is said of whom, the verdict, and the row that it rests on."""

from __future__ import annotations

import pytest

from audits.derivations import DERIVATIONS, Job
from engine.runlog.derived import SCHEMAS
from tests.claims.said import derived, film_log, say


def told(texts, steps=(), **options):
    log = film_log()
    say(log, texts, steps)
    return derived(log, **options)


def short(row):
    return row["relation"], row["claimed_value"], row["verdict"]


def test_a_rationale_is_split_and_each_claim_has_its_row_of_evidence():
    rows = told({("u1", 1): "Because you watched Ikiru: both are by Akira Kurosawa. A treat!"})
    assert [short(r) for r in rows] == [
        ("in_history", "Ikiru", "supported"),
        ("created_by", "Akira Kurosawa", "contradicted"),
        ("created_by", "Akira Kurosawa", "supported"),
        (None, None, "unscored"),
    ]
    assert [r["subject_item_id"] for r in rows] == ["a", "b", "a", "b"]
    assert rows[1]["evidence"] == "Heat, creator: Michael Mann (catalogue: creators)"
    assert rows[0]["evidence"] == "Ikiru is among the 2 items of the history"
    assert [r["claim_index"] for r in rows] == [0, 1, 2, 3]
    assert rows[3]["sentence"] == "A treat!"


def test_what_the_user_did_is_checked_against_that_users_history():
    rows = told({(user, 1): "You enjoyed Gilda." for user in ("u1", "u3")})
    assert [short(r) for r in rows] == [("in_history", "Gilda", "contradicted"), ("in_history", "Gilda", "supported")]
    assert all(r["claim_kind"] == "history" and r["evidence_kind"] == "history" for r in rows)


def test_an_invented_title_is_no_history():
    (row,) = told({("u1", 1): 'Because you watched "The Sunken Clockwork".'})
    assert row["verdict"] == "contradicted"
    assert row["evidence"] == "no catalogue item is called so; not among the 2 items of the history"


@pytest.mark.parametrize(
    ("said", "verdict"),
    [("2 of 4", "supported"), ("3 of 4", "contradicted"), ("2 of 5", "contradicted"), ("2 out of 4", "supported")],
)
def test_how_many_chose_both_is_counted(said, verdict):
    (row,) = told({("u1", 1): f"People who chose Ikiru also chose this ({said})."})
    assert row["relation"] == "chosen_with"
    assert row["verdict"] == verdict
    assert row["evidence"] == "2 of the 4 users who chose Ikiru chose Heat too"
    assert row["evidence_kind"] == "interactions"


def test_nobody_chose_both():
    rows = told(
        {("u1", 1): "Viewers who liked Gilda also liked this film.", ("u1", 2): "People who saw Gilda also saw it."}
    )
    assert [r["verdict"] for r in rows] == ["contradicted", "supported"]


def test_a_title_with_a_question_mark_does_not_end_the_sentence():
    (row,) = told({("u1", 1): "People who chose Where Is the Friend's House? also chose this (0 of 0)."})
    assert short(row) == ("chosen_with", "0 of 0 with Where Is the Friend's House", "supported")


def test_evidence_tells_items_of_one_title_apart():
    (row,) = told({("u1", 1): "The Shining is by Stanley Kubrick."})
    assert row["verdict"] == "supported"
    assert row["evidence"].startswith("The Shining (film), creator: Stanley Kubrick")


def test_a_step_that_repeats_a_rationale_is_counted_once_and_one_about_no_item_says_nothing_of_it():
    steps = [
        ("u1", "b", "It was made by Michael Mann."),
        ("u1", None, "It is by X Y."),
        ("u1", "b", "It is by Akira Kurosawa."),
    ]
    rows = told({("u1", 1): "It was made by Michael Mann."}, steps)
    assert [(r["origin"], r["step_index"], r["verdict"]) for r in rows] == [
        ("rationale", None, "supported"),
        ("step", 2, "contradicted"),
    ]
    assert rows[1]["slot_rank"] == 1


def test_a_hostile_text_is_a_text():
    hostile = "<script>alert(1)</script> You watched Heat; drop table claims; -- It is by {{ 7*7 }}."
    rows = told({("u1", 1): hostile, ("u2", 1): "x" * 100_000, ("u3", 1): "(" * 5_000, ("u4", 1): "\x00\ud7ff🎬"})
    assert rows[0]["sentence"].startswith("<script>")
    assert short(rows[0]) == ("in_history", "Heat", "supported")
    assert {r["verdict"] for r in rows[1:]} == {"unscored"}


def test_a_run_that_says_nothing_gives_no_rows_of_the_right_columns():
    table = DERIVATIONS["claims"].rows(Job(connection=film_log().connection, run_id="r"))
    assert table.num_rows == 0
    assert [(f.name, f.type) for f in table.schema] == [(f.name, f.type) for f in SCHEMAS["claims"]]


def test_the_same_log_gives_the_same_rows():
    texts = {("u1", 1): "Because you know Heat: both are of the genre crime.", ("u2", 2): "A drama of 1990 by Mann."}
    assert told(texts) == told(texts)


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("Because you know pipe: both are dramas.", "pipe"),
        ("Because you know 1: both are dramas.", "1"),
        ("Because you watched Vengeance: it is a drama.", "Vengeance"),
        ("Because you know drama: it is one.", None),  # a taste
        ("Because you know what you want: it is a drama.", None),
        ("Because you enjoyed slow evenings: it is a drama.", None),
    ],
)
def test_what_stands_before_the_colon_is_a_title_even_if_nothing_is_called_so(said, named):
    history = [r for r in told({("u1", 1): said}) if r["relation"] == "in_history"]
    assert [r["claimed_value"] for r in history] == ([] if named is None else [named])
    assert all(r["verdict"] == "contradicted" for r in history)
