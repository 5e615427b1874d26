"""Write a Llama checkpoint with a byte-level BPE tokenizer as GGUF, for llama.cpp and Ollama. Not here: other kinds."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelError, ModelUnavailable
from engine.models.checkpoint import Checkpoint

if TYPE_CHECKING:
    from gguf import GGUFWriter
    from transformers import PreTrainedTokenizerBase

# Pre-tokenizer as it stands in tokenizer.json -> the name under which llama.cpp has the same rules.
PRE_TOKENIZERS = {
    json.dumps({"type": "ByteLevel", "add_prefix_space": False, "use_regex": True}, sort_keys=True): "gpt-2"
}
LAYER_NAMES = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def export_gguf(checkpoint: Checkpoint, out: Path, *, half_precision: bool = False) -> None:
    """Write weights, tokenizer and chat template to one GGUF file; it appears under its name only when it is whole.

    Args:
        checkpoint: Llama architecture, byte-level BPE tokenizer.
        out: the file to write.
        half_precision: matrices as float16 (half the size, rounded) in place of float32.

    Raises:
        ModelUnavailable: the package gguf is missing.
        ModelError: another architecture or tokenizer, or a feature that llama.cpp's Llama does not have.
    """
    try:
        from gguf import GGUFWriter
    except ImportError as error:
        raise ModelUnavailable("the export needs the package gguf. Install it with `pip install gguf`.") from error
    from transformers import AutoConfig, AutoTokenizer

    config = AutoConfig.from_pretrained(checkpoint.folder, local_files_only=True, trust_remote_code=False)
    _check(checkpoint, config)
    tokenizer = AutoTokenizer.from_pretrained(checkpoint.folder, local_files_only=True, trust_remote_code=False)
    unfinished = out.with_name(out.name + ".part")
    writer = GGUFWriter(unfinished, "llama")
    _write_sizes(writer, checkpoint, config, half_precision)
    _write_tokenizer(writer, checkpoint, tokenizer, config.vocab_size)
    for name, tensor in _tensors(checkpoint, config):
        wanted = np.float16 if half_precision and tensor.ndim > 1 else np.float32  # llama.cpp wants norms in float32
        writer.add_tensor(name, np.ascontiguousarray(tensor, dtype=wanted))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    os.replace(unfinished, out)  # noqa: PTH105


def _check(checkpoint: Checkpoint, config: Any) -> None:
    if config.model_type != "llama":
        raise ModelError(
            f"{checkpoint.name} is a {config.model_type} model; only Llama checkpoints can be exported here."
        )
    rope = (config.rope_parameters or {}).get("rope_type", "default")
    if rope != "default" or config.attention_bias or config.mlp_bias or config.hidden_act != "silu":
        raise ModelError(
            f"{checkpoint.name} scales its positions ({rope}), has biases or another activation ({config.hidden_act}): "
            "export it with llama.cpp's own convert_hf_to_gguf.py."
        )


def _write_sizes(writer: GGUFWriter, checkpoint: Checkpoint, config: Any, half_precision: bool) -> None:
    from gguf import LlamaFileType

    head = config.head_dim or config.hidden_size // config.num_attention_heads
    writer.add_name(checkpoint.name)
    writer.add_string("general.source.sha256", checkpoint.digest)
    writer.add_file_type(LlamaFileType.MOSTLY_F16 if half_precision else LlamaFileType.ALL_F32)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(head)
    writer.add_value_length(head)
    writer.add_rope_dimension_count(head)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(config.vocab_size)


def _write_tokenizer(
    writer: GGUFWriter, checkpoint: Checkpoint, tokenizer: PreTrainedTokenizerBase, vocabulary_size: int
) -> None:
    from gguf import TokenType

    stored = json.loads((checkpoint.folder / "tokenizer.json").read_text("utf-8"))
    pre = _pre_tokenizer_name(checkpoint, stored)
    tokens = [f"[PAD{index}]" for index in range(vocabulary_size)]
    types = [TokenType.UNUSED] * vocabulary_size
    for token, index in stored["model"]["vocab"].items():
        tokens[index], types[index] = token, TokenType.NORMAL
    for added in stored["added_tokens"]:
        tokens[added["id"]] = added["content"]
        types[added["id"]] = TokenType.CONTROL if added["special"] else TokenType.USER_DEFINED
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges([m if isinstance(m, str) else " ".join(m) for m in stored["model"]["merges"]])
    for add, token_id in (
        (writer.add_bos_token_id, tokenizer.bos_token_id),
        (writer.add_eos_token_id, tokenizer.eos_token_id),
        (writer.add_pad_token_id, tokenizer.pad_token_id),
        (writer.add_unk_token_id, tokenizer.unk_token_id),
    ):
        if isinstance(token_id, int):
            add(token_id)
    writer.add_add_bos_token(False)  # the chat template writes it, or the model knows none
    if tokenizer.chat_template:
        writer.add_chat_template(str(tokenizer.chat_template))


def _pre_tokenizer_name(checkpoint: Checkpoint, stored: dict[str, Any]) -> str:
    pre = dict(stored.get("pre_tokenizer") or {})
    pre.pop("trim_offsets", None)  # about offsets only
    name = PRE_TOKENIZERS.get(json.dumps(pre, sort_keys=True))
    if stored["model"]["type"] != "BPE" or name is None or stored.get("normalizer"):
        raise ModelError(
            f"{checkpoint.name}: only byte-level BPE tokenizers with the GPT-2 splitting rule and no normaliser can be "
            f"exported; this one is {stored['model']['type']} with {json.dumps(pre)[:200]}. "
            "Use llama.cpp's convert_hf_to_gguf.py."
        )
    return name


def _tensors(checkpoint: Checkpoint, config: Any) -> Iterator[tuple[str, NDArray]]:
    """Yield llama.cpp's name and the values of each weight.

    Source: the tensor names and the permutation of LlamaModel in llama.cpp's convert_hf_to_gguf.py.
    """
    from safetensors import safe_open

    outer = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}
    for file in checkpoint.weights:
        with safe_open(file, framework="pt") as weights:
            for name in weights.keys():  # noqa: SIM118
                values = weights.get_tensor(name).float().numpy()
                stem = name.removesuffix(".weight")
                if stem in outer:
                    if stem != "lm_head" or not config.tie_word_embeddings:
                        yield f"{outer[stem]}.weight", values
                    continue
                _, _, layer, part = stem.split(".", 3)
                if part in ("self_attn.q_proj", "self_attn.k_proj"):
                    values = interleave(
                        values, config.num_attention_heads if "q_" in part else config.num_key_value_heads
                    )
                yield f"blk.{layer}.{LAYER_NAMES[part]}.weight", values


def interleave(values: NDArray, n_heads: int) -> NDArray:
    """Reorder query or key rows from rotated halves (transformers) to rotated neighbours (llama.cpp).

    Args:
        values: shape `(n_heads * d, hidden)`.
        n_heads: heads that the rows belong to.
    """
    rows, columns = values.shape
    return values.reshape(n_heads, 2, rows // n_heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)
