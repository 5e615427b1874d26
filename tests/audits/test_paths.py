"""Paths on a log made by hand: what is true of them, how recent, how popular, how varied."""

from __future__ import annotations

import pytest

from audits.errors import AuditError
from audits.found_paths import derive_found_paths, limits_of
from audits.measuring import measure
from audits.metrics.catalogue import find_metric
from audits.results import AuditResult, Finding, Measure, NotApplicable, PathExample, Table
from audits.runner import run_audits
from audits.statistics.resampling import Resampling
from tests.audits.log_builder import LogBuilder

# Items a to f; p and q direct, g is a genre, x is an entity without a name.
TRIPLES = [
    ("ea", "directed_by", "p"), ("eb", "directed_by", "p"), ("ec", "directed_by", "q"), ("ed", "directed_by", "q"),
    ("ea", "in_genre", "g"), ("eb", "in_genre", "g"), ("ec", "in_genre", "g"), ("ef", "starring", "x"),
    ("ea", "starring", "x"),
]  # fmt: skip
ENTITIES = {
    **{f"e{i}": (f"Title {i}", "item", i) for i in "abcdef"},
    "p": ("Director P", "person", None), "q": ("Director Q", "person", None), "g": ("Drama", "genre", None),
    "x": ("x", None, None),
}  # fmt: skip


@pytest.fixture
def log() -> LogBuilder:
    return (
        LogBuilder()
        .items({i: [] for i in "abcdef"})
        .users(
            history={"u1": ["a", "c", "a"], "u2": ["d"], "u3": ["e"]},
            held_out={"u1": ["b"], "u2": ["c"], "u3": ["f"]},
        )
        .graph(TRIPLES, ENTITIES)
        .run("kg", {"u1": ["b", "d", "f"], "u2": ["c", "?", "!Nope"], "u3": ["b", "a", "f"]})
        .run("knn", {"u1": ["b", "d", "f"], "u2": ["c", "b", "f"], "u3": ["b", "a", "f"]})
    )


@pytest.fixture
def given(log: LogBuilder) -> LogBuilder:
    return log.paths(
        "kg",
        {
            ("u1:0", 1): ["ea directed_by p directed_by eb", "ec in_genre g in_genre eb"],  # true, in either direction
            ("u1:0", 2): ["ec directed_by q directed_by ed"],
            ("u1:0", 3): ["ea directed_by x starring ef"],  # the first hop is no triple
            ("u2:0", 1): ["ed directed_by q in_genre ec"],  # the second hop is no triple
            ("u2:0", 2): ["ed directed_by q directed_by ec"],  # of a slot that was not delivered: does not count
            ("u3:0", 1): ["ea directed_by p directed_by eb"],  # true, but u3 never had a
            ("u3:0", 2): ["ea starring x directed_by eb", "ea directed_by p in_genre g"],  # false; false and not to a
        },
        given=True,
    )


def value(log: LogBuilder, name: str, run_id: str = "kg") -> float | None:
    return measure(log.evidence(run_id), find_metric(name), Resampling())[0].value


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("path_fidelity", 4 / 8),
        ("path_anchored_share", 5 / 8),
        ("path_coverage", 6 / 7),
        ("lir", (1 + 0.3 / 0.81 + 1) / 3),  # u1 alone: u2's history is one moment, u3 never had what its paths start at
        ("path_type_diversity", (2 / 3 + 1 + 1 / 2) / 3),
        ("path_type_concentration", ((4 + 1) / 9 + 1 + 1) / 3),
    ],
)
def test_worked_out_by_hand(given, name, expected):
    assert value(given, name) == pytest.approx(expected)


WORKED_OUT = {row[0] for row in test_worked_out_by_hand.pytestmark[0].args[1]} | {"sep"}  # sep: in the tests below


def test_fidelity_counts_paths_whose_every_hop_is_a_triple(given):
    assert value(given, "path_fidelity") == pytest.approx(4 / 8)


