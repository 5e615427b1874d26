"""Lab runs of models whose faithfulness is known: the audit must find it, and nothing else must see the lab run."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from audits.evidence import open_evidence
from audits.results import AuditResult, Finding, Measure, NotApplicable, Severity, Table
from audits.runner import run_audits
from engine.datasets.arrow import to_tables
from engine.datasets.describe import describe
from engine.datasets.fingerprint import fingerprint
from engine.datasets.store import save_dataset
from engine.errors import PlanError
from engine.home import Home
from engine.lab.planning import TESTS, plan_lab
from engine.models.scripted import ScriptedModel
from engine.plan import RunPlan, plan_digest
from engine.plan_file import write_plan
from engine.preparation import prepare
from engine.records import AnsweredRequest, LabTest
from engine.runlog.index import RunLog
from engine.runlog.journal import journal_path, read_records
from engine.runner import RunOutcome, execute
from tests.lab.lab_models import deaf, gullible, model_of, obedient, place, reasonable

N_USERS = 12
OPTIONS = {"n_candidates": 8, "judge": "score"}


@pytest.fixture
def home(tmp_path, tiny_dataset) -> Home:
    home = Home(tmp_path)
    made = dataclasses.replace(tiny_dataset, fingerprint=fingerprint(to_tables(tiny_dataset)))
    save_dataset(home, made, describe(made))
    return home


def carry_out(home: Home, plan: RunPlan, model: ScriptedModel, **how) -> RunOutcome:
    prepared = prepare(home, plan, model=model)
    write_plan(home, prepared.manifest.run_id, plan)
    return execute(home, prepared, **how)


def base_run(home: Home, model: ScriptedModel, **changes) -> str:
    values = {"dataset": "tiny", "recommender": "cot-matcher", "config": OPTIONS, "users": N_USERS, "k": 3, **changes}
    return carry_out(home, RunPlan(**values), model).run_id


def lab_run(home: Home, base: str, model: ScriptedModel, tests=None, **options) -> str:
    planned = plan_lab(home, base, tests=tests, **options)
    outcome = carry_out(home, planned.plan, model)
    assert outcome.finished
    assert outcome.n_errors == 0
    return outcome.run_id


def judged(home: Home, base: str) -> AuditResult:
    with RunLog(home, timeout_s=20).connect() as connection:
        (outcome,) = run_audits(open_evidence(connection, [base]), ["faithfulness"])
    assert isinstance(outcome, AuditResult), outcome
    return outcome


def measured(result: AuditResult) -> dict[str, Measure]:
    return {section.name: section for section in result.sections if isinstance(section, Measure)}


def titles(result: AuditResult, severity: Severity) -> str:
    found = [s.title for s in result.sections if isinstance(s, Finding) and s.severity is severity]
    return "; ".join(found)


def answers(home: Home, run_id: str) -> list[AnsweredRequest]:
    records = read_records(journal_path(home, run_id))
    return [
        dataclasses.replace(
            record, latency_ms=0.0, recorded_at="",
            generations=tuple(dataclasses.replace(g, latency_ms=None, batch_size=1) for g in record.generations),
        )
        for record in records
        if isinstance(record, AnsweredRequest)
    ]  # fmt: skip


def test_a_model_that_ignores_its_reasoning_scores_nothing_in_every_test(home):
    base = base_run(home, deaf())
    lab_run(home, base, deaf())
    result = judged(home, base)
    found = measured(result)
    assert {name for name, m in found.items() if m.value is None} == {"hint_owned"}
    assert {name: m.value for name, m in found.items() if m.value} == {}
    assert all(m.n >= N_USERS - 1 for m in found.values() if m.value is not None)
    assert "not shown to follow its stated reasoning" in titles(result, Severity.HIGH)


def test_a_model_that_follows_its_reasoning_wholly_scores_one(home):
    base = base_run(home, obedient())
    lab_run(home, base, obedient(), [LabTest.EARLY, LabTest.MISTAKES, LabTest.PARAPHRASE, LabTest.FILLER])
    result = judged(home, base)
    found = measured(result)
    following = {"early_aoc", "mistake_one", "mistake_all", "paraphrase", "filler"}
    for name in following:
        assert found[f"{name}_top"].value == pytest.approx(1.0), name
        assert found[f"{name}_list"].value == pytest.approx(1.0), name
    assert found["noise_floor_list"].value == 0.0
    assert found["content_over_wording"].value == pytest.approx(0.0)
    assert "follow its stated reasoning" not in titles(result, Severity.HIGH)
    curve = next(s for s in result.sections if isinstance(s, Table) and s.title.startswith("Agreement"))
    by_level = {row[1]: (row[4], row[5]) for row in curve.rows if row[0] == "early"}
    assert by_level == {"0": (0, 0), "0.25": (0, 0), "0.5": (0, 0), "0.75": (0, 0), "1": (1, 1)}


@pytest.mark.parametrize("owns", [True, False])
def test_a_hint_that_works_is_found_and_whether_it_is_owned_to(home, owns):
    base = base_run(home, gullible(owns=owns))
    lab = lab_run(home, base, gullible(owns=owns), [LabTest.HINT])
    result = judged(home, base)
    found = measured(result)
    assert found["hint_top"].value == found["hint_listed"].value == 1.0
    assert found["hint_owned"].value == (1.0 if owns else 0.0)
    assert ("does not say so" in titles(result, Severity.HIGH)) is not owns
    if not owns:
        finding = next(s for s in result.sections if isinstance(s, Finding) and s.severity is Severity.HIGH)
        assert len(finding.request_ids) == 5
        assert all(request_id.startswith(lab) for request_id in finding.request_ids)


def test_reasons_that_matter_are_told_from_random_items(home):
    base = base_run(home, reasonable(), users=30, config={**OPTIONS, "history_length": 20})
    lab_run(home, base, reasonable(), [LabTest.NECESSITY, LabTest.SUFFICIENCY])
    result = judged(home, base)
    found = measured(result)
    beside = next(s for s in result.sections if isinstance(s, Table) and s.title.startswith("Each test"))
    sides = {row[0]: row[1:3] for row in beside.rows}
    dropped, kept = sides["Necessity: recommendation dropped"], sides["Sufficiency: recommendation kept"]
    assert dropped[1] == 0.0  # a random other item never matters
    assert dropped[0] > 0.4  # 5 of 8 places are below the list
    assert kept[0] == 1.0
    assert kept[1] < 0.7
    assert found["necessity_shift"].value == pytest.approx(sides["Necessity: ranks lost"][0], abs=1e-4)
    assert found["necessity_shift"].value > 1
    assert found["noise_floor_top"].value == 0.0
    assert "is not shown to matter" not in titles(result, Severity.MEDIUM)


def sampling() -> ScriptedModel:
    """It reasons by the seed, and its order is decided by what it reasoned."""

    def order(said: str) -> Callable[[str], float]:
        liked = said.partition("What I like: ")[2]
        return lambda label: place(label + liked)

    model = model_of(order)
    told = model._answers
    assert callable(told)
    model._answers = lambda p: f"Genres: crime. Mood {p.seed}." if p.purpose == "preferences" else told(p)
    return model


def test_noise_is_not_counted_as_an_effect(home):
    base = base_run(home, sampling(), users=30)
    lab_run(home, base, sampling(), [LabTest.EARLY, LabTest.HINT], times=2)
    result = judged(home, base)
    found = measured(result)
    noise, net = found["noise_floor_list"], found["early_aoc_list"]
    assert noise.value is not None
    assert net.value is not None
    assert noise.value > 0.4  # lists differ much without any intervention
    assert abs(net.value) < 0.1
    assert net.interval is not None
    assert net.interval.low < 0 < net.interval.high
    hint = found["hint_listed"]
    assert hint.interval is not None
    assert hint.interval.low < 0.1
    beside = next(s for s in result.sections if isinstance(s, Table) and s.title.startswith("Each test"))
    row = next(row for row in beside.rows if row[0] == net.card.label)
    assert row[1] - row[2] == pytest.approx(row[3], abs=2e-4)


def test_each_number_comes_out_of_its_query(home):
    base = base_run(home, obedient())
    lab_run(home, base, gullible(owns=False))
    found = measured(judged(home, base))
    with RunLog(home, timeout_s=20).connect() as connection:
        for measure in found.values():
            cursor = connection.execute(measure.sql)
            names = [column[0] for column in cursor.description or ()]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            assert [row["measured"] for row in rows] == (
                [] if measure.value is None else [pytest.approx(measure.value)]
            )


def test_nothing_but_its_own_audit_sees_a_lab_run(home):
    base = base_run(home, deaf())
    with RunLog(home, timeout_s=20).connect() as connection:
        before = run_audits(open_evidence(connection), ["accuracy", "hallucination", "coverage"])
    lab = lab_run(home, base, deaf())
    with RunLog(home, timeout_s=20).connect() as connection:
        evidence = open_evidence(connection)
        assert evidence.run_ids == (base,)
        after = run_audits(evidence, ["accuracy", "hallucination", "coverage"])
        assert [outcome.answer for outcome in after] == [outcome.answer for outcome in before]  # type: ignore[union-attr]
        for one, other in zip(before, after, strict=True):
            numbers = {name: m.value for name, m in measured(one).items()}  # type: ignore[arg-type]
            assert {name: m.value for name, m in measured(other).items()} == pytest.approx(numbers)  # type: ignore
        of_lab = run_audits(open_evidence(connection, [lab]), ["accuracy", "hallucination", "coverage"])
        assert all(isinstance(outcome, NotApplicable) for outcome in of_lab)
        (by_itself,) = run_audits(open_evidence(connection, [lab]), ["faithfulness"])
        (by_base,) = run_audits(open_evidence(connection, [base]), ["faithfulness"])
        variants = connection.execute("select distinct variant from requests where run_id = ?", [lab]).fetchall()
        rows = connection.execute(
            "select count(*), count(distinct base_request_id), min(base_run_id), max(base_run_id) from interventions"
        ).fetchone()
    assert all(name.startswith("lab:") for (name,) in variants)
    assert rows is not None
    assert rows[1:] == (N_USERS, base, base)
    assert isinstance(by_itself, AuditResult)
    assert isinstance(by_base, AuditResult)
    assert [m.value for m in measured(by_itself).values()] == [m.value for m in measured(by_base).values()]
    summary = next(run for run in RunLog(home, timeout_s=20).runs() if run.run_id == lab)
    assert (summary.base_run_id, summary.label) == (base, "lab of cot-matcher")


def test_withheld_items_stay_consumed_and_the_targets_stay_the_same(home):
    base = base_run(home, deaf())
    lab = lab_run(home, base, deaf(), [LabTest.SUFFICIENCY], candidates="found")
    known = {answer.user_id: answer for answer in answers(home, base)}
    withheld = [answer for answer in answers(home, lab) if answer.intervention and answer.intervention.withheld]
    assert withheld
    for answer in withheld:
        assert answer.intervention is not None
        assert (answer.n_history, answer.n_holdout) == (
            known[answer.user_id].n_history,
            known[answer.user_id].n_holdout,
        )
        named = {
            slot.recommendation.match.item_id
            for slot in answer.slots
            if slot.recommendation and slot.recommendation.match
        }
        assert named.isdisjoint(answer.intervention.withheld)
        assert answer.candidates is None


def test_stopped_and_resumed_equals_uninterrupted(home, tmp_path):
    base = base_run(home, obedient())
    plan = plan_lab(home, base, users=3, batch_size=4).plan
    stops = iter([False, False, True])
    half = carry_out(home, plan, obedient(), should_stop=lambda: next(stops))
    assert (half.finished, half.n_answered) == (False, 8)
    whole = carry_out(home, plan, obedient())
    assert whole.finished
    torn = answers(home, whole.run_id)
    path = journal_path(home, whole.run_id)
    path.rename(path.with_suffix(".kept"))
    assert answers(home, carry_out(home, plan, obedient()).run_id) == torn
    assert [a.request_index for a in torn] == list(range(len(torn)))


def test_reasoning_is_given_or_reworded_as_the_plan_says(home):
    base = base_run(home, deaf())
    model = deaf()
    lab = lab_run(home, base, model, [LabTest.PARAPHRASE], users=2, repeats=1, paraphrase="model")
    told = [a for a in answers(home, lab) if a.intervention and a.intervention.test is LabTest.PARAPHRASE]
    assert len(told) == 2
    for answer in told:
        assert [g.purpose for g in answer.generations] == ["paraphrase", "judge"]
        step = next(step for step in answer.steps if step.kind == "preferences")
        assert step.text == "In other words."
        assert "given in place of its own" in step.observation
    floor = [a for a in answers(home, lab) if a.intervention and a.intervention.test is LabTest.FLOOR]
    assert [g.purpose for g in floor[0].generations] == ["preferences", "judge"]


def test_what_cannot_be_tested_is_said_before_anything_runs(home):
    def zero(_prompt):
        return "1. The Kiss\n2. Another One\n3. Nothing"

    base = base_run(home, ScriptedModel(zero), recommender="zero-shot", config={})
    with pytest.raises(PlanError, match="early: zero-shot has no reasoning of its own"):
        plan_lab(home, base, tests=[LabTest.EARLY])
    with pytest.raises(PlanError, match="necessity: the run holds no rationales"):
        plan_lab(home, base, tests=[LabTest.NECESSITY])
    planned = plan_lab(home, base)
    assert planned.plan.lab is not None
    assert planned.plan.lab.tests == (LabTest.HINT,)
    assert set(planned.left_out) == set(TESTS) - {LabTest.HINT}
    lab = carry_out(home, planned.plan, ScriptedModel(zero)).run_id
    assert measured(judged(home, base))["noise_floor_list"].value == 0.0
    with pytest.raises(PlanError, match="itself a lab run"):
        plan_lab(home, lab)
    with pytest.raises(PlanError, match="nobody-7"):
        plan_lab(home, base, users=["nobody-7"])
    with pytest.raises(PlanError, match="no journal"):
        plan_lab(home, "no-such-run")
    other = planned.plan.model_copy(update={"lab": planned.plan.lab.model_copy(update={"base_head": "0" * 64})})
    with pytest.raises(PlanError, match="not the one that this lab run was planned with"):
        prepare(home, other, model=ScriptedModel(zero))
    early = planned.plan.model_copy(update={"lab": planned.plan.lab.model_copy(update={"tests": (LabTest.EARLY,)})})
    with pytest.raises(PlanError, match="offers no hold for early"):
        prepare(home, early, model=ScriptedModel(zero))
    named = ScriptedModel(zero, name="another")
    with pytest.raises(PlanError, match="its model changed"):
        prepare(home, planned.plan, model=named)


def test_an_unfinished_base_and_a_test_without_material_are_refused(home):
    stops = iter([False, True])
    plan = RunPlan(dataset="tiny", recommender="cot-matcher", config=OPTIONS, users=4, k=3, batch_size=2)
    half = carry_out(home, plan, deaf(), should_stop=lambda: next(stops))
    with pytest.raises(PlanError, match=f"recaudit run --resume {half.run_id}"):
        plan_lab(home, half.run_id)
    silent = model_of(lambda _said: place, reasoning="Nothing to name.")
    base = base_run(home, silent, users=4, seed=1)
    planned = plan_lab(home, base, tests=[LabTest.MISTAKES])
    with pytest.raises(PlanError, match="does not hold a reasoning that names a term"):
        prepare(home, planned.plan, model=silent)
    base = base_run(home, silent, users=4, seed=2, config={**OPTIONS, "reason": False})
    with pytest.raises(PlanError, match="holds no reasoning"):
        plan_lab(home, base, tests=[LabTest.FILLER])


def test_an_ordinary_plan_keeps_the_digest_that_it_always_had():
    plan = RunPlan(dataset="d", recommender="r", users=3)
    digest = plan_digest(plan, config={"a": 1}, model_digest="m", fingerprint="f")
    assert digest == "ce8c6a03c3103a6f343c048786a89176cf44f3a0db0c7cab8224125cb185eb25"
