"""Load a checkpoint's tokenizer and weights, whole or not at all. Not here: finding checkpoints, running them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import ModelUnavailable
from engine.models.checkpoint import Checkpoint
from engine.models.device import choose_dtype

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


def load_weights(
    checkpoint: Checkpoint, auto_class: str, device: str, *, padding: str
) -> tuple[PreTrainedTokenizerBase, PreTrainedModel]:
    """Return tokenizer and module, in evaluation mode on the device; no code of the checkpoint is run.

    Args:
        checkpoint: the folder.
        auto_class: name of the class of transformers that says what kind of model is wanted.
        device: cuda, mps or cpu.
        padding: side that the tokenizer pads on, left or right.

    Raises:
        ModelUnavailable: it cannot be loaded, or its files lack weights of that kind of model.
    """
    import transformers
    from safetensors import SafetensorError
    from transformers.utils import logging

    logging.disable_progress_bar()
    safe = {"local_files_only": True, "trust_remote_code": False}
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(checkpoint.folder, padding_side=padding, **safe)
        module, loaded = getattr(transformers, auto_class).from_pretrained(
            checkpoint.folder, use_safetensors=True, dtype=choose_dtype(device), output_loading_info=True, **safe
        )
    except (OSError, ValueError, KeyError, ImportError, RuntimeError, SafetensorError) as error:
        raise ModelUnavailable(f"{checkpoint.name}: {checkpoint.folder} cannot be loaded: {error}") from error
    if loaded["missing_keys"]:  # transformers would go on with random numbers in their place
        missing = ", ".join(sorted(loaded["missing_keys"])[:3])
        raise ModelUnavailable(
            f"{checkpoint.name}: the weights lack {missing}. Download or train the checkpoint again."
        )
    return tokenizer, module.to(device).eval()
