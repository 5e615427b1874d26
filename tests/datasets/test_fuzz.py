"""Malformed bytes: a dataset or a DatasetError, never another exception and never half a dataset."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engine.datasets.importing import ImportOptions, import_dataset
from engine.datasets.loaders.source import Source
from engine.datasets.store import list_datasets, load_dataset
from engine.errors import DatasetError
from engine.home import Home
from tests.datasets.conftest import GOOD

RELAXED = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
PIECES = st.sampled_from(
    [
        *(
            b",",
            b"\n",
            b"\r\n",
            b"\r",
            b'"',
            b'""',
            b"\x00",
            b"\xff\xfe",
            b"\xef\xbb\xbf",
            b"\xe9",
            b"u1",
            b"i1",
            b"i2",
        ),
        *(
            b"nan",
            b"1700000000",
            b"1e400",
            b"-1",
            b"9" * 30,
            b"2024-01-01T00:00:00Z",
            b"2024-99-01",
            b"title",
            b"item_id",
        ),
        *(b"|", b"\t", b"0x10", b"1_000", b" ", "Ω".encode(), b"\\N", b"u" * 300, b"{}", b"[", b"\x1a", b"\xc2\x85"),
    ]
)
NOISE = st.one_of(st.binary(max_size=80), st.lists(PIECES, max_size=40).map(b"".join))


def check(files: dict[str, bytes], skip: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, data in files.items():
            (folder / file).write_bytes(data)
        home = Home(folder / "home")
        options = ImportOptions(skip_bad_rows=skip, now=1_800_000_000)
        try:
            imported = import_dataset(home, Source(folder=folder), "fuzz", options)
        except DatasetError:
            assert list_datasets(home) == []
        else:
            assert load_dataset(home, "fuzz").fingerprint == imported.dataset.fingerprint
            assert all(c.read == c.kept + c.rejected for c in imported.quality.imported)
            kept = {c.table: c.kept for c in imported.quality.imported}
            assert kept["interactions"] == len(imported.dataset.interactions)
            assert skip or all(c.rejected == 0 for c in imported.quality.imported)
            assert imported.dataset.items_by_id
            assert imported.dataset.users_by_id
        assert not list(home.datasets.glob(".importing-*"))


def good_with(table: str, data: bytes) -> dict[str, bytes]:
    return {**{name: text.encode() for name, text in GOOD.items()}, f"{table}.csv": data}


@pytest.mark.parametrize("skip", [False, True])
@pytest.mark.parametrize("table", ["users", "items", "interactions"])
@RELAXED
@given(noise=NOISE)
@example(noise=b"\n\x00\n")
@example(noise=b"\n\n,")
def test_noise_in_place_of_a_file(table, skip, noise):
    check(good_with(table, noise), skip)


@pytest.mark.parametrize("table", ["users", "items", "interactions"])
@RELAXED
@given(noise=NOISE, at=st.integers(0, 200), cut=st.integers(0, 6))
@example(noise=b'"', at=41, cut=0)
def test_noise_within_a_good_file(table, noise, at, cut):
    good = GOOD[f"{table}.csv"].encode()
    check(good_with(table, good[:at] + noise + good[at + cut :]), skip=True)


@RELAXED
@given(noise=NOISE)
def test_noise_as_json_lines(noise):
    files = good_with("items", GOOD["items.csv"].encode())
    del files["interactions.csv"]
    row = b'{"user_id": "u1", "item_id": "i1", "timestamp": 1700000000}\n'
    check({**files, "interactions.jsonl": row + noise + b"\n" + row.replace(b"i1", b"i2")}, skip=True)


@RELAXED
@given(
    noise=NOISE,
    name=st.sampled_from(["x.inter", "x.item", "x.user", "x.kg", "x.link"]),
    place=st.sampled_from(["whole", "end", "header"]),
)
def test_noise_in_atomic_files(noise, name, place):
    files = {
        "x.inter": b"user_id:token\titem_id:token\ttimestamp:float\nu\ti\t1\n",
        "x.item": b"item_id:token\tmovie_title:token_seq\ni\tRocky\n",
        "x.user": b"user_id:token\tage:token\tgender:token\nu\t20\tF\n",
        "x.kg": b"head_id:token\trelation_id:token\ttail_id:token\na\tr\tb\n",
        "x.link": b"item_id:token\tentity_id:token\ni\ta\n",
    }
    data = {"whole": noise, "end": files[name] + noise, "header": files[name].replace(b"\n", noise, 1)}[place]
    check({**files, name: data}, skip=True)


@RELAXED
@given(noise=NOISE, name=st.sampled_from(["ratings.dat", "movies.dat", "users.dat"]))
def test_noise_in_movielens_files(noise, name):
    files = {
        "ratings.dat": b"1::1::5::978300760\n",
        "movies.dat": b"1::Rocky (1976)::Drama\n",
        "users.dat": b"1::F::25::1::0\n",
    }
    check({**files, name: files[name] + noise}, skip=True)
