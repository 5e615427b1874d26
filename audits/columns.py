"""How tables of evidence read: their column names in words, their numbers in one precision a column."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeGuard

from audits.results import Table
from audits.wording import relation_text

NOTHING = "–"
Cell = str | int | float | None

_WORDS = {
    "against_line": "against the line",
    "auc": "AUC",
    "auc_of_histories": "AUC of histories",
    "auc_shuffled": "AUC, labels shuffled",
    "claim_kind": "kind",
    "claimed_value": "what it claims",
    "detail": "what was changed",
    "high": "interval to",
    "lab_level": "level",
    "lab_test": "test",
    "listed_share": "share in lists",
    "low": "interval from",
    "masked_example": "example, masked",
    "mean_rbo": "list agreement (RBO)",
    "measured": "value",
    "n_requests_not_in_prompt": "requests where the prompt has it not",
    "new_top": "top item then",
    "old_top": "top item before",
    "outcome_detail": "what it is",
    "p_corrected": "p, corrected",
    "raw_text": "text as written",
    "reason_names_it": "reason names it",
    "request_id": "request",
    "run_id": "run",
    "same_top": "same top item",
    "slot_rank": "rank",
    "top_history_item": "history item that counts most",
}
_COUNTED = "n_"  # n_claims: the number of claims
_RELATIONS = frozenset({"relation"})
_PLAIN = frozenset({"seed", "year"})  # numbers that are names
_MOST_DECIMALS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column as it is shown. `decimals` None: it holds text."""

    name: str
    header: str
    decimals: int | None
    is_grouped: bool = True  # thousands are separated
    format: str = ""  # how its numbers are written, for printf with a flag for thousands; none of them reads as 0 but 0


def header_text(name: str) -> str:
    """Write a column's name in words: n_claims -> claims, slot_rank -> rank, age_band -> age band."""
    return _WORDS.get(name) or name.removeprefix(_COUNTED).replace("_", " ")


def columns_of(table: Table) -> tuple[Column, ...]:
    """Return a table's columns as they are shown."""
    return tuple(column_of(name, [row[place] for row in table.rows]) for place, name in enumerate(table.columns))


def column_of(name: str, cells: Sequence[Cell]) -> Column:
    """Return one column as it is shown, of its name and all its cells."""
    there = [cell for cell in cells if cell is not None]
    is_grouped = name not in _PLAIN
    numbers = [float(cell) for cell in there if _is_number(cell)]
    if not there or len(numbers) < len(there):
        return Column(name=name, header=header_text(name), decimals=None, is_grouped=is_grouped)
    numbers = [number for number in numbers if math.isfinite(number)]
    decimals = _decimals(numbers)
    return Column(
        name=name,
        header=header_text(name),
        decimals=decimals,
        is_grouped=is_grouped,
        format=_printf(numbers, decimals, is_grouped=is_grouped),
    )


def cell_text(cell: Cell, column: Column) -> str:
    """Write one cell of a column; text stays as it is, but for relations and for yes and no."""
    if cell is None:
        return NOTHING
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, str):
        return relation_text(cell) if column.name in _RELATIONS else cell
    if column.decimals is None:  # numbers among text
        return number_text(cell)
    return _text(cell, column.decimals, is_grouped=column.is_grouped)


def number_text(number: float) -> str:
    """Write a number by itself: thousands separated, no useless zeros."""
    return _text(number, _decimals([float(number)]) if math.isfinite(number) else 0, is_grouped=True)


def _text(number: float, decimals: int, *, is_grouped: bool) -> str:
    """Write a number; one that would read as 0 and is not as what it lies below, since rarely is not never."""
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else f"{'-' if number < 0 else ''}∞"
    if _reads_as_zero(number, decimals):
        smallest = f"{10.0**-decimals:.{decimals}f}"
        return f"< {smallest}" if number > 0 else f"> -{smallest}"
    return f"{number or 0:{',' if is_grouped else ''}.{decimals}f}"


def _reads_as_zero(number: float, decimals: int) -> bool:
    return number != 0 and float(f"{number:.{decimals}f}") == 0


def _printf(numbers: Sequence[float], decimals: int, *, is_grouped: bool) -> str:
    """Return the format of a column that a widget writes: printf knows no "<", so small numbers get more decimals.

    Where even the most decimals show 0, each number is written with as many digits as it needs.
    """
    for more in range(decimals, max(decimals, _MOST_DECIMALS) + 1):
        if not any(_reads_as_zero(number, more) for number in numbers):
            return f"%{',' if is_grouped else ''}.{more}f"
    largest = max(abs(number) for number in numbers)
    return f"%.{max(_MOST_DECIMALS, math.ceil(math.log10(max(largest, 1))) + 1)}g"


def _is_number(cell: Cell) -> TypeGuard[float]:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _decimals(numbers: Sequence[float]) -> int:
    """Return as many decimals as the numbers have, at most as many as tell the largest to four digits."""
    largest = max((abs(number) for number in numbers), default=0.0)
    most = _MOST_DECIMALS if largest < 1 else max(0, _MOST_DECIMALS - 1 - math.floor(math.log10(largest)))
    tiny = [abs(n) for n in numbers if 0 < abs(n) < 10**-most / 2]
    most = max([most, *(1 - math.floor(math.log10(n)) for n in tiny)]) if largest < 1 else most
    most = min(most, _MOST_DECIMALS + 2)
    return next(d for d in range(most + 1) if d == most or all(abs(round(n, d) - n) <= 1e-9 * largest for n in numbers))
