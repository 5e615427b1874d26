"""RecBole's atomic files: the real MovieLens 100K, and small files for what may be wrong in them."""

from __future__ import annotations

import time

import pandas as pd
import pytest

from engine.datasets.importing import ImportOptions, import_dataset
from engine.datasets.loaders.source import Source
from engine.datasets.store import load_dataset
from engine.errors import DatasetError
from engine.home import Home


@pytest.fixture(scope="module")
def ml_100k_home(tmp_path_factory) -> Home:
    return Home(tmp_path_factory.mktemp("ml-100k"))


@pytest.fixture(scope="module")
def ml_100k(ml_100k_home, ml_100k_folder):
    return import_dataset(ml_100k_home, Source(folder=ml_100k_folder), "ml-100k", ImportOptions(now=1_700_000_000))


class TestMovieLens100K:
    def test_has_all_rows(self, ml_100k_home, ml_100k):
        dataset = load_dataset(ml_100k_home, "ml-100k")
        assert (len(dataset.interactions), len(dataset.users), len(dataset.items)) == (100_000, 943, 1_682)
        assert len(dataset.triples) == 91_631
        assert dataset.entities["item_id"].notna().sum() == 1_598
        assert dataset.users["gender"].value_counts().to_dict() == {"man": 670, "woman": 273}
        assert dataset.interactions["rating"].value_counts().to_dict() == {
            1: 6110,
            2: 11370,
            3: 27145,
            4: 34174,
            5: 21201,
        }
        assert dataset.fingerprint == ml_100k.dataset.fingerprint
        counts = {count.table: count.read for count in ml_100k.quality.imported}
        assert counts == {"users": 943, "items": 1_682, "interactions": 100_000, "triples": 91_631, "entities": 1_598}

    def test_keeps_group_labels_and_no_raw_personal_data(self, ml_100k):
        users = ml_100k.dataset.users
        assert list(users.columns) == ["user_id", "age_band", "gender", "occupation"]
        assert users["age_band"].value_counts().to_dict() == {
            "25-34": 310, "18-24": 198, "35-44": 194, "45-49": 80, "50-55": 73, "56+": 52, "under 18": 36,
        }  # fmt: skip
        assert (users["occupation"] == "none").sum() == 9  # a label of MovieLens, not a missing value
        assert users.notna().all().all()

    def test_films_have_readable_titles(self, ml_100k):
        dataset = ml_100k.dataset
        usual, horseman, seven = dataset.item("12"), dataset.item("113"), dataset.item("11")
        assert (usual.title, usual.year, usual.aliases) == ("The Usual Suspects", 1995, ("Usual Suspects, The",))
        assert (usual.categories, usual.domain) == (("Crime", "Thriller"), "films")
        assert horseman.title == "The Horseman on the Roof"
        assert "Le Hussard sur le toit" in horseman.aliases
        assert (seven.title, seven.aliases) == ("Seven", ("Se7en", "Seven (Se7en)"))
        assert dataset.item("1412").year == 1995  # the year's column holds "V" there; the title holds the year
        assert dataset.item("267").year is None  # "unkonwn"
        assert not dataset.items["title"].str.contains(r", (?:The|A|An|Le|La|Les)$").any()

    def test_interactions_are_in_order_of_user_and_time(self, ml_100k):
        rows = ml_100k.dataset.interactions
        assert (rows.groupby("user_id")["timestamp"].diff().fillna(0) >= 0).all()
        assert (rows.groupby("user_id").cumcount() == rows["position"]).all()

    def test_quality_tells_of_ties(self, ml_100k):
        quality = ml_100k.quality
        assert quality.density == pytest.approx(100_000 / (943 * 1_682))
        assert (quality.duplicate_interactions, quality.repeated_pairs, quality.future_timestamps) == (0, 0, 0)
        assert quality.tied_interactions == 75_772
        assert any(finding.check == "tied timestamps" for finding in quality.findings)

    def test_takes_seconds(self, home, ml_100k_folder):
        start = time.process_time()  # of this process alone: a busy machine is no failure
        import_dataset(home, Source(folder=ml_100k_folder), "timed")
        assert time.process_time() - start < 10

    def test_same_rows_in_the_original_files_give_the_same_interactions(self, home, tmp_path, ml_100k, ml_100k_folder):
        folder = tmp_path / "original"
        folder.mkdir()
        ratings, users, items = (
            pd.read_csv(ml_100k_folder / f"ml-100k.{suffix}", sep="\t", dtype=str, keep_default_na=False)
            for suffix in ("inter", "user", "item")
        )
        ratings.to_csv(folder / "u.data", sep="\t", header=False, index=False)
        users.to_csv(folder / "u.user", sep="|", header=False, index=False)
        write_films(folder, items)
        original = import_dataset(home, Source(folder=folder), "original").dataset
        pd.testing.assert_frame_equal(original.interactions, ml_100k.dataset.interactions)
        pd.testing.assert_frame_equal(original.users, ml_100k.dataset.users)
        for column in ("title", "year", "aliases", "categories"):
            assert original.items[column].tolist()[:266] == ml_100k.dataset.items[column].tolist()[:266]
        assert original.item("1005").title == "La Double vie de Véronique"  # Latin-1 in the original


