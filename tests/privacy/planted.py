"""A log with planted personal data: three users with names, texts of every kind that give something away."""

from __future__ import annotations

import dataclasses

import pandas as pd

from engine.datasets.arrow import to_tables
from engine.datasets.describe import describe
from engine.datasets.fingerprint import fingerprint
from engine.datasets.schema import ENTITY_COLUMNS, INTERACTION_COLUMNS, ITEM_COLUMNS, TRIPLE_COLUMNS, Dataset
from engine.datasets.store import save_dataset
from engine.home import Home
from engine.records import (
    AnsweredRequest,
    Constraints,
    FitRecord,
    Generation,
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
USERS = ("cust-00042", "ida@example.org", "auth0|5f7c8ec7")
NAMES = ("Mira Okafor", "Ida Lund", "Jonas Lindqvist")
SECRETS = (
    *USERS, *NAMES, "mira.o@example.com", "+49 30 901820", "DE89 3704 0044 0532 0130 00", "4111 1111 1111 1111",
    "84.112.30.5",
)  # fmt: skip
FINGERPRINT_NAME = "planted"


def dataset() -> Dataset:
    items = [
        ("i1", "Alien", "films", ("Ridley Scott",), ("sf",), 1979, "Call 212-555-9999", (), "Fox", 9.5, True, 16),
        ("i2", "Emma", "books", ("Jane Austen",), ("novel",), 1815, "", (), "", None, None, None),
        ("i3", "Kid A", "music", ("Radiohead",), ("rock",), 2000, "", (), "", None, None, None),
    ]
    interactions = [
        (user, item, (place + 1) * DAY + number, None, place)
        for number, user in enumerate(USERS)
        for place, item in enumerate(("i1", "i2", "i3"))
    ]
    frame = pd.DataFrame(items, columns=list(ITEM_COLUMNS))
    frame["in_stock"] = frame["in_stock"].astype("boolean")
    for column in ("year", "age_rating"):
        frame[column] = frame[column].astype("Int32")
    rated = pd.DataFrame(interactions, columns=list(INTERACTION_COLUMNS))
    rated["rating"] = rated["rating"].astype(float)
    made = Dataset(
        name=FINGERPRINT_NAME,
        fingerprint="",
        items=frame,
        users=pd.DataFrame({"user_id": list(USERS), "name": list(NAMES), "gender": ["f", "f", "m"]}),
        interactions=rated,
        triples=pd.DataFrame([("e1", "made_by", "e2")], columns=list(TRIPLE_COLUMNS)),
        entities=pd.DataFrame(
            [("e1", "Alien", "item", "i1"), ("e2", "Ridley Scott", "person", None)], columns=list(ENTITY_COLUMNS)
        ),
        disclosure="made up for a test",
        source="hand-made",
    )
    return dataclasses.replace(made, fingerprint=fingerprint(to_tables(made)))


def answered(index: int, run_id: str) -> AnsweredRequest:
    """Make a request: the first tells much, the second only the id, the third something that no prompt holds."""
    user, name = USERS[index], NAMES[index]
    prompt, said, reason, observed = (
        (f'Recommend for {name}.\nmira.o@example.com\n"{user}"', "1. Alien", f"As {name} liked Emma", ""),
        (f"History of {user}: Alien, Emma", f"1. Emma for {user}", "It is a novel", f"{{'user': '{user}'}}"),
        ("History: Alien", "1. Kid A. Call +49 30 901820 or pay DE89 3704 0044 0532 0130 00", f"{name} asked", ""),
    )[index]
    found = Recommendation(
        rank=1, raw_text="Alien", match=Match(item_id="i1", kind=MatchKind.EXACT, score=1.0), rationale=reason
    )
    invented = Recommendation(rank=2, raw_text="4111 1111 1111 1111", match=None)
    return AnsweredRequest(
        request_index=index, request_id=f"{run_id}:{user}", user_id=user, variant=Variant(), repeat=0, k=2, n_history=2,
        n_holdout=1, cutoff=3 * DAY, candidates=("i1", "i3"), constraints=Constraints(), seed=1000 + index,
        slots=(
            Slot(rank=1, outcome=Outcome.DELIVERED, recommendation=found),
            Slot(rank=2, outcome=Outcome.OUT_OF_CATALOGUE, recommendation=invented)
            if index == 2
            else Slot(rank=2, outcome=Outcome.MISSING),
        ),
        steps=(Step(kind="tool_call", tool="look_up", arguments="{}", observation=observed),),
        generations=(
            Generation(
                messages=(Message(role="system", content="Recommend."), Message(role="user", content=prompt)),
                text=said, model="m", tokens_in=5, tokens_out=5, latency_ms=1.0, seed=77 + index,
            ),
        ),
        latency_ms=2.0, error="refused from 84.112.30.5" if index == 1 else None,
        recorded_at=f"2026-11-01T10:00:0{index}+00:00",
    )  # fmt: skip


def planted_home(folder, run_id: str = "planted-1") -> Home:
    """Write the log into a folder."""
    home, made = Home(folder), dataset()
    save_dataset(home, made, describe(made), replace=False)
    manifest = RunManifest(
        run_id=run_id, plan_digest="d" * 64, label=f"for {NAMES[0]}", recommender="zero-shot", paradigm=Paradigm.GR,
        config={"users": [USERS[0]]}, dataset_name=made.name, dataset_fingerprint=made.fingerprint, model_name="m",
        model_digest=None, model_details={}, device="cpu", k=2, seed=7, split_kind="leave-last-out", split_n=1,
        split_cutoff=None, candidate_protocol="sampled:1", n_repeats=1, variants=(Variant(),), n_planned=3,
        constraints=Constraints(), allows_repeat_consumption=False, prompt_hashes={}, package_versions={},
        planned_at="2026-11-01T09:00:00+00:00",
    )  # fmt: skip
    with JournalWriter(journal_path(home, run_id)) as journal:
        journal.append([manifest, FitRecord(seconds=0.1, restored=False, recorded_at="2026-11-01T09:00:01+00:00")])
        journal.append([answered(index, run_id) for index in range(3)])
        journal.append(
            [RunEnd(status="finished", detail="", n_answered=3, n_errors=1, finished_at="2026-11-01T10:01:00+00:00")]
        )
    return home
