"""Own files: what is read, what is refused and how that is told."""

from __future__ import annotations

import csv

import pandas as pd
import pytest

from engine.datasets.importing import ImportOptions, import_dataset
from engine.datasets.loaders.mapping import parse_mapping
from engine.datasets.loaders.source import Source
from engine.datasets.store import list_datasets, load_dataset
from engine.errors import DatasetError

SKIP = ImportOptions(skip_bad_rows=True)


def refusal(import_files, options=None, **replaced) -> str:
    with pytest.raises(DatasetError) as caught:
        import_files(options, **replaced)
    return str(caught.value)


def names(home) -> set[str]:
    return {summary.name for summary in list_datasets(home)}


class TestGoodFiles:
    def test_rows_are_typed_and_in_order(self, import_files):
        dataset = import_files().dataset
        assert list(dataset.items["item_id"]) == ["i1", "i2", "i10"]  # shorter ids first
        hobbit = dataset.item("i1")
        assert (hobbit.creators, hobbit.categories, hobbit.year) == (
            ("J. R. R. Tolkien",),
            ("fantasy", "classic"),
            1937,
        )
        assert (hobbit.price, hobbit.in_stock, dataset.item("i10").in_stock) == (9.5, True, False)
        assert dataset.item("i2").price is None
        rows = dataset.interactions
        assert list(rows["user_id"] + " " + rows["item_id"]) == ["u1 i1", "u1 i2", "u1 i10", "u2 i1", "u2 i2"]
        assert list(rows["position"]) == [0, 1, 2, 0, 1]  # ties (u1 i2, u1 i10; u2 i1, u2 i2) keep the file's order
        assert rows["rating"].isna().tolist() == [False, False, True, False, True]
        assert dict(dataset.users_by_id["u2"].attributes) == {"age_band": "25-34"}

    def test_users_come_from_interactions_without_a_file(self, import_files):
        dataset = import_files(users=None).dataset
        assert list(dataset.users["user_id"]) == ["u1", "u2"]

    @pytest.mark.parametrize(
        ("written", "form"),
        [
            (("1700000100", "1700000200", "1700000300"), "seconds"),
            (("1700000100.0", "1.7000002e9", "1700000300"), "seconds"),
            (("1700000100000", "1700000200000", "1700000300999"), "milliseconds"),
            (("1700000100000000", "1700000200000000", "1700000300000000"), "microseconds"),
            (("2023-11-14T22:15:00Z", "2023-11-14 22:16:40", "2023-11-15T00:18:20+02:00"), "ISO 8601"),
        ],
    )
    def test_forms_of_time(self, import_files, written, form):
        text = "user_id,item_id,timestamp\n" + "".join(
            f"u1,{item},{time}\n" for item, time in zip(("i1", "i2", "i10"), written, strict=True)
        )
        imported = import_files(interactions=text)
        assert list(imported.dataset.interactions["timestamp"]) == [1700000100, 1700000200, 1700000300]
        assert f"timestamps read as {form}" in imported.quality.notes

    def test_order_is_finer_than_the_seconds_kept(self, import_files):
        text = "user_id,item_id,timestamp\nu1,i1,1700000100900\nu1,i2,1700000100100\n"
        rows = import_files(interactions=text).dataset.interactions
        assert list(rows["item_id"]) == ["i2", "i1"]
        assert list(rows["timestamp"]) == [1700000100, 1700000100]

    @pytest.mark.parametrize(
        "change",
        [
            lambda text: b"\xef\xbb\xbf" + text,
            lambda text: text.replace(b"\n", b"\r\n"),
            lambda text: text.replace(b"\n", b"\r"),
            lambda text: text.replace(b"\n", b"\n\n"),
            lambda text: text.rstrip(b"\n"),
            lambda text: text.replace(b",", b";"),
            lambda text: text.replace(b",", b"\t"),
            lambda text: text.replace(b",", b" , "),
        ],
        ids=["BOM", "CRLF", "CR", "blank lines", "no last line end", "semicolons", "tabs", "spaces"],
    )
    def test_ways_of_writing_give_the_same_rows(self, import_files, change):
        plain = "user_id,item_id,timestamp\nu1,i1,1700000100\nu2,i2,1700000200\n"
        expected = import_files(name="plain", interactions=plain).dataset.fingerprint
        assert import_files(name="other", interactions=change(plain.encode())).dataset.fingerprint == expected

    def test_quoted_values_hold_delimiters_quotes_and_line_ends(self, import_files):
        items = 'item_id,title\ni1,"Me, ""Myself""\nand Irene"\ni2,Rocky\ni10,x\n'
        assert import_files(items=items).dataset.item("i1").title == 'Me, "Myself"\nand Irene'

    def test_another_encoding_by_name(self, import_files):
        items = "item_id,title\ni1,Amélie\ni2,Rocky\ni10,x\n".encode("latin-1")
        options = ImportOptions(mapping=parse_mapping(["options.encoding=latin-1"]))
        assert import_files(options, items=items).dataset.item("i1").title == "Amélie"


