"""Datasets that come with a held-out part, without headers, times or a catalogue."""

from __future__ import annotations

import pytest

from engine.datasets.importing import ImportOptions, import_dataset
from engine.datasets.loaders.mapping import parse_mapping
from engine.datasets.loaders.source import Source
from engine.datasets.splits import SplitSpec, parse_split, split
from engine.datasets.store import list_datasets, load_dataset
from engine.errors import DatasetError, PlanError
from engine.home import Home
from engine.preparation import default_split
from engine.runlog.index import RunLog

MAPPING = parse_mapping(["headers.interactions=user_id,item_id,rating", "headers.items=item_id,title"])


@pytest.fixture
def files(tmp_path):
    (tmp_path / "train.tsv").write_text("a\tx\t1.0\nb\ty\t2.0\na\ty\t3.0\n")
    (tmp_path / "test.tsv").write_text("b\tx\t1.0\na\tz\t2.0\na\tx\t4.0\nc\tx\t1.0\n")
    (tmp_path / "items.tsv").write_text("x\tKettle\ny\tPot\nz\tCaf\N{REPLACEMENT CHARACTER}\n", encoding="utf-8")
    return {"interactions": tmp_path / "train.tsv", "holdout": tmp_path / "test.tsv", "items": tmp_path / "items.tsv"}


def bring(tmp_path, files, **options):
    source = Source(files=files)
    return import_dataset(Home(tmp_path / "home"), source, "given", ImportOptions(**{"mapping": MAPPING, **options}))


def test_the_given_part_is_held_out(tmp_path, files):
    imported = bring(tmp_path, files)
    home = Home(tmp_path / "home")
    made = load_dataset(home, "given")
    assert made.fingerprint == imported.dataset.fingerprint
    rows = made.interactions[["user_id", "item_id", "position", "held_out"]].values.tolist()
    assert rows == [
        ["a", "x", 0, False], ["a", "y", 1, False], ["a", "z", 2, True], ["a", "x", 3, True],
        ["b", "y", 0, False], ["b", "x", 1, True],
        ["c", "x", 0, True],
    ]  # fmt: skip
    cut = split(made, parse_split(default_split(made)))
    assert cut.users[["user_id", "n_history", "n_holdout"]].values.tolist() == [["a", 2, 2], ["b", 1, 1], ["c", 0, 1]]
    assert len(cut.training) == 3
    assert next(s for s in list_datasets(home) if s.name == "given").has_given_holdout
    assert any("hold U+FFFD" in note for note in imported.quality.notes)
    marked = RunLog(home).query(
        "select user_id, item_id from interactions i join datasets d using (dataset_fingerprint) "
        "where held_out and dataset_name = 'given' order by 1, position"
    )
    assert marked.values.tolist() == [["a", "z"], ["a", "x"], ["b", "x"], ["c", "x"]]


def test_only_its_own_split_fits(tmp_path, files, tiny_dataset):
    made = bring(tmp_path, files).dataset
    for spec in (SplitSpec(), SplitSpec(kind="cutoff-time", cutoff=1)):
        with pytest.raises(PlanError, match="its only split is given"):
            split(made, spec)
    with pytest.raises(PlanError, match="came without a held-out part"):
        split(tiny_dataset, SplitSpec(kind="given"))
    assert str(parse_split("given")) == "given"


def test_cold_items_can_be_left_out_of_the_held_out_part(tmp_path, files):
    imported = bring(tmp_path, files, warm_holdout=True)
    assert imported.dataset.interactions["item_id"].tolist().count("z") == 0
    assert "1 held-out interactions left out: no other has their item" in imported.quality.notes
    counts = {table.table: (table.read, table.kept) for table in imported.quality.imported}
    assert counts["holdout"] == (4, 3)


def test_items_can_be_those_of_the_interactions(tmp_path, files):
    del files["items"]
    with pytest.raises(DatasetError, match="a file of items"):
        bring(tmp_path, files)
    made = bring(tmp_path, files, items_from_interactions=True).dataset
    assert made.items[["item_id", "title"]].values.tolist() == [["x", "x"], ["y", "y"], ["z", "z"]]


def test_times_are_needed_without_a_held_out_part(tmp_path, files):
    del files["holdout"]
    with pytest.raises(DatasetError, match="a column timestamp"):
        bring(tmp_path, files)


def test_bytes_that_are_no_text_are_still_refused(tmp_path, files):
    files["items"].write_bytes(b"x\tKettle\ny\tPot\nz\tCaf\xe9\n")
    with pytest.raises(DatasetError, match=r"items.tsv, line 3, column title: expected text in UTF-8.*found 'Caf.'"):
        bring(tmp_path, files)


def test_times_of_their_own_do_not_move_the_held_out_part(tmp_path):
    (tmp_path / "train.csv").write_text("user_id,item_id,timestamp\na,x,300\na,y,100\n")
    (tmp_path / "test.csv").write_text("user_id,item_id,timestamp\na,z,200\n")
    (tmp_path / "items.csv").write_text("item_id,title\nx,X\ny,Y\nz,Z\n")
    made = bring(
        tmp_path,
        {"interactions": tmp_path / "train.csv", "holdout": tmp_path / "test.csv", "items": tmp_path / "items.csv"},
        mapping=parse_mapping([]),
    ).dataset
    assert made.interactions["item_id"].tolist() == ["y", "x", "z"]
