"""Records go to JSON and back exactly, whatever a model wrote."""

import dataclasses
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from runlog_builders import answer, end, fit, plan

from engine.errors import LogError
from engine.records import (
    AnsweredRequest,
    ExternalAnswer,
    Generation,
    KnowledgePath,
    Match,
    Message,
    Recommendation,
    ResumeRecord,
    RunEnd,
    RunManifest,
    SegmentRecord,
    Slot,
    Step,
    Variant,
)
from engine.runlog.codec import dump, escape, kind_of, load, load_escaped, unescape

wild = st.text(
    st.one_of(
        st.sampled_from("\x00␚\ud800\udfff\ud83d\ude00\\u\n\r\x85\u2028\"'{},0123456789abcdef"),
        st.characters(),
    ),
    max_size=30,
)
number = st.floats(allow_nan=False, allow_infinity=False)
maybe_number = st.none() | number
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | number | wild,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(wild, inner, max_size=3),
    max_leaves=8,
)


def tuples(of):
    return st.lists(of, max_size=3).map(tuple)


variants = st.builds(Variant, name=wild, statement=wild)
matches = st.none() | st.builds(Match, item_id=wild, score=st.floats(0, 1))
paths = st.builds(KnowledgePath, entities=tuples(wild), relations=tuples(wild))
recommendations = st.builds(
    Recommendation, raw_text=wild, match=matches, score=maybe_number, rationale=wild, paths=tuples(paths)
)
slots = st.builds(Slot, detail=wild, recommendation=st.none() | recommendations)
steps = st.builds(Step, kind=wild, text=wild, tool=wild, arguments=wild, observation=wild, item_id=st.none() | wild)
generations = st.builds(
    Generation,
    messages=tuples(st.builds(Message, role=wild, content=wild)),
    text=wild,
    latency_ms=maybe_number,
    temperature=maybe_number,
    error=st.none() | wild,
)
answers = st.builds(
    AnsweredRequest,
    user_id=wild,
    variant=variants,
    slots=tuples(slots),
    steps=tuples(steps),
    generations=tuples(generations),
    latency_ms=maybe_number,
    error=st.none() | wild,
    constraints=st.just(answer(0).constraints),
)
plans = st.builds(
    plan,
    st.just("run"),
    label=wild,
    config=st.dictionaries(wild, plain, max_size=4),
    model_details=st.dictionaries(wild, wild, max_size=3),
    variants=tuples(variants),
)
externals = st.builds(
    ExternalAnswer,
    user_id=wild,
    items=st.none() | tuples(wild),
    raw_text=st.none() | wild,
    scores=tuples(maybe_number),
    rationales=tuples(wild),
    prompt=st.none() | wild,
    latency_ms=maybe_number,
)
records = st.one_of(
    answers,
    plans,
    st.builds(RunEnd, detail=wild),
    st.builds(ResumeRecord),
    st.builds(SegmentRecord, n_bytes=st.integers(0), n_rows=st.integers(0)),
    externals,
    st.builds(fit, seconds=number, restored=st.booleans()),
)


@given(records)
def test_a_record_comes_back_as_it_was(record):
    assert load(kind_of(record), dump(record).encode()) == record


@given(records)
def test_the_form_is_canonical_and_stable(record):
    text = dump(record)
    again = dump(load(kind_of(record), text.encode()))
    assert again == text
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@given(wild)
def test_escaping_is_lossless_and_leaves_nothing_harmful(text):
    escaped = escape(text)
    assert unescape(escaped) == text
    assert "\x00" not in escaped
    escaped.encode("utf-8")


@given(records)
def test_stored_texts_are_fit_for_a_database(record):
    stored = load_escaped(kind_of(record), dump(record).encode())

    def texts(value):
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            for key, part in value.items():
                yield from (*texts(key), *texts(part))
        elif isinstance(value, (list, tuple)):
            for part in value:
                yield from texts(part)

    for text in texts(dataclasses.asdict(stored)):
        assert "\x00" not in text
        text.encode("utf-8")


@pytest.mark.parametrize("score", [float("nan"), float("inf"), -float("inf"), np.float32("nan")])
def test_a_score_that_is_no_number_is_no_score(score):
    given_score = dataclasses.replace(answer(0).slots[0].recommendation, score=score)
    record = answer(0, slots=(dataclasses.replace(answer(0).slots[0], recommendation=given_score),))
    back = load("answer", dump(record).encode())
    assert back.slots[0].recommendation.score is None
    assert back.slots[0].recommendation.raw_text == given_score.raw_text


def test_a_duration_that_is_no_number_is_refused_by_name():
    with pytest.raises(LogError, match="seconds is not a finite number"):
        dump(fit(seconds=float("nan")))


def test_a_latency_that_is_no_number_was_not_measured():
    assert load("answer", dump(answer(0, latency_ms=float("nan"))).encode()).latency_ms is None


def test_numbers_out_of_an_array_are_taken_as_numbers():
    record = answer(0, latency_ms=np.float32(0.5), n_history=np.int64(4))
    back = load("answer", dump(record).encode())
    assert (back.latency_ms, back.n_history) == (0.5, 4)


def test_a_config_with_an_object_in_it_is_refused():
    with pytest.raises(LogError, match="has no JSON form"):
        dump(plan("run", config={"where": object()}))


def test_unknown_kinds_and_forms_are_told_apart():
    with pytest.raises(LogError, match="Update RecAudit"):
        load("hologram", b"{}")
    with pytest.raises(LogError, match="n_errors"):
        load("end", json.dumps({**dataclasses.asdict(end()), "n_errors": "many"}).encode())
    with pytest.raises(ValueError, match="Variant is not a journal record"):
        kind_of(Variant())


def test_a_plan_without_its_fields_is_refused():
    with pytest.raises(LogError, match="plan_digest: Field required"):
        load("plan", b'{"run_id":"x"}')


def test_every_record_type_has_a_kind():
    assert {kind_of(record) for record in (plan("run"), fit(), answer(0), end())} == {"plan", "fit", "answer", "end"}
    assert isinstance(load("plan", dump(plan("run")).encode()), RunManifest)
