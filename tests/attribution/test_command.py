"""`recaudit explain`: what it prints, writes and refuses."""

from __future__ import annotations

import json
import shutil

import pytest
from typer.testing import CliRunner

from audits.errors import AuditError
from dashboard.cli.main import build
from engine.home import Home
from engine.runlog.index import RunLog


@pytest.fixture
def recaudit(asked_home: Home, tmp_path, monkeypatch):
    shutil.copytree(asked_home.root, tmp_path / "home")
    monkeypatch.setenv("RECAUDIT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words: CliRunner().invoke(build(), ["explain", *words])


@pytest.fixture
def user(asked_home: Home) -> str:
    return str(RunLog(asked_home).query("select user_id from requests order by request_index")["user_id"][0])


def test_it_prints_the_sum_the_method_and_each_item(recaudit, user):
    done = recaudit("item-knn", user)
    assert done.exit_code == 0, done.output
    for said in (
        "base value 0",
        "additivity gap 0",
        "exact Shapley values",
        "evaluations",
        "named",
        "Kept in the view",
    ):
        assert said in done.output


def test_json_adds_up_and_is_kept(recaudit, user):
    told = json.loads(recaudit("item-knn", user, "--rank", "2", "--json").output)
    parts = told["contributions"]
    total = told["base_value"] + sum(part["contribution"] for part in parts) + told["additivity_gap"]
    assert total == pytest.approx(told["score"])
    kept = RunLog(Home.default()).query("select feature, contribution from attributions order by feature_index")
    assert kept["feature"].tolist() == [part["feature"] for part in parts]
    assert kept["contribution"].tolist() == [part["contribution"] for part in parts]


def test_a_sampled_explanation_prints_its_errors(recaudit, user):
    told = json.loads(recaudit("item-knn", user, "--evaluations", "60", "--json").output)
    assert "sampled" in told["method"]
    assert told["n_evaluations"] <= 60
    assert all(part["standard_error"] is not None for part in told["contributions"])
    assert "± error" in recaudit("item-knn", user, "--evaluations", "60").output


def test_lines_of_the_prompt(recaudit, user):
    done = recaudit("zero-shot", user, "--segments", "--evaluations", "80")
    assert done.exit_code == 0, done.output
    assert "You are a recommender." in done.output
    assert "with an empty prompt" in done.output


def test_a_request_id_names_the_request(recaudit, user):
    request_id = str(
        RunLog(Home.default()).query("select request_id from requests where request_index = 2")["request_id"][0]
    )
    label = request_id.rpartition("-")[0]
    assert request_id in recaudit(label, request_id, "--last", "2", "--evaluations", "20").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("item-knn", "nobody"), "no request of a user 'nobody'"),
        (("item-knn", "USER", "--rank", "99"), "no rank 99"),
        (("item-knn", "USER", "--item", "nothing"), "no item 'nothing'"),
        (("item-knn", "USER", "--rank", "1", "--item", "i001"), "not both"),
        (("item-knn", "USER", "--segments"), "without a prompt"),
        (("item-knn", "USER", "--evaluations", "3"), "--evaluations"),
    ],
)
def test_what_cannot_be_explained_is_said(recaudit, user, words, said):
    done = recaudit(*(user if word == "USER" else word for word in words))
    assert isinstance(done.exception, AuditError)
    assert said in str(done.exception)
