"""Derive the personal data in a run's texts: what was sent to models, what came back, what was shown. Masked rows only.

Not here: how it is found (engine.privacy), and what is made of it (audits.checks.privacy).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator

import duckdb
import pyarrow as pa

from audits.derivations import Job
from engine.privacy.masking import masked
from engine.privacy.patterns import Find
from engine.privacy.people import People
from engine.privacy.reading import read_people
from engine.runlog.derived import SCHEMAS

_TABLE = "personal_data"
_REQUESTS = 1_000  # read at a time
_TEXTS_KEPT = 100_000  # whose finds are kept: prompts share most of their messages
_DATASETS_KEPT = 2
_kept: dict[tuple[str, int], People] = {}  # the one used last at the end

Key = tuple[str, int | None, str, str]  # field, slot rank, kind, text as found


class Finder:
    """Finds personal data in texts of one dataset's runs; what a text holds is worked out once."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._found: dict[str, tuple[Find, ...]] = {}

    def find(self, text: str) -> tuple[Find, ...]:
        """Return the personal data in a text."""
        found = self._found.get(text)
        if found is None:
            if len(self._found) >= _TEXTS_KEPT:
                self._found.clear()
            found = self._found[text] = tuple(self._people.find(text))
        return found


def derive_personal_data(job: Job) -> pa.Table:
    """Return the rows of `personal_data` for one run: a row a request, field, rank and different piece of data."""
    ((fingerprint,),), ((n_requests,),) = job.rows("dataset_of_run"), job.rows("request_end")
    finder = Finder(people_in(job.connection, fingerprint))
    rows: list[tuple[object, ...]] = []
    for first in range(0, n_requests, _REQUESTS):
        job.progress("looking for personal data", first / n_requests)
        texts = job.rows("recorded_texts", first=first, last=first + _REQUESTS - 1)
        by_request: dict[str, list[tuple]] = {}
        for request_id, *text in texts:
            by_request.setdefault(request_id, []).append(tuple(text))
        for request_id, own in by_request.items():
            rows += [(request_id, *row) for row in _of_request(own, finder)]
    schema = SCHEMAS[_TABLE]
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    names = ("request_id", "find_index", "field", "slot_rank", "kind", "masked", "n_times", "in_prompt")
    arrays = {name: pa.array(c, schema.field(name).type) for name, c in zip(names, columns, strict=True)}
    return pa.table({name: arrays[name] for name in schema.names}, schema=schema)


def people_in(connection: duckdb.DuckDBPyConnection, fingerprint: str) -> People:
    """Return the people of a dataset; the last two are kept, since runs of one dataset are mostly looked at together.

    A run may name users that the dataset does not have, so the number of runs is a part of what is kept.
    """
    (n_runs,) = connection.execute("select count(*) from runs").fetchall()[0]
    key = (fingerprint, n_runs)
    people = _kept.pop(key, None)
    _kept[key] = people = people or read_people(connection, fingerprint)
    while len(_kept) > _DATASETS_KEPT:
        _kept.pop(next(iter(_kept)))
    return people


def message_texts(messages: str) -> Iterator[str]:
    """Yield the contents of messages that are recorded as JSON; a text that is none is one content."""
    try:
        said = json.loads(messages)
    except ValueError:
        said = None
    if not isinstance(said, list):
        yield messages
        return
    yield from _strings(said)


def _strings(value: object) -> Iterator[str]:
    """Yield every text within a JSON value, names of fields left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _of_request(texts: Iterable[tuple], finder: Finder) -> Iterator[tuple[object, ...]]:
    """Yield find index, field, rank, kind, mask, times and whether a prompt holds it, in the order of first mention."""
    counts: Counter[Key] = Counter()
    for field, slot_rank, said in texts:
        for text in message_texts(said) if field == "prompt" else (said,):
            counts.update((field, slot_rank, find.kind, find.text) for find in finder.find(text))
    asked = {(kind, text) for field, _, kind, text in counts if field == "prompt"}
    for index, ((field, slot_rank, kind, text), n_times) in enumerate(counts.items()):
        mask = masked(Find(kind=kind, start=0, end=len(text), text=text))
        yield index, field, slot_rank, kind, mask, n_times, (kind, text) in asked
