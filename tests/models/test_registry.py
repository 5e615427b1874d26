"""Names to models, and what is said where there is none."""

from __future__ import annotations

from pathlib import Path

import httpx
import huggingface_hub.constants
import numpy as np
import pytest

from engine.errors import ModelError, ModelUnavailable
from engine.models import registry
from engine.models.contract import Capability, Prompt, Sampling
from engine.models.encoder import MINILM_DIGEST, SentenceEncoder, open_minilm
from engine.models.listing import available_models
from engine.models.local import LocalModel
from engine.models.registry import open_model
from engine.records import Message

DEAD = "127.0.0.1:9"


@pytest.mark.parametrize("name", ["", "gpt", "hf:", "ollama:", "embedded:x", "scripted:x"])
def test_unknown_names_are_refused_with_the_forms(name: str) -> None:
    with pytest.raises(ModelError, match="expected a model name of the form"):
        open_model(name)


def test_a_folder_opens_by_path(checkpoint_folder: Path) -> None:
    model = open_model(f"hf:{checkpoint_folder}", device="cpu")
    assert isinstance(model, LocalModel)
    assert model.generate([Prompt(messages=(Message(role="user", content="x"),))], Sampling(max_tokens=2))[0].tokens_out
    model.close()
    model.close()


def test_the_embedded_model_is_the_folder_of_the_sample_world(
    checkpoint_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "embedded_folder", lambda: checkpoint_folder)
    model = open_model("embedded", device="cpu")
    assert (model.name, model.describe().name) == ("embedded", "embedded")
    monkeypatch.setattr(registry, "embedded_folder", lambda: tmp_path / "missing")
    with pytest.raises(ModelUnavailable, match="recaudit models train"):
        open_model("embedded")


def test_missing_folders_and_ids_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelUnavailable, match="found none"):
        open_model(f"hf:{tmp_path}/gone")
    with pytest.raises(ModelUnavailable, match="neither a folder nor a Hub id"):
        open_model("hf:not/a/hub/id")
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelUnavailable, match="hf download somebody/some-model"):
        open_model("hf:somebody/some-model@main")


def test_minilm_knows_what_texts_mean_and_is_checked() -> None:
    model = open_model("minilm", device="cpu")
    assert isinstance(model, SentenceEncoder)
    assert model.capabilities == {Capability.EMBED}
    vectors = model.embed(["a science-fiction film in space", "a space opera movie", "a recipe for onion soup"])
    assert vectors.shape == (3, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.3
    assert model.embed([]).shape == (0, 384)
    about = model.describe()
    assert about.digest == MINILM_DIGEST
    assert about.parameters is not None
    assert 22e6 < about.parameters < 23e6
    with pytest.raises(ModelError, match="cannot generate"):
        model.generate([], Sampling())
    with pytest.raises(ModelUnavailable, match="SHA-256"):
        open_minilm(expected_digest="0" * 64)


def test_listing_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OLLAMA_HOST", DEAD)
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://{DEAD}/v1")
    monkeypatch.setattr("engine.models.listing.embedded_folder", lambda: tmp_path)
    found = {model.name: model for model in available_models()}
    assert found["minilm"].is_available
    assert not found["embedded"].is_available
    assert "recaudit models train" in found["embedded"].detail
    assert "ollama serve" in found["ollama:<name>"].detail
    assert "no answer" in found["openai:<model>@<base url>"].detail


def test_opening_a_server_model_imports_no_torch() -> None:
    """Backends are imported only when they are asked for: a server's user need not wait for torch."""
    import subprocess
    import sys

    code = (
        "import sys; from engine.errors import ModelError; from engine.models.registry import open_model\n"
        "try: open_model('ollama:x')\nexcept ModelError: pass\n"
        "print(sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    environment = {"OLLAMA_HOST": DEAD, "PATH": "", "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_server_listens_on_the_dead_port() -> None:
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://{DEAD}", timeout=2)
