"""A small log whose rationales say what a test gives it, and the claims that are derived of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from audits.claims import derive
from audits.claims.derive import derive_claims
from audits.derivations import Job
from tests.audits.log_builder import DATASET, LogBuilder, insert

FILMS = {
    "a": "Ikiru",
    "b": "Heat",
    "c": "Where Is the Friend's House?",
    "d": "Gilda",
    "s": "The Shining",
    "t": "The Shining",
}
BY = {"a": "Akira Kurosawa", "b": "Michael Mann", "d": "Charles Vidor", "s": "Stanley Kubrick", "t": "Stephen King"}


def film_log() -> LogBuilder:
    """Six items, two of one title; four users who met Ikiru, two of whom met Heat too (in training)."""
    log = LogBuilder().items(
        {"a": ["drama"], "b": ["crime"], "c": ["drama"], "d": ["noir"], "s": ["horror"], "t": ["horror"]}
    )
    for item_id, title in FILMS.items():
        domain = "book" if item_id == "t" else "film"
        log.connection.execute(
            "update store.items set title = ?, domain = ?, year = 1990 where item_id = ?", [title, domain, item_id]
        )
    insert(
        log.connection,
        "item_labels",
        [
            {"dataset_fingerprint": DATASET, "item_id": item_id, "kind": "creator", "label": name, "label_index": 0}
            for item_id, name in BY.items()
        ],
    )
    return log.users(
        {"u1": ["a", "b"], "u2": ["a", "b"], "u3": ["a", "d"], "u4": ["a", "s"]},
        {u: ["d"] for u in ("u1", "u2", "u3", "u4")},
    ).run("r", {u: ["b", "a", "?"] for u in ("u1", "u2", "u3", "u4")})


def say(
    log: LogBuilder, texts: Mapping[tuple[str, int], str], steps: Sequence[tuple[str, str | None, str]] = ()
) -> None:
    """Add rationales, (user, rank) -> text, and steps: user, item or None, text."""
    items = {1: "b", 2: "a"}
    insert(
        log.connection,
        "rationales",
        [
            {"run_id": "r", "request_id": f"{user}:0", "slot_rank": rank, "item_id": items[rank], "rationale": text}
            for (user, rank), text in texts.items()
        ],
    )
    insert(
        log.connection,
        "steps",
        [
            {
                "run_id": "r", "request_id": f"{user}:0", "step_index": place, "kind": "thought", "step_text": text,
                "tool": "", "arguments": "", "observation": "", "item_id": item_id,
            }
            for place, (user, item_id, text) in enumerate(steps)
        ],
    )  # fmt: skip


def derived(log: LogBuilder, **options: str) -> list[dict[str, object]]:
    """Return the claims of the run, one a row."""
    derive._checkers.clear()
    table: pa.Table = derive_claims(Job(connection=log.connection, run_id="r", options=options))
    return table.to_pylist()
