"""Evidence: which runs, which users, what there is; and the gates of cohorts."""

from __future__ import annotations

from collections import Counter

import pytest

from audits.errors import AuditError
from audits.results import NotApplicable
from audits.runner import run_audits
from audits.scope import CohortFilter
from tests.audits.log_builder import LogBuilder, empty_log


def users_of(evidence):
    return sorted({row[0] for row in evidence.rows("user_list", using={"metric_rows": "delivered"})})


def in_scope(evidence):
    return [row[0] for row in evidence.rows("request_outcomes", k=None)], sorted(
        {user for _, _, user, *_ in evidence.rows("request_outcomes")}
    )


def test_default_is_all_finished_runs_of_the_latest_dataset(log):
    log.run("stopped", {"u1": ["c", "d", "f"]}, run_status="cancelled")
    evidence = log.evidence()
    assert evidence.run_ids == ("most-popular", "gr")
    assert evidence.reference_run_id == "most-popular"
    assert [run.run_id for run in evidence.runs] == ["most-popular", "gr"]


def test_the_reference_is_among_the_runs(log):
    assert log.evidence("gr", reference="most-popular").run_ids == ("gr", "most-popular")
    assert log.evidence("gr").reference_run_id is None


def test_unknown_runs_and_empty_logs_say_what_to_do(log):
    with pytest.raises(AuditError, match="recaudit runs"):
        log.evidence("nope")
    with pytest.raises(AuditError, match="recaudit run"):
        LogBuilder(connection=empty_log()).evidence()


def test_what_is_available(log):
    assert log.evidence().available == {
        "targets", "user_attributes", "item_labels", "items", "training", "slots", "reference",
    }  # fmt: skip
    assert log.evidence().attributes == ("gender",)


@pytest.mark.parametrize(
    ("values", "users"),
    [(("f",), ["u1", "u2"]), (("f", "m"), ["u1", "u2", "u3"]), (("unknown",), ["u4"]), (("x",), [])],
)
def test_a_cohort_keeps_its_users(log, values, users):
    evidence = log.evidence("gr", cohort=[CohortFilter(attribute="gender", values=values)])
    assert in_scope(evidence)[1] == users


def test_filters_of_a_cohort_all_hold(log):
    log.connection.execute(
        "insert into store.user_attributes (dataset_fingerprint, user_id, attribute, attribute_value) "
        "values ('d0', 'u1', 'age', 'old'), ('d0', 'u3', 'age', 'old')"
    )
    log.number()
    old = CohortFilter(attribute="age", values=("old",))
    women = CohortFilter(attribute="gender", values=("f",))
    assert in_scope(log.evidence("gr", cohort=[old]))[1] == ["u1", "u3"]
    assert in_scope(log.evidence("gr", cohort=[old, women]))[1] == ["u1"]


def test_common_users(log):
    log.run("part", {"u1": ["c", "d", "f"], "u3": ["c", "d", "f"]})
    assert in_scope(log.evidence("gr", "part").on_common_users("gr", "part"))[1] == ["u1", "u3"]


def test_a_cohort_of_few_is_refused_and_so_is_one_that_leaves_out_few():
    users = [f"u{i:02d}" for i in range(30)]
    log = (
        LogBuilder()
        .items({"a": [], "b": []})
        .users(
            {u: ["a"] for u in users},
            {u: ["b"] for u in users},
            {u: {"region": "small" if i < 5 else "mid" if i < 17 else "big"} for i, u in enumerate(users)},
        )
        .run("r", {u: ["b"] for u in users}, k=1)
    )

    def outcome(*values):
        evidence = log.evidence("r", cohort=[CohortFilter(attribute="region", values=values)])
        return run_audits(evidence, ["hallucination"])[0]

    assert "fewer than 10 users" in outcome("small").reason
    assert "leaves out" in outcome("mid", "big").reason
    assert "No user" in outcome("nowhere").reason
    assert not isinstance(outcome("mid"), NotApplicable)


def test_a_cohort_filter_must_be_plain():
    with pytest.raises(AuditError, match="="):
        CohortFilter(attribute="a=b", values=("c",))


def test_a_select_over_the_views_runs_too(log):
    frame = log.evidence("gr").query("select count(*) as n_slots from slots where run_id in ($run_ids)")
    assert frame["n_slots"].tolist() == [12]


def test_numbered_histories_and_targets_are_those_of_the_public_views():
    # u has a twice, and once more held out, and c, which is new, twice; the catalogue lacks y and z, and v had z before
    log = (
        LogBuilder()
        .items({i: ["x"] for i in "abc"})
        .users(
            {"u": ["a", "a", "b"], "v": ["z", "b"], "w": []},
            {"u": ["a", "c", "c", "z"], "v": ["z", "a"], "w": ["b", "y", "z"]},
        )
        .run("once", {user: ["a", "b"] for user in "uvw"}, k=2)
        .run("again", {"u": [["a"], ["b"]], "v": ["c"]}, k=1, allows_repeat_consumption=True)
    )
    evidence = log.evidence("once", "again")
    named = """-- Names of the rows.
-- uses: numbered_requests, run_items, {part}
select q.run_id, q.request_id, i.item_id
from {part} x
join numbered_requests q on q.request_no = x.request_no
left join run_items i on i.run_no = x.run_no and i.item_no = x.item_no
"""
    for part, view in (("history_rows", "histories"), ("target_rows", "targets")):
        theirs = log.connection.execute(
            f"select run_id, request_id, case when item_id in ('a', 'b', 'c') then item_id end from {view}"
        ).fetchall()
        if part == "history_rows":  # of catalogue items only
            theirs = [row for row in theirs if row[2] is not None]
        ours = evidence.rows(named.format(part=part))
        assert Counter(ours) == Counter(theirs)
        assert len(theirs) > 5
