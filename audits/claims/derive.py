"""Derive the claims of a run: its rationales and steps, sentence by sentence, with the verdict on each claim."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from audits.claims.audiences import Audiences
from audits.claims.extraction import extract
from audits.claims.judge import ask_judge
from audits.claims.lexicon import TITLE
from audits.claims.records import Finding, Known, Statement, Subject, Verdict
from audits.claims.thresholds import read_thresholds
from audits.claims.tokens import sentences, tokens
from audits.claims.verdicts import judge, recorded_value
from audits.claims.world import World, read_world
from audits.derivations import Job
from engine.runlog.derived import SCHEMAS

MAX_CHARACTERS = 20_000  # of a text; the rest is not read
_REQUESTS = 2_000  # read at a time
_WORLDS = 4  # datasets kept in memory
_SENTENCES = 200_000  # whose statements are kept
_TITLES = frozenset({TITLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A text of the log and where it stands."""

    request_id: str
    slot_rank: int | None
    item_id: str | None
    origin: str
    step_index: int | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One row of the claims table. `statement` None: nothing that could be checked was read from the sentence."""

    said: Said
    claim_index: int
    sentence: str
    statement: Statement | None
    finding: Finding
    history: Mapping[str, float | None] | None = None  # of the user, where a judge may be asked; else None


class Checker:
    """Splits texts, reads their statements and judges them, for one dataset. Statements of a sentence are kept."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._read: dict[str, tuple[Statement, ...]] = {}

    def check(self, said: Said, known: Known) -> Iterator[Judged]:
        """Yield the claims of a text; a rationale's sentence without any yields one row that is unscored.

        A step that is about no item says nothing of "it".
        """
        index, is_free = 0, said.origin == "step" and said.item_id is None
        for sentence in self.split(said.text[:MAX_CHARACTERS]):
            statements = [s for s in self.statements(sentence) if not (is_free and s.subject is Subject.ITEM)]
            for statement in statements:
                finding = judge(statement, known, self.world)
                yield Judged(
                    said=said, claim_index=index, sentence=sentence, statement=statement, finding=finding,
                    history=known.history if finding.verdict is Verdict.UNVERIFIABLE else None,
                )  # fmt: skip
                index += 1
            if not statements and said.origin == "rationale":
                unscored = Finding(verdict=Verdict.UNSCORED, item_id=said.item_id)
                yield Judged(said=said, claim_index=index, sentence=sentence, statement=None, finding=unscored)
                index += 1

    def split(self, text: str) -> list[str]:
        """Split a text into sentences, titles left whole."""
        mentions = self.world.lexicon.mentions(text, tokens(text))
        return sentences(text, [(m.start, m.end) for m in mentions if m.n_words > 1 and m.entry(_TITLES)])

    def statements(self, sentence: str) -> tuple[Statement, ...]:
        """Return what a sentence states."""
        found = self._read.get(sentence)
        if found is None:
            if len(self._read) >= _SENTENCES:
                self._read.clear()
            found = self._read[sentence] = extract(sentence, self.world)
        return found


def derive_claims(job: Job) -> pa.Table:
    """Return the claims of a run. Option `judge`: a model that is asked where nothing known decides.

    Options `judge_supported`, `judge_contradicted`, `judge_unverifiable`: least probabilities of a classifier's
    verdicts.

    Raises:
        AuditError: the judge cannot judge, or a threshold is none.
        ModelError: it cannot be reached or loaded.
    """
    thresholds = read_thresholds(job.options)
    ((fingerprint,),), ((n_requests,),) = job.rows("dataset_of_run"), job.rows("request_end")
    checker = _checker(job.connection, fingerprint)
    chosen = dict(job.rows("claim_times_chosen"))
    audiences = Audiences(lambda: job.table("claim_audiences"))
    columns: dict[str, list] = defaultdict(list)
    rows: list[Judged] = []
    for first in range(0, n_requests, _REQUESTS):
        job.progress("checking what was said", first / n_requests)
        span = {"first": first, "last": first + _REQUESTS - 1}
        histories: dict[str, dict[str, float | None]] = defaultdict(dict)
        for request_id, item_id, rating in job.rows("claim_histories", **span):
            histories[request_id][item_id] = rating
        for row in job.rows("claim_texts", **span):
            said = Said(
                request_id=row[0], slot_rank=row[1], item_id=row[2], origin=row[3], step_index=row[4], text=row[5]
            )
            known = Known(
                item_id=said.item_id, history=histories[said.request_id], times_chosen=chosen, audiences=audiences
            )
            rows += checker.check(said, known)
    name = job.options.get("judge", "none") or "none"
    if name != "none":
        descriptions = _descriptions(job, fingerprint)
        asked = ask_judge(name, rows, checker.world, descriptions, thresholds, job.progress)
        rows = asked.rows
        if asked.digest:
            job.told["judge_digest"] = asked.digest
    for one in rows:
        _add(columns, one)
    return pa.table({field.name: pa.array(columns[field.name], field.type) for field in SCHEMAS["claims"]})


_checkers: dict[str, Checker] = {}


def _checker(connection: duckdb.DuckDBPyConnection, fingerprint: str) -> Checker:
    """Return the checker of a dataset; reading one costs seconds, so the last few are kept."""
    if fingerprint not in _checkers:
        while len(_checkers) >= _WORLDS:
            _checkers.pop(next(iter(_checkers)))
        _checkers[fingerprint] = Checker(read_world(connection, fingerprint))
    return _checkers[fingerprint]


def _add(columns: dict[str, list], one: Judged) -> None:
    said, statement, finding = one.said, one.statement, one.finding
    is_history = statement is not None and statement.subject is Subject.USER
    for name, value in (
        ("request_id", said.request_id),
        ("slot_rank", said.slot_rank),
        ("claim_index", one.claim_index),
        ("origin", said.origin),
        ("step_index", said.step_index),
        ("sentence", one.sentence),
        ("subject_item_id", finding.item_id),
        ("relation", None if statement is None else statement.relation),
        ("claimed_value", None if statement is None else recorded_value(statement)),
        ("claim_kind", "history" if is_history else "fact"),
        ("verdict", str(finding.verdict)),
        ("evidence_kind", finding.evidence_kind),
        ("evidence", finding.evidence or None),
    ):
        columns[name].append(value)


def _descriptions(job: Job, fingerprint: str) -> Mapping[str, str]:
    return {item_id: text or "" for item_id, text in job.rows("claim_descriptions", dataset=fingerprint)}
