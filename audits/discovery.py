"""Find every audit: each subclass of `Audit` that a module of `audits.checks` defines."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Mapping
from functools import cache

import audits.checks
from audits.audit import Audit
from audits.errors import AuditError


@cache
def find_audits() -> Mapping[str, type[Audit]]:
    """Return every audit by its name, in the order of their sections in the list of metrics; those in none come last.

    Raises:
        AuditError: two audits have the same name.
    """
    found: dict[str, type[Audit]] = {}
    for info in pkgutil.iter_modules(audits.checks.__path__):
        module = importlib.import_module(f"{audits.checks.__name__}.{info.name}")
        for _, member in inspect.getmembers(module, inspect.isclass):
            if issubclass(member, Audit) and not inspect.isabstract(member) and member.__module__ == module.__name__:
                if member.name in found:
                    raise AuditError(f"Two audits are named {member.name!r}: rename one of them.")
                found[member.name] = member
    return dict(sorted(found.items(), key=lambda entry: (not entry[1].section, entry[1].section, entry[0])))


def routine_audits() -> tuple[str, ...]:
    """Return the names of the audits that are run unasked, in the order of their sections."""
    return tuple(name for name, audit in find_audits().items() if audit.routine)


def find_audit(name: str) -> type[Audit]:
    """Return the audit of that name.

    Raises:
        AuditError: there is none.
    """
    try:
        return find_audits()[name]
    except KeyError:
        raise AuditError(f"There is no audit named {name!r}; there are {', '.join(find_audits())}.") from None
