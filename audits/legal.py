"""Legal profiles: which line a rule draws on group differences, if any, and where. Data files, checked on reading."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from audits.errors import AuditError


class Profile(BaseModel):
    """What is said under a rule. No line is drawn without one that is given together with where it comes from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1)
    says: str = ""  # for people: what the rule asks, and what it does not
    citations: tuple[str, ...] = ()
    impact_ratio_line: float | None = Field(default=None, gt=0, le=1)
    line_source: str = ""
    min_share: float = Field(default=0.0, ge=0, lt=1)  # groups of a smaller share of users are told apart

    @model_validator(mode="after")
    def _line_has_a_source(self) -> Profile:
        if self.impact_ratio_line is not None and not self.line_source:
            raise ValueError("impact_ratio_line needs line_source: the rule that draws it")
        if self.says and not self.citations:
            raise ValueError("what a profile says needs citations")
        return self


def shipped_profiles() -> tuple[str, ...]:
    """Return the names of the profiles that ship, in alphabetical order."""
    folder = files("audits.profiles")
    return tuple(sorted(path.name.removesuffix(".toml") for path in folder.iterdir() if path.name.endswith(".toml")))


def load_profile(name: str) -> Profile:
    """Read a profile: one that ships, by its name, or a TOML file of your own, by its path.

    Raises:
        AuditError: there is none, it cannot be read, or something in it does not fit.
    """
    if name in shipped_profiles():
        return _read(name, files("audits.profiles").joinpath(f"{name}.toml").read_text(encoding="utf-8"))
    if not name.endswith(".toml"):
        raise AuditError(
            f"There is no legal profile {name!r}; there are {', '.join(shipped_profiles())}, or give the path of a "
            "TOML file."
        )
    try:
        text = Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AuditError(f"The legal profile {name} cannot be read: {error}.") from error
    return _read(name, text)


def _read(name: str, text: str) -> Profile:
    try:
        return Profile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise AuditError(f"The legal profile {name} is not TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        said = first["msg"].removeprefix("Value error, ")
        raise AuditError(f"The legal profile {name} does not fit: {f'{field}: ' if field else ''}{said}.") from None
