"""Which column of a foreign log holds what: the fields that there are, their usual names, `--map` options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.errors import LogError


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that a log may say of a recommendation, and what people usually call its column."""

    name: str
    meaning: str
    usual: tuple[str, ...]


FIELDS: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field(name="user", meaning="the user", usual=("user_id", "user", "userid", "uid", "customer_id", "member_id")),
        Field(
            name="request",
            meaning="what tells lists of one user apart",
            usual=("request_id", "request", "session_id", "impression_id", "query_id"),
        ),
        Field(name="rank", meaning="place in the list, from 1 (or 0)", usual=("rank", "position", "place", "pos")),
        Field(
            name="item",
            meaning="id of the item, or a list of them",
            usual=(
                "item_id",
                "item",
                "items",
                "itemid",
                "iid",
                "product_id",
                "movie_id",
                "book_id",
                "track_id",
                "asin",
            ),
        ),
        Field(
            name="raw_text",
            meaning="what was written at this rank, to be grounded",
            usual=("raw_text", "text", "title", "recommendation", "recommendations", "line"),
        ),
        Field(
            name="answer",
            meaning="a whole answer, to be parsed into lines and grounded",
            usual=("answer", "response", "completion", "output", "raw_answer"),
        ),
        Field(name="score", meaning="the recommender's own score", usual=("score", "scores", "prediction", "pred")),
        Field(
            name="rationale",
            meaning="the reason that was given",
            usual=("rationale", "rationales", "reason", "explanation", "why"),
        ),
        Field(name="prompt", meaning="what the model was asked", usual=("prompt", "messages", "input")),
        Field(
            name="latency_ms",
            meaning="milliseconds that the list took",
            usual=("latency_ms", "latency", "duration_ms", "elapsed_ms"),
        ),
        Field(name="model", meaning="the model's name", usual=("model", "model_name", "llm", "gen_ai_request_model")),
        Field(
            name="time",
            meaning="when it was recommended",
            usual=("recorded_at", "time", "timestamp", "created_at", "date", "ts"),
        ),
    )
}
_ONE_OF = ("answer", "raw_text", "item")  # what names the items, the one that goes last wins over those before it


def settle_mapping(columns: Sequence[str], given: Mapping[str, str], file: str) -> dict[str, str]:
    """Return field -> column: what is given, and usual names for the rest.

    Args:
        columns: of the file.
        given: column -> field; the other way round is understood where it cannot be mistaken.
        file: its name, for errors.

    Raises:
        LogError: a column or field does not exist, a field is given twice, or user or items are not found.
    """
    chosen: dict[str, str] = {}
    for left, right in given.items():
        column, field = (right, left) if left in FIELDS and right not in FIELDS and right in columns else (left, right)
        if field not in FIELDS:
            raise LogError(f"There is no field {field!r}; fields are {', '.join(FIELDS)}. Write --map column=field.")
        if column not in columns:
            raise LogError(f"{file} has no column {column!r}; it has {', '.join(columns)}.")
        if field in chosen:
            raise LogError(f"The field {field} is given two columns, {chosen[field]!r} and {column!r}.")
        chosen[field] = column
    _add_usual(chosen, columns)
    if "user" not in chosen:
        raise LogError(f"{file}: no column is known to hold the user; name it with --map COLUMN=user. {_has(columns)}")
    if not any(field in chosen for field in _ONE_OF):
        raise LogError(
            f"{file}: no column is known to hold items. Name it with --map COLUMN=item (ids), --map COLUMN=raw_text "
            f"(titles) or --raw-answers COLUMN (whole answers). {_has(columns)}"
        )
    if "answer" in chosen and {"item", "raw_text", "rank"} & set(chosen):
        raise LogError(f"{file}: raw answers hold items and ranks themselves; map no item, raw_text or rank.")
    return chosen


def parse_pairs(texts: Sequence[str]) -> dict[str, str]:
    """Read `column=field` options; the last equals sign divides.

    Raises:
        LogError: an option has another form.
    """
    pairs = {}
    for text in texts:
        left, equals, right = text.rpartition("=")
        if not (left.strip() and equals and right.strip()):
            raise LogError(f"--map {text!r}: expected column=field, for example --map uid=user.")
        pairs[left.strip()] = right.strip()
    return pairs


def _add_usual(chosen: dict[str, str], columns: Sequence[str]) -> None:
    by_name = {column.strip().casefold(): column for column in reversed(columns)}
    named = [field for field in _ONE_OF if field in chosen]
    for name, field in FIELDS.items():
        if name in chosen or (name in _ONE_OF and named):
            continue
        if name == "rank" and "answer" in chosen:
            continue
        column = next((by_name[usual] for usual in field.usual if usual in by_name), None)
        if column is not None and column not in chosen.values():
            chosen[name] = column
    if not named and {"item", "raw_text"} & set(chosen):  # an answer is not read twice
        chosen.pop("answer", None)
    if "answer" in chosen and not named:
        chosen.pop("rank", None)


def _has(columns: Sequence[str]) -> str:
    return f"The file has {', '.join(columns)}."