def test_a_path_that_jumps_is_not_faithful(log):
    log.paths("kg", {("u1:0", 1): ["ea directed_by p in_genre eb"], ("u1:0", 2): []}, given=True)
    assert value(log, "path_fidelity") == 0.0
    rows = [
        {"run_id": "knn", "request_id": "u1:0", "slot_rank": 1, "path_index": 0, "hop_index": i, "head": h,
         "relation": r, "tail": t}
        for i, (h, r, t) in enumerate([("ea", "directed_by", "p"), ("q", "directed_by", "ec")])
    ]  # fmt: skip
    from tests.audits.log_builder import insert

    insert(log.connection, "paths", rows)
    assert value(log, "path_fidelity", "knn") == 0.0  # both hops are triples, but p is not q


def test_anchored_paths_start_in_the_history_and_end_at_the_item(given):
    assert value(given, "path_anchored_share") == pytest.approx(5 / 8)


def test_coverage_is_of_delivered_items(given):
    assert value(given, "path_coverage") == pytest.approx(6 / 7)  # u3's f has none


def test_recency_of_the_linked_interaction(log):
    """u1 had a, c, a at 0, 1, 2 s: m(2) = .3, m(3) = .7 * .3 + .3 * 2 = .81; c counts .3 / .81, a its last time: 1."""
    log.paths(
        "kg", {("u1:0", 1): ["ea directed_by p directed_by eb"], ("u1:0", 2): ["ec directed_by q directed_by ed"]}
    )
    assert value(log, "lir") == pytest.approx((1 + 0.3 / 0.81) / 2)


def test_recency_takes_the_first_path_and_leaves_out_strangers(log):
    log.paths(
        "kg",
        {
            ("u1:0", 2): ["ec directed_by q directed_by ed", "ea directed_by p directed_by eb"],
            ("u3:0", 1): ["ea directed_by p directed_by eb"],  # u3 never had a
        },
        given=True,
    )
    measured = measure(log.evidence("kg"), find_metric("lir"), Resampling())[0]
    assert measured.value == pytest.approx(0.3 / 0.81)
    assert (measured.n, measured.unscored) == (1, 2)


def test_a_history_of_one_moment_has_no_recency(log):
    log.paths("kg", {("u2:0", 1): ["ed directed_by q directed_by ec"]}, given=True)
    assert value(log, "lir") is None


def test_popularity_of_the_shared_entity(log):
    """Of persons p (2 items), q (2), r (5): m = 0, 0, .3 * 3; equal ones have one value. Genres: only one, unscored."""
    more = [(f"e{i}", "directed_by", "r") for i in "abcde"]
    rows = [{"dataset_fingerprint": "d0", "head": h, "relation": rel, "tail": t} for h, rel, t in more]
    from tests.audits.log_builder import insert

    insert(log.connection, "triples", rows)
    insert(
        log.connection, "entities", [{"dataset_fingerprint": "d0", "entity_id": "r", "label": "R", "kind": "person"}]
    )
    log.paths(
        "kg",
        {
            ("u1:0", 1): ["ea directed_by r directed_by eb"],
            ("u1:0", 2): ["ec directed_by q directed_by ed"],
            ("u2:0", 1): ["ed in_genre g in_genre ec"],
        },
    )
    measured = measure(log.evidence("kg"), find_metric("sep"), Resampling())[0]
    assert measured.value == pytest.approx((1.0 + 0.0) / 2)
    assert (measured.n, measured.unscored) == (1, 2)


def test_popularity_follows_the_recursion(log):
    """Persons with 2, 2, 3, 5 items: m = 0, 0, .3, .7 * .3 + .3 * 3 = 1.11; the one with 3 counts .3 / 1.11."""
    from tests.audits.log_builder import insert

    more = [*((f"e{i}", "directed_by", "r") for i in "abcde"), *((f"e{i}", "directed_by", "s") for i in "abc")]
    insert(log.connection, "triples",
           [{"dataset_fingerprint": "d0", "head": h, "relation": rel, "tail": t} for h, rel, t in more])  # fmt: skip
    insert(log.connection, "entities",
           [{"dataset_fingerprint": "d0", "entity_id": e, "label": e, "kind": "person"} for e in "rs"])  # fmt: skip
    log.paths("kg", {("u1:0", 1): ["ea directed_by s directed_by eb"]})
    assert value(log, "sep") == pytest.approx(0.3 / 1.11)


