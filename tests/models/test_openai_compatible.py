"""The OpenAI adapter against `transformers serve`, a loopback server over a real model, and a server that fails."""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from engine.errors import ModelError, ModelUnavailable
from engine.models.contract import Choices, JsonSchema, Prompt, RankedChoices, Sampling, ScoringRequest
from engine.models.local import LocalModel
from engine.models.openai_compatible import OpenAICompatibleModel
from engine.models.registry import open_model
from engine.models.servers import Patience
from engine.records import Decoding, Message
from tests.models.conftest import TITLES
from tests.models.loopback import build, first_step, serving

QUICK = Patience(attempts=3, first_wait_s=0.01, longest_wait_s=1.5)
KEY = "a-key-nobody-may-see"


def prompt(text: str, **options: Any) -> Prompt:
    return Prompt(messages=(Message(role="user", content=text),), **options)


@pytest.fixture(scope="module")
def transformers_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start the real `transformers serve` as a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    cache = tmp_path_factory.mktemp("cache")
    log = (cache / "log").open("w")
    script = Path(__file__).with_name("serve_transformers.py")
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(cache), "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen([sys.executable, str(script), str(port)], env=environment, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 400
        while time.monotonic() < deadline and process.poll() is None:
            try:
                if httpx.get(f"http://127.0.0.1:{port}/health", timeout=2).is_success:
                    break
            except httpx.HTTPError:
                time.sleep(0.5)
        else:
            pytest.fail(f"transformers serve did not start: {(cache / 'log').read_text()[-2000:]}")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def test_transformers_serve_gives_the_same_tokens(
    transformers_server: str, checkpoint_folder: Path, local_model: LocalModel
) -> None:
    served = OpenAICompatibleModel(str(checkpoint_folder), transformers_server, patience=QUICK)
    prompts = [prompt("films"), prompt("Recommend films. user history"), prompt("Rocky")]
    sampling = Sampling(max_tokens=12, seed=3)
    answers = served.generate(prompts, sampling)
    here = local_model.generate(prompts, sampling)
    assert [a.text for a in answers] == [a.text for a in here]
    assert [(a.tokens_in, a.tokens_out, a.finish_reason) for a in answers] == [
        (a.tokens_in, a.tokens_out, a.finish_reason) for a in here
    ]
    assert [a.seed for a in answers] == [3, 3, 3]
    assert served.describe().details["listed"] == "no"
    served.close()


def test_a_server_that_ignores_schema_and_logprobs_is_found_out(
    transformers_server: str, checkpoint_folder: Path
) -> None:
    served = OpenAICompatibleModel(str(checkpoint_folder), transformers_server, patience=QUICK)
    answer = served.generate([prompt("films", constraint=Choices(options=TITLES))], Sampling(max_tokens=200))[0]
    assert answer.text not in TITLES
    assert answer.error is not None or answer.finish_reason == "length"
    with pytest.raises(ModelError, match="no log-probabilities"):
        served.score([ScoringRequest(messages=prompt("x").messages, continuations=("Yes",))])
    with pytest.raises(ModelUnavailable, match="embeddings"):
        served.embed(["films"])
    served.close()


def test_transformers_serve_without_that_model(transformers_server: str) -> None:
    served = OpenAICompatibleModel("nobody/no-such-model", transformers_server, patience=QUICK)
    answer = served.generate([prompt("films")], Sampling())[0]  # it answers 500, or breaks off while it still looks
    assert answer.finish_reason == "error"
    assert "nobody/no-such-model" in (answer.error or "")
    assert "given up after" in (answer.error or "") or "500" in (answer.error or "")
    served.close()


@pytest.fixture(scope="module")
def loopback(local_model: LocalModel) -> Iterator[str]:
    with serving(build(local_model, "tiny", KEY)) as base_url:
        yield base_url


@pytest.fixture
def served(loopback: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAICompatibleModel]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    model = open_model(f"openai:tiny@{loopback}", concurrency=2)
    assert isinstance(model, OpenAICompatibleModel)
    yield model
    model.close()


