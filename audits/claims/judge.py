"""Ask a model about claims that nothing known decides. Its verdicts are marked as its own.

A language model reads what the catalogue says of the item and the sentence, and answers yes, no or unknown; no answer,
or another one, is unscored and counted. A classifier is asked as `audits.claims.entailment` says. Neither ever touches
a verdict that rests on a row.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audits.claims.entailment import ask_classifier
from audits.claims.records import Finding, Subject, Verdict
from audits.claims.thresholds import Thresholds
from audits.claims.verdicts import recorded_value
from audits.claims.world import World
from audits.errors import AuditError
from engine.models.contract import Capability, Choices, LanguageModel, Prompt, Sampling, ScoringRequest
from engine.models.registry import open_model
from engine.prompts.templates import render
from engine.records import Message

if TYPE_CHECKING:
    from audits.claims.derive import Judged

ANSWERS = ("yes", "no", "unknown")
_VERDICTS = {"yes": Verdict.SUPPORTED, "no": Verdict.CONTRADICTED, "unknown": Verdict.UNVERIFIABLE}
_BATCH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """The rows with a judge's verdicts in them. `digest` is that of its weights; empty: not known, or not asked."""

    rows: list[Judged]
    digest: str = ""


def ask_judge(
    name: str,
    rows: Sequence[Judged],
    world: World,
    descriptions: Mapping[str, str],
    thresholds: Thresholds,
    progress: Callable[[str, float], None],
) -> Verdicts:
    """Return the rows with the model's verdict on each claim that was unverifiable; equal questions are asked once.

    `descriptions` is item -> what the catalogue says of it in words; `thresholds` are a classifier's.

    Raises:
        ModelError: the model cannot be reached or loaded.
        AuditError: it can neither classify, score nor generate.
    """
    if not any(one.finding.verdict is Verdict.UNVERIFIABLE for one in rows):
        return Verdicts(rows=list(rows))
    model = open_model(name)
    try:
        if Capability.CLASSIFY in model.capabilities:
            found = ask_classifier(model, rows, world, descriptions, thresholds, progress)
        else:
            found = _ask_language_model(model, name, rows, world, descriptions, progress)
        digest = model.describe().digest
    finally:
        model.close()
    asked = [dataclasses.replace(one, finding=found.get(place, one.finding)) for place, one in enumerate(rows)]
    return Verdicts(rows=asked, digest=digest)


def _ask_language_model(
    model: LanguageModel,
    name: str,
    rows: Sequence[Judged],
    world: World,
    descriptions: Mapping[str, str],
    progress: Callable[[str, float], None],
) -> dict[int, Finding]:
    questions = {
        place: _question(one, world, descriptions)
        for place, one in enumerate(rows)
        if one.finding.verdict is Verdict.UNVERIFIABLE
    }
    texts = list(dict.fromkeys(questions.values()))
    answers: dict[tuple[Message, ...], str | None] = {}
    for first in range(0, len(texts), _BATCH):
        progress(f"asking {name}", first / len(texts))
        some = texts[first : first + _BATCH]
        answers.update(zip(some, _answers(model, some), strict=True))
    return {place: _judged(rows[place], answers[question], name) for place, question in questions.items()}


def _question(one: Judged, world: World, descriptions: Mapping[str, str]) -> tuple[Message, ...]:
    item_id = one.finding.item_id or one.said.item_id
    title = world.label(item_id) if item_id else "the item"
    facts = f"{title}: {descriptions.get(item_id, '')}" if item_id else ""
    return tuple(
        render(
            "check_claim", facts=facts, evidence=one.finding.evidence, sentence=one.sentence,
            claim=_claim(one, title, world),
        )
    )  # fmt: skip


def _claim(one: Judged, title: str, world: World) -> str:
    if one.statement is None:
        return one.sentence
    value = recorded_value(one.statement)
    if one.statement.subject is Subject.USER:
        return f"of the user, {one.statement.relation.replace('_', ' ')}: {value}"
    return f"{world.rules.relations[one.statement.relation].label} of {title}: {value}"


def _answers(model: LanguageModel, questions: Sequence[tuple[Message, ...]]) -> list[str | None]:
    if Capability.SCORE in model.capabilities:
        scored = model.score([ScoringRequest(messages=question, continuations=ANSWERS) for question in questions])
        return [ANSWERS[max(range(len(ANSWERS)), key=lambda i: scores[i].logprob)] for scores in scored]
    if Capability.GENERATE not in model.capabilities:
        raise AuditError(
            f"{model.name} can neither classify, score nor generate, so it cannot judge claims. Choose another model."
        )
    prompts = [Prompt(messages=q, constraint=Choices(options=ANSWERS), purpose="judge") for q in questions]
    return [_read(one.text) if one.error is None else None for one in model.generate(prompts, Sampling(max_tokens=8))]


def _read(text: str) -> str | None:
    words = re.findall(r"[a-z]+", text.casefold())
    return words[0] if words and words[0] in ANSWERS else None


def _judged(one: Judged, answer: str | None, name: str) -> Finding:
    if answer is None:
        evidence = f"{name} gave no answer that could be read"
        return Finding(verdict=Verdict.UNSCORED, evidence_kind="judge", evidence=evidence, item_id=one.finding.item_id)
    evidence = f"{name} answers {answer}"
    return Finding(verdict=_VERDICTS[answer], evidence_kind="judge", evidence=evidence, item_id=one.finding.item_id)
