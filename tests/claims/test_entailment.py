"""A classifier that was taught what a premise says of a film: its verdicts follow what is on record."""

from __future__ import annotations

from pathlib import Path

import pytest

from audits.claims.derive import Checker, Said, derive_claims
from audits.claims.entailment import ask_classifier
from audits.claims.facts import facts_of
from audits.claims.records import Known, Verdict
from audits.claims.thresholds import Thresholds, read_thresholds
from audits.claims.world import read_world
from audits.derivations import DERIVATIONS, Job
from audits.errors import AuditError
from engine.models.contract import Capability, Entailment
from engine.models.scripted import ScriptedModel
from tests.audits.log_builder import DATASET
from tests.claims.said import derived, film_log, say
from tests.models.nli_checkpoint import train_classifier


@pytest.fixture(scope="session")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train_classifier(tmp_path_factory.mktemp("taught"))


def described(descriptions: dict[str, str]):
    """Films of which the catalogue says title, genre and these words; nobody knows what a film is set in."""
    log = film_log()
    log.connection.execute("update store.items set year = null, description = ''")
    log.connection.execute("delete from store.item_labels where kind = 'creator'")
    for item_id, text in descriptions.items():
        log.connection.execute("update store.items set description = ? where item_id = ?", [text, item_id])
    return log


def test_verdicts_follow_what_the_catalogue_says_in_words(taught):
    log = described({"b": "It was made by akira. It is set in tokyo.", "a": "It was made by greta."})
    say(
        log,
        {
            ("u1", 1): "It is set in Tokyo.",
            ("u2", 1): "It is set in Paris.",
            ("u1", 2): "It is set in Lagos.",  # nothing is said of it
            ("u3", 1): "A treat!",
        },
    )
    rows = derived(log, judge=f"nli:{taught}")
    assert [(row["sentence"], row["verdict"]) for row in rows] == [
        ("It is set in Tokyo.", "supported"),
        ("It is set in Lagos.", "unverifiable"),
        ("It is set in Paris.", "contradicted"),
        ("A treat!", "unscored"),
    ]
    asked = [row for row in rows if row["relation"]]
    assert {row["evidence_kind"] for row in asked} == {"judge"}
    assert all(row["evidence"].startswith(f"nli:{taught}: entailment ") for row in asked)
    moved = described({"b": "It was made by akira. It is set in paris."})
    say(moved, {("u1", 1): "It is set in Tokyo.", ("u2", 1): "It is set in Paris."})
    assert [row["verdict"] for row in derived(moved, judge=f"nli:{taught}")] == ["contradicted", "supported"]


def test_below_its_threshold_a_probability_is_no_verdict(taught):
    log = described({"b": "It is set in tokyo."})
    say(log, {("u1", 1): "It is set in Tokyo."})
    strict = {f"judge_{name}": "1" for name in ("supported", "contradicted", "unverifiable")}
    (row,) = derived(log, judge=f"nli:{taught}", **strict)
    assert (row["verdict"], row["evidence_kind"], row["relation"]) == ("unscored", "judge", "set_in")
    assert row["evidence"].endswith("below the thresholds")


def test_the_stamp_keeps_the_digest_and_rows_are_good_while_the_folder_holds_those_weights(taught):
    log = described({"b": "It is set in tokyo."})
    say(log, {("u1", 1): "It is set in Tokyo."})
    job = Job(connection=log.connection, run_id="r", options={"judge": f"nli:{taught}", "judge_supported": "0.9"})
    derive_claims(job)
    digest = job.told["judge_digest"]
    assert len(digest) == 64
    claims = DERIVATIONS["claims"]
    producer = claims.producer(job.options, job.told)
    assert producer.endswith(f"; judge=nli:{taught}; judge_supported=0.9; judge_digest={digest}")
    assert claims.accepts(producer, job.options)
    assert claims.accepts(producer, {"judge": ""})
    assert not claims.accepts(producer, {**job.options, "judge_supported": "0.8"})
    assert not claims.accepts(producer, {"judge": "none"})
    replaced = producer.replace(digest, "0" * 64)
    assert not claims.accepts(replaced, job.options)
    assert claims.accepts(replaced, {"judge": ""})  # as was last derived, whoever judged
    elsewhere = {**job.options, "judge": "nli:somebody/elsewhere"}  # its files are not looked for
    assert claims.accepts(replaced.replace(f"nli:{taught}", "nli:somebody/elsewhere"), elsewhere)


