"""Small, complete records for the tests of the run log."""

from __future__ import annotations

from pathlib import Path

from engine.home import Home
from engine.records import (
    AnsweredRequest,
    Constraints,
    FitRecord,
    Generation,
    KnowledgePath,
    Match,
    MatchKind,
    Message,
    Outcome,
    Paradigm,
    Recommendation,
    RunEnd,
    RunManifest,
    Slot,
    Step,
    Variant,
)
from engine.runlog.journal import JournalWriter, journal_path

DAY = 86_400


def plan(run_id: str, **changes) -> RunManifest:
    values = {
        "run_id": run_id,
        "plan_digest": "d" * 64,
        "label": f"label of {run_id}",
        "recommender": "zero-shot",
        "paradigm": Paradigm.GR,
        "config": {"temperature": 0.5, "names": ["a", "é"], "nested": {"none": None}},
        "dataset_name": "tiny",
        "dataset_fingerprint": "f" * 64,
        "model_name": "embedded",
        "model_digest": "m" * 64,
        "model_details": {"quantisation": "none"},
        "device": "cpu",
        "k": 3,
        "seed": 7,
        "split_kind": "leave-last-out",
        "split_n": 1,
        "split_cutoff": None,
        "candidate_protocol": "full",
        "n_repeats": 1,
        "variants": (Variant(),),
        "n_planned": 10,
        "constraints": Constraints(),
        "allows_repeat_consumption": False,
        "prompt_hashes": {"zero_shot": "p" * 64},
        "package_versions": {"duckdb": "2.0.0"},
        "planned_at": "2026-11-01T10:00:00+00:00",
    }
    return RunManifest(**{**values, **changes})


def answer(index: int, **changes) -> AnsweredRequest:
    found = Recommendation(
        rank=1,
        raw_text="1. Älien\x00 \ud800 ␚",
        match=Match(item_id="i1", kind=MatchKind.FUZZY, score=0.9),
        score=0.25,
        rationale="Because you liked Aliens.",
        paths=(KnowledgePath(entities=("e1", "e2", "e3"), relations=("made_by", "made")),),
    )
    invented = Recommendation(rank=2, raw_text="2. Nothing of that name", match=None)
    values = {
        "request_index": index,
        "request_id": f"r{index}",
        "user_id": "u1",
        "variant": Variant(),
        "repeat": 0,
        "k": 3,
        "n_history": 2,
        "n_holdout": 1,
        "cutoff": 3 * DAY,
        "candidates": ("i1", "i2") if index % 2 else None,
        "constraints": Constraints(domains=("films",), max_price=9.5),
        "seed": index,
        "slots": (
            Slot(rank=1, outcome=Outcome.DELIVERED, recommendation=found),
            Slot(rank=2, outcome=Outcome.OUT_OF_CATALOGUE, detail="no title is near", recommendation=invented),
            Slot(rank=3, outcome=Outcome.MISSING),
        ),
        "steps": (Step(kind="think", text="hm"), Step(kind="tool_call", tool="search", arguments="{}", item_id="i1")),
        "generations": (
            Generation(
                messages=(Message(role="user", content="what?"),), text="taste", model="m", purpose="preferences"
            ),
            Generation(
                messages=(Message(role="system", content="Be brief."), Message(role="user", content="Recommend.")),
                text="1. Älien\x00 \ud800 ␚",
                model="m",
                tokens_in=12,
                tokens_out=9,
                latency_ms=3.5,
                seed=1,
            ),
        ),
        "latency_ms": 12.5,
        "error": None,
        "recorded_at": f"2026-11-01T10:00:{index % 60:02d}+00:00",
    }
    return AnsweredRequest(**{**values, **changes})


def failed(index: int) -> AnsweredRequest:
    lost = tuple(Slot(rank=rank, outcome=Outcome.MISSING) for rank in (1, 2, 3))
    return answer(index, slots=lost, steps=(), generations=(), error="the model did not answer")


def fit(**changes) -> FitRecord:
    return FitRecord(**{"seconds": 1.5, "restored": False, "recorded_at": "2026-11-01T10:00:01+00:00", **changes})


def end(n_answered: int = 3, **changes) -> RunEnd:
    values = {"status": "finished", "detail": "", "n_answered": n_answered, "n_errors": 0}
    return RunEnd(**{**values, "finished_at": "2026-11-01T10:05:00+00:00", **changes})


def write_run(home: Home, run_id: str, n: int = 3, *, ended: bool = True, **changes) -> Path:
    """Write a whole run of `n` answers in batches of two and return its journal."""
    path = journal_path(home, run_id)
    with JournalWriter(path) as journal:
        journal.append([plan(run_id, n_planned=n, **changes), fit()])
        for first in range(0, n, 2):
            journal.append([answer(index) for index in range(first, min(first + 2, n))])
        if ended:
            journal.append([end(n)])
    return path
