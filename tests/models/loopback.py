"""A thin OpenAI-compatible server over a local model: a real model behind real HTTP.

`transformers serve` answers chat completions, but silently ignores `response_format` and `logprobs`, and has no
embeddings; this server has the three, so that the adapter's part of them is tested with a model that really answers.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
import uvicorn
from fastapi import FastAPI, Header, HTTPException

from engine.models.contract import JsonSchema, Prompt, Sampling
from engine.models.local import LocalModel
from engine.records import Message


def build(model: LocalModel, name: str, key: str) -> FastAPI:
    app = FastAPI()

    def check(authorization: str | None, body: dict[str, Any]) -> None:
        if authorization != f"Bearer {key}":
            raise HTTPException(401, {"message": "wrong key"})
        if body["model"] != name:
            raise HTTPException(404, {"message": f"The model {body['model']} does not exist"})

    @app.get("/v1/models")
    def models() -> dict[str, Any]:
        return {"object": "list", "data": [{"id": name, "object": "model", "max_model_len": 512, "owned_by": "tests"}]}

    @app.post("/v1/chat/completions")
    def chat(body: dict[str, Any], authorization: str | None = Header(default=None)) -> dict[str, Any]:
        check(authorization, body)
        messages = tuple(Message(role=turn["role"], content=turn["content"]) for turn in body["messages"])
        form = body.get("response_format")
        constraint = JsonSchema(schema=form["json_schema"]["schema"]) if form else None
        sampling = Sampling(
            max_tokens=body["max_tokens"],
            temperature=body["temperature"],
            top_p=body.get("top_p", 1.0),
            seed=body.get("seed", 0),
            stop=tuple(body.get("stop", ())),
        )
        answer = model.generate([Prompt(messages=messages, constraint=constraint)], sampling)[0]
        if answer.error:
            raise HTTPException(400, {"message": answer.error})
        choice: dict[str, Any] = {"index": 0, "message": {"role": "assistant", "content": answer.text}}
        choice["finish_reason"] = answer.finish_reason
        if body.get("logprobs"):
            choice["logprobs"] = {"content": [first_step(model, messages, body["top_logprobs"])]}
        usage = {"prompt_tokens": answer.tokens_in, "completion_tokens": answer.tokens_out}
        return {"id": "1", "object": "chat.completion", "choices": [choice], "usage": usage}

    @app.post("/v1/embeddings")
    def embeddings(body: dict[str, Any], authorization: str | None = Header(default=None)) -> dict[str, Any]:
        check(authorization, body)
        rows = [{"index": i, "embedding": row.tolist()} for i, row in enumerate(model.embed(body["input"]))]
        return {"object": "list", "data": rows[::-1]}  # the API leaves the order to `index`

    return app


def first_step(model: LocalModel, messages: tuple[Message, ...], n: int) -> dict[str, Any]:
    with torch.inference_mode():
        logits = model.torch_module(input_ids=torch.tensor([model.prompt_ids(messages)])).logits[0, -1]
    best = torch.log_softmax(logits.double(), dim=-1).topk(n)
    tokens = [
        {"token": model.tokenizer.decode([token]), "logprob": logprob}
        for token, logprob in zip(best.indices.tolist(), best.values.tolist(), strict=True)
    ]
    return {**tokens[0], "top_logprobs": tokens}


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Yield the base URL while the application runs in a thread."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()  # from now on connections wait until the server has started
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
