"""Log a recommender that runs elsewhere: `with external_run(home, name=..., ...) as run: run.record(...)`.

What is handed over is written as it is, in batches, by a thread of its own; what became of each slot is decided when
the run is closed, or by `finish_run`, away from the service. A record that `flush` returned for is on the disk.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import pandas as pd

from engine.datasets.schema import Dataset
from engine.datasets.splits import Split, SplitSpec, parse_split, split
from engine.datasets.store import load_dataset, stored_dataset
from engine.errors import LogError
from engine.grounding import Grounder, read_lines
from engine.home import Home
from engine.outcomes import slots_for
from engine.preparation import DEFAULT_SPLITS, package_versions
from engine.records import (
    AnsweredRequest,
    Constraints,
    Decoding,
    ExternalAnswer,
    Generation,
    Interaction,
    Match,
    MatchKind,
    Message,
    Paradigm,
    Recommendation,
    Request,
    Response,
    ResumeRecord,
    RunEnd,
    RunManifest,
    User,
    Variant,
)
from engine.runlog.journal import JournalWriter, journal_path, read_records
from engine.runlog.outside.importing import K_MAX, RECOMMENDER, run_id_of
from engine.runlog.verify import journals_named

_WAITING_MAX = 10_000  # records that may wait to be written; then `record` waits too
_ANSWERS_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedRun:
    """A recorded run whose slots are all decided."""

    run_id: str
    n_answered: int
    n_errors: int


@contextmanager
def external_run(
    home: Home | Path | str,
    *,
    name: str,
    dataset: str,
    k: int,
    split: str | None = None,
    paradigm: Paradigm = Paradigm.GR,
    model: str | None = None,
    label: str = "",
    batch_size: int = 256,
    delay_s: float = 0.5,
    finish: bool = True,
) -> Iterator[ExternalRun]:
    """Open a run that is recorded from elsewhere; the same name, dataset, k and split again go on with it.

    Args:
        home: the folder of the log.
        name: of the run.
        dataset: name of the imported dataset that users and items are of.
        k: how long lists are meant to be.
        split: what is held out, as in `recaudit run`; None: the dataset's own.
        paradigm: how a language model takes part.
        model: its name.
        label: for people; empty: the name.
        batch_size: answers that are written at once.
        delay_s: how long an answer waits for others before it is written.
        finish: whether leaving the block decides all slots and ends the run; else `finish_run` does, or
            `recaudit import --finish NAME`, in a process of its own.

    Raises:
        LogError: another process records this run, or the disk is full.
        DatasetError: there is no such dataset.
    """
    folder = home if isinstance(home, Home) else Home(Path(home).resolve())
    if not 1 <= k <= K_MAX:
        raise ValueError(f"k must lie between 1 and {K_MAX:,}, not at {k}")
    manifest = _manifest(folder, name, dataset, k, split, paradigm, model, label)
    with ExternalRun(folder, manifest, batch_size=batch_size, delay_s=delay_s) as run:
        yield run
    if finish:  # an error in the block leaves the run open: it goes on under the same name
        finish_run(folder, run.run_id)


class ExternalRun:
    """Takes answers from any thread and writes them in the background. Made by `external_run`."""

    def __init__(self, home: Home, manifest: RunManifest, *, batch_size: int, delay_s: float) -> None:
        self.home = home
        self.run_id = manifest.run_id
        self._manifest = manifest
        self._batch_size, self._delay_s = batch_size, delay_s
        self._journal = JournalWriter(journal_path(home, manifest.run_id))
        self._changed = threading.Condition()
        self._waiting: list[ExternalAnswer] = []
        self._recorded = self._written = 0
        self._closing = False
        self._failure: LogError | None = None

    def __enter__(self) -> ExternalRun:
        self._journal.__enter__()
        try:
            if self._journal.n_records == 0:
                self._journal.append([self._manifest])
            else:
                n = sum(isinstance(record, ExternalAnswer) for record in read_records(self._journal.path))
                self._recorded = self._written = n
                cut = self._journal.n_cut_bytes
                self._journal.append([ResumeRecord(n_answered=n, n_cut_bytes=cut, recorded_at=_now())])
        except BaseException:
            self._journal.close()
            raise
        self._thread = threading.Thread(target=self._write, name=f"recorder of {self.run_id}", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()
        self._journal.close()
        if self._failure is not None and error is None:
            raise self._failure

    @property
    def n_recorded(self) -> int:
        """How many answers were handed over, those of earlier openings too."""
        return self._recorded

    def record(
        self,
        *,
        user_id: str,
        items: Sequence[str] | None = None,
        raw_text: str | None = None,
        scores: Sequence[float | None] = (),
        rationales: Sequence[str] = (),
        prompt: str | None = None,
        latency_ms: float | None = None,
        model: str | None = None,
        recorded_at: datetime | str | None = None,
    ) -> None:
        """Hand over one answer: item ids from rank 1 on, or the whole text that a model wrote. Returns at once.

        Args:
            user_id: as in the dataset.
            items: item ids, best first.
            raw_text: an answer to be parsed into lines and grounded.
            scores: one for each item; not finite: unknown.
            rationales: one for each item; empty text: none.
            prompt: what the model was asked.
            latency_ms: milliseconds that the answer took.
            model: the model's name.
            recorded_at: when; a moment without zone is UTC. None: now.

        Raises:
            ValueError: neither or both of items and raw_text, or lists of different length.
            LogError: writing failed; what `flush` returned for is safe.
        """
        if (items is None) == (raw_text is None):
            raise ValueError("give either items or raw_text")
        n = len(items) if items is not None else 0
        if any(len(other) not in {0, n} for other in (scores, rationales)):
            raise ValueError(f"scores and rationales must be as many as the {n} items, or left out")
        if not user_id:
            raise ValueError("user_id must not be empty")
        moment = recorded_at.isoformat() if isinstance(recorded_at, datetime) else recorded_at or _now()
        datetime.fromisoformat(moment)
        with self._changed:
            self._changed.wait_for(lambda: len(self._waiting) < _WAITING_MAX or self._failure is not None)
            self._check_open()
            answer = ExternalAnswer(
                answer_index=self._recorded,
                user_id=str(user_id),
                items=None if items is None else tuple(map(str, items)),
                raw_text=raw_text,
                scores=tuple(None if score is None else float(score) for score in scores),
                rationales=tuple(rationales),
                prompt=prompt,
                model=model,
                latency_ms=latency_ms,
                recorded_at=moment,
            )
            self._waiting.append(answer)
            self._recorded += 1
            if len(self._waiting) >= self._batch_size:
                self._changed.notify_all()

    def flush(self) -> None:
        """Wait until everything that was recorded so far is on the disk.

        Raises:
            LogError: it cannot be written.
        """
        with self._changed:
            wanted = self._recorded
            self._hurry = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._written >= wanted or self._failure is not None)
            if self._failure is not None:
                raise self._failure

    _hurry = False

    def _check_open(self) -> None:
        if self._failure is not None:
            raise self._failure
        if self._closing:
            raise ValueError(f"the run {self.run_id} is closed")

    def _write(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(self._is_due, timeout=self._delay_s)
                some, self._waiting, self._hurry = self._waiting, [], False
                is_last = self._closing
                self._changed.notify_all()
            try:
                for start in range(0, len(some), self._batch_size):
                    batch = some[start : start + self._batch_size]
                    self._journal.append(batch)
                    with self._changed:
                        self._written += len(batch)
                        self._changed.notify_all()
            except LogError as error:
                with self._changed:
                    self._failure = error
                    self._changed.notify_all()
                return
            if is_last and not self._waiting:
                return

    def _is_due(self) -> bool:
        return self._closing or self._hurry or len(self._waiting) >= self._batch_size


def finish_run(home: Home, name: str) -> FinishedRun:
    """Decide the slots of all recorded answers of a run that have none yet, and end it. Can be repeated.

    Raises:
        LogError: there is no such run, it was not recorded, or another process is writing it.
        DatasetError: its dataset is gone, or has changed since.
    """
    path = _journal_of(home, name)
    with JournalWriter(path) as journal:
        done: set[int] = set()
        n_errors, manifest, is_ended = 0, None, False
        pending, answered = Counter[str](), Counter[str]()
        for record in read_records(path):
            match record:
                case RunManifest():
                    manifest = record
                case ExternalAnswer():
                    pending[record.user_id] += 1
                case AnsweredRequest():
                    done.add(record.request_index)
                    answered[record.user_id] += 1
                    n_errors += record.error is not None
                case _:
                    pass
            is_ended = isinstance(record, RunEnd)
        if manifest is None or "external" not in manifest.config:
            raise LogError(f"Run {path.stem} was not recorded from elsewhere: there is nothing to finish.")
        n = sum(pending.values())
        if len(done) < n:
            decide = _Decider(home, manifest, frozenset(pending), answered)
            for batch in _batches(path, done):
                records = decide.answers(batch)
                journal.append(records)
                n_errors += sum(record.error is not None for record in records)
        if not is_ended or len(done) < n:
            end = RunEnd(status="finished", detail="", n_answered=n, n_errors=n_errors, finished_at=_now())
            journal.append([end])
    return FinishedRun(run_id=path.stem, n_answered=n, n_errors=n_errors)


class _Decider:
    """Turns recorded answers into requests with slots, by the rules of all runs."""

    def __init__(self, home: Home, manifest: RunManifest, users: frozenset[str], asked: Counter[str]) -> None:
        self.manifest = manifest
        self.dataset = _dataset_of(home, manifest)
        self.grounder = Grounder(self.dataset.items_by_id)
        self.users = users
        self._asked = Counter(asked)  # how often each user was answered before

    def answers(self, recorded: Sequence[ExternalAnswer]) -> list[AnsweredRequest]:
        """Decide the slots of some answers."""
        lines = [read_lines(one.raw_text, self.manifest.k) if one.raw_text is not None else [] for one in recorded]
        titles = [line.title for answer in lines for line in answer if line.title is not None]
        matches = dict(zip(titles, self.grounder.ground(titles), strict=True))
        return [
            self._answer(one, [(line.raw, line.title, matches.get(line.title or "")) for line in answer])
            for one, answer in zip(recorded, lines, strict=True)
        ]

    def _answer(self, one: ExternalAnswer, lines: Sequence[tuple[str, str | None, Match | None]]) -> AnsweredRequest:
        known = one.user_id in self._split_rows.index
        n_history, n_holdout, cutoff = self._split_rows.loc[one.user_id] if known else (0, 0, 0)
        repeat = self._asked[one.user_id]
        self._asked[one.user_id] += 1
        request = Request(
            request_id=f"{self.manifest.run_id}:{one.answer_index:06d}",
            user=User(user_id=one.user_id),
            history=self._history(one.user_id),
            cutoff=int(cutoff),
            k=self.manifest.k,
        )
        given = tuple(self._listed(one) if one.items is not None else _grounded(lines))
        is_user = known or one.user_id in self.dataset.users_by_id
        error = None if is_user else f"its user is not in dataset {self.dataset.name}"
        response = Response(request_id=request.request_id, recommendations=given if is_user else ())
        return AnsweredRequest(
            request_index=one.answer_index,
            request_id=request.request_id,
            user_id=one.user_id,
            variant=Variant(),
            repeat=repeat,
            k=request.k,
            n_history=int(n_history),
            n_holdout=int(n_holdout),
            cutoff=request.cutoff,
            candidates=None,
            constraints=Constraints(),
            seed=0,
            slots=slots_for(request, response, self.grounder, by_id=one.items is not None),
            steps=(),
            generations=_calls(one),
            latency_ms=one.latency_ms,
            error=error,
            recorded_at=one.recorded_at,
        )

    def _listed(self, one: ExternalAnswer) -> Iterator[Recommendation]:
        for place, item_id in enumerate(one.items or ()):
            known = item_id in self.grounder.items
            yield Recommendation(
                rank=place + 1,
                raw_text=item_id,
                match=Match(item_id=item_id, kind=MatchKind.IDENTIFIER) if known else None,
                score=one.scores[place] if one.scores else None,
                rationale=one.rationales[place] if one.rationales else "",
            )

    @cached_property
    def _split(self) -> Split:
        manifest = self.manifest
        spec = SplitSpec(kind=manifest.split_kind, n=manifest.split_n or 1, cutoff=manifest.split_cutoff)  # type: ignore[arg-type]
        return split(self.dataset, spec)

    @cached_property
    def _split_rows(self) -> pd.DataFrame:
        rows = self._split.users.set_index("user_id")[["n_history", "n_holdout", "cutoff"]]
        return rows.loc[rows.index.isin(list(self.users))]

    @cached_property
    def _histories(self) -> dict[str, tuple[Interaction, ...]]:
        rows = self.dataset.interactions
        rows = rows.loc[rows["user_id"].isin(list(self.users))]
        rows = rows.loc[rows["position"].to_numpy() < self._split_rows["n_history"].reindex(rows["user_id"]).to_numpy()]
        return {
            str(user): tuple(
                Interaction(item_id=item, timestamp=int(at))
                for item, at in zip(part["item_id"], part["timestamp"], strict=True)
            )
            for user, part in rows.groupby("user_id", sort=False)
        }

    def _history(self, user_id: str) -> tuple[Interaction, ...]:
        return self._histories.get(user_id, ())


def _grounded(lines: Sequence[tuple[str, str | None, Match | None]]) -> Iterator[Recommendation]:
    for rank, (raw, title, match) in enumerate(lines, start=1):
        yield Recommendation(rank=rank, raw_text=raw, match=match, parsed=title is not None)


def _calls(one: ExternalAnswer) -> tuple[Generation, ...]:
    if one.prompt is None and one.raw_text is None:
        return ()
    messages = () if one.prompt is None else (Message(role="user", content=one.prompt),)
    return (
        Generation(
            messages=messages,
            text=one.raw_text or "",
            model=one.model or "",
            latency_ms=one.latency_ms,
            decoding=Decoding.UNKNOWN,
            temperature=None,
        ),
    )


def _batches(path: Path, done: set[int]) -> Iterator[list[ExternalAnswer]]:
    batch: list[ExternalAnswer] = []
    records: Iterable[object] = read_records(path)
    for record in records:
        if isinstance(record, ExternalAnswer) and record.answer_index not in done:
            batch.append(record)
            if len(batch) == _ANSWERS_AT_ONCE:
                yield batch
                batch = []
    if batch:
        yield batch


def _journal_of(home: Home, name: str) -> Path:
    """Return the journal of a run by id, the beginning of one, or its name."""
    labelled = [path for path in sorted(home.journals.glob("*.jsonl")) if _name_of(path) == name]
    return labelled[-1] if len(labelled) == 1 else journals_named(home, [name])[0]


def _name_of(path: Path) -> str | None:
    manifest = next(read_records(path), None)
    recorded = manifest.config.get("external") if isinstance(manifest, RunManifest) else None
    return str(recorded["name"]) if isinstance(recorded, dict) else None


def _dataset_of(home: Home, manifest: RunManifest) -> Dataset:
    dataset = load_dataset(home, manifest.dataset_name)
    if dataset.fingerprint != manifest.dataset_fingerprint:
        raise LogError(
            f"Dataset {dataset.name} has changed since the run {manifest.run_id} was begun (fingerprint "
            f"{dataset.fingerprint[:12]}, then {manifest.dataset_fingerprint[:12]}). Import that one again."
        )
    return dataset


def _manifest(
    home: Home, name: str, dataset: str, k: int, asked: str | None, paradigm: Paradigm, model: str | None, label: str
) -> RunManifest:
    stored = stored_dataset(home, dataset)
    is_given = any(table.table == "holdout" for table in stored.quality.imported)
    text = asked or ("given" if is_given else DEFAULT_SPLITS.get(dataset, "leave-last-out:1"))
    spec = parse_split(text, load_dataset(home, dataset) if text.endswith("%") else None)
    content = {"external": name, "dataset": stored.fingerprint, "k": k, "split": str(spec)}
    run_id, digest = run_id_of(name, content)
    return RunManifest(
        run_id=run_id,
        plan_digest=digest,
        label=label or name,
        recommender=RECOMMENDER,
        paradigm=paradigm,
        config={"external": {"name": name}},
        dataset_name=dataset,
        dataset_fingerprint=stored.fingerprint,
        model_name=model,
        model_digest=None,
        model_details={},
        device="",
        k=k,
        seed=0,
        split_kind=spec.kind,
        split_n=spec.n if spec.kind == "leave-last-out" else None,
        split_cutoff=spec.cutoff,
        candidate_protocol="full",
        n_repeats=1,
        variants=(Variant(),),
        n_planned=0,  # nobody knows beforehand
        constraints=Constraints(),
        allows_repeat_consumption=False,
        prompt_hashes={},
        package_versions=package_versions(),
        planned_at=_now(),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