class TestMapping:
    def test_columns_by_option_and_by_file(self, home, tmp_path):
        (tmp_path / "log.csv").write_text("uid;asin;ts\na;x;2024-01-01\n")
        (tmp_path / "shop.csv").write_text("asin;name;tags\nx;Kettle;kitchen/steel\n")
        (tmp_path / "map.toml").write_text('[columns]\nuser_id = "uid"\ntimestamp = "ts"\nitem_id = "asin"\n')
        source = Source(files={"interactions": tmp_path / "log.csv", "items": tmp_path / "shop.csv"})
        mapping = parse_mapping(
            [
                str(tmp_path / "map.toml"),
                "title=name",
                "items.categories=tags",
                "options.domain=goods",
                "options.list_separator=/",
            ]
        )
        item = import_dataset(home, source, "shop", ImportOptions(mapping=mapping)).dataset.item("x")
        assert (item.title, item.categories, item.domain) == ("Kettle", ("kitchen", "steel"), "goods")

    def test_attributes_can_be_chosen_and_renamed(self, import_files):
        users = "user_id,sex,zip\nu1,F,1\nu2,M,2\n"
        options = ImportOptions(mapping=parse_mapping(["users.gender=sex", "options.attributes=gender"]))
        dataset = import_files(options, users=users).dataset
        assert list(dataset.users.columns) == ["user_id", "gender"]

    @pytest.mark.parametrize(
        ("entry", "says"),
        [
            ("user_id", "expected <schema column>=<column of the file>"),
            ("uid=user_id", "names uid"),
            ("options.colour=red", "options.colour"),
            ("nowhere.toml", "cannot be read"),
            ("items.titel=name", "items.titel"),
        ],
    )
    def test_a_wrong_mapping_is_refused(self, entry, says):
        with pytest.raises(DatasetError, match=says):
            parse_mapping([entry])

    def test_a_mapped_column_that_is_not_there(self, import_files):
        text = refusal(import_files, ImportOptions(mapping=parse_mapping(["items.title=name"])))
        assert "items.csv, line 1: expected a column name (for title), found only item_id, title" in text


