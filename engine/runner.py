"""Carry out a plan: resolve it, fit, answer in batches, record each batch before it counts as done. Resumable.

The runner times, seeds and records; recommenders do none of that. Not here: what a slot's outcome is (`outcomes`),
how a journal is written (`runlog.journal`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from engine.activity import Activity, ActivityFile
from engine.errors import EngineError, PlanError
from engine.home import Home
from engine.metering import Meter
from engine.outcomes import slots_for
from engine.preparation import PreparedRun, fit_or_restore
from engine.records import AnsweredRequest, FitRecord, Request, Response, ResumeRecord, RunEnd, RunManifest
from engine.runlog.journal import JournalWriter, journal_path, read_records

Watch = Callable[[Activity], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOutcome:
    """How an execution ended. `finished` False: it was stopped, and the same command resumes it."""

    run_id: str
    finished: bool
    n_answered: int
    n_errors: int
    reused: bool = False  # it had finished before: nothing was done


def execute(
    home: Home,
    prepared: PreparedRun,
    *,
    watch: Watch = lambda _activity: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> RunOutcome:
    """Carry out a prepared run from wherever it stands, and return how far it came.

    Every batch is on the disk before the next one starts, so a kill at any time loses no request that was recorded.

    Raises:
        LogError: the journal is damaged or another process is writing it.
        EngineError: the model went away, or fitting failed for a reason that a user can mend. The run stays resumable.
    """
    run_id = prepared.manifest.run_id
    path = journal_path(home, run_id)
    activity = ActivityFile(home, run_id, prepared.manifest.n_planned)
    with JournalWriter(path) as journal:
        try:
            return _Execution(home, prepared, journal, activity, watch, should_stop).run()
        finally:
            activity.remove()


@dataclass
class _Execution:
    home: Home
    prepared: PreparedRun
    journal: JournalWriter
    activity: ActivityFile
    watch: Watch
    should_stop: Callable[[], bool]

    def run(self) -> RunOutcome:
        done, errors, ended = self._take_stock()
        if ended:
            return self._outcome(finished=True, answered=done, errors=errors, reused=True)
        self.journal.append([self._opening(done)])
        self._fit()
        done, errors = self._answer_all(done, errors)
        if done < self.prepared.manifest.n_planned:
            return self._outcome(finished=False, answered=done, errors=errors)
        end = RunEnd(status="finished", detail="", n_answered=done, n_errors=errors, finished_at=_now())
        self.journal.append([end])
        return self._outcome(finished=True, answered=done, errors=errors)

    def _answer_all(self, done: int, errors: int) -> tuple[int, int]:
        """Answer until nothing is left or a stop is asked for; what it used is recorded in any case."""
        planned, before = self.prepared.manifest.n_planned, done
        meter = Meter("answer")
        try:
            while done < planned and not self.should_stop():
                records = self._answer(range(done, min(done + self.prepared.plan.batch_size, planned)))
                self.journal.append(records)
                done += len(records)
                errors += sum(record.error is not None for record in records)
                self._tell("answering", done / planned, done)
        finally:
            if done > before and self.journal.is_open:
                self.journal.append([meter.record(done - before)])
        return done, errors

    def _opening(self, done: int) -> RunManifest | ResumeRecord:
        if not self.journal.n_records:
            return self.prepared.manifest
        return ResumeRecord(n_answered=done, n_cut_bytes=self.journal.n_cut_bytes, recorded_at=_now())

    def _take_stock(self) -> tuple[int, int, bool]:
        """Return how many requests the journal holds, how many of them failed, and whether the run has ended.

        Requests are recorded in order, so the number of those that are there says where to go on.
        """
        done = errors = 0
        ended = False
        for record in read_records(self.journal.path):
            if isinstance(record, AnsweredRequest):
                done += 1
                errors += record.error is not None
            ended = ended or isinstance(record, RunEnd)
        return done, errors, ended

    def _fit(self) -> None:
        self._tell("fitting", 0.0, None)
        meter = Meter("fit")
        began = time.monotonic()
        restored = fit_or_restore(
            self.home, self.prepared, lambda what, share: self._tell(f"fitting: {what}", share, None)
        )
        record = FitRecord(seconds=round(time.monotonic() - began, 3), restored=restored, recorded_at=_now())
        self.journal.append([record, meter.record(0)])

    def _answer(self, indices: Sequence[int]) -> list[AnsweredRequest]:
        requests = [self.prepared.requests.request(index) for index in indices]
        began = time.monotonic()
        responses = self._recommend(requests)
        latency_ms = (time.monotonic() - began) * 1000 / len(requests)
        return [
            self._record(index, request, response, latency_ms, len(requests))
            for index, request, response in zip(indices, requests, responses, strict=True)
        ]

    def _recommend(self, requests: Sequence[Request]) -> list[Response]:
        """Answer a batch; when it crashes, answer one by one, so that one bad request costs one request."""
        try:
            return self._checked(requests, self.prepared.recommender.recommend(requests))
        except EngineError:
            raise  # a model that is gone or a plan that cannot work: stop here, to be resumed
        except Exception as error:
            if len(requests) == 1:
                text = f"{type(error).__name__}: {error}"
                return [Response(request_id=requests[0].request_id, error=text)]
            return [response for request in requests for response in self._recommend([request])]

    def _checked(self, requests: Sequence[Request], responses: Sequence[Response]) -> list[Response]:
        asked = [request.request_id for request in requests]
        if [response.request_id for response in responses] != asked:
            raise PlanError(
                f"{self.prepared.manifest.recommender} answered other requests than it was asked, or in another order; "
                "that is a defect of the recommender."
            )
        return list(responses)

    def _record(
        self, index: int, request: Request, response: Response, latency_ms: float, batch_size: int
    ) -> AnsweredRequest:
        slots = slots_for(
            request,
            response,
            self.prepared.training.grounder,
            allows_repeat_consumption=self.prepared.plan.allow_repeat_consumption,
        )
        return AnsweredRequest(
            request_index=index,
            request_id=request.request_id,
            user_id=request.user.user_id,
            variant=request.variant,
            repeat=request.repeat,
            k=request.k,
            n_history=self.prepared.requests.n_history(request),
            n_holdout=self.prepared.requests.n_holdout(request),
            cutoff=request.cutoff,
            candidates=request.candidates,
            constraints=request.constraints,
            seed=request.seed,
            slots=slots,
            steps=response.steps,
            generations=response.generations,
            latency_ms=round(latency_ms, 3),
            error=response.error,
            recorded_at=_now(),
            intervention=request.intervention,
            batch_size=batch_size,
        )

    def _tell(self, stage: str, share: float, answered: int | None) -> None:
        self.watch(self.activity.update(stage, share, answered=answered))

    def _outcome(self, *, finished: bool, answered: int, errors: int, reused: bool = False) -> RunOutcome:
        return RunOutcome(
            run_id=self.prepared.manifest.run_id,
            finished=finished,
            n_answered=answered,
            n_errors=errors,
            reused=reused,
        )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
