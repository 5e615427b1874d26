"""Rows of the index, made from journal records. Pure; not here: the database (ingest).

A record's texts come in as they are stored (`codec.load_escaped`), so nothing in a row can upset Arrow or DuckDB.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from engine.errors import LogError
from engine.records import AnsweredRequest, Constraints, Generation, Intervention, ResourceRecord, RunManifest, Slot

SEMCONV_VERSION = "1.41.0"  # OpenTelemetry semantic conventions whose gen_ai names the columns follow
UNFINISHED = "unfinished"
_EPOCH = datetime(1970, 1, 1)

Row = tuple[object, ...]

COLUMNS: dict[str, tuple[str, ...]] = {
    "runs": (
        "run_id", "plan_digest", "label", "recommender", "paradigm", "config_json", "dataset_name",
        "dataset_fingerprint", "model_name", "model_digest", "model_json", "device", "k", "seed", "split_kind",
        "split_n", "split_cutoff_at", "candidate_protocol", "n_repeats", "n_variants", "n_planned",
        "allows_repeat_consumption", "prompt_hashes_json", "package_versions_json", "semconv_version", "planned_at",
        "finished_at", "run_status", "fit_seconds", "base_run_id",
    ),
    "requests": (
        "run_id", "request_id", "request_index", "user_id", "variant", "variant_statement", "repeat_index", "k",
        "n_history", "n_holdout", "cutoff_at", "candidates_json", "constraints_json", "prompt", "latency_ms",
        "request_status", "error", "seed", "recorded_at", "batch_size",
    ),
    "interventions": (
        "run_id", "request_id", "base_run_id", "base_request_id", "lab_test", "lab_level", "method", "given_reasoning",
        "withheld_json", "n_withheld", "hint", "item_id", "detail",
    ),
    "generations": (
        "run_id", "request_id", "generation_index", "purpose", "gen_ai_request_model", "gen_ai_request_temperature",
        "gen_ai_request_seed", "gen_ai_input_messages", "gen_ai_output_text", "gen_ai_usage_input_tokens",
        "gen_ai_usage_output_tokens", "gen_ai_response_finish_reason", "decoding", "latency_ms", "batch_size", "error",
        "first_token_ms",
    ),
    "steps": (
        "run_id", "request_id", "step_index", "kind", "step_text", "tool", "arguments", "observation", "item_id",
    ),
    "slots": (
        "run_id", "request_id", "request_index", "slot_rank", "outcome", "outcome_detail", "raw_text", "item_id",
        "match_kind", "match_score", "score",
    ),
    "rationales": ("run_id", "request_id", "slot_rank", "item_id", "rationale"),
    "paths": ("run_id", "request_id", "slot_rank", "path_index", "hop_index", "head", "relation", "tail"),
    "resources": (
        "run_id", "record_index", "phase", "n_requests", "seconds", "cpu_seconds", "peak_memory_bytes",
        "peak_gpu_memory_bytes", "energy_joules", "energy_source", "recorded_at",
    ),
}  # fmt: skip


def run_row(run: RunManifest) -> Row:
    """Return the row of `runs` for a run that has only been planned."""
    return (
        run.run_id, run.plan_digest, run.label, run.recommender, str(run.paradigm), _json(run.config), run.dataset_name,
        run.dataset_fingerprint, run.model_name, run.model_digest,
        _json(run.model_details) if run.model_name is not None else None,
        run.device, run.k, run.seed, run.split_kind, run.split_n,
        None if run.split_cutoff is None else at_second(run.split_cutoff), run.candidate_protocol, run.n_repeats,
        len(run.variants), run.n_planned, run.allows_repeat_consumption, _json(run.prompt_hashes),
        _json(run.package_versions), SEMCONV_VERSION, at_iso(run.planned_at), None, UNFINISHED, None, run.base_run_id,
    )  # fmt: skip


def answer_rows(run_id: str, answer: AnsweredRequest) -> Iterator[tuple[str, Row]]:
    """Yield table name and row for everything that one answered request puts into the index."""
    key = (run_id, answer.request_id)
    yield "requests", _request_row(run_id, answer)
    if answer.intervention is not None:
        yield "interventions", (*key, *_intervention_values(answer.intervention))
    for index, generation in enumerate(answer.generations):
        yield "generations", (*key, index, *_generation_values(generation))
    for index, step in enumerate(answer.steps):
        row = (*key, index, step.kind, step.text, step.tool, step.arguments, step.observation, step.item_id)
        yield "steps", row
    for slot in answer.slots:
        yield from _slot_rows(key, answer.request_index, slot)


def resource_row(run_id: str, record_index: int, used: ResourceRecord) -> Row:
    """Return the row of `resources` for the journal record with that number."""
    return (
        run_id, record_index, used.phase, used.n_requests, used.seconds, used.cpu_seconds, used.peak_memory_bytes,
        used.peak_gpu_memory_bytes, used.energy_joules, used.energy_source or None, at_iso(used.recorded_at),
    )  # fmt: skip


def at_second(seconds: int) -> datetime:
    """Return a moment, UTC without zone as DuckDB's timestamp is, from seconds since the epoch.

    Raises:
        LogError: it lies outside the calendar.
    """
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except OverflowError as error:
        raise LogError(f"{seconds} is not a moment in seconds since the epoch.") from error


def at_iso(text: str) -> datetime:
    """Return a moment, UTC without zone, from ISO 8601; a text without zone is taken as UTC.

    Raises:
        LogError: the text is not ISO 8601.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise LogError(f"{text!r} is not a moment in ISO 8601.") from error
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _request_row(run_id: str, answer: AnsweredRequest) -> Row:
    return (
        run_id, answer.request_id, answer.request_index, answer.user_id, answer.variant.name, answer.variant.statement,
        answer.repeat, answer.k, answer.n_history, answer.n_holdout, at_second(answer.cutoff),
        None if answer.candidates is None else _json(answer.candidates), _constraints(answer.constraints),
        _prompt(answer.generations), answer.latency_ms, "answered" if answer.error is None else "error", answer.error,
        answer.seed, at_iso(answer.recorded_at), answer.batch_size,
    )  # fmt: skip


