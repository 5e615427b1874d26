"""Single users and requests as they stand in the log: history, lists, slots, reasoning, model calls."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import streamlit as st

from dashboard.cohort import Cohort
from dashboard.loaders import log
from dashboard.queries import named_query
from engine.home import Home


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPlace:
    """Whose request it is, and of which run."""

    run_id: str
    user_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLine:
    """One request of a user. Times are UTC, without zone."""

    run_id: str
    request_id: str
    variant: str
    variant_statement: str
    repeat_index: int
    k: int
    request_status: str
    error: str | None
    latency_ms: float | None
    n_history: int
    n_holdout: int
    cutoff_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotLine:
    """One requested rank; lost ones too."""

    slot_rank: int
    outcome: str
    outcome_detail: str
    raw_text: str | None
    item_id: str | None
    title: str | None
    match_kind: str | None
    match_score: float | None
    score: float | None
    rationale: str | None
    is_hit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """An item that a user met."""

    item_id: str
    title: str | None
    domain: str | None
    year: int | None
    interacted_at: datetime
    rating: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """One step of reasoning or action."""

    step_index: int
    kind: str
    step_text: str
    tool: str
    arguments: str
    observation: str
    title: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLine:
    """One model call. `messages` are role and content."""

    generation_index: int
    purpose: str
    model: str
    temperature: float | None  # None: not known
    seed: int | None
    messages: tuple[tuple[str, str], ...]
    text: str
    tokens_in: int | None
    tokens_out: int | None
    finish_reason: str
    decoding: str
    latency_ms: float | None
    batch_size: int
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunList:
    """What one run gave a user: all its requests for the user, and the slots of the one that is shown."""

    requests: tuple[RequestLine, ...]
    shown: RequestLine
    slots: tuple[SlotLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserLists:
    """One user: known attributes, history and held-out items (of the first run's cutoff), and each run's list."""

    user_id: str
    attributes: tuple[tuple[str, str], ...]
    history: tuple[ItemLine, ...]
    targets: tuple[ItemLine, ...]
    lists: tuple[RunList, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDetail:
    """How a request came about."""

    steps: tuple[StepLine, ...]
    calls: tuple[CallLine, ...]


def users(cohort: Cohort) -> tuple[str, ...]:
    """Return the users that any of the runs was asked for and that belong to the chosen groups."""
    return _users(log.home(), cohort.run_ids, cohort.dataset, cohort.users, log.version(cohort.run_ids))


def place(request_id: str) -> RequestPlace | None:
    """Return whose request it is, None where the log does not hold it."""
    with log.run_log().connect() as connection:
        rows = connection.execute(named_query("request_place"), [request_id]).fetchall()
    return RequestPlace(run_id=rows[0][0], user_id=rows[0][1]) if rows else None


def user_lists(cohort: Cohort, user_id: str, request_id: str | None) -> UserLists | None:
    """Return one user's lists; `request_id` picks which request of its run is shown. None: no run has the user."""
    return _user_lists(
        log.home(), cohort.run_ids, cohort.dataset, user_id, request_id, log.version(cohort.run_ids)
    )  # fmt: skip


def detail(run_id: str, request_id: str) -> RequestDetail:
    """Return the steps and model calls of a request."""
    return _detail(log.home(), run_id, request_id, log.version((run_id,)))


@st.cache_resource(max_entries=16, show_spinner=False)
def _users(
    of_home: Home, run_ids: tuple[str, ...], dataset: str, groups: tuple[tuple[str, str], ...], at_version: str
) -> tuple[str, ...]:
    with log.run_log().connect() as connection:
        found: set[str] = set()
        for run_id in run_ids:
            found.update(row[0] for row in connection.execute(named_query("users_of_run"), [run_id]).fetchall())
        for attribute in {attribute for attribute, _ in groups}:
            inside: set[str] = set()
            for value in (value for other, value in groups if other == attribute):
                rows = connection.execute(named_query("users_of_group"), [dataset, attribute, value]).fetchall()
                inside.update(row[0] for row in rows)
            found &= inside
    return tuple(sorted(found))


@st.cache_resource(max_entries=256, show_spinner=False)
def _user_lists(
    of_home: Home, run_ids: tuple[str, ...], dataset: str, user_id: str, request_id: str | None, at_version: str
) -> UserLists | None:
    with log.run_log().connect() as connection:
        lists = [found for run_id in run_ids if (found := _run_list(connection, run_id, user_id, request_id))]
        if not lists:
            return None
        first = [lists[0].shown.run_id, lists[0].shown.request_id]
        attributes = connection.execute(named_query("attributes_of_user"), [dataset, user_id]).fetchall()
        return UserLists(
            user_id=user_id,
            attributes=tuple((name, value) for name, value in attributes),
            history=tuple(ItemLine(**row) for row in _rows(connection, "history_of_request", first)),
            targets=tuple(ItemLine(**row) for row in _rows(connection, "targets_of_request", first)),
            lists=tuple(lists),
        )


def _run_list(
    connection: duckdb.DuckDBPyConnection, run_id: str, user_id: str, request_id: str | None
) -> RunList | None:
    requests = tuple(RequestLine(**row) for row in _rows(connection, "requests_of_user", [run_id, user_id]))
    if not requests:
        return None
    shown = next((request for request in requests if request.request_id == request_id), requests[0])
    slots = _rows(connection, "slots_of_request", [run_id, shown.request_id])
    return RunList(requests=requests, shown=shown, slots=tuple(SlotLine(**row) for row in slots))


@st.cache_resource(max_entries=256, show_spinner=False)
def _detail(of_home: Home, run_id: str, request_id: str, at_version: str) -> RequestDetail:
    with log.run_log().connect() as connection:
        steps = _rows(connection, "steps_of_request", [run_id, request_id])
        calls = _rows(connection, "generations_of_request", [run_id, request_id])
    return RequestDetail(steps=tuple(StepLine(**row) for row in steps), calls=tuple(_call(row) for row in calls))


def _call(row: dict[str, Any]) -> CallLine:
    messages = json.loads(row["gen_ai_input_messages"])
    return CallLine(
        generation_index=row["generation_index"],
        purpose=row["purpose"],
        model=row["gen_ai_request_model"],
        temperature=row["gen_ai_request_temperature"],
        seed=row["gen_ai_request_seed"],
        messages=tuple((str(m.get("role", "")), str(m.get("content", ""))) for m in messages),
        text=row["gen_ai_output_text"],
        tokens_in=row["gen_ai_usage_input_tokens"],
        tokens_out=row["gen_ai_usage_output_tokens"],
        finish_reason=row["gen_ai_response_finish_reason"],
        decoding=row["decoding"],
        latency_ms=row["latency_ms"],
        batch_size=row["batch_size"],
        error=row["error"],
    )


def _rows(connection: duckdb.DuckDBPyConnection, query: str, values: Sequence[object]) -> list[dict[str, Any]]:
    cursor = connection.execute(named_query(query), list(values))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
