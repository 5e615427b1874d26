"""Ask a classifier of natural language inference about claims that nothing known decides.

Premise: what is on record of the items and the user that a sentence speaks of. Hypothesis: the sentence. A probability
below its threshold is no verdict: the claim is unscored and counted.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audits.claims.facts import facts_of
from audits.claims.records import Finding, Subject, Verdict
from audits.claims.thresholds import Thresholds
from audits.claims.world import World
from engine.models.contract import Entailment, EntailmentRequest, LanguageModel

if TYPE_CHECKING:
    from audits.claims.derive import Judged

_BATCH = 64
_YOU = re.compile(r"\byou(?:r|rs|rself)?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """What the rows say of the claims of one sentence in one place, however often it stands there."""

    n_open: int  # different claims
    is_contradicted: bool


def ask_classifier(
    model: LanguageModel,
    rows: Sequence[Judged],
    world: World,
    descriptions: Mapping[str, str],
    thresholds: Thresholds,
    progress: Callable[[str, float], None],
) -> dict[int, Finding]:
    """Return the model's finding on each claim that was unverifiable, by its place; equal pairs are asked once.

    Long premises are read in windows, and a verdict rests on the window that is surest of it.

    Source: Laban et al., TACL 2022 (SummaC): the highest probability over the blocks of a premise.

    Raises:
        ModelError: the model fails.
    """
    pairs = {
        place: _pair(one, world, descriptions)
        for place, one in enumerate(rows)
        if one.finding.verdict is Verdict.UNVERIFIABLE
    }
    asked = list(dict.fromkeys(pairs.values()))
    answers: dict[EntailmentRequest, tuple[Entailment, ...]] = {}
    for first in range(0, len(asked), _BATCH):
        progress(f"asking {model.name}", first / len(asked))
        some = asked[first : first + _BATCH]
        answers.update(zip(some, model.classify(some), strict=True))
    around = _sentences(rows)
    return {
        place: _found(rows[place], answers[pair], around[_place_of(rows[place])], model.name, thresholds)
        for place, pair in pairs.items()
    }


def _pair(one: Judged, world: World, descriptions: Mapping[str, str]) -> EntailmentRequest:
    named = [one.finding.item_id] if one.finding.item_id else []
    of_user = False
    if one.statement is not None:
        named += [*one.statement.subject_ids, *one.statement.value.item_ids]
        of_user = one.statement.subject is Subject.USER
    history = one.history if of_user or _YOU.search(one.sentence) else None
    facts = facts_of(one.said.item_id, named, history, world, descriptions)
    return EntailmentRequest(premise=facts, hypothesis=one.sentence)


def _place_of(one: Judged) -> tuple[str, int | None, str, int | None, str]:
    return one.said.request_id, one.said.slot_rank, one.said.origin, one.said.step_index, one.sentence


def _sentences(rows: Sequence[Judged]) -> dict[tuple[str, int | None, str, int | None, str], _Sentence]:
    still_open, contradicted = defaultdict(set), set()
    for one in rows:
        place, verdict = _place_of(one), one.finding.verdict
        still_open[place] |= {_claim_of(one)} if verdict is Verdict.UNVERIFIABLE else set()
        contradicted |= {place} if verdict is Verdict.CONTRADICTED else set()
    return {place: _Sentence(len(claims), place in contradicted) for place, claims in still_open.items()}


def _claim_of(one: Judged) -> tuple[object, ...] | None:
    """Return what is claimed of whom, alike for each time that a text says it."""
    said = one.statement
    return None if said is None else (said.relation, said.value, said.subject, said.subject_ids, said.negated)


def _found(
    one: Judged, windows: Sequence[Entailment], sentence: _Sentence, name: str, thresholds: Thresholds
) -> Finding:
    verdict, why = _verdict(windows, sentence, thresholds)
    return Finding(verdict=verdict, evidence_kind="judge", evidence=f"{name}: {why}", item_id=one.finding.item_id)


def _verdict(windows: Sequence[Entailment], sentence: _Sentence, thresholds: Thresholds) -> tuple[Verdict, str]:
    """Return a verdict and what it rests on. A whole sentence is asked: what that says of one claim of it varies."""
    if not windows:
        return Verdict.UNSCORED, "the sentence is too long for it"
    entailment, contradiction = max(w.entailment for w in windows), max(w.contradiction for w in windows)
    neutral = min(w.neutral for w in windows)
    told = f"entailment {entailment:.2f}, contradiction {contradiction:.2f}, neutral {neutral:.2f}"
    told += f" (highest, highest, lowest of {len(windows)} windows)" if len(windows) > 1 else ""
    supports, contradicts = entailment >= thresholds.supported, contradiction >= thresholds.contradicted
    verdict, because = Verdict.UNSCORED, ""
    if supports and contradicts:
        because = ": its windows disagree"
    elif supports and sentence.is_contradicted:  # what entails a sentence entails each claim of it: one is wrong
        because = ", though a row contradicts another claim of the sentence"
    elif contradicts and (sentence.n_open > 1 or sentence.is_contradicted):
        because = ": which claim of the sentence that is about is not known"
    elif supports:
        verdict = Verdict.SUPPORTED
    elif contradicts:
        verdict = Verdict.CONTRADICTED
    elif neutral >= thresholds.unverifiable:
        verdict = Verdict.UNVERIFIABLE
    else:
        because = ": below the thresholds"
    return verdict, told + because
