"""Real recommenders are asked again: parts, scores, what is kept, and what is refused."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest

from audits.attribution.explaining import Asked, Budget, Explainer, why_not
from audits.attribution.keeping import keep, kept_rows, keys_of
from audits.attribution.parts import HISTORY, PROMPT
from audits.attribution.recorded import read_recorded
from audits.derivations import bring_up_to_date
from audits.errors import AuditError
from audits.evidence import open_evidence
from audits.results import AuditResult, Finding, NotApplicable
from audits.runner import run_audits
from engine.home import Home
from engine.runlog.derived import derived_stamp
from engine.runlog.index import RunLog
from engine.runlog.journal import journal_path


@pytest.fixture
def home(asked_home: Home, tmp_path) -> Home:
    shutil.copytree(asked_home.root, tmp_path / "home")
    return Home(tmp_path / "home")


def first(home: Home, run_id: str, recommender: str, **budget):
    log = RunLog(home)
    user = log.query("select user_id from requests where run_id = ? order by request_index", [run_id])["user_id"][0]
    recorded = read_recorded(log, run_id, user)
    explainer = Explainer.open(home, run_id, recommender, Budget(**budget))
    return recorded, explainer, explainer.request(recorded.request_index, recorded.request_id)


def test_history_items_share_out_the_recorded_score(asked_home, run_of):
    recorded, explainer, request = first(asked_home, run_of("item-knn"), "item-knn")
    asked = [recorded.asked(rank=rank) for rank in (1, 2)]
    found = explainer.history(request, asked)
    for one in found:
        assert set(one.features) == {entry.item_id for entry in request.history}
        assert one.found.score == pytest.approx(recorded.recorded_score(one.asked))
        assert one.found.base + sum(one.found.contributions) == pytest.approx(one.found.score)
        assert one.found.base == 0.0
        assert "exact" in one.found.method
        assert one.named is not None
        named = {feature for feature, is_named in zip(one.features, one.named, strict=True) if is_named}
        titles = [recorded.titles[feature] for feature in named]
        assert len(titles) == 1
        assert titles[0] in (one.asked.rationale or "")


def test_the_contribution_of_one_item_alone_is_what_leaving_it_out_costs(asked_home, run_of):
    recorded, explainer, request = first(asked_home, run_of("item-knn"), "item-knn", last=1)
    asked = recorded.asked(rank=1)
    one = explainer.history(request, [asked])[0]
    last = request.history[-1].item_id
    without = replace(request, history=tuple(entry for entry in request.history if entry.item_id != last))
    scores = explainer.prepared.recommender.score([request, without], [asked.item_id])[:, 0]
    assert one.features == (last,)
    assert one.n_always_in == len({e.item_id for e in request.history}) - 1
    assert one.found.contributions[0] == pytest.approx(scores[0] - scores[1])


def test_only_what_the_prompt_shows_are_parts_and_older_items_do_not_move_up(asked_home, run_of):
    recorded, explainer, request = first(asked_home, run_of("zero-shot"), "zero-shot")
    one = explainer.history(request, [recorded.asked()])[0]
    assert one.features == tuple(entry.item_id for entry in request.history[-4:])
    assert len(request.history) > 4
    nothing = explainer.prepared.recommender.score([replace(request, history=())], [one.asked.item_id])[0, 0]
    assert one.found.base == pytest.approx(nothing, abs=1e-4)


def test_every_line_of_the_prompt_is_a_part(asked_home, run_of):
    recorded, explainer, request = first(asked_home, run_of("zero-shot"), "zero-shot", evaluations=100)
    asked = recorded.asked()
    one = explainer.segments(request, asked)
    prompt = explainer.prepared.recommender.scoring_prompts([request], asked.item_id)[0]
    assert one.kind == PROMPT
    assert list(one.features) == [line.strip() for m in prompt.messages for line in m.content.splitlines() if line]
    whole = explainer.prepared.recommender.score([request], [asked.item_id])[0, 0]
    assert one.found.score == pytest.approx(whole, abs=1e-4)
    assert one.found.base + sum(one.found.contributions) + one.found.additivity_gap == pytest.approx(one.found.score)


def test_equal_masks_are_scored_once_for_all_items(asked_home, run_of, monkeypatch):
    recorded, explainer, request = first(asked_home, run_of("item-knn"), "item-knn")
    score, n_scored = explainer.prepared.recommender.score, []

    def counted(requests, item_ids):
        n_scored.append(len(requests))
        return score(requests, item_ids)

    monkeypatch.setattr(explainer.prepared.recommender, "score", counted)
    found = explainer.history(request, [recorded.asked(rank=rank) for rank in (1, 2, 3)])
    assert sum(n_scored) == found[0].found.n_evaluations == 2 ** len(found[0].features)


def test_explanations_are_kept_beside_each_other_and_replaced_alike(home, run_of):
    run_id = run_of("item-knn")
    recorded, explainer, request = first(home, run_id, "item-knn")
    both = explainer.history(request, [recorded.asked(rank=rank) for rank in (1, 2)])
    n = keep(home, run_id, both[:1], recorded.journal_head)
    keep(home, run_id, both[1:], recorded.journal_head)
    keep(home, run_id, both[:1], recorded.journal_head)
    assert n == len(both[0].features)
    found = RunLog(home).query(
        "select * from attributions where run_id = ? order by slot_rank, feature_index", [run_id]
    )
    assert len(found) == 2 * n
    assert found["contribution"].tolist() == [c for one in both for c in one.found.contributions]
    assert found["base_value"].eq(0.0).all()
    totals = found.groupby("slot_rank")["contribution"].sum()
    assert np.allclose(totals, found.groupby("slot_rank")["score"].first())


def test_an_item_outside_the_list_is_explained_and_not_kept(home, run_of):
    run_id = run_of("item-knn")
    recorded, explainer, request = first(home, run_id, "item-knn")
    listed = {slot.item_id for slot in recorded.slots}
    other = next(item for item in recorded.titles if item not in listed)
    asked = recorded.asked(item_id=other)
    assert asked == Asked(item_id=other, rank=None)
    assert keep(home, run_id, explainer.history(request, [asked]), recorded.journal_head) == 0


def test_the_derivation_explains_a_sample_and_keeps_what_was_asked_for(home, run_of):
    run_id, log = run_of("item-knn"), RunLog(home)
    recorded, explainer, request = first(home, run_id, "item-knn")
    keep(home, run_id, explainer.history(request, [recorded.asked(rank=3)]), recorded.journal_head)
    assert bring_up_to_date(log, [run_id], "attributions", {"n_lists": "2", "n_ranks": "2"}) == (run_id,)
    keys = keys_of(kept_rows(home, run_id))
    assert (recorded.request_id, 3, HISTORY) in keys
    sampled = keys - {(recorded.request_id, 3, HISTORY)}
    assert len({request_id for request_id, _, _ in sampled}) == 2
    assert {rank for _, rank, _ in sampled} == {1, 2}
    assert bring_up_to_date(log, [run_id], "attributions", {"n_lists": "2", "n_ranks": "2"}) == ()
    before = kept_rows(home, run_id)
    assert bring_up_to_date(log, [run_id], "attributions", {"n_lists": "3", "n_ranks": "2"}) == (run_id,)
    assert keys_of(before) < keys_of(kept_rows(home, run_id))
    stamp = derived_stamp(home, "attributions", run_id)
    keep(home, run_id, explainer.history(request, [recorded.asked(rank=1)]), recorded.journal_head)
    after = derived_stamp(home, "attributions", run_id)
    assert stamp is not None
    assert after is not None
    assert after.producer == stamp.producer == "attributions 1; n_lists=3; n_ranks=2"


def test_runs_of_the_same_users_are_asked_about_the_same_ones(home, run_of):
    log, run_ids = RunLog(home), [run_of("item-knn"), run_of("zero-shot")]
    bring_up_to_date(log, run_ids[:1], "attributions", {"n_lists": "2", "n_ranks": "1"})
    users = "select distinct user_id from attributions join requests using (run_id, request_id) where run_id = ?"
    chosen = set(log.query(users, [run_ids[0]])["user_id"])
    everybody = log.query("select distinct user_id from requests where run_id = ?", [run_ids[1]])["user_id"]
    assert len(chosen) == 2
    assert chosen < set(everybody)


def test_a_run_that_cannot_be_asked_derives_nothing_and_explaining_says_why(home, run_of):
    run_id = run_of("item-knn")
    journal_path(home, run_id).with_suffix(".plan.json").unlink()
    assert bring_up_to_date(RunLog(home), [run_id], "attributions", {"n_lists": "1", "n_ranks": "1"}) == (run_id,)
    assert kept_rows(home, run_id).num_rows == 0
    with RunLog(home).connect() as connection:
        (outcome,) = run_audits(open_evidence(connection, [run_id]), ["attributions"])
    assert isinstance(outcome, NotApplicable)
    assert "not made here" in outcome.reason
    assert RunLog(home).status().problems == ()  # of the recommender, not of the log
    with pytest.raises(AuditError, match="not made here"):
        Explainer.open(home, run_id, "item-knn")


def test_what_is_explained_before_it_stops_is_kept_and_the_audit_says_why(home, run_of, monkeypatch):
    run_id, log, options = run_of("item-knn"), RunLog(home), {"n_lists": "2", "n_ranks": "1"}
    whole, asked = Explainer.history, []

    def stops(self, request, *args):
        asked.append(request.request_id)
        if len(asked) > 1:
            raise AuditError("The model went away.")
        return whole(self, request, *args)

    with monkeypatch.context() as patched:
        patched.setattr(Explainer, "history", stops)
        assert bring_up_to_date(log, [run_id], "attributions", options) == (run_id,)
    assert {request_id for request_id, _, _ in keys_of(kept_rows(home, run_id))} == {asked[0]}
    with log.connect() as connection:
        (outcome,) = run_audits(open_evidence(connection, [run_id]), ["attributions"])
    assert isinstance(outcome, AuditResult)
    (said,) = (s for s in outcome.sections if isinstance(s, Finding) and s.title.startswith("Not all"))
    assert said.detail.endswith("stopped: The model went away.")
    assert bring_up_to_date(log, [run_id], "attributions", options) == (run_id,)  # tried again, and now to the end
    assert {request_id for request_id, _, _ in keys_of(kept_rows(home, run_id))} == set(asked)
    assert log.query("select count(*) as n from derived where problem is not null")["n"].tolist() == [0]
    assert bring_up_to_date(log, [run_id], "attributions", options) == ()


def test_a_plan_that_changed_is_refused(home, run_of):
    run_id = run_of("item-knn")
    path = journal_path(home, run_id).with_suffix(".plan.json")
    path.write_text(path.read_text().replace('"k": 3', '"k": 4'))
    with pytest.raises(AuditError, match="plan changed"):
        Explainer.open(home, run_id, "item-knn")


def test_what_has_no_scores_is_refused_with_the_reason(asked_home, run_of):
    assert "made elsewhere" in why_not("live-shop")
    assert why_not("item-knn") == ""
    recorded, explainer, request = first(asked_home, run_of("item-knn"), "item-knn")
    with pytest.raises(AuditError, match="without a prompt"):
        explainer.segments(request, recorded.asked())
    with pytest.raises(AuditError, match="reads no history"):
        explainer.history(replace(request, history=()), [recorded.asked()])
    with pytest.raises(AuditError, match="not in the catalogue"):
        explainer.history(request, [Asked(item_id="nothing", rank=None)])


@pytest.mark.parametrize("budget", [{"evaluations": 1}, {"last": 0}])
def test_a_budget_below_one_is_refused(budget):
    with pytest.raises(AuditError, match="at least"):
        Budget(**budget)
