"""The runner: kill it, stop it, crash it; what was recorded stays, and a resumed run equals an uninterrupted one."""

from __future__ import annotations

import dataclasses
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.activity import read_activity, stop_run
from engine.errors import ModelUnavailable, PlanError
from engine.home import Home
from engine.models.scripted import ScriptedModel
from engine.plan import RunPlan
from engine.preparation import prepare
from engine.records import AnsweredRequest, Outcome, RunEnd
from engine.runlog.journal import is_active, journal_path, read_records
from engine.runlog.verify import verify
from engine.runner import execute

SCRIPT = Path(__file__).with_name("small_run.py")


def start(home: Home, recommender: str, delay: float) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), str(home.root), recommender, str(delay)], stdout=subprocess.PIPE, text=True
    )


def finish(home: Home, recommender: str) -> str:
    process = start(home, recommender, 0.0)
    out, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    return out.strip()


def answers(home: Home, run_id: str) -> list[AnsweredRequest]:
    """The answered requests without what the clock puts into them."""
    records = [r for r in read_records(journal_path(home, run_id)) if isinstance(r, AnsweredRequest)]
    return [
        dataclasses.replace(
            record,
            latency_ms=0.0,
            recorded_at="",
            batch_size=None,
            generations=tuple(
                dataclasses.replace(g, latency_ms=None, first_token_ms=None, batch_size=1) for g in record.generations
            ),
        )
        for record in records
    ]


def wait_for(condition, seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def journals(home: Home) -> list[Path]:
    return sorted(home.journals.glob("*.jsonl"))


@pytest.mark.parametrize("recommender", ["item-knn", "zero-shot"])
def test_killed_and_resumed_equals_uninterrupted(tmp_path: Path, recommender: str) -> None:
    whole, torn = Home(tmp_path / "whole"), Home(tmp_path / "torn")
    run_id = finish(whole, recommender)
    process = start(torn, recommender, 0.3)
    wait_for(lambda: journals(torn) and len(list(read_records(journals(torn)[0]))) >= 5)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    process.stdout.close()
    before = answers(torn, run_id)
    assert 0 < len(before) < 12
    assert not is_active(journal_path(torn, run_id))
    assert finish(torn, recommender) == run_id
    assert answers(torn, run_id)[: len(before)] == before
    assert answers(torn, run_id) == answers(whole, run_id)
    assert verify(journal_path(torn, run_id)).intact


def test_a_stop_from_outside_is_polite(tmp_path: Path) -> None:
    home = Home(tmp_path)
    process = start(home, "item-knn", 0.3)
    wait_for(lambda: journals(home) and read_activity(home, journals(home)[0].stem) is not None)
    run_id = journals(home)[0].stem
    stop_run(home, run_id)
    process.wait(timeout=60)
    process.stdout.close()
    assert read_activity(home, run_id) is None
    with pytest.raises(PlanError, match="not running"):
        stop_run(home, run_id)


def zero_shot(home: Home, model: ScriptedModel, **plan: object):
    defaults: dict = {"users": 4, "batch_size": 4, "k": 3, "seed": 1}
    return prepare(home, RunPlan(dataset="sample-world", recommender="zero-shot", **{**defaults, **plan}), model=model)


def test_one_failing_request_is_a_record(tmp_path: Path) -> None:
    calls = iter(range(100))

    def answer(_prompt):
        return RuntimeError("out of luck") if next(calls) == 1 else "1. Psycho\n2. No Such Film\n3. Psycho"

    home = Home(tmp_path)
    outcome = execute(home, zero_shot(home, ScriptedModel(answer)))
    assert (outcome.finished, outcome.n_answered, outcome.n_errors) == (True, 4, 1)
    recorded = answers(home, outcome.run_id)
    assert ["out of luck" in (record.error or "") for record in recorded] == [False, True, False, False]
    assert {slot.outcome for slot in recorded[1].slots} == {Outcome.MISSING}
    assert [slot.outcome for slot in recorded[0].slots][1] is Outcome.OUT_OF_CATALOGUE


def test_a_crashing_recommender_costs_its_own_request_only(tmp_path: Path) -> None:
    home = Home(tmp_path)
    run = zero_shot(home, ScriptedModel(lambda _prompt: "1. Psycho"))
    bad = run.requests.request(2).request_id
    honest = run.recommender.recommend

    def crash(requests):
        if any(request.request_id == bad for request in requests):
            raise ZeroDivisionError("a defect")
        return honest(requests)

    run.recommender.recommend = crash
    outcome = execute(home, run)
    assert outcome.n_errors == 1
    assert answers(home, outcome.run_id)[2].error == "ZeroDivisionError: a defect"


def test_a_model_that_goes_away_leaves_a_run_to_resume(tmp_path: Path) -> None:
    home = Home(tmp_path)
    calls = iter(range(100))

    def answer(_prompt):
        return ModelUnavailable("start it") if next(calls) == 2 else "1. Psycho"

    with pytest.raises(ModelUnavailable):
        execute(home, zero_shot(home, ScriptedModel(answer), batch_size=1))
    run_id = journals(home)[0].stem
    assert len(answers(home, run_id)) == 2
    outcome = execute(home, zero_shot(home, ScriptedModel(lambda _prompt: "1. Psycho"), batch_size=1))
    assert (outcome.run_id, outcome.finished, outcome.n_answered) == (run_id, True, 4)


def test_a_finished_run_is_reused_and_not_written_again(tmp_path: Path) -> None:
    home = Home(tmp_path)
    plan = RunPlan(dataset="sample-world", recommender="most-popular", users=3)
    first = execute(home, prepare(home, plan))
    before = journal_path(home, first.run_id).read_bytes()
    again = execute(home, prepare(home, plan.model_copy(update={"batch_size": 1, "label": "other"})))
    assert again.reused
    assert again.run_id == first.run_id
    assert journal_path(home, first.run_id).read_bytes() == before


def test_stopping_between_batches_keeps_what_was_done(tmp_path: Path) -> None:
    home = Home(tmp_path)
    plan = RunPlan(dataset="sample-world", recommender="most-popular", users=6, batch_size=2)
    asked = iter([False, True])
    outcome = execute(home, prepare(home, plan), should_stop=lambda: next(asked))
    assert (outcome.finished, outcome.n_answered) == (False, 2)
    assert execute(home, prepare(home, plan)).finished
    ends = [r for r in read_records(journal_path(home, outcome.run_id)) if isinstance(r, RunEnd)]
    assert [(end.status, end.n_answered) for end in ends] == [("finished", 6)]


def test_variants_and_repeats_are_requests_of_their_own(tmp_path: Path) -> None:
    home = Home(tmp_path)
    model = ScriptedModel(lambda _prompt: "1. Psycho")
    variants = ({"name": "neutral"}, {"name": "woman", "statement": "I am a woman."})
    outcome = execute(home, zero_shot(home, model, users=2, repeats=3, variants=variants))
    recorded = answers(home, outcome.run_id)
    assert len(recorded) == 12
    assert len({record.seed for record in recorded}) == 12
    stated = [p for p in model.prompts if "I am a woman." in p.messages[-1].content]
    assert len(stated) == 6
