"""Why one item was recommended: what its score rests on, and the knowledge paths that lead to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

import streamlit as st

from audits.attribution.explaining import why_not
from audits.results import PathExample, PathHop, PathStop
from audits.runner import prepare_audits
from dashboard.loaders import log
from dashboard.queries import named_query
from engine.home import Home

MOST_SEARCHED = 5_000  # requests of a run whose paths are looked for while somebody waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One part of the input and what it adds to the score. `error` None: exact."""

    name: str
    value: float
    error: float | None
    is_named: bool | None  # by the rationale; None: there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The contributions to one score: `score` = `base` + all of them + `gap`."""

    kind: str  # history item, prompt segment
    parts: tuple[Contribution, ...]
    base: float
    score: float
    gap: float | None
    n_evaluations: int | None
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PathLine:
    """One knowledge path in words, with the ids and kinds of its stops."""

    shown: PathExample
    entity_ids: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """The paths that lead to one item. `missing` says why there are none and what to do."""

    lines: tuple[PathLine, ...]
    missing: str = ""


def explanations(run_id: str, request_id: str, rank: int) -> tuple[Explanation, ...]:
    """Return what is kept of a recommendation: by its history, by its prompt, or nothing."""
    return _explanations(log.home(), run_id, request_id, rank, log.version((run_id,)))


def no_scores(run_id: str) -> str:
    """Say why a run's scores cannot be explained; empty: they can."""
    return why_not(_graph(log.home(), run_id, log.version((run_id,)))["recommender"])


def paths(run_id: str, request_id: str, rank: int) -> Paths:
    """Return the paths of a recommendation; in a run of moderate size they are looked for if nobody has yet."""
    state = _graph(log.home(), run_id, log.version((run_id,)))
    if state["n_triples"] and not state["is_searched"] and state["n_requests"] <= MOST_SEARCHED:
        _search(log.home(), run_id, log.version((run_id,)))
        state = _graph(log.home(), run_id, log.version((run_id,)))
    found = _paths(log.home(), run_id, request_id, rank, log.version((run_id,)))
    if found:
        return Paths(lines=found)
    if state["gives_paths"]:
        return Paths(lines=(), missing="The recommender gives paths in this run, and none for this recommendation.")
    if not state["n_triples"]:
        return Paths(lines=(), missing="This dataset has no knowledge graph: import it with triples to look for paths.")
    if not state["is_searched"]:
        how = f"recaudit audit --run {run_id} --audit paths"
        return Paths(lines=(), missing=f"No paths were looked for yet in this run of many requests. Run: {how}")
    return Paths(lines=(), missing="No path leads from this history to the item within the limits of the paths audit.")


@st.cache_resource(max_entries=256, show_spinner=False)
def _explanations(of_home: Home, run_id: str, request_id: str, rank: int, at_version: str) -> tuple[Explanation, ...]:
    rows = _rows("attributions_of_slot", [run_id, request_id, rank])
    return tuple(_explanation(kind, list(own)) for kind, own in groupby(rows, lambda row: row["feature_kind"]))


def _explanation(kind: str, rows: list[dict[str, Any]]) -> Explanation:
    return Explanation(
        kind=kind,
        parts=tuple(
            Contribution(
                name=row["feature_name"], value=row["contribution"], error=row["standard_error"],
                is_named=row["is_named"],
            )
            for row in rows
        ),
        base=rows[0]["base_value"], score=rows[0]["score"], gap=rows[0]["additivity_gap"],
        n_evaluations=rows[0]["n_evaluations"], method=rows[0]["method"],
    )  # fmt: skip


@st.cache_resource(max_entries=64, show_spinner=False)
def _graph(of_home: Home, run_id: str, at_version: str) -> dict[str, Any]:
    return _rows("graph_of_run", [run_id])[0]


@st.cache_resource(max_entries=64, show_spinner="Looking for knowledge paths")
def _search(of_home: Home, run_id: str, at_version: str) -> None:
    prepare_audits(log.run_log(), (run_id,), ["paths"])


@st.cache_resource(max_entries=256, show_spinner=False)
def _paths(of_home: Home, run_id: str, request_id: str, rank: int, at_version: str) -> tuple[PathLine, ...]:
    place = {"run_id": run_id, "request_id": request_id, "slot_rank": rank}
    rows = _rows("paths_of_slot", place)
    return tuple(_line(place, list(own)) for _, own in groupby(rows, lambda row: row["path_index"]))


def _line(place: dict[str, Any], hops: list[dict[str, Any]]) -> PathLine:
    ids = (hops[0]["head"], *(hop["tail"] for hop in hops))
    names = (hops[0]["head_name"], *(hop["tail_name"] for hop in hops))
    joined = (True, *(before["tail"] == after["head"] for before, after in pairwise(hops)))
    return PathLine(
        shown=PathExample(
            **place,
            origin=hops[0]["origin"],
            stops=tuple(PathStop(label=name, is_named=name != of) for name, of in zip(names, ids, strict=True)),
            hops=tuple(
                PathHop(
                    relation=hop["relation"], is_inverse=hop["is_backward"] and not hop["is_forward"],
                    is_true=is_joined and (hop["is_forward"] or hop["is_backward"]),
                )
                for hop, is_joined in zip(hops, joined, strict=True)
            ),
        ),
        entity_ids=ids,
        kinds=(hops[0]["head_kind"], *(hop["tail_kind"] for hop in hops)),
    )  # fmt: skip


def _rows(query: str, values: Sequence[object] | Mapping[str, object]) -> list[dict[str, Any]]:
    with log.run_log().connect() as connection:
        cursor = connection.execute(named_query(query), values)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
