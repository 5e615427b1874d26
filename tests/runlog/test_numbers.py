"""Numbers beside names: the same whenever a dataset comes, and never a number of something else."""

from __future__ import annotations

import shutil

import pytest
from runlog_builders import answer, plan
from runlog_datasets import dataset, store

from engine.records import Match
from engine.runlog.journal import JournalWriter, journal_path

SLOTS = "select request_index, slot_rank, item_id, item_number from recorded_slots where run_id = 'run' order by all"
REQUESTS = "select request_index, user_id, user_number from requests where run_id = 'run' order by all"
ITEMS = {"i1": 1, "i2": 2, "i3": 3, "i4": 4}
USERS = {"u1": 1, "u2": 2, "u3": 3}


def write(home, made):
    with JournalWriter(journal_path(home, "run")) as journal:
        journal.append([plan("run", dataset_fingerprint=made.fingerprint)])
        journal.append([answer(index, user_id=user) for index, user in enumerate(("u2", "u3", "nobody"))])


def rows(log, query):
    with log.connect() as connection:
        return connection.execute(query).fetchall()


def assert_numbered(log):
    slots = rows(log, SLOTS)
    assert {request for request, *_ in slots} == {0, 1, 2}
    assert {(item, number) for *_, item, number in slots} == {("i1", 1), (None, None)}
    assert [row[1:] for row in rows(log, REQUESTS)] == [("u2", 2), ("u3", 3), ("nobody", None)]


def test_numbers_are_places_among_the_ids(home, log):
    made = dataset(extra=2)
    store(home, made)
    assert dict(rows(log, "select item_id, item_number from items")) == ITEMS
    assert dict(rows(log, "select user_id, user_number from users")) == USERS
    for view in ("user_attributes", "interactions"):
        found = rows(log, f"select user_id, user_number from {view}")
        assert found
        assert set(found) <= set(USERS.items())
    assert set(rows(log, "select item_id, item_number from interactions")) == set(ITEMS.items())


@pytest.mark.parametrize("first", ["dataset", "run"])
def test_a_run_has_numbers_whether_it_or_its_dataset_comes_first(home, log, first):
    made = dataset()
    if first == "run":
        write(home, made)
        assert {row[-1] for row in rows(log, SLOTS) + rows(log, REQUESTS)} == {None}
        store(home, made)
    else:
        store(home, made)
        log.catch_up()
        write(home, made)
    assert_numbered(log)
    log.rebuild()
    assert_numbered(log)


def test_a_dataset_that_is_not_stored_any_more_is_numbered_in_a_new_index(home, log):
    made = dataset()
    store(home, made)
    write(home, made)
    log.catch_up()
    shutil.rmtree(home.datasets / made.name)
    log.rebuild()
    assert_numbered(log)
    assert dict(rows(log, "select user_id, user_number from users")) == USERS


def test_two_datasets_keep_their_own_numbers(home, log):
    made, other = dataset(), dataset("other", extra=1)
    store(home, made)
    store(home, other)
    write(home, made)
    assert_numbered(log)
    assert len(rows(log, "select distinct dataset_fingerprint, item_number from items")) == 8


def test_an_item_that_the_catalogue_does_not_have_has_no_number(home, log):
    made = dataset()
    store(home, made)
    slot = answer(0).slots[0]
    found = type(slot.recommendation)(rank=1, raw_text="x", match=Match(item_id="elsewhere", kind="exact"))
    with JournalWriter(journal_path(home, "run")) as journal:
        journal.append([plan("run", dataset_fingerprint=made.fingerprint)])
        journal.append([answer(7, slots=(type(slot)(rank=1, outcome=slot.outcome, recommendation=found),))])
    assert rows(log, SLOTS) == [(7, 1, "elsewhere", None)]
