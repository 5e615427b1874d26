"""A lesson is what prompts would say, read once: every way from root to leaf is a conversation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import pytest

from engine.training.corpus import history_values, is_set_aside
from engine.training.lessons import Branch, Teacher, conversation
from engine.training.tokenizer import END
from engine.prompts.templates import render


def ways(branch: Branch, before: tuple[Branch, ...] = ()) -> Iterator[tuple[Branch, ...]]:
    way = (*before, branch)
    if not branch.branches:
        yield way
    for following in branch.branches:
        yield from ways(following, way)


def text_of(way: tuple[Branch, ...]) -> str:
    return "".join(branch.text for branch in way)


@pytest.fixture(scope="module")
def lessons(world) -> list[Branch]:
    return list(islice(Teacher(world, 5).epoch(), 60))


def test_the_same_seed_draws_the_same_lessons(world, lessons):
    assert list(islice(Teacher(world, 5).epoch(), 60)) == lessons
    assert list(islice(Teacher(world, 6).epoch(), 60)) != lessons


def test_each_way_is_what_the_chat_template_writes(world, tokenizer):
    place = world.taught[0]
    sequence = world.sequences[place]
    lesson = Teacher(world, 1).lesson(sequence, 4)
    messages = render("recommend", **history_values(world, sequence[:4]), k=min(10, len(sequence) - 4))
    asked = tokenizer.apply_chat_template(
        [{"role": m.role, "content": m.content} for m in messages], tokenize=False, add_generation_prompt=True
    )
    answers = [text_of(way).removeprefix(asked) for way in ways(lesson) if text_of(way).startswith(asked)]
    finished = [answer for answer in answers if answer.endswith(END)]
    labels = set(world.labels.values())
    (answer,) = finished
    lines = answer.removesuffix(END).split("\n")
    assert [re.sub(r"^\d+\. ", "", line) in labels for line in lines] == [True] * len(lines)
    assert [line.partition(".")[0] for line in lines] == [str(rank + 1) for rank in range(len(lines))]


def test_no_token_reaches_over_the_border_of_two_texts(lessons, tokenizer):
    for lesson in lessons[:20]:
        for way in ways(lesson):
            apart = [i for b in way for i in tokenizer(b.text, add_special_tokens=False)["input_ids"]]
            assert apart == tokenizer(text_of(way), add_special_tokens=False)["input_ids"]


def test_what_is_avoided_stands_in_the_history_or_in_the_list(lessons):
    n_avoided = 0
    for lesson in lessons:
        for way in ways(lesson):
            if way[-1].avoided:
                n_avoided += 1
                title = way[-1].text.strip()
                before = text_of(way[:-1])
                assert f"- {title}" in before or f". {title}\n" in before
                assert way[-1].weight == 0
    assert n_avoided > 20


def test_only_what_is_answered_and_the_history_is_learned(lessons):
    for lesson in lessons:
        assert lesson.weight == 0
        for way in ways(lesson):
            assert all(not branch.weight for branch in way if "<|assistant|>" in branch.text)
            assert way[-1].weight > 0 or way[-1].avoided


def test_a_conversation_learns_its_last_message(world):
    from engine.records import Message

    said = conversation((Message(role="user", content="Hello"), Message(role="assistant", content="Yes")))
    assert text_of(next(ways(said))) == "<|begin|><|user|>Hello<|end|><|assistant|>Yes<|end|>"
    assert (said.weight, said.branches[0].weight) == (0.0, 1.0)


def test_nobody_set_aside_teaches(world, monkeypatch):
    from engine.training.corpus import Sampler

    heard = []
    monkeypatch.setattr(Teacher, "lesson", lambda self, sequence, cut: heard.append(sequence) or conversation_stub())
    monkeypatch.setattr(Sampler, "example", lambda self, family, sequence, cut: iter(()))
    list(Teacher(world, 1).epoch())
    silent = [s for s, user in zip(world.sequences, world.user_ids, strict=True) if is_set_aside(user)]
    assert len(heard) > len(world.taught)
    assert not [sequence for sequence in heard if any(sequence is other for other in silent)]


def conversation_stub() -> Branch:
    return Branch(text="")
