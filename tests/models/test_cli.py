"""`recaudit models` as a user types it."""

from __future__ import annotations

from inspect import signature
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from dashboard.cli import models
from engine.errors import ModelError, ModelUnavailable
from engine.models.check import check_model
from engine.models.checkpoint import open_folder
from engine.models.scripted import ScriptedModel

DEAD = "127.0.0.1:9"


def recaudit(*arguments: str) -> Any:
    app = typer.Typer()
    models.register(app)
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, ["models", *arguments])


@pytest.fixture(autouse=True)
def no_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", DEAD)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)


def test_list_names_models_and_what_is_missing() -> None:
    result = recaudit("list")
    assert result.exit_code == 0, result.output
    for word in ("embedded", "minilm", "ollama", "openai"):
        assert word in result.output


def test_check_reports_a_local_model(checkpoint_folder: Path) -> None:
    result = recaudit("check", f"hf:{checkpoint_folder}", "--device", "cpu")
    assert result.exit_code == 0, result.output
    assert "tokens/s" in result.output
    digest = open_folder("tiny", checkpoint_folder).digest
    assert digest in "".join(part for part in result.output if part in "0123456789abcdef")  # folded, never cut
    assert '{"answer": "' in result.output
    assert "ln p(Yes)" in result.output
    assert "64 dimensions" in result.output


def test_check_says_what_to_start() -> None:
    result = recaudit("check", "ollama:tiny")
    assert isinstance(result.exception, ModelUnavailable)
    assert "ollama serve" in str(result.exception)


def test_check_counts_what_fails() -> None:
    report = check_model(ScriptedModel([ModelError("no words left"), "not JSON"], scores={"Yes": -0.1, "No": -2.0}))
    found = {trial.what: (trial.works, trial.detail) for trial in report.trials}
    assert found["generate"] == (False, "no words left")
    assert found["generate JSON by schema"][0] is False
    assert found["score"] == (True, "ln p(Yes) -0.10, ln p(No) -2.00")


def test_export_writes_a_file(checkpoint_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "tiny.gguf"
    result = recaudit("export-gguf", str(checkpoint_folder), str(out), "--half")
    assert result.exit_code == 0, result.output
    assert out.read_bytes()[:4] == b"GGUF"
    assert not list(tmp_path.glob("*.part"))


def test_train_hands_over_to_the_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.training import embedded_model

    asked: list[dict[str, Any]] = []

    def train(out: Path, **options: Any) -> None:
        signature(real_train).bind(out, **options)  # only what the training takes is handed over
        options.pop("progress")("epoch 1", 0.5)
        asked.append({"out": out, **options})

    real_train = embedded_model.train
    monkeypatch.setattr(embedded_model, "train", train)
    for options in (("--seed", "3", "--minutes", "0.5"), ()):
        result = recaudit("train", "--out", str(tmp_path), *options)
        assert result.exit_code == 0, result.output
    assert [(a["out"], a["seed"], a["minutes"]) for a in asked] == [
        (tmp_path, 3, 0.5),
        (tmp_path, embedded_model.DEFAULT_SEED, None),
    ]
