"""What can be run: recommenders with their options, models, and whether a plan can be carried out as typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import streamlit as st
from pydantic import ValidationError

from engine.datasets.splits import parse_split
from engine.errors import EngineError, PlanError
from engine.models.listing import ModelListing, available_models
from engine.plan import RunPlan
from engine.preparation import DEFAULT_SPLITS
from engine.registry import ROWS, Row, load, row

LEAVE_LAST_OUT = "leave-last-out:1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option of a recommender's config. `kind`: integer, number, boolean, choice, text or json."""

    name: str
    kind: str
    default: Any
    help: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[Any, ...] = ()
    is_optional: bool = False  # None is a value, too


def recommenders() -> tuple[Row, ...]:
    """Return every recommender, in the registry's order."""
    return ROWS


def recommender(name: str) -> Row:
    """Return one recommender's row.

    Raises:
        PlanError: there is none of this name.
    """
    return row(name)


def options(name: str) -> tuple[Option, ...]:
    """Return the options of a recommender, read from its config's schema.

    Raises:
        PlanError: it cannot be loaded.
    """
    try:
        return _options(name)
    except ImportError as error:
        raise PlanError(f"{name} cannot be loaded: {error}. Is the installation complete?") from error


def models(name: str) -> list[ModelListing]:
    """Return the models that are there and offer what the recommender needs; none where it takes no model."""
    wanted = row(name)
    if wanted.default_model is None:
        return []
    return [m for m in _models() if m.is_available and m.capabilities >= wanted.needs]


def missing_models(name: str) -> list[ModelListing]:
    """Return models and backends that would do but are not there; each says what to start or install."""
    wanted = row(name)
    return [m for m in _models() if not m.is_available and m.capabilities >= wanted.needs]


def look_for_models_again() -> None:
    """Forget which models there are: a server may have been started since."""
    _models.clear()


def default_split(dataset: str, *, is_given: bool = False) -> str:
    """Return the split that is used where none is named; `is_given`: the dataset came with a held-out part."""
    return "given" if is_given else DEFAULT_SPLITS.get(dataset, LEAVE_LAST_OUT)


def problem(values: Mapping[str, Any]) -> str | None:
    """Return what is wrong with a plan as it was typed, None where nothing is."""
    try:
        plan = RunPlan(**values)
        load(plan.recommender).Config(**plan.config)
        if plan.split is not None and not plan.split.endswith("%"):
            parse_split(plan.split)
    except ValidationError as error:
        return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'plan'}: {e['msg']}" for e in error.errors())
    except (EngineError, ImportError) as error:
        return str(error)
    return None


@cache
def _options(name: str) -> tuple[Option, ...]:
    schema = load(name).Config.model_json_schema()
    shared = schema.get("$defs", {})
    required = set(schema.get("required", ()))
    return tuple(_option(n, p, shared, is_required=n in required) for n, p in schema.get("properties", {}).items())


def _option(name: str, given: dict[str, Any], shared: Mapping[str, Any], *, is_required: bool) -> Option:
    variants = [_resolved(v, shared) for v in given.get("anyOf", [given])]
    told = [v for v in variants if v.get("type") != "null"]
    main = told[0] if len(told) == 1 else {}
    choices = tuple(main.get("enum", ())) or (() if "const" not in main else (main["const"],))
    types = {"integer": "integer", "number": "number", "boolean": "boolean", "string": "text"}
    minimum, maximum = (
        main.get("minimum", main.get("exclusiveMinimum")),
        main.get("maximum", main.get("exclusiveMaximum")),
    )
    return Option(
        name=name,
        kind="choice" if choices else types.get(main.get("type", ""), "json"),
        default=None if is_required else given.get("default"),
        help=given.get("description", ""),
        minimum=minimum,
        maximum=maximum,
        choices=choices,
        is_optional=len(told) < len(variants),
    )


def _resolved(schema: dict[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref", "")
    return {**shared.get(reference.rpartition("/")[2], {}), **schema} if reference else schema


@st.cache_data(ttl=300, show_spinner="Looking for models")
def _models() -> list[ModelListing]:
    return available_models()