class Told(ScriptedModel):
    """Gives one answer to every pair, window by window."""

    def __init__(self, *windows: tuple[float, float, float]) -> None:
        super().__init__()
        self.capabilities = frozenset({Capability.CLASSIFY})
        self.windows = tuple(Entailment(entailment=e, neutral=n, contradiction=c) for e, n, c in windows)
        self.asked: list = []

    def classify(self, requests):
        self.asked += requests
        return [self.windows for _ in requests]


def judged(text: str, *windows: tuple[float, float, float]):
    world = read_world(film_log().connection, DATASET)
    said = Said(request_id="u1:0", slot_rank=1, item_id="b", origin="rationale", step_index=None, text=text)
    rows = list(Checker(world).check(said, Known(item_id="b", history={"a": 4.0})))
    model = Told(*windows)
    found = ask_classifier(model, rows, world, {"b": "Two men. One city."}, Thresholds(), lambda *_: None)
    return [found.get(place, one.finding) for place, one in enumerate(rows)], model


YES, NO, OPEN = (0.9, 0.05, 0.05), (0.05, 0.05, 0.9), (0.05, 0.9, 0.05)


@pytest.mark.parametrize(
    ("windows", "verdict", "why"),
    [
        ([OPEN, YES], Verdict.SUPPORTED, "of 2 windows"),
        ([OPEN, NO, OPEN], Verdict.CONTRADICTED, "of 3 windows"),
        ([YES, NO], Verdict.UNSCORED, "disagree"),
        ([OPEN, OPEN], Verdict.UNVERIFIABLE, "neutral 0.90"),
        ([OPEN, (0.3, 0.4, 0.3)], Verdict.UNSCORED, "below the thresholds"),
        ([], Verdict.UNSCORED, "too long"),
    ],
)
def test_a_verdict_rests_on_the_surest_window(windows, verdict, why):
    (finding,), _ = judged("It is set in Tokyo.", *windows)
    assert finding.verdict is verdict
    assert why in finding.evidence


def test_a_contradiction_is_put_on_no_claim_that_it_may_not_be_about():
    both = "It was directed by Akira Kurosawa and is set in Tokyo."
    (row, finding), _ = judged(both, NO)
    assert (row.verdict, row.evidence_kind) == (Verdict.CONTRADICTED, "catalogue")
    assert finding.verdict is Verdict.UNSCORED
    (_, finding), _ = judged(both, YES)
    assert finding.verdict is Verdict.UNSCORED
    assert "a row contradicts" in finding.evidence
    (row, finding), _ = judged("It was directed by Michael Mann and is set in Tokyo.", NO)
    assert (row.verdict, finding.verdict) == (Verdict.SUPPORTED, Verdict.CONTRADICTED)
    two, _ = judged("It stars Al Pacino and is set in Tokyo.", NO)
    assert [finding.verdict for finding in two] == [Verdict.UNSCORED] * 2
    two, model = judged("It stars Al Pacino and is set in Tokyo.", YES)
    assert [finding.verdict for finding in two] == [Verdict.SUPPORTED] * 2
    assert len(model.asked) == 1


def test_a_sentence_that_is_said_twice_is_contradicted_twice():
    once, _ = judged("It is set in Tokyo.", NO)
    twice, model = judged("It is set in Tokyo. It is set in Tokyo.", NO)
    assert [finding.verdict for finding in once] == [Verdict.CONTRADICTED]
    assert [finding.verdict for finding in twice] == [Verdict.CONTRADICTED] * 2
    assert len(model.asked) == 1
    two = "It stars Al Pacino and is set in Tokyo."
    assert [finding.verdict for finding in judged(f"{two} {two}", NO)[0]] == [Verdict.UNSCORED] * 4


def test_the_premise_holds_what_is_on_record_and_the_history_where_you_are_spoken_of():
    _, model = judged("It is set in Tokyo.", OPEN)
    assert model.asked[0].premise == (
        "It is Heat, a film.", "Its director is Michael Mann.", "Its creator is Michael Mann.", "Its genre is crime.",
        "Its year is 1990.", "Two men.", "One city.",
    )  # fmt: skip
    assert model.asked[0].hypothesis == "It is set in Tokyo."
    _, model = judged("It is set in Tokyo, as you like.", OPEN)
    assert model.asked[0].premise[-1] == "You had Ikiru before and rated it 4."
    world = read_world(film_log().connection, DATASET)
    assert facts_of(None, ["d", "zz"], {}, world, {})[0] == "Gilda is a film."
    assert facts_of(None, [], {}, world, {}) == ("You had nothing before.",)


@pytest.mark.parametrize("value", ["0.5", "1.1", "nan", "much"])
def test_thresholds_that_are_none_are_refused(value):
    with pytest.raises(AuditError, match=r"judge_contradicted|no number"):
        read_thresholds({"judge_contradicted": value})
