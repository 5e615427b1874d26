"""What a URL means, and what is looked at when it says nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from dashboard import cohort
from dashboard.cohort import Wanted
from engine.runlog.summaries import RunStatus, RunSummary

NEWEST = RunSummary(
    run_id="b-2", plan_digest="", label="b", recommender="zero-shot", paradigm="GR", dataset_name="world",
    dataset_fingerprint="f1", model_name="embedded", device="cpu", k=10, seed=0, split_kind="leave-last-out", split_n=1,
    split_cutoff_at=None, candidate_protocol="full", n_repeats=1, n_variants=1, n_planned=4, status=RunStatus.FINISHED,
    planned_at=datetime(2026, 1, 2), finished_at=None, fit_seconds=None, n_records=3, head_hash="", problem=None,
    n_users=4, n_answered=4, n_errors=0, n_slots=40, n_delivered=40,
)  # fmt: skip
OLDER = replace(NEWEST, run_id="b-1")
POPULAR = replace(NEWEST, run_id="p-1", label="p", recommender="most-popular", paradigm="baseline", model_name=None)
OTHER_WORLD = replace(NEWEST, run_id="o-1", dataset_fingerprint="f2", dataset_name="other")
UNANSWERED = replace(NEWEST, run_id="u-1", label="u", n_answered=0, status=RunStatus.RUNNING)
RUNS = [NEWEST, OLDER, POPULAR, OTHER_WORLD, UNANSWERED]


def test_nothing_to_look_at_without_answers() -> None:
    assert cohort.settle(Wanted(), []) is None
    assert cohort.settle(Wanted(), [UNANSWERED]) is None


def test_default_is_the_finished_runs_baselines_first() -> None:
    found = cohort.settle(Wanted(), RUNS)
    assert found is not None
    assert found.run_ids == ("p-1", "b-2", "b-1")  # two of one label differ in what they were asked to do
    assert found.n_more == 0
    assert found.reference == "p-1"
    assert found.dataset == "f1"
    assert found.k == 10


def test_of_many_runs_the_newest_are_looked_at_and_the_others_counted() -> None:
    many = [replace(NEWEST, run_id=f"b-{place}", label=f"b{place}") for place in range(11)]
    found = cohort.settle(Wanted(), many)
    assert found is not None
    assert set(found.run_ids) == {f"b-{place}" for place in range(8)}
    assert found.n_more == 3
    chosen = cohort.settle(Wanted(runs=("b-10",)), many)
    assert chosen is not None
    assert chosen.n_more == 0


def test_runs_with_one_label_get_names_of_their_own() -> None:
    found = cohort.settle(Wanted(), RUNS)
    assert found is not None
    assert found.names["p-1"] == "p"
    assert len(set(found.names.values())) == len(found.names)


def test_different_list_lengths_have_no_common_k() -> None:
    found = cohort.settle(Wanted(runs=("b-2", "p-1")), [NEWEST, replace(POPULAR, k=5)])
    assert found is not None
    assert found.k is None


def test_a_run_in_the_url_names_its_dataset() -> None:
    found = cohort.settle(Wanted(runs=("o-1",)), RUNS)
    assert found is not None
    assert found.dataset == "f2"


def test_url_goes_round() -> None:
    wanted = Wanted(dataset="f1", runs=("b-1", "p-1"), users=(("age", "a:b"),), reference="b-1")
    found = cohort.settle(wanted, RUNS)
    assert found is not None
    assert cohort.read(cohort.written(wanted, found)) == wanted


def test_latest_goes_round() -> None:
    found = cohort.settle(Wanted(), RUNS)
    assert found is not None
    read = cohort.read(cohort.written(Wanted(), found))
    assert read is not None
    assert read.runs is None


def test_a_url_without_our_parameters_says_nothing() -> None:
    assert cohort.read({"audit": ["accuracy"]}) is None


def test_another_dataset_forgets_runs_and_groups() -> None:
    before = Wanted(dataset="f1", runs=("b-1",), users=(("age", "x"),), reference="p-1")
    assert cohort.for_dataset(before, "f2") == Wanted(dataset="f2")
