"""Tables on screen: paged, sortable, with a download; rows that belong to a request open it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

import pyarrow as pa
import streamlit as st

from audits.columns import NOTHING, Cell, cell_text, column_of, columns_of
from audits.results import Table
from dashboard.render import text

PAGE_ROWS = 25


def rows_table(
    columns: Sequence[str], rows: Sequence[Sequence[Cell]], *, key: str, file_name: str, empty_note: str = ""
) -> None:
    """Show rows, the empty columns left out, with a download of all of them."""
    if not rows:
        st.caption(text.markdown(empty_note or "No rows."))
        return
    shown = [place for place in range(len(columns)) if any(row[place] not in (None, "", "0") for row in rows)]
    looks = [column_of(columns[p], [row[p] for row in rows]) for p in shown]
    frame = pa.table({look.header: [row[p] for row in rows] for look, p in zip(looks, shown, strict=True)})
    config = {
        look.header: st.column_config.NumberColumn(format=look.format) for look in looks if look.decimals is not None
    }
    height = "content" if len(rows) <= PAGE_ROWS else "auto"
    st.dataframe(frame, hide_index=True, key=f"table_{key}", height=height, column_config=config, placeholder=NOTHING)
    download(columns, rows, key=key, file_name=file_name)


def evidence_table(table: Table, name_of: Callable[[str], str], *, key: str) -> str | None:
    """Show a table page by page and return the id of the request whose row was chosen; None: none was.

    Runs are shown by name, and only where there are several: the title of a table of one run names it.
    """
    rows = _page(table, key)
    shown, config = {}, {}
    for place, column in enumerate(columns_of(table)):
        if column.name == "request_id" and len(table.columns) > 2:
            continue  # the row opens it
        if column.name == "run_id":
            if len({row[place] for row in table.rows}) > 1:
                shown[column.header] = [name_of(str(row[place])) for row in rows]
        elif column.decimals is None:
            shown[column.header] = [cell_text(row[place], column) for row in rows]
        else:
            shown[column.header] = pa.array([row[place] for row in rows])
            config[column.header] = st.column_config.NumberColumn(format=column.format)
    frame = pa.table(shown)
    opens = "request_id" in table.columns
    if not opens:
        st.dataframe(
            frame, hide_index=True, key=f"table_{key}", height="content", column_config=config, placeholder=NOTHING
        )
        return None
    event = st.dataframe(
        frame, hide_index=True, key=f"table_{key}", height="content", column_config=config, placeholder=NOTHING,
        on_select="rerun", selection_mode="single-row",
    )  # fmt: skip
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
