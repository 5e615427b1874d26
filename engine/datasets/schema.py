"""A dataset in memory: typed frames with fixed columns. Not here: reading files (loaders) or cutting them (splits)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from engine.errors import DatasetError
from engine.records import Item, User

ITEM_COLUMNS = (
    "item_id", "title", "domain", "creators", "categories", "year", "description", "aliases",
    "provider", "price", "in_stock", "age_rating",
)  # fmt: skip
INTERACTION_COLUMNS = ("user_id", "item_id", "timestamp", "rating", "position")
HELD_OUT = "held_out"  # a further column of interactions, in datasets that came with a held-out part
TRIPLE_COLUMNS = ("head", "relation", "tail")
ENTITY_COLUMNS = ("entity_id", "label", "kind", "item_id")


@dataclass(frozen=True)
class Dataset:
    """Users, items, interactions, and where there are any, a knowledge graph and pictures.

    - `items`: `ITEM_COLUMNS`; creators, categories and aliases are tuples of str; unknown numbers are NA.
    - `users`: `user_id` and one column a group attribute (text; NA means unknown).
    - `interactions`: `INTERACTION_COLUMNS`, sorted by user, then time, then file order; `timestamp` in whole seconds
      since the epoch, UTC; `rating` NaN where behaviour is implicit; `position` counts a user's interactions from 0.
      A dataset that came with a held-out part has one more column, `held_out`: then a user's held-out rows come after
      all others, whatever their times.
    - `triples`: `TRIPLE_COLUMNS` over entity ids; `entities`: `ENTITY_COLUMNS`, `item_id` NA for what is not an item.
    - `pictures`: item id -> PNG file.
    """

    name: str
    fingerprint: str  # SHA-256 over the rows, the same however they were stored
    items: pd.DataFrame
    users: pd.DataFrame
    interactions: pd.DataFrame
    triples: pd.DataFrame
    entities: pd.DataFrame
    pictures: Mapping[str, Path] = field(default_factory=dict)
    disclosure: str = ""  # said wherever numbers from it are shown, for example "simulated behaviour"
    source: str = ""

    @property
    def has_given_holdout(self) -> bool:
        """Whether the dataset came with a held-out part: its only split is `given`."""
        return HELD_OUT in self.interactions.columns

    @cached_property
    def item_ids(self) -> tuple[str, ...]:
        """All item ids, in catalogue order."""
        return tuple(self.items["item_id"])

    @cached_property
    def items_by_id(self) -> Mapping[str, Item]:
        """All items as records."""
        records = self.items.astype(object).where(self.items.notna(), None).to_dict("records")
        return {record["item_id"]: _item(record) for record in records}

    @cached_property
    def users_by_id(self) -> Mapping[str, User]:
        """All users as records, unknown attributes left out."""
        records = self.users.astype(object).where(self.users.notna(), None).to_dict("records")
        return {
            record["user_id"]: User(
                user_id=record["user_id"],
                attributes={k: str(v) for k, v in record.items() if k != "user_id" and v is not None},
            )
            for record in records
        }

    def item(self, item_id: str) -> Item:
        """Return one item.

        Raises:
            DatasetError: the id is not in the catalogue.
        """
        try:
            return self.items_by_id[item_id]
        except KeyError:
            raise DatasetError(f"Item {item_id!r} is not in the catalogue of dataset {self.name!r}.") from None


def _item(record: dict) -> Item:
    whole = {"year", "age_rating"}
    texts = {"domain", "description", "provider"}
    values = {}
    for column in ITEM_COLUMNS:
        value = record.get(column)
        if column in whole:
            value = None if value is None else int(value)
        elif column in texts:
            value = value or ""
        elif column in {"creators", "categories", "aliases"}:
            value = tuple(value or ())
        values[column] = value
    return Item(**values)
