"""Names of runs: the label alone where it is enough, what differs where it is not, never the same twice."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from audits.naming import Labelled, told_apart
from audits.scope import label_of, run_names
from tests.audits.log_builder import LogBuilder

LABELS = ("a", "b", "a (seed 1)", "a (m)", "a (seed 1) (0r)", "a (00000001)")


def labelled(run_id: str, label: str = "unisrec", model: str | None = "minilm", seed: int = 1, k: int = 10) -> Labelled:
    return Labelled(run_id=run_id, label=label, recommender="unisrec", model_name=model, seed=seed, k=k)


def test_a_label_of_its_own_is_the_name():
    assert told_apart([labelled("a-00000001"), labelled("b-00000002", label="other")]) == {
        "a-00000001": "unisrec", "b-00000002": "other",
    }  # fmt: skip


def test_only_what_differs_is_said():
    names = told_apart([labelled("a-00000001"), labelled("a-00000002", seed=2)])
    assert names == {"a-00000001": "unisrec (seed 1)", "a-00000002": "unisrec (seed 2)"}
    names = told_apart([labelled("a-00000001"), labelled("a-00000002", model=None, k=5)])
    assert names == {"a-00000001": "unisrec (minilm, k 10)", "a-00000002": "unisrec (no model, k 5)"}


def test_runs_that_are_equal_in_all_of_it_are_named_by_id():
    runs = [labelled("a-00000001"), labelled("a-00000002"), labelled("a-00000003", seed=2)]
    assert list(told_apart(runs).values()) == [
        "unisrec (seed 1, 00000001)", "unisrec (seed 1, 00000002)", "unisrec (seed 2)",
    ]  # fmt: skip


def test_ids_that_end_alike_are_written_out():
    names = told_apart([labelled("ours-baseline"), labelled("theirs-baseline"), labelled("a-00000003")])
    assert names == {
        "ours-baseline": "unisrec (ours-baseline)",
        "theirs-baseline": "unisrec (theirs-baseline)",
        "a-00000003": "unisrec (00000003)",
    }


def test_a_label_that_reads_like_a_made_name_is_no_second_one():
    runs = [labelled("a-1"), labelled("a-2", seed=2), labelled("b-3", label="unisrec (seed 2)")]
    assert told_apart(runs) == {
        "a-1": "unisrec (seed 1)", "a-2": "unisrec (seed 2) (a-2)", "b-3": "unisrec (seed 2) (b-3)",
    }  # fmt: skip


def test_a_report_of_two_datasets_has_no_name_twice():
    log = LogBuilder().items({"i1": ["x"]}).users({"u1": {}}, {"u1": ["i1"]}).run("ours-baseline", {"u1": ["i1"]})
    (run,) = log.evidence("ours-baseline").runs
    names = run_names([run, replace(run, run_id="theirs-baseline", dataset_fingerprint="d1")])
    assert len(set(names.values())) == 2


@given(st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from([None, "m"]), st.integers(0, 2)), max_size=8))
def test_no_two_runs_have_one_name(shapes):
    runs = [labelled(f"{n}r-same-end", label=a, model=m, seed=s) for n, (a, m, s) in enumerate(shapes)]
    names = told_apart(runs)
    assert len(set(names.values())) == len(runs)


def test_an_audit_names_a_run_alike_alone_and_beside_others():
    lists = {"u1": ["i1"]}
    log = LogBuilder().items({"i1": ["x"]}).users({"u1": {}}, {"u1": ["i1"]})
    log.run("one-00000001", lists, label="same", seed=1).run("two-00000002", lists, label="same", seed=2)
    both = log.evidence("one-00000001", "two-00000002")
    assert run_names(both.runs) == {"one-00000001": "same (seed 1)", "two-00000002": "same (seed 2)"}
    assert label_of(both.of("two-00000002").run("two-00000002")) == "same (seed 2)"
    assert label_of(log.evidence("one-00000001").run("one-00000001")) == "same (seed 1)"
