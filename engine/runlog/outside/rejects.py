"""Rows of a foreign log that were refused, each with its line and the one reason that came first."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.datasets.arrow import TEXT
from engine.datasets.arrow_compute import compute as pc
from engine.datasets.problems import DAMAGED

_SCHEMA = pa.schema({"file": TEXT, "line": pa.int64(), "reason": TEXT, "found": TEXT})
_FOUND_LENGTH = 200  # characters of a bad value that are kept


class Rejects:
    """Collects refused rows; a row that is refused counts once."""

    def __init__(self) -> None:
        self._parts: list[pa.Table] = []

    def add(self, file: str, lines: NDArray[np.int64], reason: str | pa.Array, found: pa.Array | None = None) -> None:
        """Refuse rows, (n,) lines, for one reason or (n,) of them; `found` (n,): what stood there."""
        n = len(lines)
        if not n:
            return
        texts = pa.nulls(n, TEXT) if found is None else found.cast(TEXT)
        shown = pc.utf8_slice_codeunits(pc.replace_substring(texts, DAMAGED, "\ufffd"), 0, _FOUND_LENGTH)
        columns = [
            pa.repeat(pa.scalar(file, TEXT), n),
            pa.array(lines, pa.int64()),
            pa.repeat(pa.scalar(reason, TEXT), n) if isinstance(reason, str) else reason.cast(TEXT),
            shown,
        ]
        self._parts.append(pa.table(columns, schema=_SCHEMA))

    def __len__(self) -> int:
        """Return how many rows were refused."""
        return sum(part.num_rows for part in self._parts)

    def table(self) -> pa.Table:
        """Return all of them by file and line: file, line, reason, found."""
        rows = pa.concat_tables(self._parts) if self._parts else _SCHEMA.empty_table()
        return rows.sort_by([("file", "ascending"), ("line", "ascending")])

    def reasons(self) -> dict[str, int]:
        """Return how many rows were refused for which reason, most frequent first; lines in reasons are left out."""
        rows = self.table()
        kinds = pc.replace_substring_regex(rows["reason"], r", on line [\d,]+", "")
        counts = pa.table({"kind": kinds}).group_by("kind").aggregate([([], "count_all")]).to_pylist()
        return {row["kind"]: row["count_all"] for row in sorted(counts, key=lambda r: (-r["count_all"], r["kind"]))}

    def write(self, path: Path) -> None:
        """Write them as JSON lines."""
        with duckdb.connect() as connection:
            connection.register("rejects", self.table())
            quoted = str(path).replace("'", "''")
            connection.execute(f"copy (select * from rejects) to '{quoted}' (format json)")
