"""Explain a sample of a run's recommendations: the rows of `attributions` that its audit rests on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pyarrow as pa

from audits.attribution.explaining import Asked, Explained, Explainer, why_not
from audits.attribution.keeping import kept_rows, keys_of, rows_of, together
from audits.attribution.parts import HISTORY
from audits.derivations import LongJob, Unfinished
from audits.errors import AuditError
from engine.errors import EngineError, LogError
from engine.records import AnsweredRequest, Outcome, RunManifest
from engine.runlog.journal import journal_path, read_records

OPTIONS = ("n_lists", "n_ranks")
NEUTRAL = "neutral"


def derive_attributions(job: LongJob) -> pa.Table:
    """Return the explanations that a run has, and those of the first `n_ranks` items of `n_lists` lists.

    The lists are of the users whose ids have the smallest digests, so that runs of the same users are asked about the
    same ones. A run whose recommender gives no scores (`why_not`) keeps what it has.

    Raises:
        AuditError: an option is unknown, or no whole number.
        Unfinished: the recommender could not be asked, or not to the end; with what the run has and what is finished.
    """
    n_lists, n_ranks = _wanted(job)
    kept = kept_rows(job.home, job.run_id)
    if not n_lists:
        return kept
    manifest, answers = _read(job)
    chosen = sorted(answers, key=lambda answer: _digest(answer.user_id))[:n_lists]
    known = keys_of(kept)
    missing = [(answer, asked) for answer in chosen if (asked := _asked(answer, n_ranks, known))]
    if manifest is None or not missing or why_not(manifest.recommender):
        return kept
    explained: list[Explained] = []
    try:
        explainer = Explainer.open(job.home, job.run_id, manifest.recommender)
        for place, (answer, asked) in enumerate(missing):
            share = place / len(missing)

            def within(what: str, done: float, share: float = share) -> None:
                job.progress(what, share + done / len(missing))

            request = explainer.request(answer.request_index, answer.request_id)
            if explainer.prepared.recommender.reads(request):
                explained += explainer.history(request, asked, within)
    except (AuditError, EngineError) as error:
        raise Unfinished(str(error), together(kept, rows_of(explained))) from error
    return together(kept, rows_of(explained))


def _wanted(job: LongJob) -> tuple[int, int]:
    unknown = set(job.options) - set(OPTIONS)
    if unknown:
        raise AuditError(f"Attributions have no option {', '.join(sorted(unknown))}; there are {', '.join(OPTIONS)}.")
    try:
        n_lists, n_ranks = (int(job.options.get(name) or 1) for name in OPTIONS)
    except ValueError as error:
        raise AuditError(f"The number of lists or ranks to explain does not fit: {error}.") from None
    return n_lists, n_ranks


def _read(job: LongJob) -> tuple[RunManifest | None, list[AnsweredRequest]]:
    """Return the manifest and the first neutral answer of each user that names an item of the catalogue."""
    manifest, answers = None, {}
    path = journal_path(job.home, job.run_id)
    if not path.is_file():
        raise LogError(f"The journal of run {job.run_id} is gone: {path}.")
    for record in read_records(path):
        if isinstance(record, RunManifest):
            manifest = record
        elif isinstance(record, AnsweredRequest) and _can_be_asked(record):
            answers.setdefault(record.user_id, record)
    return manifest, list(answers.values())


def _can_be_asked(answer: AnsweredRequest) -> bool:
    is_plain = answer.variant.name == NEUTRAL and answer.repeat == 0 and answer.error is None
    return is_plain and any(True for _ in _delivered(answer))


def _asked(answer: AnsweredRequest, n_ranks: int, known: set[tuple[str, int, str]]) -> list[Asked]:
    wanted = list(_delivered(answer))[:n_ranks]
    return [one for one in wanted if one.rank is None or (answer.request_id, one.rank, HISTORY) not in known]


def _delivered(answer: AnsweredRequest) -> Iterator[Asked]:
    for slot in answer.slots:
        given = slot.recommendation
        if slot.outcome is Outcome.DELIVERED and given is not None and given.match is not None:
            yield Asked(item_id=given.match.item_id, rank=slot.rank, rationale=given.rationale or None)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
