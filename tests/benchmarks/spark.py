"""Whether Spark gives the numbers that DuckDB gives: `python -m tests.benchmarks.spark [NAME ...]`.

Every named query (or those that match the names, with `*`) is asked of a small made-up log (`spark_log.py`) in DuckDB
and, transpiled by sqlglot, in one local Spark session: rows as multisets, numbers to 1e-9. Spark runs in an environment
that this benchmark makes (`--python`: one with pyspark); it needs Java 17 or newer. Every query is asked twice, with
other parameters, parts and cohort (`ASKINGS`). What it reads from (its common table expressions) is made once and kept,
as the audits do in DuckDB: Spark would work it out anew at each mention. Ends with 1 if a query differs or is refused.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fnmatch import fnmatchcase
from importlib.resources import files
from pathlib import Path

import duckdb
import sqlglot
from sqlglot import exp

from audits.queries import named_queries
from tests.benchmarks.spark_log import ASKINGS, Asking, spark_log

PYSPARK = "pyspark==4.3.0"
SESSION = Path(__file__).with_name("spark_session.py")
SECONDS = 60.0  # a statement that takes longer is refused
START_SECONDS = 120.0
TOLERANCE = 1e-9
ROUNDED = "equal but for the last place of round()"
NOT_PORTABLE: dict[str, str] = {}  # query -> why Spark cannot answer it


class Refused(Exception):
    """Spark did not answer: what it said, or that it took too long."""


@dataclass
class Spark:
    """A Spark session in a process of its own, started again when a statement takes too long."""

    python: str
    folder: Path
    most_seconds: float
    made: dict[str, str] = field(default_factory=dict)  # Spark's text of a part -> the view that holds its rows
    process: subprocess.Popen | None = None

    def ask(self, sql: str, view: str | None = None) -> tuple[list[list], dict[str, str]]:
        """Run one statement of Spark; its rows, and the type of each column.

        Raises:
            Refused: Spark answered with an error, or not in time.
        """
        found = self._exchange({"sql": sql, "view": view}, self.most_seconds)
        if "error" in found:
            raise Refused(found["error"].splitlines()[0])
        return found["rows"], found["types"]

    def rows_of(self, sql: str) -> tuple[list[list], dict[str, str]]:
        """Return what Spark answers to DuckDB's text of a query: rows, and the type of each column.

        Raises:
            Refused: Spark refused a part of it, or the whole.
        """
        if self.process is None:
            self._start()
        query = sqlglot.parse_one(sql, read="duckdb")
        parts: dict[str, str] = {}
        for part in query.ctes:
            text = spark_sql(_over(part.this, parts))
            if text not in self.made:
                self.ask(text, f"part_{len(self.made)}")
                self.made[text] = f"part_{len(self.made)}"
            parts[part.alias] = self.made[text]
        query.set("with_", None)
        return self.ask(spark_sql(_over(query, parts)))

    def stop(self) -> None:
        """End the session."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self.process = None
        self.made.clear()

    def _start(self) -> None:
        command = [self.python, str(SESSION), str(self.folder)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**os.environ, "PYTHONPATH": ""},
        )  # fmt: skip
        said = self._read(START_SECONDS)
        print(f"Spark {said['version']}, ANSI {said['ansi']}", flush=True)
        for view, sql in views():
            self._exchange({"sql": sql, "view": view}, START_SECONDS)

    def _exchange(self, asked: dict, seconds: float) -> dict:
        if self.process is None or self.process.stdin is None:
            raise Refused("there is no session")
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return self._read(seconds)

    def _read(self, seconds: float) -> dict:
        if self.process is None or self.process.stdout is None:
            raise Refused("there is no session")
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        line = self.process.stdout.readline() if ready else ""
        if not line:
            self.stop()
            raise Refused(f"no answer in {seconds:g} s" if not ready else "the session ended")
        return json.loads(line)


def spark_sql(query: exp.Expression) -> str:
    """Return Spark's text of a query."""
    return query.sql("spark", unsupported_level=sqlglot.ErrorLevel.RAISE)


def _over(query: exp.Expression, parts: dict[str, str]) -> exp.Expression:
    """Let a query read the views that hold its parts."""
    for table in query.find_all(exp.Table):
        if table.name in parts and not table.db:
            table.replace(exp.to_table(parts[table.name], alias=table.alias or table.name))
    return query


def views() -> Iterable[tuple[str, str]]:
    """Return name and select of each public view."""
    text = files("engine.runlog").joinpath("views.sql").read_text(encoding="utf-8")
    for statement in sqlglot.parse(text, read="duckdb"):
        if isinstance(statement, exp.Create):
            yield statement.this.name, spark_sql(statement.expression)


