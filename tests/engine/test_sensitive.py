"""Stated attributes: worded as data, each value to the users that it is for, the neutral request repeated."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pytest
from typer.testing import CliRunner

from dashboard.cli.main import build
from engine.datasets.splits import parse_split, split
from engine.datasets.store import load_dataset
from engine.errors import PlanError
from engine.home import Home
from engine.plan import PlannedVariant, RunPlan, plan_digest
from engine.prompts.statements import read_statements, shipped_statements
from engine.requests import RequestMaker
from engine.sensitive import MAX_VALUES, sensitive_variants

USERS = pd.DataFrame({"user_id": ["a", "b", "c"], "gender": ["woman", "man", pd.NA], "town": ["X", "X", " "]})


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return load_dataset(Home(tmp_path_factory.mktemp("home")), "sample-world")


def maker(world, **plan) -> RequestMaker:
    settled = RunPlan(dataset="sample-world", recommender="most-popular", **plan)
    return RequestMaker(settled, world, split(world, parse_split("cutoff:90%", world)), "run")


@pytest.mark.parametrize(
    ("attribute", "value", "said"),
    [
        ("gender", "woman", "I am a woman."),
        ("gender", "nonbinary", "I am nonbinary."),
        ("age_band", "18-24", "I am between 18 and 24 years old."),
        ("region", "north", "I live in the north."),
        ("favourite_team", "{attribute}", "My favourite team is {attribute}."),
    ],
)
def test_a_value_is_worded_as_the_file_says(attribute, value, said):
    assert shipped_statements().sentence(attribute, value) == said


def test_own_wording_replaces_the_shipped_one_attribute_by_attribute(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text('[gender]\nform = "Ich bin: {value}."\n', encoding="utf-8")
    own = read_statements(path)
    assert own.sentence("gender", "nonbinary") == "Ich bin: nonbinary."
    assert own.sentence("region", "north") == "I live in the north."
    for wrong in ('[gender]\nform = "I am."\n', "[gender]\nsentence = 'x'\n", "no toml"):
        path.write_text(wrong, encoding="utf-8")
        with pytest.raises(PlanError, match="is not a wording"):
            read_statements(path)


def test_each_value_is_a_variant_named_after_it():
    variants = sensitive_variants(USERS, ["gender", "town", "gender"])
    assert [v.name for v in variants] == ["neutral", "gender=man", "gender=woman", "town=X"]
    assert [v.repeats for v in variants] == [None, 1, 1, 1]
    assert variants[2].statement == "I am a woman."
    assert variants[3].statement == "My town is X."


def test_what_cannot_be_stated_is_refused_with_what_to_do():
    with pytest.raises(PlanError, match="they have gender, town"):
        sensitive_variants(USERS, ["age"])
    with pytest.raises(PlanError, match="No attribute is named"):
        sensitive_variants(USERS, [])
    with pytest.raises(PlanError, match="holds names"):
        sensitive_variants(USERS.assign(full_name=["Ida Lund", "Jo Ek", "Mia Ro"]), ["full_name"])
    many = pd.DataFrame({"user_id": range(30), "age": range(30)})
    with pytest.raises(PlanError, match="Import it in bands"):
        sensitive_variants(many, ["age"])
    assert len(sensitive_variants(many[:MAX_VALUES], ["age"])) == MAX_VALUES + 1


def test_everyone_is_asked_neutrally_n_times_and_once_with_each_value(world):
    requests = maker(world, users=30, repeats=3, variants=sensitive_variants(world.users, ["gender"]))
    asked = [requests.request(index) for index in range(len(requests))]
    assert len(asked) == 30 * (3 + 3)
    assert [r.variant.name for r in asked[:6]] == ["neutral"] * 3 + ["gender=man", "gender=nonbinary", "gender=woman"]
    assert [r.repeat for r in asked[:6]] == [0, 1, 2, 0, 0, 0]
    assert len({r.seed for r in asked}) == len(asked)
    assert [r.user.user_id for r in asked[::6]] == list(requests.user_ids)


def test_a_swap_never_states_the_truth_and_asks_nothing_of_the_unknown(world):
    requests = maker(world, users=200, repeats=2, variants=sensitive_variants(world.users, ["gender"], swap=True))
    asked = [requests.request(index) for index in range(len(requests))]
    per_user = Counter(r.user.user_id for r in asked)
    unknown = {r.user.user_id for r in asked if "gender" not in r.user.attributes}
    assert unknown
    assert {per_user[user] for user in unknown} == {2}
    assert {per_user[user] for user in set(per_user) - unknown} == {4}
    assert not [r for r in asked if r.variant.name == f"gender={r.user.attributes.get('gender')}"]
    assert [r.user.user_id for r in asked] == [u for u in requests.user_ids for _ in range(per_user[u])]
    assert [requests.request_id(i) for i in (0, len(asked) - 1)] == [asked[0].request_id, asked[-1].request_id]


def test_an_own_value_is_stated_to_its_owners_only(world):
    own = PlannedVariant(
        name="gender=woman", statement="I am a woman.", attribute="gender", value="woman", audience="own"
    )
    requests = maker(world, users=60, variants=(own,))
    asked = [requests.request(index) for index in range(len(requests))]
    assert 0 < len(asked) < 60
    assert {r.user.attributes["gender"] for r in asked} == {"woman"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "woman", "attribute": "gender", "value": "woman"},
        {"name": "gender=", "attribute": "gender"},
        {"name": "woman", "audience": "own"},
        {"name": "woman", "repeats": 0},
    ],
)
def test_a_variant_that_contradicts_itself_is_refused(wrong):
    with pytest.raises(ValueError, match="PlannedVariant"):
        PlannedVariant(**wrong)


def test_plans_without_stated_attributes_keep_the_digest_that_they_had():
    plan = RunPlan(
        dataset="d",
        recommender="r",
        variants=(PlannedVariant(name="neutral"), PlannedVariant(name="w", statement="I am")),
    )
    digest = plan_digest(plan, config={}, model_digest=None, fingerprint="f")
    assert digest == "9191dfd262f3bd597c119e40e2e0c924051255701f434f1d6c0d0a46eea32e04"
    changed = plan.model_copy(update={"variants": (plan.variants[0], PlannedVariant(name="w", repeats=2))})
    assert plan_digest(changed, config={}, model_digest=None, fingerprint="f") != digest


def test_a_request_made_no_time_is_refused_and_not_taken_for_the_default(monkeypatch, tmp_path, world):
    monkeypatch.setenv("RECAUDIT_HOME", str(tmp_path))
    for more in ([], ["--sensitive", "gender"]):
        done = CliRunner().invoke(build(), ["run", "most-popular", "--users", "2", "--repeats", "0", *more])
        assert isinstance(done.exception, PlanError), done.output
        assert "repeats" in str(done.exception)
