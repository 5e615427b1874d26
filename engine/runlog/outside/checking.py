"""A batch of a foreign log -> typed columns, every value checked; what is no recommendation is refused by its line."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.datasets import columns
from engine.datasets.arrow import TEXT
from engine.datasets.arrow_compute import compute as pc
from engine.datasets.files.parquet import as_text
from engine.datasets.problems import DAMAGED
from engine.errors import LogError
from engine.runlog.outside.reading import LISTED, Batch
from engine.runlog.outside.rejects import Rejects

ID_LENGTH = 256
RANK_MAX = 100_000
TYPES = {
    "line": pa.int64(), "user": TEXT, "request": TEXT, "rank": pa.int32(), "item": TEXT, "raw_text": TEXT,
    "answer": TEXT, "score": pa.float64(), "rationale": TEXT, "prompt": TEXT, "latency_ms": pa.float64(),
    "model": TEXT, "time": pa.int64(),
}  # fmt: skip
_IDS = ("user", "request", "item", "model")
_TEXTS = ("raw_text", "answer", "rationale", "prompt")


class Checker:
    """Checks the batches of one file. `n_scores_lost`: scores that were no finite number and are kept as unknown."""

    def __init__(self, file: str, rejects: Rejects) -> None:
        self.file = file
        self.rejects = rejects
        self.n_rows = 0  # rows that were looked at, refused ones too
        self.n_scores_lost = 0

    def checked(self, batch: Batch) -> pa.Table:
        """Return the good rows with the columns of `TYPES`; what is not mapped is null."""
        rows, lines = self._exploded(batch)
        self.n_rows += len(lines)
        self._rows, self._lines, self._bad = rows, lines, np.zeros(len(lines), dtype=bool)
        typed: dict[str, pa.Array] = {"line": pa.array(lines, pa.int64())}
        for field in (*_IDS, *_TEXTS):
            typed[field] = self._text(field)
        self._refuse(columns.as_mask(typed["user"].is_null()), "expected a user", "user")
        typed["rank"], typed["latency_ms"] = self._rank(), self._latency()
        typed["score"], typed["time"] = self._score(), self._time()
        if not ({"raw_text", "answer", "item"} & set(rows.column_names)):
            raise ValueError("no field names the items")
        nothing = typed["raw_text"].is_null()
        for field in ("item", "answer"):
            nothing = pc.and_(nothing, typed[field].is_null())
        empty_answer = columns.as_mask(self._given("answer"))  # an empty answer is an answer
        self._refuse(columns.as_mask(nothing) & ~empty_answer, "expected an item or a text", None)
        table = pa.table({field: typed[field].cast(kind) for field, kind in TYPES.items()})
        return table.filter(pa.array(~self._bad)) if self._bad.any() else table

    def _exploded(self, batch: Batch) -> tuple[pa.Table, NDArray[np.int64]]:
        """Give each element of a list a row of its own, at its rank; lists of one row must be equally long."""
        rows, lines = batch.rows, batch.lines
        listed = [name for name in rows.column_names if name in LISTED and _is_list(rows[name].type)]
        if not listed:
            return rows, lines
        if "rank" in rows.column_names:
            raise LogError(f"{self.file}: items are lists, whose order is the rank; map no column to rank.")
        main = next((name for name in ("item", "raw_text") if name in listed), None)
        if main is None:
            raise LogError(f"{self.file}: {', '.join(listed)} hold lists, but neither items nor texts do.")
        sizes = {name: pc.list_value_length(rows[name].combine_chunks()).fill_null(0).to_numpy() for name in listed}
        wrong = np.any([(sizes[name] != sizes[main]) & (sizes[name] > 0) for name in listed], axis=0)
        self.n_rows += int(np.count_nonzero(wrong))
        self.rejects.add(self.file, lines[wrong], f"expected lists as long as that of {main}")
        keep = pa.array(~wrong)
        rows, lines = rows.filter(keep), lines[~wrong]
        sizes = {name: size[~wrong] for name, size in sizes.items()}
        parents = np.repeat(np.arange(len(lines)), sizes[main])
        first = np.repeat(np.cumsum(sizes[main]) - sizes[main], sizes[main])
        values: dict[str, pa.Array | pa.ChunkedArray] = {"rank": pa.array(np.arange(len(parents)) - first + 1)}
        for name in rows.column_names:
            if name not in listed:
                values[name] = rows[name].take(pa.array(parents))
                continue
            filled = (sizes[name] > 0)[parents]
            places = np.where(filled, np.cumsum(filled) - 1, 0)
            flat = pc.list_flatten(rows[name].combine_chunks())
            values[name] = flat.take(pa.array(places, mask=~filled))
        return pa.table(values), lines[parents]

    def _given(self, field: str) -> pa.Array:
        if field not in self._rows.column_names:
            return pa.repeat(pa.scalar(False), len(self._lines))
        return self._rows[field].combine_chunks().is_valid()

    def _refuse(self, wrong: NDArray[np.bool_], reason: str, field: str | None) -> None:
        fresh = wrong & ~self._bad
        if not fresh.any():
            return
        found = None
        if field is not None and field in self._rows.column_names:
            found = as_text(self._rows[field].filter(pa.array(fresh)))
        self.rejects.add(self.file, self._lines[fresh], reason, found)
        self._bad |= fresh

    def _text(self, field: str) -> pa.Array:
        n = len(self._lines)
        if field not in self._rows.column_names:
            return pa.nulls(n, TEXT)
        column = self._rows[field].combine_chunks()
        if pa.types.is_integer(column.type):
            return column.cast(TEXT)
        text = column.cast(TEXT) if pa.types.is_string(column.type) else as_text(column)
        damaged = pc.match_substring(text, DAMAGED)
        if pc.any(damaged).as_py():
            reason = "expected text in UTF-8 (name another encoding with --encoding)"
            self._refuse(columns.as_mask(damaged), reason, field)
        if field in _IDS:
            text = pc.utf8_trim_whitespace(text)
            long = pc.greater(pc.utf8_length(text), ID_LENGTH)
            self._refuse(columns.as_mask(long), f"expected at most {ID_LENGTH} characters as {field}", field)
        unsafe = pc.match_substring_regex(text, "[\x00␚]")
        if pc.any(unsafe).as_py():  # as the codec writes them
            text = pc.replace_substring(pc.replace_substring(text, "␚", "␚241a"), "\x00", "␚0000")
        return pc.if_else(pc.equal(text, ""), pa.scalar(None, TEXT), text)

    def _rank(self) -> pa.Array:
        if "rank" not in self._rows.column_names:
            return pa.nulls(len(self._lines), pa.int32())
        values, wrong = self._number("rank")
        with np.errstate(invalid="ignore"):
            wrong |= np.isnan(values) | (values < 0) | (values > RANK_MAX) | (values != np.floor(values))
        self._refuse(wrong, "expected a rank, a whole number from 1", "rank")
        return pa.array(np.where(wrong, 0, values).astype(np.int32))

    def _latency(self) -> pa.Array:
        if "latency_ms" not in self._rows.column_names:
            return pa.nulls(len(self._lines), pa.float64())
        values, wrong = self._number("latency_ms")
        wrong |= values < 0
        self._refuse(wrong, "expected milliseconds, a number of 0 or more", "latency_ms")
        return pa.array(values, mask=~np.isfinite(values))

    def _score(self) -> pa.Array:
        if "score" not in self._rows.column_names:
            return pa.nulls(len(self._lines), pa.float64())
        values, wrong = self._number("score")
        self._refuse(wrong, "expected a score, a number", "score")
        unknown = ~np.isfinite(values)
        self.n_scores_lost += int(np.count_nonzero(unknown & ~wrong & columns.as_mask(self._given("score"))))
        return pa.array(values, mask=unknown)

    def _time(self) -> pa.Array:
        """Return microseconds since the epoch."""
        if "time" not in self._rows.column_names:
            return pa.nulls(len(self._lines), pa.int64())
        column = self._rows["time"].combine_chunks()
        if pa.types.is_temporal(column.type):
            return column.cast(
                pa.timestamp("us", tz=column.type.tz if pa.types.is_timestamp(column.type) else None)
            ).cast(pa.int64())
        text = as_text(column)
        unknown = columns.missing(text) | columns.as_mask(pc.equal(pc.utf8_trim_whitespace(text), ""))
        times = columns.times(pc.if_else(pa.array(unknown), pa.scalar(None, TEXT), text))
        wrong = times.wrong & ~unknown
        self._refuse(wrong, f"expected a time as {times.form}, as in most rows", "time")
        return pa.array(times.order, mask=wrong | unknown)

    def _number(self, field: str) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return numbers, (n,), NaN where there is none, and which values are no number at all."""
        column = self._rows[field].combine_chunks()
        if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
            values = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
            return values.copy(), np.zeros(len(values), dtype=bool)
        text = pc.utf8_trim_whitespace(as_text(column))
        text = pc.if_else(pc.equal(text, ""), pa.scalar(None, TEXT), text)
        endless = columns.as_mask(pc.match_substring_regex(text, r"(?i)^[+-]?inf(inity)?$"))
        found = columns.numbers(pc.if_else(pa.array(endless), pa.scalar(None, TEXT), text), -1e300, 1e300)
        return found.values, found.wrong


def _is_list(kind: pa.DataType) -> bool:
    return pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
