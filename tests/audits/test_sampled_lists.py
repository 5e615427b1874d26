"""Which users' lists are compared with each other: those whose names' hashes come first, whatever the names are."""

from __future__ import annotations

from hashlib import md5

import pytest

from tests.audits.log_builder import LogBuilder

SALT = "a salt"
NAMES = [*(f"user {n}" for n in range(300)), "", " ", "é", "用户", "u'1", "u%"]


def drawn_by_hand(users, n_users):
    ordered = sorted(users, key=lambda name: (md5((name + SALT).encode()).hexdigest()[:12], name.encode()))
    return {name: place for place, name in enumerate(ordered[:n_users], 1)}


@pytest.fixture(scope="module")
def log() -> LogBuilder:
    """Three runs: of all users, where one in seven has an empty list; of users' repeats; and of two users."""
    lists = {name: ["?", "?"] if place % 7 == 0 else ["a", "b"] for place, name in enumerate(NAMES)}
    return (
        LogBuilder()
        .items({"a": [], "b": []})
        .users({name: ["a"] for name in NAMES}, {name: ["b"] for name in NAMES})
        .run("all", lists, k=2)
        .run("repeats", {name: [["a", "?"], ["a", "b"]] for name in NAMES[:40]}, k=2)
        .run("two", {name: ["b", "a"] for name in NAMES[:2]}, k=2)
    )


@pytest.mark.parametrize("n_users", [1, 2, 3, 39, 40, 41, 200, 262, 263, 1000])
def test_users_whose_hashes_come_first_are_drawn(log, n_users):
    frame = log.evidence("all", "repeats", "two").query("sampled_lists", sample_users=n_users, sample_salt=SALT)
    users = {
        "all": [name for place, name in enumerate(NAMES) if place % 7],
        "repeats": NAMES[:40],
        "two": NAMES[:2],
    }
    for run_id, names in users.items():
        own = frame[frame["run_id"] == run_id]
        assert dict(zip(own["user_id"], own["place"], strict=True)) == drawn_by_hand(names, n_users)
        assert (own.groupby("user_id").size() == own.groupby("user_id")["n_listed"].first()).all()
