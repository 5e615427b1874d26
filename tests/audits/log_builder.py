"""A small log made by hand: the index's own tables and views in memory, filled row by row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from types import SimpleNamespace

import duckdb
import numpy as np

from audits.evidence import Evidence, open_evidence
from engine.models.registry import known_digest
from engine.runlog.numbers import number_dataset

DATASET = "d0"
INVENTED = "An Invented Title"


def empty_log() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    runlog = files("engine.runlog")
    for migration in sorted(runlog.joinpath("migrations").iterdir(), key=lambda path: path.name):
        connection.execute(migration.read_text(encoding="utf-8"))
    connection.execute(runlog.joinpath("views.sql").read_text(encoding="utf-8"))
    return connection


def cleared(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Empty a log's tables: quicker than a new one."""
    tables = connection.execute("select table_name from duckdb_tables() where schema_name = 'store'").fetchall()
    for (table,) in tables:
        connection.execute(f"delete from store.{table}")
    return connection


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Mapping[str, object]]) -> None:
    rows = list(rows)
    for start in range(0, len(rows), 500):
        some = rows[start : start + 500]
        names = list(some[0])
        one = f"({', '.join('?' for _ in names)})"
        text = f"insert into store.{table} ({', '.join(names)}) values {', '.join([one] * len(some))}"
        connection.execute(text, [row[name] for row in some for name in names])


