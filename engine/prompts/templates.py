"""Prompt templates: files with [system] and [user] sections, rendered to messages and hashed into the manifest."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from importlib import resources

from jinja2 import Environment, StrictUndefined

from engine.records import Message

_SECTION = re.compile(r"^\[(system|user|assistant)\]$", re.MULTILINE)


def _one_line(text: str) -> str:
    """Fold all white space, so that a hostile title cannot add lines to a prompt."""
    return " ".join(str(text).split())


_ENVIRONMENT = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)
_ENVIRONMENT.filters["line"] = _one_line


@cache
def source(name: str) -> str:
    """Return the text of a template file.

    Raises:
        ValueError: there is no template of this name.
    """
    file = resources.files("engine.prompts").joinpath(f"{name}.jinja")
    if not file.is_file():
        raise ValueError(f"There is no prompt template {name!r}.")
    return file.read_text(encoding="utf-8")


def template_hash(name: str) -> str:
    """Return the SHA-256 of a template file."""
    return hashlib.sha256(source(name).encode()).hexdigest()


def render(name: str, **values: object) -> tuple[Message, ...]:
    """Render a template to messages. Sections are told apart before anything is filled in.

    Raises:
        ValueError: there is no template of this name.
        jinja2.UndefinedError: a value that the template needs was not given.
    """
    parts = _SECTION.split(source(name))
    return tuple(
        Message(role=role, content=_compiled(text).render(**values).strip())
        for role, text in zip(parts[1::2], parts[2::2], strict=True)
    )


@cache
def _compiled(text: str):
    return _ENVIRONMENT.from_string(text)
