"""Tables on screen: paged, sortable, with a download; rows that belong to a request open it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

import pyarrow as pa
import streamlit as st

from audits.results import Table
from dashboard.render import text

Cell = str | int | float | None
PAGE_ROWS = 25


def rows_table(
    columns: Sequence[str], rows: Sequence[Sequence[Cell]], *, key: str, file_name: str, empty_note: str = ""
) -> None:
    """Show rows, the empty columns left out, with a download of all of them."""
    if not rows:
        st.caption(text.markdown(empty_note or "No rows."))
        return
    shown = [place for place in range(len(columns)) if any(row[place] not in (None, "", "0") for row in rows)]
    frame = pa.table({columns[p]: [row[p] for row in rows] for p in shown})
    st.dataframe(frame, hide_index=True, key=f"table_{key}", height="content" if len(rows) <= PAGE_ROWS else "auto")
    download(columns, rows, key=key, file_name=file_name)


def evidence_table(table: Table, name_of: Callable[[str], str], *, key: str) -> str | None:
    """Show a table page by page and return the id of the request whose row was chosen; None: none was.

    Runs are shown by name, and only where there are several: the title of a table of one run names it.
    """
    rows = _page(table, key)
    shown = {}
    for place, name in enumerate(table.columns):
        if name == "request_id" and len(table.columns) > 2:
            continue  # the row opens it
        if name != "run_id":
            shown[name.replace("_", " ")] = _column(rows, place)
        elif len({row[place] for row in table.rows}) > 1:
            shown["run"] = [name_of(str(row[place])) for row in rows]
    frame = pa.table(shown)
    opens = "request_id" in table.columns
    if not opens:
        st.dataframe(frame, hide_index=True, key=f"table_{key}", height="content")
        return None
    event = st.dataframe(
        frame, hide_index=True, key=f"table_{key}", height="content", on_select="rerun", selection_mode="single-row"
    )
    chosen = event["selection"]["rows"]
    return str(rows[chosen[0]][table.columns.index("request_id")]) if chosen else None


def download(columns: Sequence[str], rows: Sequence[Sequence[Cell]], *, key: str, file_name: str) -> None:
    """Offer rows as a CSV file."""
    st.download_button(
        "CSV", csv_text(columns, rows), file_name=f"{file_name}.csv", mime="text/csv", key=f"csv_{key}",
        icon=":material/download:", type="tertiary", on_click="ignore",
    )  # fmt: skip


def csv_text(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """Return rows as CSV; a text that a spreadsheet would run as a formula gets an apostrophe before it."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return file.getvalue()


def _page(table: Table, key: str) -> Sequence[Sequence[Cell]]:
    pages = max(1, -(-len(table.rows) // PAGE_ROWS))
    if pages == 1:
        return table.rows
    page = st.number_input(
        f"Page (of {pages:,}; {len(table.rows):,} rows)", min_value=1, max_value=pages, value=1, key=f"page_{key}",
        width=220,
    )  # fmt: skip
    start = (int(page) - 1) * PAGE_ROWS
    return table.rows[start : start + PAGE_ROWS]


def _column(rows: Sequence[Sequence[Cell]], place: int) -> pa.Array:
    """Return a column; one that mixes text and numbers becomes text, because a column has one type."""
    values = [row[place] for row in rows]
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int, float} or len(kinds) <= 1:
        return pa.array(values)
    return pa.array([None if value is None else str(value) for value in values])


def _harmless(cell: Cell) -> Cell:
    if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t", "\r"} and not _is_number(cell):
        return f"'{cell}"
    return cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
