"""What every audit and every metric keeps, whoever writes it: a new file is tested by being there."""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path

import pytest

import audits.checks
from audits.audit import Audit
from audits.discovery import find_audits
from audits.metrics.catalogue import find_metrics
from audits.queries import named_queries
from audits.results import AuditFailure, AuditResult, Measure, NotApplicable, Table, Waterfall
from audits.runner import run_audits
from audits.serialise import outcomes_from_json, outcomes_to_json
from audits.settings import configured, settings_of
from tests.audits.log_builder import LogBuilder, empty_log

AUDITS = sorted(find_audits())
METRICS = sorted(find_metrics())


@cache
def log() -> LogBuilder:
    users = [f"u{i:03d}" for i in range(60)]
    lists = {u: ["c", "!Invented", "b"] if i % 3 else ["b", "=b", "?"] for i, u in enumerate(users)}
    return (
        LogBuilder(connection=empty_log())
        .items({"a": ["x"], "b": ["x", "y"], "c": ["y"]})
        .providers({"a": "P", "b": "Q", "c": "Q"})
        .users(
            {u: ["a"] for u in users},
            {u: ["b" if i % 2 else "c"] for i, u in enumerate(users)},
            {u: {"gender": "fm"[i % 2]} for i, u in enumerate(users)},
            days={u: 1 + i % 20 for i, u in enumerate(users)},
        )
        .graph(
            [("ea", "by", "p"), ("eb", "by", "p"), ("ec", "in", "g"), ("ea", "in", "g")],
            {
                "ea": ("A", None, "a"),
                "eb": ("B", None, "b"),
                "ec": ("C", None, "c"),
                "p": ("P", "person", None),
                "g": ("g", None, None),
            },
        )
        .run("most-popular", {u: ["b", "c", "?"] for u in users})
        .run("gr", {u: [asked, asked, ["b", "?", "?"]] for u, asked in lists.items()}, n_repeats=3)
        .stated("gr", "gender=f", {u: ["b", "c", "?"] for u in users})
        .stated("gr", "gender=m", lists)
        .lab("lab", "gr", [(u, t, v, x) for u in users for t, v, x in (("floor", "", lists[u]), ("filler", "", None))])
        .personal_data("most-popular")
        .personal_data("gr", *({"request_id": f"{u}:0", "field": "raw_text", "in_prompt": False} for u in users[:9]))
        .paths("most-popular", {(f"{u}:0", 1): ["ea by p by eb"] for u in users[:40]})
        .paths(
            "gr", {(f"{u}:0", 1): ["ea by p by eb", "ea in g by eb"][i % 2 :] for i, u in enumerate(users)}, given=True
        )
        .claims("most-popular", [{"request_id": f"{u}:0"} for u in users])
        .claims(
            "gr",
            [
                {"request_id": f"{u}:0", "slot_rank": rank, "verdict": found, "claim_kind": kind, "relation": relation}
                for i, u in enumerate(users)
                for rank, found, kind, relation in (
                    (1, "contradicted" if i % 4 else "supported", "fact", "has_genre"),
                    (1, "contradicted" if i % 3 else "supported", "history", "in_history"),
                    (2, "unverifiable", "fact", "theme"),
                )
            ],
        )
        .attributions(
            "gr",
            [
                {"request_id": f"{u}:0", "feature": item, "feature_index": place, "contribution": c, "is_named": named}
                for i, u in enumerate(users[:30])
                for place, (item, c, named) in enumerate([("a", 0.5 + i / 100, i % 2 == 0), ("b", -0.1, i % 3 == 0)])
            ],
        )
    )


@cache
def outcome(name: str, *run_ids: str):
    return run_audits(log().evidence(*run_ids), [name])[0]


def test_every_file_of_checks_is_an_audit():
    files = [path.stem for path in Path(audits.checks.__path__[0]).glob("*.py") if path.stem != "__init__"]
    assert len(AUDITS) >= len(files) >= 4


@pytest.mark.parametrize("name", AUDITS)
def test_it_says_what_it_is(name):
    audit = find_audits()[name]
    assert issubclass(audit, Audit)
    assert audit.name == name
    assert audit.question.endswith("?")
    assert audit.title
    assert audit.version >= 1
    assert audit.source
    assert dataclasses.is_dataclass(audit)
    assert audit.__dataclass_params__.frozen
    assert audit.__doc__


@pytest.mark.parametrize("name", AUDITS)
def test_its_settings_survive_as_text(name):
    audit = configured(find_audits()[name])
    values = {key: value if value != "None" else "none" for key, value in settings_of(audit)}
    assert configured(find_audits()[name], values) == audit


@pytest.mark.parametrize("name", AUDITS)
def test_it_gives_a_result_with_an_answer(name):
    found = outcome(name)
    assert isinstance(found, AuditResult)
    assert found.answer.rstrip().endswith(".")
    assert found.settings
    assert {s.run_id for s in found.sections if isinstance(s, Measure)} <= set(found.run_ids)


@pytest.mark.parametrize("name", AUDITS)
def test_the_same_evidence_gives_the_same_result(name):
    assert run_audits(log().evidence(), [name])[0] == outcome(name)


@pytest.mark.parametrize("name", AUDITS)
def test_its_outcome_survives_json(name):
    found = outcome(name)
    assert outcomes_from_json(outcomes_to_json([found])) == [found]


@pytest.mark.parametrize("name", AUDITS)
def test_its_measures_of_a_run_do_not_depend_on_the_other_runs(name):
    def measures(found):
        return [s for s in found.sections if isinstance(s, Measure) and s.run_id == "gr"]

    assert measures(outcome(name, "gr")) == measures(outcome(name))


@pytest.mark.parametrize("name", AUDITS)
def test_its_sections_can_be_read_and_traced(name):
    for section in outcome(name).sections:
        match section:
            case Measure():
                assert section.sql or section.note
                assert section.value is not None or section.note
                assert section.interval is None or section.interval.low <= section.value <= section.interval.high
            case Waterfall():
                assert all(s.remaining + s.lost == before.remaining for before, s in
                           zip(section.stages, section.stages[1:], strict=False))  # fmt: skip
            case Table():
                assert all(len(row) == len(section.columns) for row in section.rows)
            case _:
                pass


@pytest.mark.parametrize("name", AUDITS)
def test_a_log_without_rows_is_no_pass_and_no_crash(name):
    bare = LogBuilder(connection=empty_log()).items({}).users({}, {}).run("r", {})
    assert isinstance(run_audits(bare.evidence("r"), [name])[0], NotApplicable)
    assert not isinstance(outcome(name), AuditFailure)


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_has_a_full_card_and_its_query(name):
    metric = find_metrics()[name]
    card = metric.card
    assert card.name == name
    assert (getattr(metric, "reads", "") or name) in named_queries()
    for text in (card.label, card.formula, card.range, card.denominator, card.missing, card.source):
        assert text
    assert card.missing.endswith(".")
