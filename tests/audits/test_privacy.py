"""The audit privacy: planted personal data is counted and never shown; groups are told from lists, or honestly not."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from audits import leakage
from audits.attribute_leakage import TELLS, TOO_FEW, UNTOLD
from audits.checks.privacy import Privacy
from audits.errors import AuditError
from audits.evidence import open_evidence
from audits.personal_data import message_texts
from audits.results import AuditResult, Finding, Measure, Table
from audits.runner import prepare_audits, run_audits
from audits.serialise import outcomes_to_json
from audits.statistics.resampling import Resampling
from engine.runlog.index import RunLog
from tests.audits.log_builder import LogBuilder
from tests.privacy.planted import SECRETS, USERS, planted_home

HOW = Resampling(resamples=1_000)


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    log = RunLog(planted_home(tmp_path_factory.mktemp("planted")))
    assert prepare_audits(log, ["planted-1"], ["privacy"]) == {}
    return log


def audited(log: RunLog) -> AuditResult:
    with log.connect() as connection:
        (found,) = run_audits(open_evidence(connection, ["planted-1"]), ["privacy"])
    assert isinstance(found, AuditResult)
    return found


def measured(result: AuditResult) -> dict[str, Measure]:
    return {s.name: s for s in result.sections if isinstance(s, Measure)}


def test_planted_data_is_found_where_it_stands(planted):
    rows = planted.query(
        "select field, kind, sum(n_times) as n, bool_and(in_prompt) as asked from personal_data group by all"
    )
    assert {(f, k): (int(n), bool(a)) for f, k, n, a in rows.itertuples(index=False)} == {
        ("prompt", "name"): (1, True), ("prompt", "email"): (2, True), ("prompt", "user_id"): (1, True),
        ("rationale", "name"): (2, False), ("answer", "email"): (1, True), ("step", "email"): (1, True),
        ("answer", "phone"): (1, False), ("answer", "iban"): (1, False), ("raw_text", "card"): (1, False),
        ("error", "ip"): (1, False),
    }  # fmt: skip


def test_shares_count_requests(planted):
    found = measured(audited(planted))
    assert found["personal_data_in_prompts"].value == pytest.approx(2 / 3)
    assert found["personal_data_in_answers"].value == 1.0
    assert found["personal_data_brought_up"].value == pytest.approx(1 / 3)
    assert all(found[name].n == 3 for name in list(found)[:3])


def test_shown_sql_gives_the_shares(planted):
    for measure in measured(audited(planted)).values():
        if measure.sql:
            assert planted.query(measure.sql)["measured"][0] == pytest.approx(measure.value)


def test_nothing_that_was_found_is_shown(planted):
    found = audited(planted)
    text = outcomes_to_json([found]).replace("for Mira Okafor", "the run's label")
    for user in USERS:
        text = text.replace(f"planted-1:{user}", "the id of a request, which an outside log chose")
    assert not [secret for secret in SECRETS if secret in text]
    (table,) = [s for s in found.sections if isinstance(s, Table) and s.title == "Personal data in texts"]
    place = table.columns.index("masked_example")
    assert all("***" in str(row[place]) for row in table.rows)
    shown = {(row[0], row[1]): (row[place], row[table.columns.index("request_id")]) for row in table.rows}
    assert shown["prompt", "email"] == ("i***@***.org", f"planted-1:{USERS[1]}"), "the request that holds the example"
    assert "attribute_leakage:name" not in measured(found)
    kept = planted.query("select masked from personal_data")["masked"]
    assert not [secret for secret in SECRETS for mask in kept if secret in mask]


def test_what_no_prompt_holds_is_the_gravest(planted):
    findings = [s for s in audited(planted).sections if isinstance(s, Finding)]
    assert [f.severity for f in findings if f.measure == "personal_data_brought_up"] == ["high"]
    assert [f.severity for f in findings if f.measure == "personal_data_in_prompts"] == ["medium"]


def test_a_call_without_a_recorded_prompt_is_no_clean_prompt():
    log = LogBuilder().items({"a": ["x"]}).users({"u": ["a"], "v": ["a"]}, {}).run("r", {"u": ["a"], "v": ["a"]}, k=1)
    asked = '[{"role": "user", "content": "What next?"}]'
    log.calls(
        "r",
        [
            {"request_id": "u:0", "gen_ai_output_text": "Ask a@example.org", "gen_ai_input_messages": "[]"},
            {"request_id": "v:0", "gen_ai_output_text": "Emma", "gen_ai_input_messages": asked},
        ],
    )
    log.connection.execute("update store.requests set prompt = '' where user_id = 'u'")  # as imported logs have it
    log.personal_data("r", {"request_id": "u:0", "field": "answer", "in_prompt": False})
    (outcome,) = run_audits(log.evidence("r"), ["privacy"])
    found = measured(outcome)
    assert (found["personal_data_in_prompts"].value, found["personal_data_in_prompts"].n) == (0.0, 1)
    assert (found["personal_data_in_answers"].value, found["personal_data_in_answers"].n) == (0.5, 2)
    assert (found["personal_data_brought_up"].value, found["personal_data_brought_up"].n) == (0.0, 1)


def test_messages_are_read_as_json_and_other_texts_as_they_are():
    messages = json.dumps([{"role": "user", "content": "a\nb@c.org"}, {"role": "user", "content": [{"text": "x"}]}])
    assert list(message_texts(messages)) == ["user", "a\nb@c.org", "user", "x"]
    assert list(message_texts("[user] plain")) == ["[user] plain"]


def told_log(n: int, *, says: bool) -> LogBuilder:
    """Make users of two groups whose lists differ by group (`says`), or by nothing that has to do with it."""
    users = [f"u{i:04d}" for i in range(n)]
    items = {f"i{i}": ["x" if i < 8 else "y"] for i in range(16)}
    rng, names = np.random.default_rng(3), list(items)
    lists = {}
    for place, user in enumerate(users):
        half = names[8 * (place % 2) :][:8] if says else names
        lists[user] = [str(item) for item in rng.permutation(half)[:3]]
    return (
        LogBuilder()
        .items(items)
        .users({u: ["i0"] for u in users}, {}, {u: {"gender": "fm"[i % 2]} for i, u in enumerate(users)})
        .run("r", lists)
        .personal_data("r")
    )


def verdict(log: LogBuilder, **settings) -> tuple[Measure, str]:
    (found,) = run_audits(log.evidence("r"), ["privacy"], {"privacy": settings})
    assert isinstance(found, AuditResult)
    (table,) = [s for s in found.sections if isinstance(s, Table)]
    return measured(found)["attribute_leakage:gender"], str(table.rows[0][table.columns.index("verdict")])


def test_a_group_that_lists_tell_is_told():
    measure, said = verdict(told_log(60, says=True), shuffles=39)
    assert measure.value == 1.0
    assert said == TELLS
    assert measure.n == 60


def test_lists_that_tell_nothing_are_not_called_safe_of_few_people():
    measure, said = verdict(told_log(60, says=False), shuffles=39)
    assert measure.value is not None
    assert 0.3 < measure.value < 0.7
    assert said == TOO_FEW


def test_lists_that_tell_nothing_of_many_people_are_not_told():
    measure, said = verdict(told_log(900, says=False), shuffles=39)
    assert said == UNTOLD
    assert measure.interval is not None
    assert measure.interval.high < 0.6


def test_small_groups_are_left_out_and_counted():
    measure, _ = verdict(told_log(60, says=True), shuffles=39, max_users=50)
    assert measure.n == 50
    assert "drawn from 60" in measure.note
    (found,) = run_audits(told_log(18, says=True).evidence("r"), ["privacy"])
    assert isinstance(found, AuditResult)
    few = measured(found)["attribute_leakage:gender"]
    assert few.value is None
    assert few.unscored == 18
    assert "at least 10" in few.note


def test_the_auc_is_that_of_others_within_a_fold():
    rng = np.random.default_rng(5)
    truth = rng.integers(0, 2, 80)
    scores = rng.normal(size=80).round(1) + truth * 0.5  # ties too
    scored = leakage.Scored(scores=scores[:, None], folds=np.zeros(80, dtype=np.int64))
    assert leakage._auc(scored, truth) == pytest.approx(roc_auc_score(truth, scores))
    three = rng.integers(0, 3, 90)
    wide = rng.normal(size=(90, 3))
    expected = np.mean([roc_auc_score(three == group, wide[:, group]) for group in range(3)])
    assert leakage._auc(leakage.Scored(scores=wide, folds=np.zeros(90, dtype=np.int64)), three) == pytest.approx(
        expected
    )


def test_under_chance_small_p_values_are_rare():
    p_values = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        x = sparse.csr_matrix((rng.random((40, 12)) < 0.3).astype(float))
        groups = [str(g) for g in rng.permutation([0, 1] * 20)]
        p_values.append(leakage.tell(x, groups, HOW, folds=5, shuffles=19).p_value)
    assert np.mean(np.array(p_values) <= 0.1) <= 0.34
    assert np.mean(p_values) > 0.3


def test_features_are_items_and_label_shares():
    x = leakage.features(["u", "v"], [("u", "a"), ("u", "b"), ("w", "c")], [("a", "x"), ("b", "x"), ("b", "y")])
    assert x.toarray().tolist() == [[1, 1, 1, 0.5], [0, 0, 0, 0]]


def test_the_same_users_are_drawn_again():
    users = [f"u{i}" for i in range(100)]
    assert leakage.drawn_users(users, 200, 7) == tuple(users)
    drawn = leakage.drawn_users(users, 10, 7)
    assert len(set(drawn)) == 10
    assert drawn == leakage.drawn_users(list(reversed(users)), 10, 7)
    assert drawn != leakage.drawn_users(users, 10, 8)


@pytest.mark.parametrize(
    ("settings", "said"), [({"folds": 11}, "folds"), ({"folds": 1}, "folds"), ({"shuffles": 5}, "19 shuffles")]
)
def test_settings_that_cannot_work_are_refused(settings, said):
    with pytest.raises(AuditError, match=said):
        Privacy(**settings)


def test_an_unknown_attribute_is_named():
    (found,) = run_audits(told_log(20, says=True).evidence("r"), ["privacy"], {"privacy": {"attributes": "plan"}})
    assert "no attribute plan; they have gender" in found.error  # type: ignore[union-attr]


def test_the_solver_asked_by_itself_gives_the_numbers_of_logistic_regression():
    rng = np.random.default_rng(3)
    for share in (0.1, 0.3, 0.5):
        x = sparse.csr_matrix(sparse.random(120, 60, 0.1, random_state=7))
        inside = rng.random(120) < share
        train, test = np.arange(90), np.arange(90, 120)
        model = LogisticRegression(C=1.0, solver="liblinear", max_iter=1_000, random_state=7)
        expected = model.fit(x[train], inside[train]).decision_function(x[test])
        assert np.array_equal(leakage.decisions(x[train], inside[train], x[test]), expected)
        wide = x[train].copy()
        wide.indices, wide.indptr = wide.indices.astype(np.int64), wide.indptr.astype(np.int64)
        assert np.array_equal(leakage.decisions(wide, inside[train], x[test]), expected)


MOVED = None  # what Python takes for a module that cannot be imported
CALLED_OTHERWISE = SimpleNamespace(set_verbosity_wrap=lambda level: None, train_wrap=lambda x, y, settings: None)


@pytest.mark.parametrize("solver", [MOVED, CALLED_OTHERWISE])
def test_another_scikit_learn_gives_the_same_numbers(monkeypatch, solver):
    rng = np.random.default_rng(3)
    x = sparse.csr_matrix(sparse.random(120, 60, 0.1, random_state=7))
    inside = rng.random(120) < 0.3
    expected = leakage.decisions(x[:90], inside[:90], x[90:])
    asked: list[object] = []
    fit = LogisticRegression.fit
    monkeypatch.setattr(LogisticRegression, "fit", lambda self, *given: asked.append(self) or fit(self, *given))
    monkeypatch.setitem(sys.modules, "sklearn.svm._liblinear", solver)
    found = leakage.decisions(x[:90], inside[:90], x[90:])
    assert np.array_equal(found, expected)
    assert len(asked) == 1


@pytest.mark.parametrize("inside", [True, False])
def test_one_class_is_nothing_to_learn_from(inside):
    x = sparse.csr_matrix(np.eye(6))
    with pytest.raises(ValueError, match="only one of the two"):
        leakage.decisions(x[:4], np.full(4, inside), x[4:])