class TestOtherFormats:
    def test_json_lines(self, home, tmp_path, import_files):
        expected = import_files().dataset
        tables = {"users": expected.users, "items": expected.items, "interactions": expected.interactions}
        folder = tmp_path / "lines"
        folder.mkdir()
        for table, frame in tables.items():
            frame.drop(columns="position", errors="ignore").to_json(
                folder / f"{table}.jsonl", orient="records", lines=True
            )
        imported = import_dataset(home, Source(folder=folder), "lines").dataset
        assert imported.fingerprint == expected.fingerprint

    def test_json_lines_that_are_none_are_refused_by_line(self, home, tmp_path, write_source):
        folder = write_source(interactions=None).folder
        rows = '{"user_id":"u1","item_id":"i1","timestamp":1700000000}\n\n{"user_id": \n[1]\n{"user_id":"u2"}\n'
        (folder / "interactions.jsonl").write_text(rows)
        with pytest.raises(DatasetError) as caught:
            import_dataset(home, Source(folder=folder), "lines")
        text = str(caught.value)
        assert "interactions.jsonl, line 3, column line: expected a JSON object" in text
        assert "interactions.jsonl, line 4, column line: expected a JSON object, found '[1]'" in text
        assert "interactions.jsonl, line 5, column item_id: expected an id, found nothing" in text

    def test_parquet_with_native_types(self, home, tmp_path, import_files):
        expected = import_files().dataset
        folder = tmp_path / "parquet"
        folder.mkdir()
        rows = expected.interactions.drop(columns="position")
        rows["timestamp"] = pd.to_datetime(rows["timestamp"], unit="s", utc=True)
        rows.to_parquet(folder / "interactions.parquet")
        expected.users.astype({"gender": "category"}).to_parquet(folder / "users.parquet")
        items = expected.items.assign(**{c: expected.items[c].map(list) for c in ("creators", "categories", "aliases")})
        items.to_parquet(folder / "items.parquet")
        assert import_dataset(home, Source(folder=folder), "parquet").dataset.fingerprint == expected.fingerprint

    def test_a_parquet_file_that_is_none(self, home, write_source):
        folder = write_source(interactions=None).folder
        (folder / "interactions.parquet").write_bytes(b"PAR1 nothing PAR1")
        with pytest.raises(DatasetError, match=r"interactions.parquet: expected a Parquet file"):
            import_dataset(home, Source(folder=folder), "broken")


INTERACTIONS_HEAD = "user_id,item_id,timestamp,rating\n"
ROW = "u1,i1,1700000100,4\n"