@lru_cache(maxsize=256)  # a run has few of them, and many requests
def _constraints(constraints: Constraints) -> str:
    return _json(asdict(constraints))


def _prompt(generations: Iterable[Generation]) -> str | None:
    calls = sorted(generations, key=lambda call: call.purpose != "recommend")  # stable: the first one to recommend
    if not calls:
        return None
    return "\n\n".join(f"[{message.role}]\n{message.content}" for message in calls[0].messages)


def _intervention_values(how: Intervention) -> Row:
    base_run_id = how.base_request_id.rpartition(":")[0]
    return (
        base_run_id, how.base_request_id, str(how.test), how.level, how.method, how.reasoning, _json(how.withheld),
        len(how.withheld), how.hint, how.item_id, how.detail,
    )  # fmt: skip


def _generation_values(call: Generation) -> Row:
    messages = [{"role": message.role, "content": message.content} for message in call.messages]
    return (
        call.purpose, call.model, call.temperature, call.seed, _json(messages), call.text, call.tokens_in,
        call.tokens_out, call.finish_reason, str(call.decoding), call.latency_ms, call.batch_size, call.error,
        call.first_token_ms,
    )  # fmt: skip


def _slot_rows(key: tuple[str, str], request_index: int, slot: Slot) -> Iterator[tuple[str, Row]]:
    answer, outcome = slot.recommendation, (request_index, slot.rank, str(slot.outcome), slot.detail)
    if answer is None:
        yield "slots", (*key, *outcome, None, None, None, None, None)
        return
    match = answer.match
    resolved = (match.item_id, str(match.kind), match.score) if match else (None, None, None)
    yield "slots", (*key, *outcome, answer.raw_text, *resolved, answer.score)
    if answer.rationale:
        yield "rationales", (*key, slot.rank, resolved[0], answer.rationale)
    for path_index, path in enumerate(answer.paths):
        hops = zip(path.entities, path.relations, path.entities[1:], strict=False)
        for hop_index, hop in enumerate(hops):
            yield "paths", (*key, slot.rank, path_index, hop_index, *hop)


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
