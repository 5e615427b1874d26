"""The shipped world is what the generator makes from its seed, byte for byte."""

import hashlib
import json
from pathlib import Path

import pytest
from PIL import Image

from sample_data import world_path
from sample_data.generator.__main__ import main
from sample_data.generator.catalogue import CATALOGUE, read_catalogue

TABLES = ("items", "users", "interactions", "entities", "triples")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("table", TABLES)
def test_table_is_regenerated_byte_for_byte(regenerated, table):
    assert (regenerated / f"{table}.csv").read_bytes() == (world_path() / f"{table}.csv").read_bytes()


def test_pictures_are_regenerated_pixel_for_pixel(regenerated):
    shipped = sorted((world_path() / "pictures").glob("*.png"))
    assert [p.name for p in shipped] == sorted(p.name for p in (regenerated / "pictures").glob("*.png"))
    for path in shipped:
        with Image.open(path) as ours, Image.open(regenerated / "pictures" / path.name) as made:
            assert ours.convert("RGB").tobytes() == made.convert("RGB").tobytes(), path.name


def test_world_json_states_digests_and_counts(regenerated):
    about = json.loads((world_path() / "world.json").read_text(encoding="utf-8"))
    assert about == json.loads((regenerated / "world.json").read_text(encoding="utf-8"))
    assert (about["name"], about["disclosure"]) == ("sample-world", "simulated behaviour")
    for table in TABLES:
        path = world_path() / f"{table}.csv"
        assert about["sha256"][path.name] == _digest(path)
        assert about["counts"][table] == path.read_text(encoding="utf-8").count("\n") - 1


def test_files_have_unix_line_ends():
    for table in TABLES:
        assert b"\r" not in (world_path() / f"{table}.csv").read_bytes()


def test_another_seed_changes_behaviour_and_no_fact(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["generator", "--out", str(tmp_path), "--seed", "7"])
    assert main() == 0
    assert (tmp_path / "interactions.csv").read_bytes() != (world_path() / "interactions.csv").read_bytes()
    for table in ("entities", "triples"):
        assert (tmp_path / f"{table}.csv").read_bytes() == (world_path() / f"{table}.csv").read_bytes()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("No Such Genre,1999,A,,opera,,,,,,,,", "not in themes.toml"),
        ("No Year,nineteen,A,,drama,,,,,,,,", "films.csv, row 1"),
        (",1999,A,,drama,,,,,,,,", "expected a title of its own"),
        ("Twin,1999,A,,drama,,,,,,,,\nTwin,1999,A,,drama,,,,,,,,", "films.csv, row 2"),
    ],
)
def test_bad_catalogue_row_is_refused_with_its_place(tmp_path, row, message):
    from sample_data.generator.catalogue import CatalogueError
    from sample_data.generator.likeness import measure

    for path in CATALOGUE.glob("*.csv"):
        header = path.read_text(encoding="utf-8").splitlines()[0]
        rows = row if path.name == "films.csv" else ""
        (tmp_path / path.name).write_text(f"{header}\n{rows}\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=message):
        measure(read_catalogue(tmp_path))
