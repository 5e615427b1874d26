"""The log that most audit tests look at."""

from __future__ import annotations

import pytest

from tests.audits.log_builder import LogBuilder


@pytest.fixture
def log() -> LogBuilder:
    """Six items, four users, one run whose numbers are worked out by hand in the tests."""
    return (
        LogBuilder()
        .items({"a": ["x"], "b": ["x", "y"], "c": ["y"], "d": ["z"], "e": [], "f": ["x"]})
        .users(
            history={"u1": ["a", "b"], "u2": ["a"], "u3": ["a", "c"], "u4": ["b"]},
            held_out={"u1": ["c"], "u2": ["b"], "u3": ["d"], "u4": []},
            attributes={"u1": {"gender": "f"}, "u2": {"gender": "f"}, "u3": {"gender": "m"}, "u4": {"gender": None}},
        )
        .run(
            "most-popular", {"u1": ["c", "d", "f"], "u2": ["d", "b", "c"], "u3": ["b", "e", "f"], "u4": ["a", "c", "d"]}
        )
        .run("gr", {"u1": ["!Nope", "c", "?"], "u2": ["!!Titel a", "!Nope", "b"], "u3": None, "u4": ["c", "=c", "<b"]})
    )
