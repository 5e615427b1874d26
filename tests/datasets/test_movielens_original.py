"""MovieLens in its original files, small ones written here in the published layout."""

from __future__ import annotations

import pytest

from engine.datasets.importing import ImportOptions, import_dataset
from engine.datasets.loaders.movielens_original import GENRES
from engine.datasets.loaders.source import Source
from engine.errors import DatasetError


def film(item_id: str, title: str, *genres: str) -> str:
    flags = "|".join(str(int(genre in genres)) for genre in GENRES)
    return f"{item_id}|{title}|01-Jan-1995||http://example.invalid|{flags}\n"


@pytest.fixture
def hundred(tmp_path):
    folder = tmp_path / "ml-100k"
    folder.mkdir()
    (folder / "u.data").write_text("1\t2\t4\t881250949\n1\t1\t5\t881250940\n2\t1\t3\t881250950\n")
    films = film("1", "Matrix, The (1999)", "Action", "Sci-Fi") + film("2", "Cité des enfants perdus, La (1995)")
    films += "3|unknown||||" + "|".join(["1"] + ["0"] * 18) + "\n"
    (folder / "u.item").write_bytes(films.encode("latin-1"))
    (folder / "u.user").write_text("1|24|M|technician|85711\n2|53|F|none|94043\n")
    (folder / "u.genre").write_text("".join(f"{genre}|{n}\n" for n, genre in enumerate(GENRES)) + "\n")
    return folder


@pytest.fixture
def million(tmp_path):
    folder = tmp_path / "ml-1m"
    folder.mkdir()
    (folder / "ratings.dat").write_text("1::2::4::978300760\r\n1::1::5::978302109\r\n")
    films = "1::Misérables, Les (1995)::Drama|Musical\n2::Tin Drum, The (Blechtrommel, Die) (1979)::Children's|War\n"
    (folder / "movies.dat").write_bytes(films.encode("latin-1"))
    (folder / "users.dat").write_text("1::F::1::10::48067\n2::M::56::16::70072\n")
    return folder


def test_100k(home, hundred):
    imported = import_dataset(home, Source(folder=hundred), "ml")
    dataset = imported.dataset
    matrix, city, unknown = (dataset.item(item_id) for item_id in "123")
    assert (matrix.title, matrix.year, matrix.categories) == ("The Matrix", 1999, ("Action", "Sci-Fi"))
    assert (city.title, city.aliases) == ("La Cité des enfants perdus", ("Cité des enfants perdus, La",))
    assert (unknown.title, unknown.year, unknown.categories) == ("unknown", None, ())
    assert dict(dataset.users_by_id["2"].attributes) == {"age_band": "50-55", "gender": "woman", "occupation": "none"}
    assert list(dataset.interactions["item_id"]) == ["1", "2", "1"]
    assert dataset.source == "MovieLens 100K, ml-100k"


def test_1m(home, million):
    dataset = import_dataset(home, Source(folder=million), "ml").dataset
    assert dataset.item("1").title == "Les Misérables"
    drum = dataset.item("2")
    assert (drum.title, drum.year, drum.categories) == ("The Tin Drum", 1979, ("Children's", "War"))
    assert drum.aliases == ("Die Blechtrommel", "Tin Drum, The (Blechtrommel, Die)")
    attributes = [dict(dataset.users_by_id[user].attributes) for user in "12"]
    assert attributes == [
        {"gender": "woman", "age_band": "under 18", "occupation": "K-12 student"},
        {"gender": "man", "age_band": "56+", "occupation": "self-employed"},
    ]
    assert list(dataset.interactions["timestamp"]) == [978300760, 978302109]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("u.data", "1\t1\t5\n", "u.data, line 1: expected 4 columns"),
        ("u.data", "1\t1\t5\tx\n", "u.data, line 1, column timestamp"),
        ("u.user", "1|x|M|technician|1\n2|20|F|none|2\n", "u.user, line 1, column age: expected an age"),
        (
            "u.item",
            film("1", "A (1999)").replace("invalid|0", "invalid|2") + film("2", "B"),
            "u.item, line 1, column unknown: expected 0 or 1, found '2'",
        ),
        ("u.genre", "Action|0\n", "u.genre: expected 19 names of genres, found 1"),
    ],
)
def test_refusals(home, hundred, name, text, says):
    (hundred / name).write_text(text)
    with pytest.raises(DatasetError, match=says):
        import_dataset(home, Source(folder=hundred), "ml")


def test_a_missing_file_is_told(home, million):
    (million / "users.dat").unlink()
    with pytest.raises(DatasetError, match=r"users.dat: expected this file of MovieLens in the folder, found none"):
        import_dataset(home, Source(folder=million), "ml")


def test_bad_occupation_code_can_be_skipped(home, million):
    (million / "users.dat").write_text("1::F::1::10::48067\n2::M::56::99::70072\n")
    imported = import_dataset(home, Source(folder=million), "ml", ImportOptions(skip_bad_rows=True))
    assert list(imported.dataset.users["user_id"]) == ["1"]
    assert imported.rejects.read_text().count("expected") == 1  # the header's: one refused row below it
    assert "a code from 0 to 20" in imported.rejects.read_text()
