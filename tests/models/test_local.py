"""Local models: batching never changes a result, constraints hold, scores equal naive scoring."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from engine.errors import ModelError, ModelUnavailable
from engine.models.checkpoint import digest_of, open_folder
from engine.models.contract import Capability, Choices, JsonSchema, Prompt, RankedChoices, Sampling, ScoringRequest
from engine.models.local import LocalModel
from engine.recommenders.judging import judge_by_score
from engine.records import Decoding, Message
from tests.models.conftest import TITLES, make_checkpoint

SCHEMA = {
    "type": "object",
    "properties": {"film": {"enum": list(TITLES)}, "stars": {"type": "integer", "minimum": 1, "maximum": 5}},
    "required": ["film", "stars"],
    "additionalProperties": False,
}


def prompt(text: str, **options: Any) -> Prompt:
    return Prompt(messages=(Message(role="user", content=text),), **options)


def mixed_prompts() -> list[Prompt]:
    constraints = [
        None,
        Choices(options=TITLES),
        RankedChoices(options=TITLES, k=5),
        JsonSchema(schema=SCHEMA),
        RankedChoices(options=TITLES, k=3, excluded=frozenset(TITLES[:6])),
        None,
        Choices(options=("Yes", "No")),
    ]
    return [prompt("user history " * n, constraint=c, seed=n) for n, c in enumerate(constraints, start=1)]


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_order_and_batching_change_nothing(local_model: LocalModel, temperature: float) -> None:
    sampling = Sampling(max_tokens=40, temperature=temperature, top_p=0.95)
    prompts = mixed_prompts()
    together = [g.text for g in local_model.generate(prompts, sampling)]
    reversed_order = [g.text for g in local_model.generate(prompts[::-1], sampling)][::-1]
    alone = [local_model.generate([p], sampling)[0].text for p in prompts]
    assert together == reversed_order == alone


def test_sampling_is_repeatable_by_seed_and_differs_between_seeds(local_model: LocalModel) -> None:
    sampling = Sampling(max_tokens=20, temperature=1.0)
    first = local_model.generate([prompt("films", seed=s) for s in (1, 2, 1)], sampling)
    assert first[0].text == first[2].text != first[1].text
    assert [g.seed for g in first] == [1, 2, 1]
    assert (
        local_model.generate([prompt("films")], Sampling(max_tokens=20, temperature=1.0, seed=2))[0].text
        == first[1].text
    )


def test_sampling_follows_the_probabilities() -> None:
    from engine.models.decoding import sample

    logits = torch.log(torch.tensor([[0.5, 0.3, 0.15, 0.05]])).repeat(20_000, 1)
    uniforms = torch.rand(20_000, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    shares = torch.bincount(sample(logits, 1.0, 1.0, uniforms), minlength=4) / 20_000
    assert torch.allclose(shares, torch.tensor([0.5, 0.3, 0.15, 0.05]), atol=0.015)
    cut = torch.bincount(sample(logits, 1.0, 0.7, uniforms), minlength=4) / 20_000  # .5 + .3 reaches .7
    assert torch.allclose(cut, torch.tensor([0.625, 0.375, 0.0, 0.0]), atol=0.015)
    blocked = logits.index_fill(1, torch.tensor([0]), -torch.inf)
    assert 0 not in sample(blocked, 1.0, 1.0, uniforms)


def test_greedy_equals_a_naive_loop(local_model: LocalModel) -> None:
    question = prompt("Recommend films")
    answer = local_model.generate([prompt("a"), question, prompt("user history " * 9)], Sampling(max_tokens=12))[1]
    ids = local_model.prompt_ids(question.messages)
    n_prompt = len(ids)
    with torch.inference_mode():
        while len(ids) < n_prompt + 12:
            ids.append(int(local_model.torch_module(input_ids=torch.tensor([ids])).logits[0, -1].argmax()))
            if ids[-1] == local_model.tokenizer.eos_token_id:
                break
    assert answer.text == local_model.tokenizer.decode(ids[n_prompt:], skip_special_tokens=True)
    assert answer.tokens_in == n_prompt
    assert answer.tokens_out == len(ids) - n_prompt


def test_limits_stops_and_counts(local_model: LocalModel) -> None:
    free = local_model.generate([prompt("films")], Sampling(max_tokens=30))[0]
    assert (free.finish_reason, free.tokens_out, free.decoding) == ("length", 30, Decoding.FREE)
    assert free.latency_ms is not None
    assert free.latency_ms > 0
    mark = free.text[6:8]
    stopped = local_model.generate([prompt("films")], Sampling(max_tokens=30, stop=(mark, "never said")))[0]
    assert stopped.finish_reason == "stop"
    assert stopped.text == free.text[: free.text.index(mark)]
    assert stopped.tokens_out is not None
    assert stopped.tokens_out < 30


def test_too_long_prompt_fails_alone_and_the_context_ends_an_answer(local_model: LocalModel) -> None:
    room = local_model.context_length
    almost = "a " * (room - 40)
    answers = local_model.generate([prompt("x " * room), prompt("films"), prompt(almost)], Sampling(max_tokens=100))
    assert answers[0].finish_reason == "error"
    assert answers[0].text == ""
    assert f"takes {room}" in (answers[0].error or "")
    assert answers[1].error is None
    assert answers[2].finish_reason == "length"
    assert (answers[2].tokens_in or 0) + (answers[2].tokens_out or 0) == room


def test_json_schema_holds(local_model: LocalModel) -> None:
    prompts = [prompt(f"films {n}", constraint=JsonSchema(schema=SCHEMA), seed=n) for n in range(12)]
    answers = local_model.generate(prompts, Sampling(max_tokens=80, temperature=1.0))
    assert {a.finish_reason for a in answers} == {"stop"}
    values = [json.loads(a.text) for a in answers]
    for value in values:
        jsonschema.validate(value, SCHEMA)
    assert len({value["film"] for value in values}) > 3
    with pytest.raises(ModelError, match="schema"):
        local_model.generate([prompt("x", constraint=JsonSchema(schema={"type": "nothing"}))], Sampling())


def test_choices_reach_prefixes_and_nothing_else(local_model: LocalModel) -> None:
    options = ("Rocky", "Rocky II", "Rocky III")
    prompts = [prompt("films", constraint=Choices(options=options), seed=n) for n in range(60)]
    answers = local_model.generate(prompts, Sampling(temperature=2.0))
    assert {a.text for a in answers} == set(options)
    assert {a.decoding for a in answers} == {Decoding.CHOICES}


def test_ranked_choices_never_repeat_or_leave_the_options(local_model: LocalModel) -> None:
    excluded = frozenset({"Alien", "Rocky II"})
    constraint = RankedChoices(options=TITLES, k=8, excluded=excluded)
    prompts = [prompt("films", constraint=constraint, seed=n) for n in range(30)]
    seen: set[str] = set()
    for answer in local_model.generate(prompts, Sampling(max_tokens=200, temperature=2.0)):
        lines = answer.text.split("\n")
        titles = [line.split(". ", 1)[1] for line in lines]
        assert [line.split(". ")[0] for line in lines] == [str(rank) for rank in range(1, 9)]
        assert len(set(titles)) == 8
        assert set(titles) <= set(TITLES) - excluded
        seen |= set(titles)
    assert seen == set(TITLES) - excluded  # "Rocky" and "Rocky III", "Aliens" and the Japanese title are all reachable


def test_ranked_choices_run_out_of_options(local_model: LocalModel) -> None:
    def say(**options: Any) -> str:
        return local_model.generate([prompt("films", constraint=RankedChoices(**options))], Sampling())[0].text

    assert sorted(line[3:] for line in say(options=("Rocky", "Alien"), k=5).split("\n")) == ["Alien", "Rocky"]
    assert say(options=("Rocky", "Rocky II"), k=2, excluded=frozenset({"Rocky II"})) == "1. Rocky"
    assert say(options=("Rocky",), k=2, excluded=frozenset({"Rocky"})) == ""


@pytest.mark.parametrize(
    "constraint", [Choices(options=()), RankedChoices(options=("two\nlines",), k=1), RankedChoices(options=("a",), k=0)]
)
def test_impossible_constraints_are_refused(local_model: LocalModel, constraint: Any) -> None:
    with pytest.raises(ModelError):
        local_model.generate([prompt("x", constraint=constraint)], Sampling())


def naive_score(model: LocalModel, request: ScoringRequest, continuation: str) -> float:
    prefix = model.prompt_ids(request.messages)
    ids = prefix + model.tokenizer(continuation, add_special_tokens=False)["input_ids"]
    with torch.inference_mode():
        logprobs = torch.log_softmax(model.torch_module(input_ids=torch.tensor([ids])).logits[0].double(), dim=-1)
    return sum(float(logprobs[position - 1, ids[position]]) for position in range(len(prefix), len(ids)))


def test_what_is_scored_was_read_not_written(local_model: LocalModel) -> None:
    messages = prompt("films").messages
    (verdicts,) = judge_by_score(local_model, [messages], [["Alien", "Heat"]])
    (call,) = verdicts.generations
    scores = local_model.score([ScoringRequest(messages=messages, continuations=("Alien: yes", "Heat: no"))])[0]
    assert [score.prefix_tokens for score in scores] == [len(local_model.prompt_ids(messages))] * 2
    assert call.tokens_out == 0
    assert call.tokens_in > len(local_model.prompt_ids(messages)) + sum(score.tokens for score in scores)


def test_scores_equal_naive_scoring_and_each_prefix_runs_once(
    local_model: LocalModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = [
        ScoringRequest(messages=(Message(role="user", content="films " * n),), continuations=(*TITLES, "Yes", "No"))
        for n in (1, 7, 3)
    ]
    fed: list[int] = []  # tokens that the module was given, padding included
    forward = type(local_model.torch_module).forward

    def counting(self: Any, input_ids: torch.Tensor, **options: Any) -> Any:
        fed.append(int(input_ids.shape[0]) if options.get("attention_mask").shape[1] == input_ids.shape[1] else 0)
        return forward(self, input_ids=input_ids, **options)

    monkeypatch.setattr(type(local_model.torch_module), "forward", counting)
    scores = local_model.score(requests)
    assert sum(fed) == len(requests)  # forward passes without a cache: one row a prefix
    monkeypatch.undo()
    for request, row in zip(requests, scores, strict=True):
        for continuation, score in zip(request.continuations, row, strict=True):
            assert math.isclose(score.logprob, naive_score(local_model, request, continuation), abs_tol=1e-4)
            assert score.tokens == len(local_model.tokenizer(continuation, add_special_tokens=False)["input_ids"])


def test_scoring_refuses_what_has_no_probability(local_model: LocalModel) -> None:
    with pytest.raises(ModelError, match="empty continuation"):
        local_model.score([ScoringRequest(messages=prompt("x").messages, continuations=("Yes", ""))])
    with pytest.raises(ModelError, match="tokens"):
        local_model.score([ScoringRequest(messages=prompt("x " * 600).messages, continuations=("Yes",))])


def test_embeddings_are_unit_vectors_that_ignore_batching(local_model: LocalModel) -> None:
    texts = ["Rocky", "Rocky II and other films", "", "user history " * 50]
    vectors = local_model.embed(texts)
    assert vectors.shape == (4, 64)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1)[[0, 1, 3]], 1, atol=1e-5)
    assert not vectors[2].any()  # a text without tokens has no direction
    for index in (0, 1, 3):
        assert np.allclose(local_model.embed([texts[index]])[0], vectors[index], atol=1e-5)
    assert local_model.embed([]).shape == (0, 64)


def test_gradients_and_hidden_states_are_within_reach(local_model: LocalModel) -> None:
    assert {Capability.HIDDEN_STATES, Capability.GRADIENTS} <= local_model.capabilities
    ids = torch.tensor([local_model.prompt_ids(prompt("films").messages)])
    vectors = local_model.torch_module.get_input_embeddings()(ids).detach().requires_grad_()
    output = local_model.torch_module(inputs_embeds=vectors, output_hidden_states=True)
    output.logits[0, -1].max().backward()
    assert vectors.grad is not None
    assert vectors.grad.abs().sum() > 0
    assert len(output.hidden_states) == 3


def test_an_assistant_turn_at_the_end_is_continued(local_model: LocalModel) -> None:
    messages = (Message(role="user", content="films"), Message(role="assistant", content="1. Rocky"))
    text = local_model.tokenizer.decode(local_model.prompt_ids(messages))
    assert text.endswith("<|assistant|>\n1. Rocky")


def test_description_pins_the_weights(checkpoint_folder: Path, local_model: LocalModel, tmp_path: Path) -> None:
    about = local_model.describe()
    assert about.digest == digest_of((checkpoint_folder / "model.safetensors",))
    assert about.parameters == sum(p.numel() for p in local_model.torch_module.parameters())
    assert (about.device, about.quantisation, about.context_length) == ("cpu", "float32", 512)
    assert about.details["padding_side"] == "left"
    assert about.details["batch_size"] == "4"
    other = make_checkpoint(tmp_path / "other", seed=1)
    assert open_folder("other", other).digest != about.digest


def test_broken_checkpoints_are_refused(checkpoint_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="found none"):
        open_folder("hf:gone", tmp_path / "gone")
    with pytest.raises(ModelUnavailable, match=r"config\.json"):
        open_folder("hf:empty", tmp_path)
    pickled = make_checkpoint(tmp_path / "pickled")
    (pickled / "model.safetensors").rename(pickled / "pytorch_model.bin")
    with pytest.raises(ModelUnavailable, match="only safetensors"):
        open_folder("hf:pickled", pickled)
    partial = make_checkpoint(tmp_path / "partial")
    weights = load_file(partial / "model.safetensors")
    del weights["model.layers.1.mlp.up_proj.weight"]
    save_file(weights, partial / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelUnavailable, match="lack"):
        LocalModel(open_folder("hf:partial", partial), device="cpu")
    torn = make_checkpoint(tmp_path / "torn")
    (torn / "model.safetensors").write_bytes((torn / "model.safetensors").read_bytes()[:1000])
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        LocalModel(open_folder("hf:torn", torn), device="cpu")
    sharded = make_checkpoint(tmp_path / "sharded")
    index = {"weight_map": {"lm_head.weight": "model-00002-of-00002.safetensors"}}
    (sharded / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(ModelUnavailable, match="model-00002-of-00002"):
        open_folder("hf:sharded", sharded)


def test_a_missing_device_is_said(checkpoint_folder: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("this machine has the device whose absence is tested")
    with pytest.raises(ModelUnavailable, match="not available"):
        LocalModel(open_folder("hf:tiny", checkpoint_folder), device="cuda")
