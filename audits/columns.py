"""How tables of evidence read: their column names in words, their numbers in one precision a column."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

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

    @property
    def format(self) -> str:
        """How its numbers are written, for printf with a flag for thousands."""
        return f"%{',' if self.is_grouped else ''}.{self.decimals or 0}f"


def header_text(name: str) -> str:
    """Write a column's name in words: n_claims -> claims, slot_rank -> rank, age_band -> age band."""
    return _WORDS.get(name) or name.removeprefix(_COUNTED).replace("_", " ")


def columns_of(table: Table) -> tuple[Column, ...]:
    """Return a table's columns as they are shown."""
    return tuple(column_of(name, [row[place] for row in table.rows]) for place, name in enumerate(table.columns))


def column_of(name: str, cells: Sequence[Cell]) -> Column:
    """Return one column as it is shown, of its name and all its cells."""
    there = [cell for cell in cells if cell is not None]
    are_numbers = bool(there) and all(_is_number(cell) for cell in there)
    return Column(
        name=name,
        header=header_text(name),
        decimals=_decimals([float(cell) for cell in there]) if are_numbers else None,
        is_grouped=name not in _PLAIN,
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
    return f"{cell:{',' if column.is_grouped else ''}.{column.decimals}f}"


def number_text(number: float) -> str:
    """Write a number by itself: thousands separated, no useless zeros."""
    return f"{number:,.{_decimals([float(number)])}f}"


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool) and math.isfinite(cell)


def _decimals(numbers: Sequence[float]) -> int:
    """Return as many decimals as the numbers have, at most as many as tell the largest to four digits."""
    largest = max((abs(number) for number in numbers), default=0.0)
    most = _MOST_DECIMALS if largest < 1 else max(0, _MOST_DECIMALS - 1 - math.floor(math.log10(largest)))
    tiny = [abs(n) for n in numbers if 0 < abs(n) < 10**-most / 2]
    most = max([most, *(1 - math.floor(math.log10(n)) for n in tiny)]) if largest < 1 else most
    most = min(most, _MOST_DECIMALS + 2)
    return next(d for d in range(most + 1) if d == most or all(abs(round(n, d) - n) <= 1e-9 * largest for n in numbers))