def test_constraints_over_http(served: OpenAICompatibleModel) -> None:
    schema = {
        "type": "object",
        "properties": {"stars": {"enum": [1, 2]}},
        "required": ["stars"],
        "additionalProperties": False,
    }
    answers = served.generate(
        [
            prompt("a", constraint=Choices(options=TITLES)),
            prompt("b", constraint=RankedChoices(options=TITLES, k=3, excluded=frozenset(TITLES[:8]))),
            prompt("c", constraint=JsonSchema(schema=schema)),
        ],
        Sampling(max_tokens=200),
    )
    assert [a.error for a in answers] == [None] * 3
    assert answers[0].text in TITLES
    lines = answers[1].text.split("\n")
    assert [line[:3] for line in lines] == ["1. ", "2. ", "3. "]
    assert {line[3:] for line in lines} <= set(TITLES[8:])
    assert json.loads(answers[2].text)["stars"] in (1, 2)
    assert [a.decoding for a in answers] == [Decoding.CHOICES, Decoding.RANKED_CHOICES, Decoding.JSON_SCHEMA]


def test_seeds_stops_and_sampling_over_http(served: OpenAICompatibleModel, local_model: LocalModel) -> None:
    sampling = Sampling(max_tokens=20, temperature=1.0, top_p=0.9, seed=5, stop=("e",))
    prompts = [prompt("films"), prompt("films", seed=6)]
    assert [a.text for a in served.generate(prompts, sampling)] == [
        a.text for a in local_model.generate(prompts, sampling)
    ]


def test_scores_and_vectors_over_http_equal_the_models_own(
    served: OpenAICompatibleModel, local_model: LocalModel
) -> None:
    messages = prompt("Is Alien a film?").messages
    likely = [entry["token"] for entry in first_step(local_model, messages, 20)["top_logprobs"]]
    single = next(
        token for token in likely if len(local_model.tokenizer(token, add_special_tokens=False)["input_ids"]) == 1
    )
    labels = (single, "No")
    there = served.score([ScoringRequest(messages=messages, continuations=labels)])[0]
    here = local_model.score([ScoringRequest(messages=messages, continuations=labels)])[0]
    assert np.isclose(there[0].logprob, here[0].logprob, atol=1e-4)
    assert there[1].is_upper_bound or np.isclose(there[1].logprob, here[1].logprob, atol=1e-4)
    assert there[1].logprob >= here[1].logprob - 1e-4
    texts = ["Rocky", "Rocky II", "user history"] * 30
    assert np.allclose(served.embed(texts), local_model.embed(texts), atol=1e-5)
    about = served.describe()
    assert (about.context_length, about.details["listed"]) == (512, "yes")


