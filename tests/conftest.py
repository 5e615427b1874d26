"""A small made-up world for tests: three genres of taste, hostile titles, unknown values, a user without a past."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, settings

from engine.datasets.arrow import to_frame, to_tables
from engine.datasets.schema import ENTITY_COLUMNS, INTERACTION_COLUMNS, ITEM_COLUMNS, TRIPLE_COLUMNS, Dataset
from engine.datasets.splits import Split, SplitSpec, split
from engine.grounding import Grounder
from engine.recommender import TrainingData
from engine.records import Interaction, Request, User

# No test fails because the machine is busy.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

HOSTILE_TITLES = (
    "Robert'); DROP TABLE items;--",
    "<script>alert(1)</script>",
    "line\nbreak\tand  spaces",
    "{% raw %}{{ 7 * 7 }}",
    "\u202eright to left",
    "千と千尋の神隠し",
    "...",
    "a" * 500,
)
_GENRES = ("crime", "love", "space")
_WORDS = {
    "crime": ("detective", "murder", "heist", "witness", "courtroom"),
    "love": ("wedding", "letter", "summer", "kiss", "farewell"),
    "space": ("orbit", "planet", "alien", "rocket", "gravity"),
}


def make_tiny_dataset(*, n_items: int = 60, n_users: int = 40, seed: int = 7, name: str = "tiny") -> Dataset:
    """Make a world in which users stay within a genre and mostly go on to the next item of it.

    Interaction times of all users interleave. The last user has one interaction only: no history once
    it is held out.
    """
    random = np.random.default_rng(seed)
    items = pd.DataFrame([_item(number, random) for number in range(n_items)], columns=list(ITEM_COLUMNS))
    rows = []
    for user in range(n_users):
        length = 1 if user == n_users - 1 else int(random.integers(6, 16))
        genre, place = user % 3, int(random.integers(n_items))
        for position in range(length):
            place = (place + 1 if random.random() < 0.8 else int(random.integers(n_items))) % (n_items // 3)
            rows.append(
                (f"u{user:02d}", f"i{place * 3 + genre:02d}", 1_000_000 + position * 1000 + user, np.nan, position)
            )
    interactions = pd.DataFrame(rows, columns=list(INTERACTION_COLUMNS))
    users = pd.DataFrame(
        {
            "user_id": [f"u{user:02d}" for user in range(n_users)],
            "gender": [("f", "m", None)[user % 3] for user in range(n_users)],
        }
    )
    made = Dataset(
        name=name,
        fingerprint=f"{name}-{n_items}-{n_users}-{seed}",
        items=items,
        users=users,
        interactions=interactions,
        triples=pd.DataFrame(columns=list(TRIPLE_COLUMNS)),
        entities=pd.DataFrame(columns=list(ENTITY_COLUMNS)),
        disclosure="made up for a test",
    )
    return replace(made, **{table: to_frame(table, rows) for table, rows in to_tables(made).items()})


def training_of(dataset: Dataset, cut: Split | None = None, **more: object) -> TrainingData:
    """Return what may be learned from when the last interaction of each user is held out."""
    cut = cut or split(dataset, SplitSpec())
    return TrainingData(
        dataset=dataset,
        interactions=cut.training,
        grounder=Grounder(dataset.items_by_id),
        **more,  # type: ignore[arg-type]
    )


def requests_of(dataset: Dataset, cut: Split | None = None, *, k: int = 10) -> list[Request]:
    """Return one request for each user, the held-out interactions left out of the history."""
    cut = cut or split(dataset, SplitSpec())
    rows = dict(iter(dataset.interactions.groupby("user_id", sort=False)))
    return [
        Request(
            request_id=f"r-{user.user_id}",
            user=User(user_id=user.user_id),
            history=tuple(
                Interaction(item_id=item, timestamp=int(at))
                for item, at in zip(rows[user.user_id]["item_id"], rows[user.user_id]["timestamp"], strict=True)
            )[: user.n_history],
            cutoff=int(user.cutoff),
            k=k,
        )
        for user in cut.users.itertuples()
    ]


@pytest.fixture(scope="session")
def tiny_dataset() -> Dataset:
    return make_tiny_dataset()


@pytest.fixture(scope="session")
def tiny_training(tiny_dataset: Dataset) -> TrainingData:
    """The tiny world with two further domains to learn from first."""
    sources = tuple(
        training_of(make_tiny_dataset(n_items=30, n_users=30, seed=seed, name=f"source-{seed}")) for seed in (1, 2)
    )
    return training_of(tiny_dataset, sources=sources, seed=3)


@pytest.fixture(scope="session")
def tiny_requests(tiny_dataset: Dataset) -> list[Request]:
    return requests_of(tiny_dataset)


@pytest.fixture(scope="session")
def make_dataset() -> Callable[..., Dataset]:
    """`make_tiny_dataset`, for tests that want another size or seed."""
    return make_tiny_dataset


@pytest.fixture(scope="session")
def make_training() -> Callable[..., TrainingData]:
    return training_of


@pytest.fixture(scope="session")
def make_requests() -> Callable[..., list[Request]]:
    return requests_of


def _item(number: int, random: np.random.Generator) -> dict[str, object]:
    genre = _GENRES[number % 3]
    words = " ".join(random.choice(_WORDS[genre], size=3, replace=False))
    known = number % 5 != 0
    return {
        "item_id": f"i{number:02d}",
        "title": HOSTILE_TITLES[number] if number < len(HOSTILE_TITLES) else f"The {words.title()} {number}",
        "domain": "film" if number % 2 else "book",
        "creators": (f"Maker {number % 7}",) if known else (),
        "categories": (genre,),
        "year": 1950 + number if known else None,
        "description": f"A story of {words}." if known else "",
        "aliases": (),
        "provider": f"house {number % 4}",
        "price": float(number) if known else np.nan,
        "in_stock": bool(number % 3) if known else None,
        "age_rating": (0, 12, 18)[number % 3] if known else None,
    }
