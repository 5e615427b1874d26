"""How a request states a personal attribute, and which words name it: wording is data. Not here: who is told what."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator

from engine.errors import PlanError

DEFAULT = "default"


class Wording(BaseModel):
    """The wording of one attribute; `form` may hold {attribute} and {value}."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    form: str = ""  # empty: the default's
    values: dict[str, str] = Field(default_factory=dict)
    names: tuple[str, ...] = ()
    words: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    @field_validator("form")
    @classmethod
    def _says_the_value(cls, form: str) -> str:
        if form and "{value}" not in form:
            raise ValueError(f"the form must hold {{value}}, not {form!r}")
        return form


class Statements(BaseModel):
    """The wording of every attribute; one that is not listed is worded as the default says."""

    model_config = ConfigDict(frozen=True)

    wordings: dict[str, Wording]

    def sentence(self, attribute: str, value: str) -> str:
        """Return the sentence that states a value: "I am a woman."."""
        wording = self.wordings.get(attribute, Wording())
        form = wording.values.get(value) or wording.form or self.wordings[DEFAULT].form
        return form.replace("{attribute}", attribute.replace("_", " ")).replace("{value}", value)

    def naming_words(self, attribute: str, value: str) -> tuple[str, ...]:
        """Return the words and phrases that name the attribute or this value of it, lower case, each once."""
        wording = self.wordings.get(attribute, Wording())
        words = (attribute.replace("_", " "), value, *wording.names, *wording.words.get(value, ()))
        return tuple(dict.fromkeys(word.lower() for word in words if word))


@cache
def shipped_statements() -> Statements:
    """Return the wording that ships with the program."""
    text = resources.files("engine.prompts").joinpath("statements.toml").read_text(encoding="utf-8")
    return Statements(wordings=TypeAdapter(dict[str, Wording]).validate_python(tomllib.loads(text)))


def read_statements(path: Path) -> Statements:
    """Read a wording of one's own; attributes that it does not list keep the shipped wording.

    Raises:
        PlanError: the file is not a TOML file of wordings.
    """
    try:
        own = TypeAdapter(dict[str, Wording]).validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        said = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error
        raise PlanError(
            f'{path} is not a wording: {said}. Expected a table an attribute, for example [gender] with form = "I am '
            'a {value}.".'
        ) from None
    return Statements(wordings={**shipped_statements().wordings, **own})
