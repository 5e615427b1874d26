"""The settings of an audit: its dataclass fields, checked where they come from outside."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping

from pydantic import TypeAdapter, ValidationError

from audits.audit import Audit
from audits.errors import AuditError
from audits.statistics.resampling import Resampling


def configured(audit: type[Audit], values: Mapping[str, object] | None = None) -> Audit:
    """Make an audit with some of its settings changed; text is read as the setting's type, "a,b" as a tuple.

    Raises:
        AuditError: it has no such setting, or the value does not fit.
    """
    types = typing.get_type_hints(audit)
    known = [field.name for field in dataclasses.fields(audit)]  # type: ignore[arg-type]
    checked = {}
    for name, value in (values or {}).items():
        if name not in known:
            raise AuditError(f"The audit {audit.name} has no setting {name!r}; it has {', '.join(known) or 'none'}.")
        try:
            checked[name] = TypeAdapter(types[name]).validate_python(_read(value, types[name]))
        except ValidationError as error:
            problem = error.errors()[0]["msg"]
            raise AuditError(f"{audit.name}.{name} = {value!r} does not fit: {problem}.") from None
    try:
        made = audit(**checked)
        _check_intervals(made)
        return made
    except ValueError as error:
        raise AuditError(f"The settings of the audit {audit.name} do not fit: {error}") from None


def _check_intervals(audit: Audit) -> None:
    """Refuse settings that no interval can be made with before anything runs, whatever audit has them.

    Raises:
        ValueError: too few resamples, a level outside (0, 1), or an unknown method.
    """
    fields = {"resamples": "resamples", "level": "level", "interval_method": "method"}
    Resampling(**{to: getattr(audit, name) for name, to in fields.items() if hasattr(audit, name)})


def settings_of(audit: Audit) -> tuple[tuple[str, str], ...]:
    """Return the settings in force, as text, in the order of the fields."""
    return tuple((f.name, _write(getattr(audit, f.name))) for f in dataclasses.fields(audit))  # type: ignore[arg-type]


def read_settings(texts: list[str]) -> dict[str, dict[str, object]]:
    """Read `audit.setting=value` texts into audit -> setting -> value.

    Raises:
        AuditError: a text has another form.
    """
    settings: dict[str, dict[str, object]] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        audit, dot, name = key.strip().partition(".")
        if not (equals and dot and audit and name):
            raise AuditError(f"Expected audit.setting=value, for example accuracy.resamples=2000, not {text!r}.")
        settings.setdefault(audit, {})[name] = value.strip()
    return settings


def _read(value: object, kind: object) -> object:
    if not isinstance(value, str):
        return value
    if typing.get_origin(kind) is tuple:
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return None if value.lower() == "none" and type(None) in typing.get_args(kind) else value


def _write(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