@dataclass
class LogBuilder:
    """Fills a log: items and users first, then runs with their lists.

    A list is written as texts, one a rank: an item id is delivered; "?" is missing, "~" unparseable, "!text" out of
    catalogue ("!!text" a near miss), "=id" a duplicate, "<id" already consumed, "#id" ineligible.
    """

    connection: duckdb.DuckDBPyConnection = field(default_factory=empty_log)
    n_runs: int = 0

    def items(self, labels: Mapping[str, Sequence[str]]) -> LogBuilder:
        rows = [{"dataset_fingerprint": DATASET, "item_id": item, "title": f"Title {item}"} for item in labels]
        insert(self.connection, "items", rows)
        insert(
            self.connection,
            "item_labels",
            [
                {"dataset_fingerprint": DATASET, "item_id": i, "kind": "category", "label": name, "label_index": place}
                for i, names in labels.items()
                for place, name in enumerate(names)
            ],
        )
        return self

    def providers(self, of_items: Mapping[str, str]) -> LogBuilder:
        """Say who provides items that have been added."""
        for item, provider in of_items.items():
            self.connection.execute("update store.items set provider = ? where item_id = ?", [provider, item])
        return self

    def users(
        self,
        history: Mapping[str, Sequence[str]],
        held_out: Mapping[str, Sequence[str]],
        attributes: Mapping[str, Mapping[str, str | None]] | None = None,
        days: Mapping[str, int] | None = None,
    ) -> LogBuilder:
        """Add users with their interactions, a second apart, on the day of January 2020 given for the user (else 1)."""
        self.history, self.held_out = history, held_out
        insert(self.connection, "users", [{"dataset_fingerprint": DATASET, "user_id": user} for user in history])
        rows = []
        for user in history:
            items, day = [*history[user], *held_out.get(user, ())], f"2020-01-{(days or {}).get(user, 1):02d}"
            rows += [
                {
                    "dataset_fingerprint": DATASET, "user_id": user, "item_id": item,
                    "interacted_at": f"{day} 00:00:{place:02d}", "rating": None, "position": place,
                    "n_user_interactions": len(items),
                }
                for place, item in enumerate(items)
            ]  # fmt: skip
        insert(self.connection, "interactions", rows)
        insert(
            self.connection,
            "user_attributes",
            [
                {"dataset_fingerprint": DATASET, "user_id": user, "attribute": name, "attribute_value": value}
                for user, values in (attributes or {}).items()
                for name, value in values.items()
            ],
        )
        return self

    def run(
        self,
        run_id: str,
        lists: Mapping[str, Sequence[str] | Sequence[Sequence[str]] | None],
        k: int = 3,
        **facts: object,
    ) -> LogBuilder:
        """Add a run; a user's list is None where the request failed, a list of lists where it was repeated."""
        self.n_runs += 1
        row = {
            "run_id": run_id, "plan_digest": run_id, "label": run_id, "recommender": run_id, "paradigm": "baseline",
            "config_json": "{}", "dataset_name": "toy", "dataset_fingerprint": DATASET, "k": k, "seed": 0,
            "split_kind": "leave-last-out", "split_n": 1, "split_cutoff_at": None, "candidate_protocol": "full",
            "n_repeats": 1, "n_variants": 1, "n_planned": len(lists), "allows_repeat_consumption": False,
            "prompt_hashes_json": "{}", "package_versions_json": "{}", "semconv_version": "1",
            "planned_at": f"2024-01-01 00:00:{self.n_runs:02d}", "run_status": "finished", **facts,
        }  # fmt: skip
        insert(self.connection, "runs", [row])
        requests, slots = [], []
        for user, answer in lists.items():
            repeats = answer if answer and not isinstance(answer[0], str) else [answer]
            for repeat, texts in enumerate(repeats):
                request_id = f"{user}:{repeat}"
                index = len(requests)
                requests.append(self._request(run_id, request_id, user, repeat, k, texts is None, index))
                slots += [
                    {
                        "run_id": run_id,
                        "request_id": request_id,
                        "request_index": index,
                        "slot_rank": rank,
                        **slot(text),
                    }
                    for rank, text in enumerate(texts if texts is not None else ["?"] * k, 1)
                ]
        insert(self.connection, "requests", requests)
        insert(self.connection, "slots", slots)
        self.number()
        return self

    def lab(
        self,
        run_id: str,
        base: str,
        asked: Iterable[tuple[str, str, str, Sequence[str] | None]],
        items: Mapping[tuple[str, str], str] | None = None,
        said: Mapping[int, str] | None = None,
        k: int = 3,
        **facts: object,
    ) -> LogBuilder:
        """Add a lab run of the run `base`, whose first request of each user it changes.

        `asked`: user, test, level, and the list as in `run`. `items`: user, test -> the item that the test is about.
        `said`: place in `asked` -> a rationale of its first rank.
        """
        asked = list(asked)
        self.run(run_id, {}, k, base_run_id=base, **facts)
        requests, slots, changes, rationales = [], [], [], []
        for index, (user, test, level, texts) in enumerate(asked):
            request_id = f"{run_id}:{index}"
            row = self._request(run_id, request_id, user, 0, k, texts is None, index)
            requests.append({**row, "variant": f"lab:{test}:{level}"})
            slots += [
                {"run_id": run_id, "request_id": request_id, "request_index": index, "slot_rank": rank, **slot(text)}
                for rank, text in enumerate(texts if texts is not None else ["?"] * k, 1)
            ]
            changes.append(
                {
                    "run_id": run_id, "request_id": request_id, "base_run_id": base, "base_request_id": f"{user}:0",
                    "lab_test": test, "lab_level": level, "method": "by hand", "given_reasoning": None,
                    "withheld_json": "[]", "n_withheld": 0, "hint": "", "detail": "",
                    "item_id": (items or {}).get((user, test)),
                }
            )  # fmt: skip
            if index in (said or {}):
                text = (said or {})[index]
                rationales.append({"run_id": run_id, "request_id": request_id, "slot_rank": 1, "rationale": text})
        for table, rows in (
            ("requests", requests), ("slots", slots), ("interventions", changes), ("rationales", rationales)
        ):  # fmt: skip
            insert(self.connection, table, rows)
        self.number()
        return self

    def graph(
        self, triples: Sequence[tuple[str, str, str]], entities: Mapping[str, tuple[str, str | None, str | None]]
    ) -> LogBuilder:
        """Give the dataset a graph; `entities` is id -> label, kind, item id."""
        row = {"fingerprint": DATASET, "name": "toy", "source": "", "disclosure": "", "n_users": 0, "n_items": 0,
               "n_interactions": 0, "n_triples": len(triples), "quality_json": "{}"}  # fmt: skip
        insert(self.connection, "datasets", [row])
        rows = [{"dataset_fingerprint": DATASET, "head": h, "relation": r, "tail": t} for h, r, t in triples]
        insert(self.connection, "triples", rows)
        insert(
            self.connection,
            "entities",
            [
                {"dataset_fingerprint": DATASET, "entity_id": e, "label": label, "kind": kind, "item_id": item}
                for e, (label, kind, item) in entities.items()
            ],
        )
        return self

    def paths(self, run_id: str, walks: Mapping[tuple[str, int], Sequence[str]], *, given: bool = False) -> LogBuilder:
        """Add paths: (request id, rank) -> texts such as "a directed_by p directed_by b"; found ones unless `given`."""
        rows = []
        for (request_id, rank), texts in walks.items():
            for path_index, text in enumerate(texts):
                words = text.split()
                rows += [
                    {
                        "run_id": run_id, "request_id": request_id, "slot_rank": rank, "path_index": path_index,
                        "hop_index": hop, "head": words[2 * hop], "relation": words[2 * hop + 1],
                        "tail": words[2 * hop + 2],
                    }
                    for hop in range(len(words) // 2)
                ]  # fmt: skip
        insert(self.connection, "paths" if given else "found_paths", rows)
        return self if given else self.derived("found_paths", run_id)

    def derived(self, table: str, *run_ids: str) -> LogBuilder:
        """Say that the rows of a table were derived of these runs."""
        rows = [
            {"table_name": table, "run_id": run_id, "stamp": "s", "producer": "p", "journal_head": "h", "n_rows": 1}
            for run_id in run_ids
        ]  # fmt: skip
        insert(self.connection, "derived_files", rows)
        return self

    def personal_data(self, run_id: str, *finds: Mapping[str, object]) -> LogBuilder:
        """Add what was found in texts; each names its request_id and what differs from an e-mail in the prompt."""
        plain = {"field": "prompt", "kind": "email", "masked": "a***@***.org", "n_times": 1, "slot_rank": None,
                 "in_prompt": True}  # fmt: skip
        rows = [{"run_id": run_id, "find_index": place, **plain, **find} for place, find in enumerate(finds)]
        insert(self.connection, "personal_data", rows)
        return self.derived("personal_data", run_id)

    def attributions(self, run_id: str, rows: Sequence[Mapping[str, object]]) -> LogBuilder:
        """Add attributions; a row names what differs from a contribution of 0 to rank 1 by an exact method."""
        known = {
            "run_id": run_id, "slot_rank": 1, "feature_kind": "history item", "contribution": 0.0, "base_value": 0.0,
            "score": 0.0, "method": "exact Shapley values", "additivity_gap": 0.0, "n_evaluations": 4,
            "standard_error": None, "is_named": None,
        }  # fmt: skip
        insert(self.connection, "attributions", [{**known, "feature_index": i, **row} for i, row in enumerate(rows)])
        return self.derived("attributions", run_id)

    def claims(self, run_id: str, rows: Iterable[Mapping[str, object]]) -> LogBuilder:
        """Add claims, of a rationale of rank 1 unless a row says otherwise, and a rationale for each rank that has any.

        A row names what differs from a supported fact: "relation is value" of the rank's item.
        """
        plain = {
            "slot_rank": 1, "origin": "rationale", "step_index": None, "sentence": "It is so.", "subject_item_id": None,
            "relation": "has_genre", "claimed_value": "x", "claim_kind": "fact", "verdict": "supported",
            "evidence_kind": "catalogue", "evidence": "genre: x",
        }  # fmt: skip
        claims = [{"run_id": run_id, "claim_index": place, **plain, **row} for place, row in enumerate(rows)]
        said: dict[tuple[object, object], list[object]] = {}
        for one in claims:
            if one["origin"] == "rationale":
                said.setdefault((one["request_id"], one["slot_rank"]), []).append(one["sentence"])
        insert(self.connection, "claims", claims)
        insert(
            self.connection,
            "rationales",
            [
                {
                    "run_id": run_id,
                    "request_id": request,
                    "slot_rank": rank,
                    "rationale": " ".join(dict.fromkeys(texts)),
                }
                for (request, rank), texts in said.items()
            ],
        )
        return self.derived("claims", run_id)

    def calls(self, run_id: str, calls: Iterable[Mapping[str, object]]) -> LogBuilder:
        """Add model calls; each names its request_id and what differs from a plain call."""
        plain = {
            "purpose": "recommend", "gen_ai_request_model": "embedded", "gen_ai_request_temperature": 0.0,
            "gen_ai_input_messages": "[]", "gen_ai_output_text": "", "gen_ai_usage_input_tokens": 10,
            "gen_ai_usage_output_tokens": 5, "gen_ai_response_finish_reason": "stop", "decoding": "free",
            "latency_ms": 100.0, "batch_size": 1, "error": None, "first_token_ms": None,
        }  # fmt: skip
        rows = [{"run_id": run_id, "generation_index": place, **plain, **call} for place, call in enumerate(calls)]
        insert(self.connection, "generations", rows)
        return self

    def resources(self, run_id: str, *phases: Mapping[str, object]) -> LogBuilder:
        """Add what processes used."""
        plain = {
            "phase": "answer", "n_requests": 1, "seconds": 1.0, "cpu_seconds": 1.0, "peak_memory_bytes": 1_000_000,
            "peak_gpu_memory_bytes": None, "energy_joules": None, "energy_source": None, "recorded_at": "2024-01-01",
        }  # fmt: skip
        rows = [{"run_id": run_id, "record_index": place, **plain, **phase} for place, phase in enumerate(phases)]
        insert(self.connection, "resources", rows)
        return self

    def stated(
        self, run_id: str, variant: str, lists: Mapping[str, Sequence[str] | None], k: int = 3, statement: str = "I am."
    ) -> LogBuilder:
        """Add requests of a run that has been added: one a user, with a statement such as gender=f before them."""
        requests, slots = [], []
        (first,) = self.connection.execute(
            "select count(*) from store.requests where run_id = ?", [run_id]
        ).fetchone() or (0,)
        for index, (user, texts) in enumerate(lists.items(), first):
            request_id = f"{user}:{variant}"
            row = self._request(run_id, request_id, user, 0, k, texts is None, index)
            requests.append({**row, "variant": variant, "variant_statement": statement})
            slots += [
                {"run_id": run_id, "request_id": request_id, "request_index": index, "slot_rank": rank, **slot(text)}
                for rank, text in enumerate(texts if texts is not None else ["?"] * k, 1)
            ]
        insert(self.connection, "requests", requests)
        insert(self.connection, "slots", slots)
        self.number()
        return self

    def evidence(self, *run_ids: str, reference: str | None = None, **more: object) -> Evidence:
        return open_evidence(self.connection, run_ids or None, reference, **more)  # type: ignore[arg-type]

    def number(self) -> None:
        """Give all rows the numbers that the index gives them as they come in."""
        self.connection.execute("update store.slots set item_number = null")
        for fingerprint in {DATASET, *self._column("select distinct dataset_fingerprint from store.runs")}:
            number_dataset(self.connection, fingerprint)

    def set_apart(self, fingerprint: str) -> LogBuilder:
        """Make all that was added so far another dataset: what is added next begins anew."""
        held = "select table_name from duckdb_columns() where schema_name = 'store' and column_name = "
        for table in self._column(f"{held}'dataset_fingerprint'"):
            self.connection.execute(f"update store.{table} set dataset_fingerprint = ?", [fingerprint])
        return self

    def _column(self, text: str) -> list[str]:
        return [str(row[0]) for row in self.connection.execute(text).fetchall()]

    def _request(self, run_id, request_id, user, repeat, k, failed, index) -> dict[str, object]:
        return {
            "run_id": run_id, "request_id": request_id, "request_index": index, "user_id": user, "variant": "neutral",
            "variant_statement": "", "repeat_index": repeat, "k": k, "n_history": len(self.history.get(user, ())),
            "n_holdout": len(self.held_out.get(user, ())), "cutoff_at": "2020-01-02", "constraints_json": "{}",
            "request_status": "error" if failed else "answered", "error": "broke" if failed else None, "seed": 0,
            "recorded_at": "2024-01-01", "latency_ms": 100.0,
        }  # fmt: skip


def slot(text: str) -> dict[str, object]:
    outcomes = {"=": "duplicate", "<": "already_consumed", "#": "ineligible"}
    kind, detail, raw, item = "delivered", "", f"Title {text}", text
    if text == "?":
        kind, raw, item = "missing", None, None
    elif text == "~":
        kind, raw, item = "unparseable", "...", None
    elif text.startswith("!"):
        kind, raw, item = "out_of_catalogue", text.lstrip("!"), None
        detail = "near miss: Title a" if text.startswith("!!") else "fabricated"
    elif text[0] in outcomes:
        kind, item = outcomes[text[0]], text[1:]
        raw = f"Title {item}"
    return {
        "outcome": kind, "outcome_detail": detail, "raw_text": raw, "item_id": item,
        "match_kind": "exact" if item else None, "match_score": 1.0 if item else None,
    }  # fmt: skip


class Encoder:
    """Gives the vectors it was made with, under the name and digest of the shipped encoder."""

    def __init__(self, vectors):
        self.vectors = vectors

    def describe(self):
        return SimpleNamespace(name="minilm", digest=known_digest("minilm"))

    def embed(self, texts):
        return np.array([self.vectors[text] for text in texts], dtype=np.float32)
