"""Conversations as tokens, through the checkpoint's own chat template. Not here: decoding."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.errors import ModelError
from engine.records import Message

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def render(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message]) -> str:
    """Return the prompt text. A conversation that ends with the assistant's turn is continued within that turn.

    Without a chat template (a base model) turns are written as "role:" lines; `template_digest` then says "none".

    Raises:
        ModelError: the template refuses the conversation.
    """
    if not messages:
        raise ModelError("a prompt needs at least one message")
    continues = messages[-1].role == "assistant"
    if tokenizer.chat_template is None:
        turns = [f"{message.role}:\n{message.content}" for message in messages]
        return "\n\n".join(turns) + ("" if continues else "\n\nassistant:\n")
    from jinja2 import TemplateError

    last: TemplateError | None = None
    for form in (messages, _fold_system(messages)):
        try:
            return str(
                tokenizer.apply_chat_template(
                    [{"role": message.role, "content": message.content} for message in form],
                    tokenize=False,
                    add_generation_prompt=not continues,
                    continue_final_message=continues,
                )
            )
        except TemplateError as error:  # some templates know no system role: try it within the first user turn
            last = error
    raise ModelError(f"the model's chat template refuses this conversation: {last}")


def _fold_system(messages: Sequence[Message]) -> list[Message]:
    if len(messages) < 2 or messages[0].role != "system" or messages[1].role != "user":
        return list(messages)
    joined = Message(role="user", content=f"{messages[0].content}\n\n{messages[1].content}")
    return [joined, *messages[2:]]


def encode(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message]) -> list[int]:
    """Return the token ids of the rendered conversation (the template writes the special tokens itself)."""
    text = render(tokenizer, messages)
    return list(tokenizer(text, add_special_tokens=tokenizer.chat_template is None)["input_ids"])


def encode_plain(tokenizer: PreTrainedTokenizerBase, text: str) -> list[int]:
    """Return the token ids of a text that follows a conversation: no special tokens."""
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])


def template_digest(tokenizer: PreTrainedTokenizerBase) -> str:
    """Return the SHA-256 of the chat template, or "none"."""
    template = tokenizer.chat_template
    return hashlib.sha256(str(template).encode()).hexdigest() if template else "none"
