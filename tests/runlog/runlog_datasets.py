"""A small dataset for the tests of the run log, apart from the records: it takes pandas to make."""

from __future__ import annotations

import dataclasses

import pandas as pd
from runlog_builders import DAY

from engine.datasets.arrow import to_tables
from engine.datasets.describe import describe
from engine.datasets.fingerprint import fingerprint
from engine.datasets.schema import ENTITY_COLUMNS, INTERACTION_COLUMNS, ITEM_COLUMNS, TRIPLE_COLUMNS, Dataset
from engine.datasets.store import save_dataset
from engine.home import Home


def dataset(name: str = "tiny", *, extra: int = 0) -> Dataset:
    """Make three users over four items, with a repeated item in u1's held-out part; `extra` changes the content."""
    items = [
        ("i1", "Alien", "films", ("Ridley Scott",), ("horror", "sf"), 1979, "", ("Alien 1",), "Fox", 9.5, True, 16),
        ("i2", "Aliens", "films", ("James Cameron",), (), 1986, "", (), "Fox", None, None, None),
        ("i3", "Kid A ␚", "music", ("Radiohead",), ("rock",), 2000, "", (), "", None, None, None),
        ("i4", "Emma", "books", (), (), None, "A novel.", (), "", None, False, None),
    ]
    interactions = [
        ("u1", "i1", DAY, 4.0, 0),
        ("u1", "i2", 2 * DAY, None, 1),
        ("u1", "i1", 3 * DAY, 5.0, 2),
        ("u1", "i3", 4 * DAY, 2.0, 3),
        ("u1", "i3", 5 * DAY, 3.0, 4),
        ("u2", "i4", DAY, 1.0, 0),
        ("u2", "i2", 6 * DAY, 4.0, 1),
        ("u3", "i3", 5 * DAY, 4.0, 0),
    ]
    interactions += [("u3", "i4", (6 + i) * DAY, 1.0, 1 + i) for i in range(extra)]
    frame = pd.DataFrame(items, columns=list(ITEM_COLUMNS))
    frame["in_stock"] = frame["in_stock"].astype("boolean")
    for column in ("year", "age_rating"):
        frame[column] = frame[column].astype("Int32")
    made = Dataset(
        name=name,
        fingerprint="",
        items=frame,
        users=pd.DataFrame({"user_id": ["u1", "u2", "u3"], "gender": ["f", None, "m"], "region": ["n", "s", "s"]}),
        interactions=pd.DataFrame(interactions, columns=list(INTERACTION_COLUMNS)),
        triples=pd.DataFrame([("e1", "made_by", "e2"), ("e3", "made_by", "e2")], columns=list(TRIPLE_COLUMNS)),
        entities=pd.DataFrame(
            [("e1", "Alien", "item", "i1"), ("e2", "Ridley Scott", "person", None), ("e3", "Aliens", "item", "i2")],
            columns=list(ENTITY_COLUMNS),
        ),
        disclosure="made up for a test",
        source="hand-made",
    )
    return dataclasses.replace(made, fingerprint=fingerprint(to_tables(made)))


def store(home: Home, made: Dataset, *, replace: bool = False) -> None:
    save_dataset(home, made, describe(made), replace=replace)
