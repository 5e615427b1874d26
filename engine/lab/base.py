"""The run whose requests a lab run changes, read from its journal: what was answered, and what was said for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from engine.errors import PlanError
from engine.home import Home
from engine.records import AnsweredRequest, Interaction, Outcome, Request, RunEnd, RunManifest
from engine.runlog.codec import load
from engine.runlog.journal import journal_path, read_journal

NEUTRAL = "neutral"
REASONING_STEPS = ("preferences", "think")  # steps in which a recommender reasons before it chooses


@dataclass(frozen=True)
class BaseRun:
    """A finished run: its manifest, the hash of its last record, and its first neutral answer for each user."""

    manifest: RunManifest
    head: str
    answers: tuple[AnsweredRequest, ...]  # in the order in which they were asked

    @cached_property
    def by_user(self) -> dict[str, AnsweredRequest]:
        """User -> answer."""
        return {answer.user_id: answer for answer in self.answers}


def read_base(home: Home, run_id: str) -> BaseRun:
    """Read a base run.

    Raises:
        PlanError: there is no such run, it has not finished, it is itself a lab run, or nothing in it was answered.
        LogError: its journal is damaged.
    """
    path = journal_path(home, run_id)
    if not path.is_file():
        raise PlanError(f"There is no journal of a run {run_id!r}; `recaudit runs` lists all.")
    manifest: RunManifest | None = None
    answers: dict[str, AnsweredRequest] = {}
    head, ended = "", False
    for entry in read_journal(path):
        head = entry.hash
        record = load(entry.kind, entry.body)
        if isinstance(record, RunManifest):
            manifest = record
        elif isinstance(record, RunEnd):
            ended = record.status == "finished"
        elif isinstance(record, AnsweredRequest) and _is_base(record):
            answers.setdefault(record.user_id, record)
    if manifest is None or not ended:
        raise PlanError(f"Run {run_id} has not finished; finish it first: `recaudit run --resume {run_id}`.")
    if manifest.base_run_id is not None:
        raise PlanError(f"Run {run_id} is itself a lab run; name its base run {manifest.base_run_id}.")
    if not answers:
        raise PlanError(f"Run {run_id} recommended nothing under its neutral variant, so there is nothing to change.")
    return BaseRun(manifest=manifest, head=head, answers=tuple(answers.values()))


def reasoning_of(answer: AnsweredRequest) -> str:
    """Return what was reasoned before the list was chosen, on one line; empty: nothing is recorded."""
    return " ".join(" ".join(step.text.split()) for step in answer.steps if step.kind in REASONING_STEPS).strip()


def candidates_of(answer: AnsweredRequest) -> tuple[str, ...]:
    """Return the items that were judged or given to rank; empty: the whole catalogue."""
    judged = tuple(dict.fromkeys(step.item_id for step in answer.steps if step.kind == "judge" and step.item_id))
    return judged or answer.candidates or ()


def listed_of(answer: AnsweredRequest) -> tuple[str, ...]:
    """Return the delivered items, best first."""
    return tuple(
        slot.recommendation.match.item_id
        for slot in answer.slots
        if slot.outcome is Outcome.DELIVERED and slot.recommendation and slot.recommendation.match
    )


def shown_history(request: Request, manifest: RunManifest) -> tuple[Interaction, ...]:
    """Return the part of a history that is put into prompts: its last `history_length` entries, all without one."""
    length = manifest.config.get("history_length")
    return request.history[-length:] if isinstance(length, int) and length > 0 else request.history


def _is_base(record: AnsweredRequest) -> bool:
    said = any(slot.outcome not in (Outcome.MISSING, Outcome.UNPARSEABLE) for slot in record.slots)
    return record.error is None and record.repeat == 0 and record.variant.name == NEUTRAL and said
