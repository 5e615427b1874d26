"""Model names to opened models. The one place that knows all backends; each is imported only when it is asked for."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

from engine.errors import ModelError, ModelUnavailable
from engine.models.checkpoint import Checkpoint, find_on_hub, open_folder
from engine.models.contract import LanguageModel

FORMS = (
    "embedded, minilm, encoder:<folder or Hub id>, hf:<folder or Hub id>[@revision], "
    "nli:<folder or Hub id>[@revision], ollama:<name>, openai:<model>[@<base url>]"
)


def embedded_folder() -> Path:
    """Return the folder of the model that ships with the sample world."""
    return Path(str(files("sample_data") / "embedded_model"))


def open_model(
    name: str, *, device: str = "auto", timeout_s: float = 120, concurrency: int = 4, num_ctx: int | None = None
) -> LanguageModel:
    """Open a model by name.

    Args:
        name: one of `FORMS`.
        device: auto (cuda, mps, cpu in this order) or one of them; local models only.
        timeout_s: longest wait for one answer of a server.
        concurrency: most requests to a server at a time.
        num_ctx: context length in tokens to set on Ollama; None: the model's own, at most 8,192.

    Raises:
        ModelUnavailable: it cannot be reached or loaded; the message says what to start or install.
        ModelError: the name has none of the forms above.
    """
    kind, _, reference = name.partition(":")
    match kind:
        case "embedded" | "minilm" if not reference:
            return _open_local(kind, name, reference, device)
        case "hf" | "encoder" | "nli" if reference:
            return _open_local(kind, name, reference, device)
        case "ollama" if reference:
            from engine.models.ollama import OllamaModel

            return OllamaModel(reference, timeout_s=timeout_s, concurrency=concurrency, num_ctx=num_ctx)
        case "openai" if reference:
            return _open_openai(reference, timeout_s, concurrency)
    raise ModelError(f"expected a model name of the form {FORMS}; got {name!r}")


def _open_local(kind: str, name: str, reference: str, device: str) -> LanguageModel:
    match kind:
        case "minilm":
            from engine.models.encoder import open_minilm

            return open_minilm(device=device)
        case "encoder":
            from engine.models.encoder import SentenceEncoder

            return SentenceEncoder(find_checkpoint(name, reference, subfolders=True), device=device)
        case "nli":
            from engine.models.nli import NliClassifier

            return NliClassifier(find_checkpoint(name, reference), device=device)
    from engine.models.local import LocalModel

    return LocalModel(_embedded() if kind == "embedded" else find_checkpoint(name, reference), device=device)


def known_digest(name: str) -> str | None:
    """Return the digest of a model's weights as they are now, where files tell it; the model is not opened.

    None: not known. So it is for servers, for Hub ids, and for a folder that holds no whole checkpoint.
    """
    kind, _, reference = name.partition(":")
    if name == "minilm":
        from engine.models.encoder import MINILM_DIGEST

        return MINILM_DIGEST
    if name == "embedded":
        folder = embedded_folder()
    elif kind in ("hf", "encoder", "nli") and reference:
        folder = Path(reference).expanduser()
    else:
        return None
    try:
        return open_folder(name, folder).digest if folder.is_dir() else None
    except (ModelUnavailable, OSError, ValueError, KeyError):
        return None


def local_checkpoint(name: str) -> Checkpoint:
    """Return the checkpoint behind `embedded`, `hf:...` or a plain folder.

    Raises:
        ModelUnavailable: there is none.
    """
    if name == "embedded":
        return _embedded()
    return find_checkpoint(name, name.removeprefix("hf:"))


def _embedded() -> Checkpoint:
    folder = embedded_folder()
    if not folder.is_dir():
        raise ModelUnavailable(
            f"embedded: this installation has no trained model at {folder}. Train it with `recaudit models train`."
        )
    return open_folder("embedded", folder)


def _open_openai(reference: str, timeout_s: float, concurrency: int) -> LanguageModel:
    from engine.models.openai_compatible import OpenAICompatibleModel
    from engine.models.openai_http import DEFAULT_BASE_URL

    model, at, rest = reference.rpartition("@http")
    if not at:
        model, base_url = reference, os.environ.get("OPENAI_BASE_URL") or DEFAULT_BASE_URL
    else:
        base_url = f"http{rest}"
    return OpenAICompatibleModel(model, base_url, timeout_s=timeout_s, concurrency=concurrency)


def find_checkpoint(name: str, reference: str, *, subfolders: bool = False) -> Checkpoint:
    """Return the checkpoint of a folder or a Hub id; whatever starts like a path is a folder.

    Raises:
        ModelUnavailable: there is none.
    """
    folder = Path(reference).expanduser()
    if folder.is_dir() or reference.startswith((".", "/", "~")):
        return open_folder(name, folder)
    return find_on_hub(name, reference, subfolders=subfolders)
