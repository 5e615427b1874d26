"""Constraints for servers: as a JSON schema on the way out, as plain text on the way back. Not here: any server."""

from __future__ import annotations

import json
from typing import Any

import jsonschema

from engine.errors import ModelError
from engine.models.contract import Choices, Constraint, JsonSchema, RankedChoices

MOST_OPTIONS = 500  # beyond it servers refuse the grammar or take minutes to compile it
ANSWER = "answer"


def wire_schema(constraint: Constraint) -> dict[str, Any]:
    """Return the schema of the object that a server must answer with; choices stand in its one field, "answer".

    A server's grammar cannot forbid that an option comes twice; repeats come back as they were said.

    Raises:
        ModelError: there are too many options for a server's grammar.
    """
    match constraint:
        case JsonSchema(schema=schema):
            return dict(schema)
        case Choices(options=options):
            return _wrapped({"type": "string", "enum": _checked(options)})
        case RankedChoices(options=options, k=k, excluded=excluded):
            titles = _checked(tuple(title for title in options if title not in excluded))
            n = min(k, len(titles))
            items = {"type": "string", "enum": titles}
            return _wrapped({"type": "array", "items": items, "minItems": n, "maxItems": n})


def _checked(options: tuple[str, ...]) -> list[str]:
    unique = list(dict.fromkeys(options))
    if not unique:
        raise ModelError("a choice needs at least one option that is not excluded, got none")
    if len(unique) > MOST_OPTIONS:
        raise ModelError(
            f"a server's JSON grammar takes at most {MOST_OPTIONS} options, got {len(unique)}. Ask with a smaller "
            "candidate list, decode freely, or use a local model (embedded or hf:...), which chooses among any number."
        )
    return unique


def _wrapped(schema: dict[str, Any]) -> dict[str, Any]:
    # Strict servers (OpenAI) accept only an object at the root.
    return {"type": "object", "properties": {ANSWER: schema}, "required": [ANSWER], "additionalProperties": False}


def plain_text(constraint: Constraint, answer: str) -> str:
    """Return a finished answer as the contract words it: the JSON itself, the choice, or numbered lines.

    Raises:
        ModelError: the server did not keep the constraint.
    """
    try:
        value = json.loads(answer)
        jsonschema.validate(value, wire_schema(constraint))
    except (json.JSONDecodeError, jsonschema.ValidationError) as error:
        reason = error.message if isinstance(error, jsonschema.ValidationError) else str(error)
        raise ModelError(
            f"the server did not keep the JSON schema ({reason[:200]}); it answered {answer[:200]!r}. "
            "It may not support structured output: choose another server or decode freely."
        ) from error
    except jsonschema.SchemaError as error:
        raise ModelError(f"the JSON schema is not valid: {error.message}") from error
    match constraint:
        case JsonSchema():
            return answer
        case Choices():
            return str(value[ANSWER])
        case RankedChoices():
            return "\n".join(f"{rank}. {title}" for rank, title in enumerate(value[ANSWER], start=1))
