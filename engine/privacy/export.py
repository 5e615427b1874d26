"""Write the log's tables as Parquet with pseudonyms for people and without the personal data that is found in texts.

Pseudonymised, not anonymised: what somebody did can still tell who they are. Not here: finding (people, patterns).
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from engine.errors import LogError
from engine.privacy.export_tables import IDENTIFIERS, TABLES, WAS_KNOWN, WITHHELD, ExportTable
from engine.privacy.people import People, is_naming
from engine.privacy.pseudonyms import Pseudonyms
from engine.privacy.queries import privacy_query
from engine.privacy.reading import read_people
from engine.privacy.redactor import Redactor

Progress = Callable[[str, float], None]
MANIFEST = "manifest.json"
_ROWS = 20_000  # a batch
_SAYS = (
    "Pseudonymised, not anonymised (GDPR, article 4(5)): whoever has the key can undo it, and what somebody did can "
    "tell who they are. Texts are searched for what engine/privacy can find; other names and addresses may remain.",
    "Times that stand within texts are not moved. Of runs with a cutoff time, moved times and that cutoff do not fit.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """How an export is made. `shift_days` 0: times stay; attribute values of fewer than `min_people` are left out."""

    run_ids: tuple[str, ...] = ()  # none: all runs
    shift_days: int = 0
    min_people: int = 10

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            LogError: a number is negative.
        """
        if self.shift_days < 0 or self.min_people < 1:
            raise LogError(
                f"Expected shift days from 0 and people from 1, not {self.shift_days} days and {self.min_people} "
                "people."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written: rows by table, what was replaced in texts by kind, attribute values left out."""

    folder: Path
    n_rows: dict[str, int]
    replaced: dict[str, int]
    n_values_left_out: int


def no_progress(_what: str, _share: float) -> None:
    """Show nothing."""


def export_pseudonymised(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    pseudonyms: Pseudonyms,
    options: ExportOptions | None = None,
    progress: Progress = no_progress,
) -> Exported:
    """Write one Parquet file a table and a manifest into a new folder, whole or not at all.

    Raises:
        LogError: the folder exists and is not empty, it cannot be written, or there is no such run.
    """
    wanted = options or ExportOptions()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise LogError(f"{folder} exists already, and nothing is overwritten. Name a new folder.")
    runs = _runs(connection, wanted.run_ids)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-", suffix=".part"))
        try:
            made = _Export(connection, part, pseudonyms, wanted)
            with made:
                for place, (fingerprint, run_ids) in enumerate(runs.items()):
                    made.take(
                        fingerprint, run_ids, lambda what, done, at=place: progress(what, (at + done) / len(runs))
                    )
            (part / MANIFEST).write_text(json.dumps(made.manifest(), indent=2, ensure_ascii=False) + "\n", "utf-8")
            part.chmod(0o755)
            part.replace(folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        raise LogError(f"{folder} cannot be written: {error.strerror or error}.") from error
    return Exported(
        folder=folder,
        n_rows={table.name: made.n_rows[table.name] for table in TABLES},
        replaced=dict(made.replaced),
        n_values_left_out=made.n_values_left_out,
    )


def _runs(connection: duckdb.DuckDBPyConnection, run_ids: Sequence[str]) -> dict[str, list[str]]:
    """Return the runs to export by their dataset.

    Raises:
        LogError: a run is not in the log, or there is none.
    """
    known = dict(connection.execute(privacy_query("exported_runs")).fetchall())
    missing = [run_id for run_id in run_ids if run_id not in known]
    if missing or not known:
        raise LogError(f"No run {', '.join(missing) or 'yet'} in the log. `recaudit runs` lists what there is.")
    found: dict[str, list[str]] = {}
    for run_id, fingerprint in known.items():
        if not run_ids or run_id in run_ids:
            found.setdefault(fingerprint, []).append(run_id)
    return found


class _Export:
    """Writes the tables of one dataset after the other."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, folder: Path, pseudonyms: Pseudonyms, options: ExportOptions
    ) -> None:
        self._connection, self._folder, self._pseudonyms, self._options = connection, folder, pseudonyms, options
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._stack = ExitStack()
        self.n_rows: Counter[str] = Counter()
        self.replaced: Counter[str] = Counter()
        self.n_values_left_out = 0

    def __enter__(self) -> _Export:
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()
        for name in ("export_users", "export_requests", "export_values"):
            self._connection.unregister(name)

    def take(self, fingerprint: str, run_ids: list[str], progress: Progress) -> None:
        """Write what belongs to one dataset and its runs."""
        progress("who the users are", 0.0)
        people = read_people(self._connection, fingerprint)
        redactor = Redactor(people, self._pseudonyms, self.replaced)
        self._register_users(people)
        self._register_requests(run_ids)
        self._register_values(fingerprint)
        for place, table in enumerate(TABLES):
            progress(table.name, place / len(TABLES))
            reader = self._reader(table, fingerprint, run_ids)
            writer = self._writer(table, reader.schema)
            for batch in reader:
                clean = self._clean(table, batch, redactor)
                writer.write_table(clean.select(writer.schema.names))
                self.n_rows[table.name] += clean.num_rows

    def manifest(self) -> dict[str, object]:
        return {
            "what": "tables of a RecAudit log, pseudonymised",
            "says": _SAYS,
            "key_mark": self._pseudonyms.key_mark,
            "times_moved_up_to_days": self._options.shift_days,
            "attribute_values_of_fewer_people_left_out": self._options.min_people,
            "n_attribute_values_left_out": self.n_values_left_out,
            "columns_left_empty": {name: list(columns) for name, columns in WITHHELD.items()},
            "replaced_in_texts": dict(sorted(self.replaced.items())),
            "n_rows": {table.name: self.n_rows[table.name] for table in TABLES},
        }

    def _register_users(self, people: People) -> None:
        """Number users by their pseudonyms: the log numbers them in the order of their ids."""
        named = sorted((self._pseudonyms.user(user), user) for user in people.ids)
        rows = {
            "user_id": [user for _, user in named],
            "pseudonym": [pseudonym for pseudonym, _ in named],
            "new_number": range(1, len(named) + 1),
            "shift_s": [self._pseudonyms.shift_s(user, self._options.shift_days) for _, user in named],
        }
        kinds = {"user_id": pa.string(), "pseudonym": pa.string(), "new_number": pa.int32(), "shift_s": pa.int64()}
        schema = pa.schema(list(kinds.items()))
        self._connection.register("export_users", pa.table(rows, schema=schema))

    def _register_requests(self, run_ids: list[str]) -> None:
        """Number requests by their pseudonyms: their order in the plan is that of the users."""
        rows: list[tuple[str, str, str, int]] = []
        for run_id in run_ids:
            found = self._connection.execute(privacy_query("exported_requests"), {"run_id": run_id}).fetchall()
            named = sorted((self._pseudonyms.request(run_id, request_id), request_id) for (request_id,) in found)
            rows += [(run_id, request_id, pseudonym, index) for index, (pseudonym, request_id) in enumerate(named)]
        names = ("run_id", "request_id", "pseudonym", "new_index")
        schema = pa.schema([(name, pa.int64() if name == "new_index" else pa.string()) for name in names])
        columns = list(zip(*rows, strict=True)) or [()] * len(names)
        arrays = [pa.array(column, kind.type) for column, kind in zip(columns, schema, strict=True)]
        self._connection.register("export_requests", pa.table(arrays, schema=schema))

    def _register_values(self, fingerprint: str) -> None:
        """Note which attribute values are left out: names of people, and what few people have in common."""
        given = {"dataset_fingerprint": fingerprint, "min_people": self._options.min_people}
        rare = self._connection.execute(privacy_query("rare_values"), given).fetchall()
        schema = pa.schema([("attribute", pa.string()), ("attribute_value", pa.string())])
        names, values = [list(column) for column in zip(*rare, strict=True)] if rare else ([], [])
        self._connection.register("export_values", pa.table([names, values], schema=schema))

    def _reader(self, table: ExportTable, fingerprint: str, run_ids: list[str]) -> pa.RecordBatchReader:
        names = [row[0] for row in self._connection.execute(f"describe {table.name}").fetchall()]
        literals = ", ".join("'" + run_id.replace("'", "''") + "'" for run_id in run_ids)
        return self._connection.sql(table.sql(names, fingerprint, literals)).to_arrow_reader(_ROWS)

    def _writer(self, table: ExportTable, schema: pa.Schema) -> pq.ParquetWriter:
        """Return the table's file, made at first use: a table without rows has one too."""
        if table.name not in self._writers:
            kept = pa.schema([pa.field(f.name, f.type) for f in schema if f.name != WAS_KNOWN])
            path = self._folder / f"{table.name}.parquet"
            self._writers[table.name] = self._stack.enter_context(pq.ParquetWriter(path, kept, compression="zstd"))
        return self._writers[table.name]

    def _clean(self, table: ExportTable, batch: pa.RecordBatch, redactor: Redactor) -> pa.Table:
        columns = [self._column(table, batch, field, redactor) for field in batch.schema]
        clean = pa.table(columns, schema=pa.schema([pa.field(f.name, f.type) for f in batch.schema]))
        if WAS_KNOWN in clean.column_names:
            n_unknown = clean[WAS_KNOWN].to_pylist().count(False)
            self.n_values_left_out += clean["attribute_value"].null_count - n_unknown
        return clean

    def _column(self, table: ExportTable, batch: pa.RecordBatch, field: pa.Field, redactor: Redactor) -> pa.Array:
        column = batch.column(field.name)
        if not pa.types.is_string(field.type) or field.name in table.coded:
            return column
        if table.name == "user_attributes" and field.name == "attribute_value":
            pairs = zip(batch.column("attribute").to_pylist(), column.to_pylist(), strict=True)
            return pa.array([None if v is None or is_naming(a) else redactor.text(v) for a, v in pairs], pa.string())
        change = redactor.text
        if field.name in IDENTIFIERS:
            change = redactor.identifier
        elif field.name.endswith("_json") or field.name in ("gen_ai_input_messages", "arguments"):
            change = redactor.json
        return pa.array([None if value is None else change(value) for value in column.to_pylist()], pa.string())
