"""Where a foreign log is put in order before it is kept: DuckDB tables that spill to disk, so memory stays bounded.

Users and items become codes; lists are numbered in the order in which they begin; titles are grounded once each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from engine.datasets.arrow import TEXT, to_table
from engine.datasets.schema import Dataset
from engine.datasets.splits import Split
from engine.grounding import Grounder, read_lines
from engine.outcomes import UNKNOWN_ID, unresolved_detail
from engine.runlog.codec import escape, unescape
from engine.runlog.outside.queries import stage_query
from engine.runlog.outside.rejects import Rejects

PLACE_BITS = 40  # of a place: rows of one file; the file's number stands above them
_GROUNDED_AT_ONCE = 5_000
_ANSWERS_AT_ONCE = 2_000

Told = Callable[[str, float], None]


class Stage:
    """The rows of one import. Use as a context manager; `folder` is where it may spill to."""

    def __init__(self, folder: Path, memory_limit: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        options: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory_limit,
            "temp_directory": str(folder / "spill"),
        }
        self.connection = duckdb.connect(config=options)
        self._next_place = 0
        self._files: list[str] = []
        self._grounder: Grounder | None = None

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def set_dataset(self, dataset: Dataset, parts: Split) -> None:
        """Take over users, items and what was consumed before each user's cutoff."""
        connection = self.connection
        connection.execute(stage_query("stage_tables"))
        self.dataset = dataset
        users = _with_all(dataset, parts)
        connection.register("incoming", users)
        connection.execute("insert into users select user_code, key, n_history, n_holdout, cutoff from incoming")
        items = pa.table({"key": pa.array(list(map(escape, dataset.item_ids)), TEXT)})
        items = items.append_column("item_code", pa.array(np.arange(items.num_rows), pa.int32()))
        connection.register("incoming", items)
        connection.execute("create table items as select item_code, key as item_id from incoming")
        connection.execute("insert into item_keys select item_code, item_id, item_id from items")
        # A column of whole numbers often was a column of floats on its way.
        connection.execute(
            "insert into item_keys select item_code, item_id || '.0', item_id from items where "
            "regexp_full_match(item_id, '[0-9]+') and item_id || '.0' not in (select item_id from items)"
        )
        connection.register("incoming", to_table("interactions", dataset.interactions))
        connection.execute(
            "insert into consumed select distinct u.user_code, k.item_code from incoming i "
            "join users u on u.key = i.user_id join items k on k.item_id = i.item_id where i.position < u.n_history"
        )
        connection.unregister("incoming")

    def begin_file(self, name: str) -> None:
        """Say which file the next rows are from."""
        self._files.append(name)
        self._next_place = 0

    def add(self, rows: pa.Table) -> None:
        """Take in checked rows of the present file."""
        first = ((len(self._files) - 1) << PLACE_BITS) + self._next_place
        numbered = rows.append_column("number", pa.array(np.arange(rows.num_rows), pa.int64()))
        self.connection.register("incoming", numbered)
        self.connection.execute(stage_query("stage_rows"), {"first_place": first})
        lines = pa.table({"line": rows["line"], "place": pa.array(np.arange(first, first + rows.num_rows), pa.int64())})
        self._note_lines(lines)
        self.connection.unregister("incoming")
        self._next_place += rows.num_rows

    def settle(self, rejects: Rejects, *, asks_answers: bool, k_asked: int | None) -> None:
        """Refuse unknown users and repeated places, number lists and ranks, and take answers apart."""
        self._refuse("where user_code is null", "expected a user of the dataset", rejects, found="user_text")
        self._start_ranks_at_one()
        self._refuse("where rank = 0", "expected a rank, a whole number from 1", rejects, found="rank")
        if asks_answers:
            self._refuse_repeated("user_code, request", rejects, "an answer of this user was given before")
            self.connection.execute(stage_query("lists"))
            self._take_answers_apart(k_asked or 50)
        else:
            if self._one("select count(*) from staged where rank is null"):
                self._rank_by_place()
            else:
                self._refuse_repeated("user_code, request, rank", rejects, "this rank of the list was given before")
            self.connection.execute(stage_query("lists"))

    def ground(self, told: Told) -> None:
        """Resolve every text that came without a known id, once each."""
        connection = self.connection
        if self._one("select count(*) from staged where item_code is null and raw_text is not null"):
            self._resolve(told)
        connection.execute(stage_query("placed"))

    def _resolve(self, told: Told) -> None:
        connection = self.connection
        if not self.has_texts:
            connection.execute(
                "insert into resolved select distinct raw_text, null, null, null, ? from staged "
                "where item_code is null and raw_text is not null",
                [UNKNOWN_ID],
            )
            return
        query = "select distinct raw_text from staged where item_code is null and raw_text is not null and parsed"
        texts = [row[0] for row in connection.execute(f"{query} order by 1").fetchall()]
        grounder = Grounder(self.dataset.items_by_id)
        codes = {item_id: code for code, item_id in enumerate(self.dataset.item_ids)}
        for start in range(0, len(texts), _GROUNDED_AT_ONCE):
            told("grounding", start / len(texts))
            some = texts[start : start + _GROUNDED_AT_ONCE]
            self._insert_resolved(some, grounder, codes)

    has_texts = False  # whether texts are titles to be grounded; else they are ids that the catalogue does not have

    @property
    def has_rationales(self) -> bool:
        """Whether any reason was given."""
        return self._one("select count(rationale) from staged") > 0

    def write(self, query: str, values: Mapping[str, object], path: Path) -> int:
        """Write the rows of a query to a Parquet file and return how many there are."""
        used = {name: value for name, value in values.items() if f"${name}" in query}
        quoted = str(path).replace("'", "''")
        copied = self.connection.execute(f"copy ({query}) to '{quoted}' (format parquet, compression zstd)", used)
        return int(copied.fetchall()[0][0])

    @property
    def n_lists(self) -> int:
        """How many lists there are."""
        return self._one("select count(*) from lists")

    @property
    def longest(self) -> int:
        """The highest rank."""
        return self._one("select coalesce(max(rank), 0) from staged")

    def n_beyond(self, k: int) -> int:
        """How many places lie beyond rank k."""
        return self._one(f"select count(*) from staged where rank > {int(k)}")

    @property
    def n_placed(self) -> int:
        """How many places there are."""
        return self._one("select count(*) from staged")

    def n_users_without_list(self) -> int:
        """How many users have something held out and no list."""
        return self._one(
            "select count(*) from users where n_holdout > 0 and user_code not in (select user_code from lists)"
        )

    def models(self) -> list[str]:
        """Return the models that are named, at most 20."""
        query = "select distinct model from lists where model is not null order by 1 limit 20"
        return [row[0] for row in self.connection.execute(query).fetchall()]

    def preview(self, n: int) -> tuple[list[str], list[tuple]]:
        """Return the first places: column names and rows."""
        cursor = self.connection.execute(
            "select u.key as user, p.slot_rank as rank, i.item_id as item, p.raw_text, p.match_kind, p.score "
            "from placed p join lists l on l.request_index = p.request_index join users u on u.user_code = l.user_code "
            f"left join items i on i.item_code = p.item_code order by p.place limit {int(n)}"
        )
        return [column[0] for column in cursor.description or ()], cursor.fetchall()

    def _one(self, query: str) -> int:
        return self.connection.execute(query).fetchall()[0][0]

    def _note_lines(self, lines: pa.Table) -> None:
        """Remember which place stands on which line, where that is not one more than the place before."""
        line = lines["line"].to_numpy()
        place = lines["place"].to_numpy()
        starts = np.flatnonzero(np.diff(line - place, prepend=np.iinfo(np.int64).min))
        if not hasattr(self, "_line_starts"):
            self._line_starts: list[np.ndarray] = []
        self._line_starts.append(
            np.stack([place[starts], line[starts]], axis=1) if len(line) else np.empty((0, 2), int)
        )

    def _lines_of(self, places: np.ndarray) -> np.ndarray:
        known = np.concatenate(self._line_starts) if self._line_starts else np.empty((0, 2), dtype=np.int64)
        at = np.searchsorted(known[:, 0], places, side="right") - 1
        return known[at, 1] + places - known[at, 0]

    def _refuse(self, where: str, reason: str, rejects: Rejects, found: str = "null") -> None:
        rows = self.connection.sql(f"select place, {found} as found from staged {where} order by place")
        table = rows.to_arrow_table()
        if table.num_rows == 0:
            return
        self._add_rejects(table["place"].to_numpy(), pa.array([reason] * table.num_rows, TEXT), table["found"], rejects)
        self.connection.execute(f"delete from staged {where}")

    def _refuse_repeated(self, key: str, rejects: Rejects, reason: str) -> None:
        """Refuse what repeats a key; the first one stays."""
        repeated = f"select {key}, min(place) as place from staged group by {key} having count(*) > 1"
        same = " and ".join(f"s.{name.strip()} is not distinct from r.{name.strip()}" for name in key.split(","))
        query = f"from staged s join ({repeated}) r on {same} where s.place > r.place"
        table = self.connection.sql(f"select s.place, r.place as before {query} order by 1").to_arrow_table()
        if table.num_rows == 0:
            return
        lines = self._lines_of(table["before"].to_numpy())
        reasons = pa.array([f"{reason}, on line {line:,}" for line in lines.tolist()], TEXT)
        self._add_rejects(table["place"].to_numpy(), reasons, pa.nulls(table.num_rows, TEXT), rejects)
        self.connection.register("gone", table)
        self.connection.execute("delete from staged where place in (select place from gone)")
        self.connection.unregister("gone")

    def _add_rejects(self, places: np.ndarray, reasons: pa.Array, found: pa.Array, rejects: Rejects) -> None:
        files = places >> PLACE_BITS
        lines = self._lines_of(places)
        for index, name in enumerate(self._files):
            own = files == index
            mask = pa.array(own)
            rejects.add(
                name,
                lines[own],
                reasons.filter(mask),
                pa.chunked_array([found.cast(TEXT)]).filter(mask).combine_chunks()
                if isinstance(found, pa.Array)
                else found.filter(mask).combine_chunks(),
            )

    def _start_ranks_at_one(self) -> None:
        """Count ranks from 1 where most lists begin at 0; the others keep their rank and are refused if it is 0."""
        counts = self.connection.execute(
            "select count(*) filter (where first = 0), count(*) from "
            "(select min(rank) as first from staged group by user_code, request)"
        ).fetchall()[0]
        self.ranks_from_zero = bool(counts[0]) and 2 * counts[0] >= counts[1]
        if self.ranks_from_zero:
            self.connection.execute("update staged set rank = rank + 1")

    def _rank_by_place(self) -> None:
        self.connection.execute(
            "create or replace table staged as select * replace (cast(row_number() over "
            "(partition by user_code, request order by place) as integer) as rank) from staged"
        )

    def _take_answers_apart(self, k: int) -> None:
        """Put the lines of each answer in the place of its row."""
        cursor = self.connection.execute("select place, user_code, request, answer from staged order by place")
        self.connection.execute("create table lines as select * from staged limit 0")
        cursor = self.connection.cursor()
        cursor.execute("select place, user_code, request, answer from staged order by place")
        while some := cursor.fetchmany(_ANSWERS_AT_ONCE):
            self.connection.register("incoming", _answer_lines(some, k))
            self.connection.execute(
                "insert into lines (place, user_code, request, rank, raw_text, parsed) "
                "select place, user_code, request, rank, raw_text, parsed from incoming"
            )
        self.connection.unregister("incoming")
        self.connection.execute("drop table staged")
        self.connection.execute("alter table lines rename to staged")

    def _insert_resolved(self, texts: list[str], grounder: Grounder, codes: dict[str, int]) -> None:
        plain = [unescape(text) for text in texts]
        matches = grounder.ground(plain)
        lost = [text for text, match in zip(plain, matches, strict=True) if match is None]
        details = dict(zip(lost, unresolved_detail(lost, grounder), strict=True))
        rows = pa.table(
            {
                "raw_text": pa.array(texts, TEXT),
                "item_code": pa.array([codes[match.item_id] if match else None for match in matches], pa.int32()),
                "match_kind": pa.array([str(match.kind) if match else None for match in matches], TEXT),
                "match_score": pa.array([match.score if match else None for match in matches], pa.float64()),
                "detail": pa.array(
                    [
                        escape(details[text]) if match is None else ""
                        for text, match in zip(plain, matches, strict=True)
                    ],
                    TEXT,
                ),
            }
        )
        self.connection.register("incoming", rows)
        self.connection.execute("insert into resolved select * from incoming")
        self.connection.unregister("incoming")