def test_types_of_paths(given):
    """u1: directed_by, directed_by, starring: 2 types of min(3, 3); u2: 1 of 1; u3: directed_by twice: 1 of 2."""
    assert value(given, "path_type_diversity") == pytest.approx((2 / 3 + 1 + 1 / 2) / 3)
    assert value(given, "path_type_concentration") == pytest.approx(((4 + 1) / 9 + 1 + 1) / 3)


def test_the_audit_judges_given_paths_where_there_are_any(given):
    given.paths("knn", {("u1:0", 1): ["ea directed_by p directed_by eb"]})
    result = run_audits(given.evidence(), ["paths"])[0]
    assert isinstance(result, AuditResult)
    by = {(s.name, s.run_id): s for s in result.sections if isinstance(s, Measure)}
    assert by["path_fidelity", "kg"].value == pytest.approx(0.5)
    assert by["path_fidelity", "knn"].value is None
    assert by["path_coverage", "knn"].value == pytest.approx(1 / 9)
    findings = [s for s in result.sections if isinstance(s, Finding)]
    assert any(f.severity == "high" and "50" in f.title and "u1:0" in f.request_ids for f in findings)
    untrue = next(s for s in result.sections if isinstance(s, Table) and "not hold" in s.title)
    assert len(untrue.rows) == 4
    assert "Of the 8 paths that kg gives" in result.answer


def test_examples_name_entities_and_say_which_have_no_name(given):
    result = run_audits(given.evidence("kg"), ["paths"])[0]
    assert isinstance(result, AuditResult)
    examples = [s for s in result.sections if isinstance(s, PathExample)]
    untrue = next(e for e in examples if e.request_id == "u1:0" and e.slot_rank == 3)
    assert [stop.label for stop in untrue.stops] == ["Title a", "x", "Title f"]
    assert [stop.is_named for stop in untrue.stops] == [True, False, True]
    assert [(hop.is_true, hop.is_inverse) for hop in untrue.hops] == [(False, False), (True, True)]
    assert "by their ids" in untrue.note


def test_runs_without_any_paths_are_not_applicable_with_what_to_do(log):
    result = run_audits(log.evidence("knn"), ["paths"])[0]
    assert isinstance(result, NotApplicable)
    assert "recaudit audit --audit paths" in result.reason


def test_a_dataset_without_a_graph_is_not_applicable(log):
    log.connection.execute("update store.datasets set n_triples = 0")
    result = run_audits(log.derived("found_paths", "knn").evidence("knn"), ["paths"])[0]
    assert isinstance(result, NotApplicable)
    assert "no knowledge graph" in result.reason


def test_searching_in_vain_is_a_coverage_of_nothing(log):
    result = run_audits(log.derived("found_paths", "knn").evidence("knn"), ["paths"])[0]
    assert isinstance(result, AuditResult)
    coverage = next(s for s in result.sections if isinstance(s, Measure) and s.name == "path_coverage")
    assert coverage.value == 0.0
    assert any("No recommendation of knn has a path" in s.title for s in result.sections if isinstance(s, Finding))


def job(log: LogBuilder, run_id: str, **options: str):
    from audits.derivations import Job

    return Job(connection=log.connection, run_id=run_id, options=options)


def test_found_paths_lead_to_delivered_items_only(log):
    rows = derive_found_paths(job(log, "kg", n_paths="1")).to_pylist()
    walks = {}
    for row in rows:
        walks.setdefault((row["request_id"], row["slot_rank"]), []).append((row["head"], row["relation"], row["tail"]))
    assert walks == {
        ("u1:0", 1): [("ea", "directed_by", "p"), ("p", "directed_by", "eb")],
        ("u1:0", 2): [("ec", "directed_by", "q"), ("q", "directed_by", "ed")],
        ("u1:0", 3): [("ea", "starring", "x"), ("x", "starring", "ef")],
        ("u2:0", 1): [("ed", "directed_by", "q"), ("q", "directed_by", "ec")],
    }


def test_found_paths_of_a_dataset_without_a_graph_are_none(log):
    log.connection.execute("update store.datasets set n_triples = 0")
    assert derive_found_paths(job(log, "kg")).num_rows == 0


@pytest.mark.parametrize("options", [{"max_hop": "2"}, {"max_hops": "two"}, {"max_hops": "0"}])
def test_wrong_limits_are_refused(options):
    with pytest.raises(AuditError, match=r"(?i)paths"):
        limits_of(options)
