"""Whether Spark gives the numbers that DuckDB gives: `python -m tests.benchmarks.spark [NAME ...]`.

Every named query (or those that match the names, with `*`) is asked of a small made-up log (`spark_log.py`) in DuckDB
and, transpiled by sqlglot, in one local Spark session: rows as multisets, numbers to 1e-9. Spark runs in an environment
that this benchmark makes (`--python`: one that has pyspark); it needs Java 17 or newer. What a query reads from (its
`uses`) is made once and cached, as the audits do in DuckDB: Spark would work common table expressions out anew at
each mention. Ends with 1 if a query differs or is refused.
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

from audits.evidence import Evidence
from audits.queries import compose, fill, named_queries
from tests.benchmarks.spark_log import ASKED, OF_QUERY, ROLES, RUNS, spark_log

PYSPARK = "pyspark==4.3.0"
SESSION = Path(__file__).with_name("spark_session.py")
SECONDS = 60.0  # a statement that takes longer is refused
START_SECONDS = 120.0
TOLERANCE = 1e-9
FEW = range(2, 39)  # decimal places that a number may be rounded to
NOT_PORTABLE: dict[str, str] = {}  # query -> why Spark cannot answer it


class Refused(Exception):
    """Spark did not answer: what it said, or that it took too long."""


@dataclass
class Spark:
    """A Spark session in a process of its own, started again when a statement takes too long."""

    python: str
    folder: Path
    most_seconds: float
    made: dict[str, str] = field(default_factory=dict)  # text of a part -> the cached view that holds its rows
    process: subprocess.Popen | None = None

    def ask(self, sql: str, view: str | None = None) -> tuple[list[list], dict[str, str]]:
        """Run one statement of Spark; its rows, and the type of each column.

        Raises:
            Refused: Spark answered with an error, or not in time.
        """
        if self.process is None:
            self._start()
        found = self._exchange({"sql": sql, "view": view}, self.most_seconds)
        if "error" in found:
            raise Refused(found["error"].splitlines()[0])
        return found["rows"], found["types"]

    def part(self, name: str, roles: dict, values: dict) -> str:
        """Return the cached view of a part of queries, made now if it is not there yet."""
        if self.process is None:
            self._start()
        text = fill(compose(roles.get(name, name), roles), values)
        if text not in self.made:
            sql = self.composed(name, roles, values)
            view = f"part_{len(self.made)}"
            self.ask(spark_sql(sql), view)
            self.made[text] = view
        return self.made[text]

    def composed(self, name: str, roles: dict, values: dict) -> str:
        """Return the text of a query over cached parts."""

        def instead(part: str) -> str:
            return f"select * from {self.part(part, roles, values)}"

        return fill(compose(name, roles, instead), values)

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


def spark_sql(sql: str) -> str:
    """Return Spark's text of a query."""
    return sqlglot.transpile(sql, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)[0]


def views() -> Iterable[tuple[str, str]]:
    """Return name and select of each public view."""
    text = files("engine.runlog").joinpath("views.sql").read_text(encoding="utf-8")
    for statement in sqlglot.parse(text, read="duckdb"):
        if isinstance(statement, exp.Create):
            yield statement.this.name, statement.expression.sql("spark")


def export(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write the tables under the views as Parquet."""
    tables = connection.execute("select table_name from duckdb_tables() where schema_name = 'store'").fetchall()
    for (table,) in tables:
        connection.execute(f"copy store.{table} to '{folder / table}.parquet' (format parquet)")


def difference(ours: Sequence[Sequence], theirs: Sequence[Sequence]) -> str | None:
    """Return what is not the same in two multisets of rows, None where all is."""
    if len(ours) != len(theirs):
        return f"{len(ours)} rows in DuckDB, {len(theirs)} in Spark"
    left, right = _by_text(ours), _by_text(theirs)
    for key, rows in left.items():
        for one, other in zip(rows, right.get(key, []), strict=False):
            if not all(
                math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=TOLERANCE) for a, b in zip(one, other, strict=True)
            ):
                return f"{key}: {one} in DuckDB, {other} in Spark"
        if len(rows) != len(right.get(key, [])):
            return f"{len(rows)} rows {key} in DuckDB, {len(right.get(key, []))} in Spark"
    return None


def coarse(types: dict[str, str]) -> str | None:
    """Return which columns Spark rounds to a few places, as it does means and quotients of decimals; None for none.

    Made-up numbers can be equal all the same. One place is that of a literal such as 1.0: exact.
    """
    found = [f"{name} is {text}" for name, text in types.items() if text.startswith("decimal") and _places(text) in FEW]
    return ", ".join(found) or None


def _places(decimal: str) -> int:
    return int(decimal.rstrip(")").rpartition(",")[2])


def _by_text(rows: Sequence[Sequence]) -> dict[tuple, list[tuple[float, ...]]]:
    """Group rows by all that is no number; the numbers of each group in order."""
    found: dict[tuple, list[tuple[float, ...]]] = defaultdict(list)
    for row in rows:
        is_number = [value is not None and not isinstance(value, str | bool) for value in row]
        key = tuple("number" if number else value for number, value in zip(is_number, row, strict=True))
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


def main(wanted: list[str], python: str | None, most_seconds: float, show_sql: bool) -> int:
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        raise SystemExit("Spark needs Java 17 or newer: no java on the PATH and no JAVA_HOME.")
    names = [name for name in named_queries() if not wanted or any(fnmatchcase(name, one) for one in wanted)]
    counts: dict[str, list[str]] = {"equal": [], "differing": [], "refused": [], "not portable": []}
    n_with_rows, began = 0, time.perf_counter()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        connection = spark_log()
        export(connection, folder)
        spark = Spark(python=python or environment(folder / "environment"), folder=folder, most_seconds=most_seconds)
        evidence = Evidence(connection=connection, run_ids=RUNS)
        for name in names:
            values = evidence._parameters({**ASKED, **OF_QUERY.get(name, {})})
            roles = evidence._roles(ROLES)
            ours = [
                [plain(v) for v in row] for row in connection.execute(fill(compose(name, roles), values)).fetchall()
            ]
            start = time.perf_counter()
            said = ""
            try:
                sql = spark_sql(spark.composed(name, roles, values))
                if show_sql:
                    print(sql)
                theirs, types = spark.ask(sql)
                said = difference(ours, theirs) or coarse(types) or ""
                became = "differing" if said else "equal"
            except Refused as error:
                said, became = str(error), "refused"
            if became != "equal" and name in NOT_PORTABLE:
                became, said = "not portable", NOT_PORTABLE[name]
            counts[became].append(name)
            n_with_rows += bool(ours) and became == "equal"
            print(f"{name}: {became}, {len(ours)} rows, {time.perf_counter() - start:.1f} s {said[:300]}", flush=True)
        spark.stop()
    print(f"\n{len(names)} queries in {time.perf_counter() - began:.0f} s; {n_with_rows} equal ones have rows.")
    for became, some in counts.items():
        print(f"{became}: {len(some)}" + (f" ({', '.join(some)})" if some and became != "equal" else ""))
    return 1 if counts["differing"] or counts["refused"] else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("names", nargs="*", help="queries, * for any letters")
    parser.add_argument("--python", help="a Python that has pyspark")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="most seconds of one statement")
    parser.add_argument("--show-sql", action="store_true", help="print Spark's text of each query")
    asked = parser.parse_args()
    sys.exit(main(asked.names, asked.python, asked.seconds, asked.show_sql))
