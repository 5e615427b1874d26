"""The GGUF export read back: every number, the tokenizer and the template."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from gguf import GGUFReader
from safetensors.numpy import load_file

from engine.errors import ModelError, ModelUnavailable
from engine.models.checkpoint import digest_of, open_folder
from engine.models.gguf_export import LAYER_NAMES, export_gguf, interleave
from tests.models.conftest import TEMPLATE, make_checkpoint


def test_metadata_tokenizer_and_weights_survive(checkpoint_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "tiny.gguf"
    export_gguf(open_folder("hf:tiny", checkpoint_folder), out)
    reader = GGUFReader(out)
    facts = {name: entry.contents() for name, entry in reader.fields.items()}
    assert facts["general.architecture"] == "llama"
    assert facts["general.source.sha256"] == digest_of((checkpoint_folder / "model.safetensors",))
    assert facts["llama.context_length"] == 512
    assert facts["llama.block_count"] == 2
    assert (facts["llama.attention.head_count"], facts["llama.attention.head_count_kv"]) == (4, 2)
    assert facts["llama.rope.dimension_count"] == 16
    assert facts["llama.rope.freq_base"] == 10000.0
    assert facts["tokenizer.chat_template"] == TEMPLATE
    assert (facts["tokenizer.ggml.model"], facts["tokenizer.ggml.pre"]) == ("gpt2", "gpt-2")

    stored = json.loads((checkpoint_folder / "tokenizer.json").read_text("utf-8"))
    tokens = facts["tokenizer.ggml.tokens"]
    assert all(tokens[index] == token for token, index in stored["model"]["vocab"].items())
    assert tokens[facts["tokenizer.ggml.eos_token_id"]] == "<|end|>"
    assert facts["tokenizer.ggml.merges"] == [" ".join(pair) for pair in stored["model"]["merges"]]

    weights = load_file(checkpoint_folder / "model.safetensors")
    written = {tensor.name: np.asarray(tensor.data) for tensor in reader.tensors}
    assert len(written) == len(weights)
    assert np.array_equal(written["token_embd.weight"], weights["model.embed_tokens.weight"])
    assert np.array_equal(written["output.weight"], weights["lm_head.weight"])
    for part, name in LAYER_NAMES.items():
        original, exported = weights[f"model.layers.1.{part}.weight"], written[f"blk.1.{name}.weight"]
        if name in ("attn_q", "attn_k"):
            heads = 4 if name == "attn_q" else 2
            assert not np.array_equal(exported, original)
            # Undone by hand: row 2 i of a head is row i of its first half, row 2 i + 1 that of its second half.
            by_head = exported.reshape(heads, 8, 2, 64)
            original = original.reshape(heads, 2, 8, 64)
            assert np.array_equal(by_head[:, :, 0], original[:, 0])
            assert np.array_equal(by_head[:, :, 1], original[:, 1])
        else:
            assert np.array_equal(exported, original)


def test_half_precision_and_tied_weights(tmp_path: Path) -> None:
    folder = make_checkpoint(tmp_path / "tied", tied=True)
    out = tmp_path / "tied.gguf"
    export_gguf(open_folder("hf:tied", folder), out, half_precision=True)
    tensors = {tensor.name: tensor for tensor in GGUFReader(out).tensors}
    assert "output.weight" not in tensors  # llama.cpp uses the embeddings again
    assert tensors["token_embd.weight"].data.dtype == np.float16
    assert tensors["output_norm.weight"].data.dtype == np.float32


def test_interleave_keeps_heads_apart() -> None:
    rows = np.arange(8).reshape(8, 1)  # two heads of four rows
    assert interleave(rows, 2).ravel().tolist() == [0, 2, 1, 3, 4, 6, 5, 7]


def test_what_cannot_be_exported_is_refused(
    checkpoint_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_checkpoint(tmp_path / "other")
    config = json.loads((other / "config.json").read_text())
    (other / "config.json").write_text(json.dumps(config | {"model_type": "mistral"}))
    with pytest.raises(ModelError, match="only Llama"):
        export_gguf(open_folder("hf:other", other), tmp_path / "x.gguf")
    scaled = json.loads(json.dumps(config))
    scaled["rope_parameters"] = {"rope_type": "linear", "factor": 2.0, "rope_theta": 10000.0}
    (other / "config.json").write_text(json.dumps(scaled))
    with pytest.raises(ModelError, match="linear"):
        export_gguf(open_folder("hf:other", other), tmp_path / "x.gguf")
    (other / "config.json").write_text(json.dumps(config))
    tokenizer = json.loads((other / "tokenizer.json").read_text("utf-8"))
    tokenizer["pre_tokenizer"] = {"type": "Whitespace"}
    (other / "tokenizer.json").write_text(json.dumps(tokenizer))
    with pytest.raises(ModelError, match="Whitespace"):
        export_gguf(open_folder("hf:other", other), tmp_path / "x.gguf")
    assert not (tmp_path / "x.gguf").exists()
    monkeypatch.setitem(sys.modules, "gguf", None)
    with pytest.raises(ModelUnavailable, match="pip install gguf"):
        export_gguf(open_folder("hf:tiny", checkpoint_folder), tmp_path / "x.gguf")
