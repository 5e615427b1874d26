"""Columns of text -> ids, numbers, times and lists, a whole column at a time, with the values that cannot be read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from engine.datasets.arrow import TEXT, TEXTS
from engine.datasets.arrow_compute import compute as pc

Mask = NDArray[np.bool_]
_MISSING = pa.array(
    ["nan", "NaN", "NAN", "NA", "N/A", "n/a", "null", "Null", "NULL", "None", "<NA>", r"\N", "NaT"], TEXT
)
_NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$"
_ISO = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?( ?(Z|[+-]\d{2}(:?\d{2})?))?)?$"
_UNITS = (
    ("seconds", 1e11, 1),
    ("milliseconds", 1e14, 1_000),
    ("microseconds", 1e17, 1_000_000),
    ("nanoseconds", 1e20, 1_000_000_000),
)
LATEST = 253_402_300_799  # the last second of the year 9999


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Numbers of a column, (n,), NaN where missing or wrong, and which are wrong."""

    values: NDArray[np.float64]
    wrong: Mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Times of a column, (n,): seconds since the epoch, UTC, a finer key for order, which are wrong, and the form."""

    seconds: NDArray[np.int64]
    order: NDArray[np.int64]  # nanoseconds are cut to microseconds
    wrong: Mask
    form: str  # "seconds", "milliseconds", ..., "ISO 8601"


def as_mask(values: pa.Array) -> Mask:
    """Return an Arrow boolean array as numpy, null as False."""
    return values.fill_null(False).to_numpy(zero_copy_only=False)


def without_missing_words(text: pa.Array) -> pa.Array:
    """Turn the words that programs write for a missing value (NaN, NA, null, None, ...) into null."""
    return pc.if_else(_is_missing_word(text), pa.scalar(None, TEXT), text)


def missing(text: pa.Array) -> Mask:
    """Tell which values are missing, or a word that stands for it."""
    return as_mask(text.is_null()) | as_mask(_is_missing_word(text))


def numbers(text: pa.Array, low: float, high: float, *, whole: bool = False) -> Numbers:
    """Read finite numbers within [low, high]; missing values stay missing."""
    given = without_missing_words(text)
    is_number = pc.match_substring_regex(given, _NUMBER)
    values = pc.if_else(is_number, given, pa.scalar(None, TEXT)).cast(pa.float64()).to_numpy(zero_copy_only=False)
    fits = (values >= low) & (values <= high)
    if whole:
        fits &= values == np.floor(values)
    wrong = ~as_mask(given.is_null()) & ~fits
    return Numbers(values=np.where(wrong, np.nan, values), wrong=wrong)


def booleans(text: pa.Array) -> tuple[pa.Array, Mask]:
    """Read yes/no values; returns them (null where missing or wrong) and which are wrong."""
    given = pc.utf8_lower(without_missing_words(text))
    yes = pc.is_in(given, pa.array(["true", "1", "yes", "t", "y", "1.0"], TEXT))
    no = pc.is_in(given, pa.array(["false", "0", "no", "f", "n", "0.0"], TEXT))
    values = pc.if_else(pc.or_(yes, no), yes, pa.scalar(None, pa.bool_()))
    return values, as_mask(pc.and_(given.is_valid(), values.is_null()))


def lists(text: pa.Array, separator: str) -> pa.Array:
    """Split lists; elements are trimmed and never empty; a missing value is an empty list."""
    filled = text.fill_null("")
    parts = pc.split_pattern(filled, separator)
    flat = pc.utf8_trim_whitespace(pc.list_flatten(parts))
    parents = pc.list_parent_indices(parts).to_numpy(zero_copy_only=False)
    keep = as_mask(pc.not_equal(flat, ""))
    counts = np.bincount(parents[keep], minlength=len(text))
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return pa.LargeListArray.from_arrays(pa.array(offsets), pc.filter(flat, pa.array(keep)).cast(TEXT)).cast(TEXTS)


def times(text: pa.Array) -> Times:
    """Read times: numbers since the epoch, whose unit their size tells, or ISO 8601 text; one form for the column.

    The form is that of most values; a value of another form is wrong. ISO 8601 text without a zone is UTC. Numbers
    below 1e11 count as seconds (up to the year 5138), below 1e14 as milliseconds, and so on.
    """
    given = without_missing_words(text)
    as_numbers = numbers(given, 0, 1e20)
    form_of = np.full(len(text), -1)
    for index, (_, below, _) in reversed(list(enumerate(_UNITS))):
        form_of[as_numbers.values < below] = index
    iso = as_mask(pc.match_substring_regex(given, _ISO))
    form_of[iso] = len(_UNITS)
    votes = np.bincount(form_of[form_of >= 0], minlength=len(_UNITS) + 1)
    winner = int(votes.argmax())
    if winner == len(_UNITS):
        order, parsed = _iso_microseconds(given, iso)
        return _times(order, ~parsed, "ISO 8601")
    name, _, per_second = _UNITS[winner]
    fits = form_of == winner
    # Text of digits is read as an integer, since a float cannot hold nanoseconds.
    integral = as_mask(pc.match_substring_regex(given, r"^\d{1,18}$")) & fits
    whole = pc.if_else(pa.array(integral), given, pa.scalar("0", TEXT)).cast(pa.int64()).to_numpy(zero_copy_only=False)
    scaled = np.where(fits, as_numbers.values, 0.0) * (1e6 / per_second)
    exact = whole * (1_000_000 // per_second) if per_second <= 1_000_000 else whole // (per_second // 1_000_000)
    return _times(np.where(integral, exact, scaled.astype(np.int64)), ~fits, name)


def no_times(n: int) -> Times:
    """Return the times of a table without any, (n,): all at the epoch, so that only the file's order counts."""
    zeros = np.zeros(n, dtype=np.int64)
    return Times(seconds=zeros, order=zeros, wrong=np.zeros(n, dtype=bool), form="none: order is the file's")


def _times(order: NDArray[np.int64], wrong: Mask, form: str) -> Times:
    seconds = order // 1_000_000
    beyond = (seconds > LATEST) | (seconds < 0)
    return Times(seconds=seconds, order=order, wrong=wrong | beyond, form=form)


def _iso_microseconds(given: pa.Array, iso: Mask) -> tuple[NDArray[np.int64], Mask]:
    candidates = pd.Series(pc.if_else(pa.array(iso), given, pa.scalar(None, TEXT)).to_pandas())
    stamps = pd.to_datetime(candidates, format="ISO8601", utc=True, errors="coerce")
    parsed = stamps.notna().to_numpy()
    microseconds = stamps.dt.tz_localize(None).astype("datetime64[us]").to_numpy().astype(np.int64)
    return np.where(parsed, microseconds, 0), parsed


def _is_missing_word(text: pa.Array) -> pa.Array:
    return pc.is_in(text, _MISSING)
