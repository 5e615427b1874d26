"""The Ollama adapter against a real HTTP server that speaks Ollama's wire format, and live where one answers."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import numpy as np
import pytest

from engine.errors import ModelError, ModelUnavailable
from engine.models.contract import Capability, Choices, JsonSchema, Prompt, RankedChoices, Sampling, ScoringRequest
from engine.models.ollama import OllamaModel
from engine.models.servers import Patience
from engine.records import Decoding, Message

QUICK = Patience(attempts=4, first_wait_s=0.01, longest_wait_s=0.1)
BREAK_OFF = "break off"  # announce a body and close the connection in the middle of it


@dataclass
class FakeOllama:
    """What the server holds and what it was sent. `faults` are answered first, one a chat request."""

    faults: list[int | str] = field(default_factory=list)
    chats: list[dict[str, Any]] = field(default_factory=list)
    answer: Callable[[dict[str, Any]], dict[str, Any]] = lambda body: {}
    capabilities: list[str] = field(default_factory=lambda: ["completion", "embedding", "thinking"])
    most_at_once: int = 0
    running: int = 0
    lock: Any = field(default_factory=threading.Lock)


def chat_answer(content: str, **fields: Any) -> dict[str, Any]:
    return {
        "model": "tiny:latest",
        "created_at": "2026-11-01T00:00:00Z",
        "message": {"role": "assistant", "content": content},
        "done": True,
        "done_reason": "stop",
        "prompt_eval_count": 11,
        "eval_count": 3,
    } | fields


SHOWN = {
    "template": "{{ .Prompt }}",
    "details": {"family": "llama", "parameter_size": "8M", "quantization_level": "Q4_K_M"},
    "model_info": {"general.architecture": "llama", "general.parameter_count": 8000000, "llama.context_length": 4096},
    "modified_at": "2026-11-01T00:00:00Z",
}
TAGS = {"models": [{"model": "tiny:latest", "name": "tiny:latest", "digest": "abc123", "size": 1}]}


def handler_for(fake: FakeOllama) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def reply(self, status: int, body: Any) -> None:
            data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            with contextlib.suppress(ConnectionError):  # a client that timed out has gone
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        def do_GET(self) -> None:
            self.reply(200, TAGS) if self.path == "/api/tags" else self.reply(404, {"error": "not found"})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if body["model"] not in ("tiny", "tiny:latest"):
                self.reply(404, {"error": f"model '{body['model']}' not found"})
            elif self.path == "/api/show":
                self.reply(200, SHOWN | {"capabilities": fake.capabilities})
            elif self.path == "/api/embed":
                self.reply(200, {"model": "tiny", "embeddings": [[3.0, 4.0 * len(text)] for text in body["input"]]})
            else:
                self.chat(body)

        def chat(self, body: dict[str, Any]) -> None:
            with fake.lock:
                fake.chats.append(body)
                fake.running += 1
                fake.most_at_once = max(fake.most_at_once, fake.running)
                fault = fake.faults.pop(0) if fake.faults else None
            try:
                if fault == BREAK_OFF:
                    self.send_response(200)
                    self.send_header("Content-Length", "1000")
                    self.end_headers()
                    self.wfile.write(b'{"model": "ti')
                    self.close_connection = True
                elif isinstance(fault, str):
                    self.reply(200, fault)
                elif fault is not None:
                    self.reply(fault, {"error": "server busy, please try again. maximum pending requests exceeded"})
                else:
                    self.reply(200, fake.answer(body))
            finally:
                with fake.lock:
                    fake.running -= 1

    return Handler


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOllama]:
    state = FakeOllama()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(state))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("OLLAMA_HOST", f"http://127.0.0.1:{server.server_address[1]}")
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def model(fake: FakeOllama) -> Iterator[OllamaModel]:
    opened = OllamaModel("tiny", patience=QUICK, concurrency=3)
    yield opened
    opened.close()


def prompt(text: str, **options: Any) -> Prompt:
    return Prompt(messages=(Message(role="system", content="Be brief."), Message(role="user", content=text)), **options)


def test_wire_format_and_record(fake: FakeOllama, model: OllamaModel) -> None:
    fake.answer = lambda body: chat_answer("1. Rocky")
    sampling = Sampling(max_tokens=50, temperature=0.5, top_p=0.9, seed=7, stop=("###",))
    first, second = model.generate([prompt("films"), prompt("films", seed=8)], sampling)
    sent = sorted(fake.chats, key=lambda body: body["options"]["seed"])
    assert sent[0]["options"] == {
        "num_ctx": 4096,
        "num_predict": 50,
        "temperature": 0.5,
        "top_p": 0.9,
        "seed": 7,
        "stop": ["###"],
    }
    assert sent[0]["messages"][0] == {"role": "system", "content": "Be brief."}
    assert sent[0]["stream"] is False
    assert sent[0]["think"] is False
    assert "format" not in sent[0]
    assert sent[1]["options"]["seed"] == 8
    assert (first.text, first.tokens_in, first.tokens_out, first.finish_reason) == ("1. Rocky", 11, 3, "stop")
    assert (first.seed, second.seed, first.decoding, first.model) == (7, 8, Decoding.FREE, "ollama:tiny")
    assert first.latency_ms is not None


def test_answers_keep_the_order_of_the_prompts_and_concurrency_is_bounded(fake: FakeOllama, model: OllamaModel) -> None:
    fake.answer = lambda body: chat_answer(body["messages"][-1]["content"])
    answers = model.generate([prompt(f"films {n}") for n in range(20)], Sampling())
    assert [a.text for a in answers] == [f"films {n}" for n in range(20)]
    assert fake.most_at_once <= 3


def test_description_records_digest_and_context(model: OllamaModel) -> None:
    about = model.describe()
    assert (about.digest, about.quantisation, about.parameters, about.context_length) == (
        "abc123",
        "Q4_K_M",
        8000000,
        4096,
    )
    assert about.details["num_ctx"] == "4096"
    assert about.details["thinking"] == "off"


def test_num_ctx_is_set_on_request(fake: FakeOllama) -> None:
    fake.answer = lambda body: chat_answer("x")
    opened = OllamaModel("tiny", num_ctx=2048, patience=QUICK)
    opened.generate([prompt("films")], Sampling())
    assert fake.chats[0]["options"]["num_ctx"] == 2048
    opened.close()


def test_constraints_become_schemas_and_come_back_as_text(fake: FakeOllama, model: OllamaModel) -> None:
    def answer(body: dict[str, Any]) -> dict[str, Any]:
        wanted = body["format"]["properties"]
        if "answer" not in wanted:
            return chat_answer('{"stars": 4}')
        if wanted["answer"]["type"] == "array":
            return chat_answer(
                json.dumps({"answer": wanted["answer"]["items"]["enum"][: wanted["answer"]["maxItems"]]})
            )
        return chat_answer(json.dumps({"answer": wanted["answer"]["enum"][-1]}))

    fake.answer = answer
    schema = {"type": "object", "properties": {"stars": {"type": "integer"}}, "required": ["stars"]}
    titles = ("Alien", "Rocky", "Amélie")
    answers = model.generate(
        [
            prompt("a", constraint=JsonSchema(schema=schema)),
            prompt("b", constraint=Choices(options=titles)),
            prompt("c", constraint=RankedChoices(options=titles, k=5, excluded=frozenset({"Rocky"}))),
        ],
        Sampling(),
    )
    assert [a.text for a in answers] == ['{"stars": 4}', "Amélie", "1. Alien\n2. Amélie"]
    assert [a.decoding for a in answers] == [Decoding.JSON_SCHEMA, Decoding.CHOICES, Decoding.RANKED_CHOICES]


def test_an_answer_that_ignores_the_schema_is_an_error(fake: FakeOllama, model: OllamaModel) -> None:
    fake.answer = lambda body: chat_answer('{"answer": "Jaws"}')
    answer = model.generate([prompt("b", constraint=Choices(options=("Alien", "Rocky")))], Sampling())[0]
    assert (answer.finish_reason, answer.text) == ("error", "")
    assert "Jaws" in (answer.error or "")


def test_a_cut_answer_is_kept_as_it_is(fake: FakeOllama, model: OllamaModel) -> None:
    fake.answer = lambda body: chat_answer('{"answer": ["Al', done_reason="length")
    answer = model.generate([prompt("b", constraint=RankedChoices(options=("Alien",), k=1))], Sampling())[0]
    assert (answer.finish_reason, answer.text, answer.error) == ("length", '{"answer": ["Al', None)


def test_too_many_options_are_refused_before_anything_is_sent(fake: FakeOllama, model: OllamaModel) -> None:
    options = tuple(f"Film {n}" for n in range(501))
    with pytest.raises(ModelError, match="at most 500 options"):
        model.generate([prompt("b", constraint=RankedChoices(options=options, k=10))], Sampling())
    assert not fake.chats


@pytest.mark.parametrize("faults", [[503], [503, 503], [BREAK_OFF], [429, BREAK_OFF, 503]])
def test_passing_faults_are_tried_again(fake: FakeOllama, model: OllamaModel, faults: list[int | str]) -> None:
    fake.faults = list(faults)
    fake.answer = lambda body: chat_answer("fine")
    answer = model.generate([prompt("films")], Sampling())[0]
    assert (answer.text, answer.error) == ("fine", None)
    assert len(fake.chats) == len(faults) + 1


def test_one_failing_prompt_fails_alone(fake: FakeOllama, model: OllamaModel) -> None:
    fake.answer = lambda body: chat_answer("fine")
    fake.faults = [400]
    answers = model.generate([prompt("films") for _ in range(3)], Sampling())
    assert sorted(a.finish_reason for a in answers) == ["error", "stop", "stop"]
    fake.faults = [503] * 4
    assert "given up after 4 attempts" in (model.generate([prompt("films")], Sampling())[0].error or "")
    fake.faults = ["<html>not JSON</html>"]
    assert "not an Ollama answer" in (model.generate([prompt("films")], Sampling())[0].error or "")


def test_a_missing_model_says_pull(fake: FakeOllama) -> None:
    with pytest.raises(ModelUnavailable, match="ollama pull other"):
        OllamaModel("other", patience=QUICK)


def test_a_dead_server_says_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "http://user:secret@127.0.0.1:9")  # port 9: discard, nobody listens
    with pytest.raises(ModelUnavailable, match="ollama serve") as caught:
        OllamaModel("tiny", patience=QUICK)
    assert "secret" not in str(caught.value)


def test_a_server_that_dies_in_the_middle_ends_the_call(fake: FakeOllama, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = OllamaModel("tiny", patience=QUICK)
    monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1:9")
    opened._client.close()
    opened._client = type(opened._client)(timeout=1)
    with pytest.raises(ModelUnavailable, match="ollama serve"):
        opened.generate([prompt("films")], Sampling())
    opened.close()


def test_slow_answers_time_out_and_are_recorded(fake: FakeOllama) -> None:
    release = threading.Event()
    fake.answer = lambda body: chat_answer("late") if release.wait(5) else {}
    opened = OllamaModel("tiny", timeout_s=0.2, patience=Patience(attempts=2, first_wait_s=0.01))
    answer = opened.generate([prompt("films")], Sampling())[0]
    release.set()
    assert answer.finish_reason == "error"
    assert "timed out" in (answer.error or "")
    opened.close()


def test_labels_are_scored_from_one_step(fake: FakeOllama, model: OllamaModel) -> None:
    top = [{"token": "Yes", "logprob": -0.2}, {"token": " No", "logprob": -1.8}, {"token": "Maybe", "logprob": -4.0}]
    fake.answer = lambda body: chat_answer("Yes", logprobs=[{"token": "Yes", "logprob": -0.2, "top_logprobs": top}])
    request = ScoringRequest(messages=prompt("Is Alien a film?").messages, continuations=("Yes", "No", "Perhaps"))
    yes, no, perhaps = model.score([request])[0]
    assert (fake.chats[0]["logprobs"], fake.chats[0]["top_logprobs"]) == (True, 20)
    assert fake.chats[0]["options"]["num_predict"] == 1
    assert (yes.logprob, no.logprob, yes.is_upper_bound) == (-0.2, -1.8, False)
    assert (perhaps.logprob, perhaps.is_upper_bound) == (-4.0, True)
    with pytest.raises(ModelError, match="longer than one token"):
        model.score([ScoringRequest(messages=request.messages, continuations=("Yes", "Maybe not"))])
    with pytest.raises(ModelError, match="none of the labels"):
        model.score([ScoringRequest(messages=request.messages, continuations=("A", "B"))])


def test_servers_without_logprobs_cannot_score(fake: FakeOllama, model: OllamaModel) -> None:
    fake.answer = lambda body: chat_answer("Yes")
    with pytest.raises(ModelError, match=r"0\.12\.11"):
        model.score([ScoringRequest(messages=prompt("x").messages, continuations=("Yes",))])


def test_embeddings_are_normalised(model: OllamaModel) -> None:
    vectors = model.embed(["a"] * 70 + ["abc"])
    assert vectors.shape == (71, 2)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert np.allclose(vectors[0], [0.6, 0.8])
    assert vectors[70, 1] > vectors[0, 1]


def test_capabilities_are_what_the_server_says(fake: FakeOllama) -> None:
    fake.capabilities = ["embedding"]
    opened = OllamaModel("tiny", patience=QUICK)
    assert opened.capabilities == {Capability.EMBED}
    with pytest.raises(ModelError, match="cannot generate"):
        opened.generate([prompt("films")], Sampling())
    opened.close()


def live_models() -> list[str]:
    host = os.environ.get("OLLAMA_HOST") or "127.0.0.1:11434"
    try:
        answer = httpx.get((host if "//" in host else f"http://{host}") + "/api/tags", timeout=2)
        return [entry["model"] for entry in answer.json()["models"]]
    except (httpx.HTTPError, ValueError, KeyError):
        return []


def test_live() -> None:
    names = live_models()
    if not names:
        pytest.skip("no Ollama server with a model answers at OLLAMA_HOST")
    for name in names:
        opened = OllamaModel(name)
        if Capability.GENERATE in opened.capabilities:
            break
        opened.close()
    else:
        pytest.skip("the Ollama server has no model that generates")
    answers = opened.generate(
        [prompt("Name a film."), prompt("Is Alien a film?", constraint=Choices(options=("Yes", "No")))],
        Sampling(max_tokens=64),
    )
    assert answers[0].error is None
    assert answers[0].text
    assert answers[1].text in ("Yes", "No")
    assert opened.describe().digest
    opened.close()