class TestRefusals:
    @pytest.mark.parametrize(
        ("table", "text", "says"),
        [
            ("interactions", "user_id,item_id\nu1,i1\n", "interactions.csv: expected a column timestamp"),
            ("interactions", "", "interactions.csv: expected rows, found an empty file"),
            ("interactions", "\n\n \n", "interactions.csv: expected rows, found an empty file"),
            ("interactions", None, "expected .* a file called|no known format"),
            ("items", None, "expected a file of items, found none"),
            (
                "interactions",
                INTERACTIONS_HEAD + ROW + "u1,i1\n",
                "line 3: expected 4 columns, found '2 columns: u1,i1'",
            ),
            ("interactions", INTERACTIONS_HEAD + ROW + "u1,i1,2,3,4\n", "line 3: expected 4 columns, found '5 columns"),
            (
                "interactions",
                INTERACTIONS_HEAD + ",i1,1700000100,4\n" + ROW,
                "line 2, column user_id: expected an id, found nothing",
            ),
            (
                "interactions",
                INTERACTIONS_HEAD + "NaN,i1,1700000100,4\n" + ROW,
                "line 2, column user_id: expected an id, found 'NaN'",
            ),
            (
                "interactions",
                INTERACTIONS_HEAD + ROW + "u9,i1,1700000100,4\n",
                "line 3, column user_id: expected an id of the table of users, found 'u9'",
            ),
            (
                "interactions",
                INTERACTIONS_HEAD + ROW + "u2,i9,1700000100,4\n",
                "line 3, column item_id: expected an id of the table of items, found 'i9'",
            ),
            (
                "interactions",
                INTERACTIONS_HEAD + ROW + "u2,i1,soon,4\n",
                "line 3, column timestamp: expected a time since 1970 as seconds.*found 'soon'",
            ),
            ("interactions", INTERACTIONS_HEAD + ROW + "u2,i1,,4\n", "line 3, column timestamp: .*found nothing"),
            ("interactions", INTERACTIONS_HEAD + ROW + "u2,i1,-5,4\n", "line 3, column timestamp: .*found '-5'"),
            (
                "interactions",
                INTERACTIONS_HEAD + ROW + ROW.replace("u1", "u2") + "u1,i2,1700000100000,4\n",
                "line 4, column timestamp: .*as seconds",
            ),
            (
                "interactions",
                INTERACTIONS_HEAD + ROW + ROW.replace("u1", "u2") + "u1,i2,2024-01-01,4\n",
                "line 4, column timestamp: .*'2024-01-01'",
            ),
            (
                "interactions",
                INTERACTIONS_HEAD + "u1,i1,2024-02-31,4\nu1,i1,2024-02-28,1\n",
                "line 2, column timestamp: .*ISO 8601.*'2024-02-31'",
            ),
            (
                "interactions",
                INTERACTIONS_HEAD + ROW + "u2,i1,1700000100,good\n",
                "line 3, column rating: expected a number, found 'good'",
            ),
            (
                "interactions",
                INTERACTIONS_HEAD + ROW + "u2,i1,1700000100,inf\n",
                "line 3, column rating: expected a number, found 'inf'",
            ),
            ("interactions", INTERACTIONS_HEAD + ROW + ROW, "line 3: expected each interaction once"),
            ("items", "item_id,title\ni1,\ni2,Rocky\ni10,x\n", "line 2, column title: expected a title, found nothing"),
            (
                "items",
                "item_id,title\ni1,a\ni2,Rocky\ni10,x\ni2,y\n",
                "line 5, column item_id: expected each id once, found 'i2'",
            ),
            (
                "items",
                "item_id,title,year\ni1,a,19x7\ni2,Rocky,1976.5\ni10,x,\n",
                "line 3, column year: expected a year, found '1976.5'",
            ),
            (
                "items",
                "item_id,title,price\ni1,a,-1\ni2,Rocky,\ni10,x,\n",
                "line 2, column price: expected a price of 0 or more",
            ),
            (
                "items",
                "item_id,title,in_stock\ni1,a,maybe\ni2,Rocky,\ni10,x,\n",
                "line 2, column in_stock: expected true or false",
            ),
            (
                "items",
                b"item_id,title\ni1,Am\xe9lie\ni2,Rocky\ni10,x\n",
                "line 2, column title: expected text in UTF-8",
            ),
            (
                "items",
                "item_id,title\ni1,a\ni2,Rocky\ni10,x\n".encode("utf-16"),
                "items.csv: expected UTF-8 text, found UTF-16",
            ),
            (
                "items",
                "item_id,item_id\ni1,a\n",
                "items.csv, line 1: expected a line with the columns' names, each once",
            ),
            (
                "items",
                "item_id,title\ni1," + "x" * 200_000 + "\ni2,Rocky\ni10,x\n",
                "line 2, column title: expected at most 100,000 bytes in one value, found '200000 bytes'",
            ),
            (
                "items",
                "item_id,title\n" + "i" * 300 + ",long\ni1,a\ni2,b\ni10,c\n",
                "line 2, column item_id: expected at most 256 characters",
            ),
            (
                "items",
                'item_id,title\ni1,a\ni2,Rocky\ni10,x\ni11,"open\ni12,swallowed\n',
                "items.csv: expected each quotation mark closed",
            ),
            (
                "users",
                "user_id,gender\nu1,woman\nu2,man\nu2,man\n",
                "line 4, column user_id: expected each id once, found 'u2'",
            ),
            (
                "users",
                b"user_id,gender\nu\x001,woman\nu1,man\nu2,man\n",
                "line 2, column user_id: expected text in UTF-8",
            ),
        ],
    )
    def test_says_file_line_column_expected_and_found(self, home, import_files, table, text, says):
        with pytest.raises(DatasetError, match=says):
            import_files(**{table: text})
        assert "small" not in names(home)
        assert not list(home.datasets.glob(".importing-*")) if home.datasets.exists() else True

    def test_tells_all_problems_at_once(self, import_files):
        text = refusal(
            import_files,
            items="item_id,title,year\ni1,,x\ni2,Rocky,1976\ni10,x,\n",
            interactions=INTERACTIONS_HEAD + "u1,i2,never,4\nu9,i2,1700000000,x\nu1,i2,1700000001,1\n",
        )
        assert text.startswith("Nothing was imported: 5 problems in the input.")
        for place in ("items.csv, line 2, column title", "items.csv, line 2, column year", "line 2, column timestamp"):
            assert place in text
        assert (
            text.index("line 3, column user_id") < text.index("line 3, column rating") < text.index("--skip-bad-rows")
        )

    def test_counts_the_problems_that_it_does_not_list(self, import_files):
        rows = "".join(f"u1,missing{n},1700000100,4\n" for n in range(50))
        text = refusal(import_files, interactions=INTERACTIONS_HEAD + ROW + rows)
        assert "50 problems" in text
        assert "... and 30 more." in text

    def test_lines_count_line_ends_inside_values_and_blank_lines(self, import_files):
        items = 'item_id,title,year\ni1,"two\nlines",1999\n\ni2,short\ni10,"a\nb\nc",1990\ni11,x,bad\n'
        text = refusal(import_files, items=items)
        assert "items.csv, line 5: expected 3 columns" in text
        assert "items.csv, line 9, column year" in text

    def test_future_timestamps_are_judged_by_the_given_moment(self, import_files):
        import_files(ImportOptions(now=1_700_000_300))
        text = refusal(import_files, ImportOptions(now=1_700_000_250), name="later")
        assert "interactions.csv, line 2, column timestamp: expected a time that is not in the future" in text
        assert "interactions.csv, line 6, column timestamp" in text

    def test_a_path_that_is_not_there(self, home, tmp_path):
        with pytest.raises(DatasetError, match="is not a folder"):
            import_dataset(home, Source(folder=tmp_path / "none"), "x")
        with pytest.raises(DatasetError, match="is not a file"):
            import_dataset(home, Source(files={"items": tmp_path / "none.csv"}), "x")

    @pytest.mark.parametrize("name", ["", "../x", "A", "a/b", ".hidden", "a" * 65, "sample-world"])
    def test_names_that_cannot_be(self, import_files, name):
        with pytest.raises(DatasetError, match="name"):
            import_files(name=name)


