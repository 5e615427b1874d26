"""Small sources for the tests of datasets, and the folder of real data where there is one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.datasets.importing import Imported, ImportOptions, import_dataset
from engine.datasets.loaders import sample_world
from engine.datasets.loaders.source import Source
from engine.home import Home

GOOD = {
    "users.csv": "user_id,age_band,gender\nu1,18-24,woman\nu2,25-34,\nu3,25-34,man\n",
    "items.csv": (
        "item_id,title,domain,creators,categories,year,price,in_stock\n"
        "i1,The Hobbit,books,J. R. R. Tolkien,fantasy|classic,1937,9.5,true\n"
        "i2,Rocky,films,John G. Avildsen,drama,1976,,\n"
        "i10,Unknown Thing,goods,,,,3,no\n"
    ),
    "interactions.csv": (
        "user_id,item_id,timestamp,rating\n"
        "u2,i1,1700000300,4\n"
        "u1,i2,1700000200,5\n"
        "u1,i1,1700000100,3.5\n"
        "u1,i10,1700000200,\n"
        "u2,i2,1700000300,\n"
    ),
}

Import = Callable[..., Imported]


@pytest.fixture(autouse=True)
def without_sample_world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the packaged world (1,600 pictures) out of homes where a test is not about it."""
    if "with_sample_world" not in request.fixturenames:
        monkeypatch.setattr(sample_world, "available", lambda: False)


@pytest.fixture
def with_sample_world() -> None:
    if not sample_world.available():
        pytest.skip("the sample world is not generated in this checkout")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def write_source(tmp_path: Path) -> Callable[..., Source]:
    """Write the good files, each of which a keyword (users, items, ...) may replace or, by None, leave out."""

    def write(**replaced: str | bytes | None) -> Source:
        folder = tmp_path / "source"
        folder.mkdir(exist_ok=True)
        for path in folder.iterdir():
            path.unlink()
        files: dict[str, str | bytes | None] = {**GOOD, **{f"{table}.csv": text for table, text in replaced.items()}}
        for name, text in files.items():
            if text is not None:
                (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return Source(folder=folder)

    return write


@pytest.fixture
def import_files(home: Home, write_source: Callable[..., Source]) -> Import:
    """Import the good files with some replaced."""

    def run(options: ImportOptions | None = None, name: str = "small", **replaced: str | bytes | None) -> Imported:
        return import_dataset(home, write_source(**replaced), name, options)

    return run


@pytest.fixture(scope="session")
def ml_100k_folder() -> Path:
    root = Path(os.environ.get("RECAUDIT_TEST_DATA") or Path(__file__).parents[2] / ".." / "shared" / "data")
    folder = root.resolve() / "ml-100k"
    if not (folder / "ml-100k.inter").is_file():
        pytest.skip("MovieLens 100K is not there: name the folder that holds ml-100k in RECAUDIT_TEST_DATA")
    return folder