def write_films(folder, items) -> None:
    from engine.datasets.loaders.movielens_original import GENRES

    (folder / "u.genre").write_text("".join(f"{genre}|{n}\n" for n, genre in enumerate(GENRES)) + "\n")
    lines = []
    for row in items.itertuples(index=False):
        item_id, title, year, genres = row
        genres = genres.split()
        flags = "|".join(str(int(genre in genres)) for genre in GENRES)
        lines.append(f"{item_id}|{title} ({year})|01-Jan-{year}||http://example.invalid/{item_id}|{flags}\n")
    (folder / "u.item").write_bytes("".join(lines).encode("latin-1"))


class TestSmallFiles:
    @pytest.fixture
    def files(self, tmp_path):
        folder = tmp_path / "atomic"
        folder.mkdir()
        contents = {
            "x.inter": "user_id:token\titem_id:token\ttimestamp:float\nu\ti\t100.0\nu\tj\t99.0\n",
            "x.item": (
                "item_id:token\ttitle:token_seq\tcategories:token_seq\tcolour:token\n"
                "i\tThe Nose, The\ta b\tred\nj\tTwo\t\tblue\n"
            ),
            "x.kg": "head_id:token\trelation_id:token\ttail_id:token\ne1\tr\te2\n",
            "x.link": "item_id:token\tentity_id:token\ni\te1\n",
        }
        for name, text in contents.items():
            (folder / name).write_text(text)
        return folder

    def test_titles_that_are_not_films_stay(self, home, files):
        imported = import_dataset(home, Source(folder=files), "x")
        item = imported.dataset.item("i")
        assert (item.title, item.categories, item.domain) == ("The Nose, The", ("a", "b"), "")
        assert "columns not used: x.item colour" in imported.quality.notes

    def test_entities_without_names_are_called_by_their_ids(self, home, files):
        entities = import_dataset(home, Source(folder=files), "x").dataset.entities.set_index("entity_id")
        assert entities.loc["e1", ["label", "kind", "item_id"]].tolist() == ["The Nose, The", "item", "i"]
        assert entities.loc["e2", "label"] == "e2"
        assert pd.isna(entities.loc["e2", "item_id"])

    @pytest.mark.parametrize(
        ("name", "text", "says"),
        [
            (
                "x.inter",
                "user_id\titem_id:token\ttimestamp:float\nu\ti\t1\n",
                "x.inter, line 1, column user_id: expected name:type",
            ),
            (
                "x.inter",
                "user_id:text\titem_id:token\ttimestamp:float\nu\ti\t1\n",
                "expected name:type, where type is one of float",
            ),
            ("x.inter", "user_id:token\titem_id:token\nu\ti\n", "x.inter: expected a column timestamp"),
            (
                "x.link",
                "item_id:token\tentity_id:token\nz\te1\n",
                "x.link, line 2, column item_id: expected an id of the table of items, found 'z'",
            ),
            (
                "x.kg",
                "head_id:token\trelation_id:token\ttail_id:token\ne1\t\te2\n",
                "x.kg, line 2, column relation: expected a relation",
            ),
            (
                "x.kg",
                "head_id:token\trelation_id:token\ttail_id:token\na\tr\tb\na\tr\tb\n",
                "x.kg, line 3: expected each triple once",
            ),
            (
                "x.user",
                "user_id:token\tage:token\nu\told\n",
                "x.user, line 2, column age: expected an age in years from 0 to 120, found 'old'",
            ),
            ("y.inter", "user_id:token\n", "expected one .inter file, found x, y"),
        ],
    )
    def test_refusals(self, home, files, name, text, says):
        (files / name).write_text(text)
        with pytest.raises(DatasetError, match=says):
            import_dataset(home, Source(folder=files), "x")

    def test_a_column_mapping_is_not_for_them(self, home, files):
        from engine.datasets.loaders.mapping import parse_mapping

        with pytest.raises(DatasetError, match="--map renames columns of CSV"):
            import_dataset(home, Source(folder=files), "x", ImportOptions(mapping=parse_mapping(["title=name"])))