def _with_all(dataset: Dataset, parts: Split) -> pa.Table:
    """Return one row a user of the dataset, with or without interactions."""
    known = parts.users.set_index("user_id")
    ids = list(dataset.users["user_id"])
    rows = known.reindex(ids)
    return pa.table(
        {
            "user_code": pa.array(np.arange(len(ids)), pa.int32()),
            "key": pa.array(list(map(escape, ids)), TEXT),
            **{
                column: pa.array(rows[column].fillna(0).to_numpy(dtype=np.int64))
                for column in ("n_history", "n_holdout", "cutoff")
            },
        }
    )


def _answer_lines(answers: list[tuple], k: int) -> pa.Table:
    rows = [
        (place, user, request, rank, escape(line.raw), line.title is not None)
        for place, user, request, answer in answers
        for rank, line in enumerate(read_lines(unescape(answer or ""), k), start=1)
    ]
    kinds = {
        "place": pa.int64(), "user_code": pa.int32(), "request": TEXT, "rank": pa.int32(), "raw_text": TEXT,
        "parsed": pa.bool_(),
    }  # fmt: skip
    columns = list(zip(*rows, strict=True)) or [()] * len(kinds)
    return pa.table({name: pa.array(column, kind) for (name, kind), column in zip(kinds.items(), columns, strict=True)})


def ranges(n: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges [first, last) that part n things into pieces of at most `size`."""
    for first in range(0, n, size):
        yield first, min(first + size, n)