def test_wrong_key_wrong_model_and_prompts_that_fail_alone(
    loopback: str, served: OpenAICompatibleModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = served.generate([prompt("x " * 600), prompt("films")], Sampling(max_tokens=5))
    assert "shorten the history" in (answers[0].error or "")
    assert answers[1].error is None
    continued = Prompt(messages=(Message(role="user", content="a"), Message(role="assistant", content="1.")))
    assert "cannot continue" in (served.generate([continued], Sampling())[0].error or "")
    other = OpenAICompatibleModel("other", loopback, patience=QUICK)
    with pytest.raises(ModelUnavailable, match="does not exist"):
        other.generate([prompt("films")], Sampling())
    other.close()
    monkeypatch.setenv("OPENAI_API_KEY", "wrong")
    stranger = OpenAICompatibleModel("tiny", loopback, patience=QUICK)
    with pytest.raises(ModelUnavailable, match="OPENAI_API_KEY"):
        stranger.generate([prompt("films")], Sampling())
    stranger.close()


def test_the_key_is_written_nowhere(
    loopback: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    caplog.set_level(logging.DEBUG)
    model = OpenAICompatibleModel("tiny", loopback)
    answer = model.generate([prompt("films"), prompt("x " * 600)], Sampling(max_tokens=3))
    assert KEY not in caplog.text + repr(answer) + repr(model.describe())
    model.close()
    with pytest.raises(ModelError, match="OPENAI_API_KEY") as caught:
        OpenAICompatibleModel("tiny", f"http://user:{KEY}@127.0.0.1:9/v1")
    assert KEY not in str(caught.value)


def test_a_dead_port_says_what_to_start() -> None:
    with pytest.raises(ModelUnavailable, match="Start an OpenAI-compatible server"):
        open_model("openai:tiny@http://127.0.0.1:9/v1")


@dataclass
class Faulty:
    """A server that answers each request with the next of `replies`: status, headers, body."""

    replies: list[tuple[int, dict[str, str], str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    base_url: str = ""
    delay_s: float = 0.0  # before an answer that is fine


FINE = (200, {}, json.dumps({"choices": [{"message": {"content": "fine"}, "finish_reason": "stop"}]}))


@pytest.fixture
def faulty() -> Iterator[Faulty]:
    state = Faulty()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def send(self, status: int, headers: dict[str, str], body: str) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body.encode())), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def do_GET(self) -> None:
            self.send(200, {}, '{"data": []}')

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            state.times.append(time.monotonic())
            if state.replies:
                self.send(*state.replies.pop(0))
            else:
                time.sleep(state.delay_s)
                self.send(*FINE)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    state.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def ask(faulty: Faulty) -> Iterator[Callable[..., list[Any]]]:
    model = OpenAICompatibleModel("tiny", faulty.base_url, patience=QUICK, concurrency=4)
    yield lambda n=1, **options: model.generate([prompt("films", **options) for _ in range(n)], Sampling())
    model.close()


def test_retry_after_holds_every_request_back(faulty: Faulty, ask: Callable[..., list[Any]]) -> None:
    faulty.replies = [(429, {"Retry-After": "1"}, '{"error": {"message": "slow down"}}')]
    faulty.delay_s = 0.2  # so that the pause is known before the first of the others comes back
    assert [a.text for a in ask(8)] == ["fine"] * 8
    assert len(faulty.times) == 9
    since = [moment - faulty.times[0] for moment in faulty.times]  # the first got the 429
    assert not [moment for moment in since if 0.6 < moment < 0.99]
    assert sum(moment >= 0.99 for moment in since) >= 5  # four were on their way, one of them comes again


def test_a_date_in_retry_after_and_a_wait_that_is_too_long(faulty: Faulty, ask: Callable[..., list[Any]]) -> None:
    faulty.replies = [(503, {"Retry-After": formatdate(time.time() + 1, usegmt=True)}, "busy")]
    assert ask()[0].text == "fine"
    faulty.replies = [(429, {"Retry-After": "3600"}, "quota")]
    assert "wait 3600 s" in (ask()[0].error or "")


@pytest.mark.parametrize(
    "replies", [[(500, {}, "oops")], [(503, {}, ""), (502, {}, "")], [(200, {"Content-Length": "500"}, "{")]]
)
def test_passing_faults_are_tried_again(faulty: Faulty, ask: Callable[..., list[Any]], replies: list[Any]) -> None:
    faulty.replies = list(replies)
    assert ask()[0].text == "fine"
    assert len(faulty.times) == len(replies) + 1


def test_lasting_faults_become_that_prompts_error(faulty: Faulty, ask: Callable[..., list[Any]]) -> None:
    faulty.replies = [(500, {}, '{"error": "broken inside"}')] * 3
    answer = ask()[0]
    assert (answer.finish_reason, answer.text) == ("error", "")
    assert "broken inside" in (answer.error or "")
    assert "3 attempts" in (answer.error or "")
    for body in ("not JSON", "{}", '{"choices": []}', '{"choices": [{"message": 3}]}', "[]"):
        faulty.replies = [(200, {}, body)]
        assert "expected ChatCompletion" in (ask()[0].error or "")
    refusal = {"choices": [{"message": {"content": None, "refusal": "I will not"}, "finish_reason": "stop"}]}
    faulty.replies = [(200, {}, json.dumps(refusal))]
    assert "I will not" in (ask()[0].error or "")
