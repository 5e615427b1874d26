"""A tiny Llama checkpoint with a byte-level tokenizer, made from scratch: real code paths, meaningless answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.models.checkpoint import open_folder
from engine.models.local import LocalModel

TITLES = (
    "Rocky",
    "Rocky II",
    "Rocky III",
    "Se7en",
    "2001: A Space Odyssey",
    "(500) Days of Summer",
    "Amélie",
    "千と千尋の神隠し",
    "It's a Wonderful Life",
    "What's Up, Doc?",
    "Alien",
    "Aliens",
)
TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}"
    "<|{{ message['role'] }}|>\n{{ message['content'] }}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
)


def make_checkpoint(
    folder: Path, *, vocabulary: int = 400, context: int = 512, seed: int = 0, tied: bool = False
) -> Path:
    """Write a random two-layer Llama and a tokenizer trained on the titles above."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<|begin|>", "<|end|>", "<|pad|>", "<|system|>", "<|user|>", "<|assistant|>"]
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    corpus = [f"{rank}. {title}\n" for rank, title in enumerate(TITLES, 1)] + [
        "Recommend films. Yes No user history"
    ] * 5
    tokenizer.train_from_iterator(corpus, trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<|begin|>",
        eos_token="<|end|>",
        pad_token="<|pad|>",
        chat_template=TEMPLATE,
    )
    fast.save_pretrained(folder)
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(fast),
        hidden_size=64,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=context,
        bos_token_id=fast.bos_token_id,
        eos_token_id=fast.eos_token_id,
        pad_token_id=fast.pad_token_id,
        tie_word_embeddings=tied,
        initializer_range=0.3,  # far from uniform, so that rounding never decides
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def checkpoint_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_checkpoint(tmp_path_factory.mktemp("checkpoint"))


@pytest.fixture(scope="session")
def local_model(checkpoint_folder: Path) -> LocalModel:
    return LocalModel(open_folder("hf:tiny", checkpoint_folder), device="cpu", batch_size=4)
