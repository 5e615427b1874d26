"""Local checkpoints: find one, refuse what is unsafe or incomplete, fingerprint its weights. Not here: running it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from engine.errors import ModelUnavailable

WEIGHT_INDEX = "model.safetensors.index.json"
DOWNLOADED = ["*.safetensors", "*.json", "*.txt", "*.model", "*.jinja"]  # never pickles, never Python files


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A folder with a model's configuration, tokenizer and safetensors weights, all there."""

    name: str
    folder: Path
    weights: tuple[Path, ...]  # sorted by file name

    @property
    def digest(self) -> str:
        """Return the SHA-256 over the weight files (see `digest_of`)."""
        return digest_of(self.weights)


def open_folder(name: str, folder: Path) -> Checkpoint:
    """Check that a folder holds a whole safetensors checkpoint.

    Raises:
        ModelUnavailable: the folder, its config.json or a weight file is missing.
    """
    if not folder.is_dir():
        raise ModelUnavailable(f"{name}: expected a checkpoint folder at {folder}, found none. Check the path.")
    if not (folder / "config.json").is_file():
        raise ModelUnavailable(f"{name}: {folder} has no config.json, so it is not a Hugging Face checkpoint.")
    return Checkpoint(name=name, folder=folder, weights=_weight_files(name, folder))


def _weight_files(name: str, folder: Path) -> tuple[Path, ...]:
    index = folder / WEIGHT_INDEX
    if index.is_file():
        wanted = {folder / shard for shard in json.loads(index.read_text("utf-8"))["weight_map"].values()}
        missing = sorted(path.name for path in wanted if not path.is_file())
        if missing:
            raise ModelUnavailable(f"{name}: {folder} lacks {', '.join(missing)}. Download the checkpoint again.")
        return tuple(sorted(wanted))
    found = tuple(sorted(folder.glob("*.safetensors")))
    if not found:
        others = sorted(path.name for path in folder.glob("*.bin")) or ["no weights at all"]
        raise ModelUnavailable(
            f"{name}: {folder} has {', '.join(others)}, but only safetensors weights are loaded "
            "(other formats can run code). Choose a checkpoint that offers model.safetensors."
        )
    return found


def find_on_hub(name: str, reference: str, *, subfolders: bool = False) -> Checkpoint:
    """Return the checkpoint of a Hub id (`owner/model[@revision]`): from the local cache, else downloaded.

    `subfolders`: sentence encoders keep parts of their configuration in some; other models only duplicates.

    Raises:
        ModelUnavailable: it is not in the cache and cannot be downloaded, or has no safetensors weights.
    """
    import httpx
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    repo_id, _, revision = reference.partition("@")
    ignored = ["onnx/*", "openvino/*"] if subfolders else ["*/*"]
    options = {"revision": revision or None, "allow_patterns": DOWNLOADED, "ignore_patterns": ignored}
    try:
        return open_folder(name, Path(snapshot_download(repo_id, local_files_only=True, **options)))
    except HFValidationError as error:
        raise ModelUnavailable(f"{name}: {reference!r} is neither a folder nor a Hub id: {error}") from error
    except (LocalEntryNotFoundError, ModelUnavailable):
        pass  # not cached, or only in part
    try:
        folder = Path(snapshot_download(repo_id, **options))
    except (HfHubHTTPError, httpx.HTTPError, OSError) as error:
        raise ModelUnavailable(
            f"{name}: not in the local Hugging Face cache, and downloading it failed: {_first_line(error)}. "
            f"Check the id and the network, or fetch it elsewhere with `hf download {repo_id}` and name its folder."
        ) from error
    return open_folder(name, folder)


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")


def digest_of(files: tuple[Path, ...]) -> str:
    """Return the SHA-256 of one file; of several, that of their `sha256sum` listing in name order."""
    if len(files) == 1:
        return _file_digest(files[0].resolve(), files[0].stat().st_mtime_ns)
    listing = "".join(f"{_file_digest(f.resolve(), f.stat().st_mtime_ns)}  {f.name}\n" for f in files)
    return hashlib.sha256(listing.encode()).hexdigest()


@lru_cache(maxsize=256)
def _file_digest(path: Path, _modified_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
