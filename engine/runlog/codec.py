"""Records to canonical JSON and back, exactly. Not here: files or the chain.

Model output may hold what neither UTF-8 nor every database can: lone surrogates and NUL. Such a character is written as
`␚` and its four hexadecimal digits, and `␚` itself as `␚241a`, in the journal and in the index alike; `load` takes it
back. A number that is not finite is written as null where the field allows it (a score that is no number is no score)
and refused elsewhere. Fields that are added to a record later need a default, so that older journals stay readable.
"""

from __future__ import annotations

import json
import math
import re
from functools import cache
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from engine.errors import LogError
from engine.records import (
    AnsweredRequest,
    ExternalAnswer,
    FitRecord,
    ResourceRecord,
    ResumeRecord,
    RunEnd,
    RunManifest,
    SegmentRecord,
)

JournalRecord = (
    RunManifest | FitRecord | AnsweredRequest | ExternalAnswer | SegmentRecord | ResourceRecord | ResumeRecord | RunEnd
)
KINDS: dict[str, type[JournalRecord]] = {
    "plan": RunManifest,
    "fit": FitRecord,
    "answer": AnsweredRequest,
    "external": ExternalAnswer,
    "segment": SegmentRecord,
    "resources": ResourceRecord,
    "resume": ResumeRecord,
    "end": RunEnd,
}
_KIND_OF: dict[type, str] = {record: kind for kind, record in KINDS.items()}

_MARK = "␚"
_UNSAFE = re.compile(f"[\ud800-\udfff\x00{_MARK}]")
_UNSAFE_JSON = re.compile(f"[\ud800-\udfff{_MARK}]|\\\\u0000")  # may find too much, never too little
_ESCAPED = re.compile(f"{_MARK}([0-9a-f]{{4}})")


def escape(text: str) -> str:
    """Return the text without lone surrogates and NUL; `unescape` gives it back."""
    return _UNSAFE.sub(lambda match: f"{_MARK}{ord(match[0]):04x}", text)


def unescape(text: str) -> str:
    """Return the text that `escape` was given."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def kind_of(record: JournalRecord) -> str:
    """Return the record's kind in the journal.

    Raises:
        ValueError: this type of record has no place in a journal.
    """
    try:
        return _KIND_OF[type(record)]
    except KeyError:
        raise ValueError(f"{type(record).__name__} is not a journal record; expected one of {sorted(KINDS)}") from None


def dump(record: JournalRecord) -> str:
    """Return the record as canonical JSON: keys sorted, no spaces, characters as they are but for the escaped ones.

    Raises:
        LogError: a field holds something that JSON cannot, such as a path in a config or a latency that is no number.
    """
    kind = kind_of(record)
    value = _adapter(kind).dump_python(record, warnings=False)
    try:
        text = _to_json(value)
    except TypeError as error:
        raise LogError(
            f"A record of kind {kind} cannot be written: {error}. Only text, numbers, lists and maps can."
        ) from error
    except ValueError:  # NaN or infinity somewhere
        text = _to_json(_finite(value))
        try:
            _adapter(kind).validate_python(json.loads(text))
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors()[0]["loc"])
            raise LogError(f"A record of kind {kind} cannot be written: {where} is not a finite number.") from error
    return _to_json(_map_texts(json.loads(text), escape)) if _UNSAFE_JSON.search(text) else text


def load(kind: str, body: bytes) -> JournalRecord:
    """Return the record of a journal entry, equal to the one that was dumped.

    Raises:
        LogError: the kind is unknown, or the body does not fit it.
    """
    return _validate(kind, _map_texts(json.loads(body), unescape) if _MARK.encode() in body else json.loads(body))


def load_escaped(kind: str, body: bytes) -> JournalRecord:
    """Return the record with its texts as they are stored: safe to hand to Arrow and DuckDB.

    Raises:
        LogError: the kind is unknown, or the body does not fit it.
    """
    return _validate(kind, json.loads(body))


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(KINDS[kind])


def _validate(kind: str, value: object) -> JournalRecord:
    if kind not in KINDS:
        raise LogError(
            f"The journal holds a record of kind {kind!r}, which this version does not know (it knows "
            f"{', '.join(KINDS)}). Update RecAudit, then run `recaudit log rebuild`."
        )
    try:
        return _adapter(kind).validate_python(value)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise LogError(f"A record of kind {kind} does not have the expected form: {where}: {first['msg']}.") from error


def _to_json(value: object) -> str:
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_plain_number
    )


def _plain_number(value: object) -> object:
    if isinstance(value, np.generic):  # scores often come out of an array
        return value.item()
    raise TypeError(f"{type(value).__name__} {value!r} has no JSON form")


def _finite(value: object) -> object:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    return [_finite(part) for part in value] if isinstance(value, (list, tuple)) else value


def _map_texts(value: object, change: Any) -> object:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {change(key): _map_texts(part, change) for key, part in value.items()}
    return [_map_texts(part, change) for part in value] if isinstance(value, list) else value