def export(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write the tables under the views as Parquet."""
    tables = connection.execute("select table_name from duckdb_tables() where schema_name = 'store'").fetchall()
    for (table,) in tables:
        connection.execute(f"copy store.{table} to '{folder / table}.parquet' (format parquet)")


def difference(ours: Sequence[Sequence], theirs: Sequence[Sequence], units: Sequence[float]) -> str | None:
    """Return what is not the same in two multisets of rows, None where all is; `units`: what a column may differ by."""
    if len(ours) != len(theirs):
        return f"{len(ours)} rows in DuckDB, {len(theirs)} in Spark"
    left, right = _by_text(ours), _by_text(theirs)
    for key, rows in left.items():
        others = right.get(key, [])
        if len(rows) != len(others):
            return f"{len(rows)} rows {key} in DuckDB, {len(others)} in Spark"
        allowed = [unit for unit, value in zip(units, key, strict=True) if value is float]
        for one, other in zip(rows, others, strict=True):
            close = (
                math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=u) for a, b, u in zip(one, other, allowed, strict=True)
            )
            if not all(close):
                return f"{key}: {one} in DuckDB, {other} in Spark"
    return None


def last_places(sql: str) -> list[float]:
    """Return what each column of a query may differ by where it is rounded: a unit of its last place, else nearly 0.

    A number half way between two is rounded by its binary value in DuckDB, and by its shortest decimal text in Spark.
    """
    return [_unit(column.unalias()) for column in sqlglot.parse_one(sql, read="duckdb").selects]


def _unit(column: exp.Expression) -> float:
    places = column.args.get("decimals") if isinstance(column, exp.Round) else None
    return TOLERANCE if places is None else 1.001 * 10.0 ** -int(places.name)


def coarse(types: dict[str, str]) -> str | None:
    """Return which columns Spark gives as decimals with more places than a literal such as 1.0 has; None for none.

    Means and quotients of decimals are rounded, and their products to as little as six places: made-up numbers can be
    equal all the same.
    """
    found = [f"{name} is {text}" for name, text in types.items() if text.startswith("decimal") and _places(text) > 1]
    return ", ".join(found) or None


def _places(decimal: str) -> int:
    return int(decimal.rstrip(")").rpartition(",")[2])


def _by_text(rows: Sequence[Sequence]) -> dict[tuple, list[tuple[float, ...]]]:
    """Group rows by all that is no number; the numbers of each group in order."""
    found: dict[tuple, list[tuple[float, ...]]] = defaultdict(list)
    for row in rows:
        is_number = [value is not None and not isinstance(value, str | bool) for value in row]
        key = tuple(float if number else value for number, value in zip(is_number, row, strict=True))
        found[key].append(tuple(float(v) for v, number in zip(row, is_number, strict=True) if number))
    return {key: sorted(some, key=lambda row: [float(f"{v:.8g}") for v in row]) for key, some in found.items()}


def plain(value: object) -> object:
    """Return a value as it comes back from Spark's process: numbers, texts, null."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    return float(value) if isinstance(value, Decimal) else str(value)


def environment(folder: Path) -> str:
    """Make an environment with pyspark, and return its Python."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", PYSPARK], check=True)
    return str(python)


def main(wanted: list[str], python: str | None, most_seconds: float) -> int:
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        raise SystemExit("Spark needs Java 17 or newer: no java on the PATH and no JAVA_HOME.")
    names = [name for name in named_queries() if not wanted or any(fnmatchcase(name, one) for one in wanted)]
    if not names:
        raise SystemExit(f"No query is named {', '.join(wanted)}.")
    counts: dict[str, list[str]] = {"equal": [], "differing": [], ROUNDED: [], "refused": [], "not portable": []}
    with_rows, began = set(), time.perf_counter()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        connection = spark_log()
        export(connection, folder)
        spark = Spark(python=python or environment(folder / "environment"), folder=folder, most_seconds=most_seconds)
        for asking in ASKINGS:
            print(f"{asking.name}:", flush=True)
            for name in names:
                start = time.perf_counter()
                became, n_rows, said = compare(connection, spark, asking, name)
                counts[became].append(f"{name} ({asking.name})")
                with_rows |= {name} if n_rows and became == "equal" else set()
                print(f"{name}: {became}, {n_rows} rows, {time.perf_counter() - start:.1f} s {said[:300]}", flush=True)
        spark.stop()
    print(f"\n{len(names)} queries, each asked {len(ASKINGS)} times, in {time.perf_counter() - began:.0f} s.")
    for became, some in counts.items():
        print(f"{became}: {len(some)}" + (f": {', '.join(some)}" if some and became != "equal" else ""))
    print(f"equal and with rows in any asking: {len(with_rows)} queries")
    return 1 if counts["differing"] or counts["refused"] else 0


def compare(connection: duckdb.DuckDBPyConnection, spark: Spark, asking: Asking, name: str) -> tuple[str, int, str]:
    """Ask both engines; return what became of it, the number of rows, and what Spark said or answered otherwise."""
    sql = asking.sql(connection, name)
    ours = [[plain(value) for value in row] for row in connection.execute(sql).fetchall()]
    try:
        theirs, types = spark.rows_of(sql)
        said = difference(ours, theirs, [TOLERANCE] * len(types)) or coarse(types) or ""
        became = "differing" if said else "equal"
        if said and coarse(types) is None and difference(ours, theirs, last_places(sql)) is None:
            became = ROUNDED
    except Refused as error:
        became, said = "refused", str(error)
    if became != "equal" and name in NOT_PORTABLE:
        became, said = "not portable", NOT_PORTABLE[name]
    return became, len(ours), said


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("names", nargs="*", help="queries, * for any letters")
    parser.add_argument("--python", help="a Python that has pyspark")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="most seconds of one statement")
    asked = parser.parse_args()
    sys.exit(main(asked.names, asked.python, asked.seconds))
