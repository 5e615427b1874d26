"""Stored datasets: what comes back, what a name protects, and that a killed import leaves nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from engine.datasets.arrow import TABLE_NAMES
from engine.datasets.importing import ImportOptions
from engine.datasets.loaders import sample_world
from engine.datasets.store import SAMPLE_WORLD, list_datasets, load_dataset, quality_of
from engine.errors import DatasetError

REPLACE = ImportOptions(replace=True)
PICTURE = b"\x89PNG\r\n\x1a\n"


def visible(home) -> list[str]:
    return [summary.name for summary in list_datasets(home) if summary.name != SAMPLE_WORLD]


def rows_folder(home, name="small") -> Path:
    return next((home.datasets / name).glob("rows-*"))


def test_what_is_loaded_is_what_was_imported(home, import_files):
    imported = import_files()
    loaded = load_dataset(home, "small")
    for table in TABLE_NAMES:
        pd.testing.assert_frame_equal(getattr(loaded, table), getattr(imported.dataset, table))
    assert loaded.items_by_id == imported.dataset.items_by_id
    assert quality_of(home, "small") == imported.quality
    summary = next(summary for summary in list_datasets(home) if summary.name == "small")
    assert (summary.n_users, summary.n_items, summary.n_interactions) == (3, 3, 5)
    assert summary.fingerprint == loaded.fingerprint


def test_pictures_come_along(home, write_source):
    from engine.datasets.importing import import_dataset

    source = write_source()
    (source.folder / "pictures").mkdir()
    for item_id in ("i1", "stranger"):
        (source.folder / "pictures" / f"{item_id}.png").write_bytes(PICTURE)
    import_dataset(home, source, "small")
    pictures = load_dataset(home, "small").pictures
    assert list(pictures) == ["i1"]
    assert pictures["i1"].read_bytes() == PICTURE
    assert home.root in pictures["i1"].parents


def test_same_content_again_changes_nothing_other_content_is_refused(home, import_files):
    first = import_files().dataset
    manifest = (home.datasets / "small" / "dataset.json").read_bytes()
    import_files()
    assert (home.datasets / "small" / "dataset.json").read_bytes() == manifest
    other = "user_id,item_id,timestamp\nu1,i1,1700000100\n"
    with pytest.raises(DatasetError, match=r"other content exists.*--replace"):
        import_files(interactions=other)
    assert load_dataset(home, "small").fingerprint == first.fingerprint
    import_files(REPLACE, interactions=other)
    assert len(load_dataset(home, "small").interactions) == 1
    assert len(list((home.datasets / "small").glob("rows-*"))) == 1


def test_changed_rows_are_noticed(home, import_files):
    import_files()
    path = rows_folder(home) / "interactions.parquet"
    table = pq.read_table(path)
    rating = table["rating"].to_pylist()
    pq.write_table(table.set_column(3, table.schema.field("rating"), [[5.0, *rating[1:]]]), path)
    with pytest.raises(DatasetError, match="was changed after its import"):
        load_dataset(home, "small")


@pytest.mark.parametrize("name", ["users.parquet", "items.parquet", "triples.parquet"])
def test_damaged_and_missing_files_are_told(home, import_files, name):
    import_files()
    path = rows_folder(home) / name
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DatasetError, match=f"{name} cannot be read.*--replace"):
        load_dataset(home, "small")
    path.unlink()
    with pytest.raises(DatasetError, match=f"{name} cannot be read"):
        load_dataset(home, "small")


def test_a_column_that_is_gone_is_told(home, import_files):
    import_files()
    path = rows_folder(home) / "items.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["title"]), path)
    with pytest.raises(DatasetError, match="does not have the expected columns"):
        load_dataset(home, "small")


def test_a_damaged_manifest_is_told_and_can_be_replaced(home, import_files):
    import_files()
    (home.datasets / "small" / "dataset.json").write_text('{"name": "small"}')
    with pytest.raises(DatasetError, match="is damaged"):
        load_dataset(home, "small")
    import_files(REPLACE)
    assert len(load_dataset(home, "small").interactions) == 5


def test_an_unknown_name_lists_the_known(home, import_files):
    import_files()
    with pytest.raises(DatasetError, match=r"no dataset 'larger'; there are: .*small"):
        load_dataset(home, "larger")


# What the process does before it is killed: it stops half-way through its own writing.
_STOPPED = """
import sys, time
from pathlib import Path
import engine.datasets.stored_files as stored_files
from engine.datasets.importing import ImportOptions, import_dataset
from engine.datasets.loaders.source import Source
from engine.home import Home

def stop(*_args, **_kwargs):
    print("half-way", flush=True)
    time.sleep(600)

stage, home, folder = sys.argv[1:]
written = []
write_table, replace = stored_files.pq.write_table, Path.replace
def write(*args, **kwargs):
    if stage == "rows" and len(written) == 2:
        stop()
    written.append(write_table(*args, **kwargs))
stored_files.pq.write_table = write
if stage == "publish":
    stored_files.publish = stop
    import engine.datasets.store
    engine.datasets.store.publish = stop
if stage == "exchange":
    Path.replace = stop
import_dataset(Home(Path(home)), Source(folder=Path(folder)), "small", ImportOptions(replace=stage == "exchange"))
"""


def kill_half_way(stage: str, home, folder: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _STOPPED, stage, str(home.root), str(folder)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == b"half-way"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


@pytest.mark.parametrize("stage", ["rows", "publish"])
def test_a_killed_import_leaves_nothing_visible(home, write_source, import_files, stage):
    kill_half_way(stage, home, write_source().folder)
    assert visible(home) == []
    assert not (home.datasets / "small").exists()
    with pytest.raises(DatasetError, match="no dataset"):
        load_dataset(home, "small")
    left = list(home.datasets.glob(".importing-*"))
    assert left
    for folder in left:
        os.utime(folder, (0, 0))
    import_files()
    assert visible(home) == ["small"]
    assert not list(home.datasets.glob(".importing-*"))  # what an old killed import left is swept away


def test_a_killed_replacement_leaves_the_old_content(home, write_source, import_files):
    old = import_files().dataset
    source = write_source(interactions="user_id,item_id,timestamp\nu1,i1,1700000100\n")
    kill_half_way("exchange", home, source.folder)
    assert load_dataset(home, "small").fingerprint == old.fingerprint


@pytest.mark.usefixtures("with_sample_world")
class TestSampleWorld:
    def test_is_always_there_and_says_what_it_is(self, home):
        summary = next(summary for summary in list_datasets(home) if summary.name == SAMPLE_WORLD)
        assert summary.disclosure == "simulated behaviour"
        dataset = load_dataset(home, SAMPLE_WORLD)
        assert dataset.disclosure == "simulated behaviour"
        assert len(dataset.interactions) == summary.n_interactions > 50_000
        assert set(dataset.pictures) <= set(dataset.item_ids)
        assert all(count.rejected == 0 for count in quality_of(home, SAMPLE_WORLD).imported)

    def test_an_outdated_copy_is_made_anew(self, home, monkeypatch):
        first = load_dataset(home, SAMPLE_WORLD)
        before = (home.datasets / SAMPLE_WORLD / "dataset.json").read_bytes()
        load_dataset(home, SAMPLE_WORLD)
        assert (home.datasets / SAMPLE_WORLD / "dataset.json").read_bytes() == before
        monkeypatch.setattr(sample_world, "digest", lambda: "another")
        assert load_dataset(home, SAMPLE_WORLD).fingerprint == first.fingerprint
        assert (home.datasets / SAMPLE_WORLD / "dataset.json").read_bytes() != before