class TestSkippingBadRows:
    def test_good_rows_stay_bad_ones_are_written_with_reasons_and_counts_add_up(self, home, import_files):
        imported = import_files(
            SKIP,
            users="user_id,gender\nu1,woman\nu2,man\nu2,man\nu3\n",
            items="item_id,title,year\ni1,The Hobbit,1937\ni2,,76\ni10,x,\n",
            interactions=INTERACTIONS_HEAD + ROW + "u1,i2,1700000100,4\nu2,i10,soon,oops\nu2,i10,1700000101,\n",
        )
        counts = {count.table: (count.read, count.kept, count.rejected) for count in imported.quality.imported}
        assert counts == {"users": (4, 2, 2), "items": (3, 2, 1), "interactions": (4, 2, 2)}
        assert all(read == kept + rejected for read, kept, rejected in counts.values())
        with imported.rejects.open(newline="") as file:
            rejects = list(csv.DictReader(file))
        places = [(row["file"], row["line"], row["column"]) for row in rejects]
        assert sorted(places) == [
            ("interactions.csv", "3", "item_id"),
            ("interactions.csv", "4", "rating"),
            ("interactions.csv", "4", "timestamp"),
            ("items.csv", "3", "title"),
            ("users.csv", "4", "user_id"),
            ("users.csv", "5", ""),
        ]
        assert all(row["expected"] and row["found"] for row in rejects)
        assert load_dataset(home, "small").fingerprint == imported.dataset.fingerprint
        assert list_datasets(home)[0].n_rejected == 5
        assert any(finding.check == "rejected rows" and finding.count == 5 for finding in imported.quality.findings)

    def test_does_not_help_where_a_column_is_missing(self, import_files):
        assert "expected a column title" in refusal(import_files, SKIP, items="item_id,name\ni1,a\n")

    def test_nothing_left_is_refused(self, import_files):
        text = refusal(import_files, SKIP, interactions=INTERACTIONS_HEAD + "u9,i1,1,1\n")
        assert "no interaction" in text
