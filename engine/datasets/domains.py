"""One domain of a dataset as a dataset of its own: what pre-training on several domains takes them from."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from engine.datasets.arrow import to_tables
from engine.datasets.fingerprint import fingerprint
from engine.datasets.schema import Dataset
from engine.errors import DatasetError


def domains_of(dataset: Dataset) -> tuple[str, ...]:
    """Return the domains of the catalogue by name."""
    return tuple(sorted(dataset.items["domain"].dropna().unique()))


def restrict_to_domain(dataset: Dataset, domain: str) -> Dataset:
    """Return the part of a dataset that is about one domain, with a fingerprint of its own.

    Items of the domain; their interactions, positions counted anew; the users who have any; of the graph, what is about
    no item of another domain. The order of all rows stays.

    Raises:
        DatasetError: no item is of that domain.
    """
    items = dataset.items.loc[(dataset.items["domain"] == domain).fillna(False)].reset_index(drop=True)
    if items.empty:
        known = ", ".join(domains_of(dataset)) or "none"
        raise DatasetError(f"Dataset {dataset.name!r} has no item of the domain {domain!r}; it has: {known}.")
    inside = dataset.interactions["item_id"].isin(items["item_id"])
    interactions = dataset.interactions.loc[inside].reset_index(drop=True)
    interactions["position"] = interactions.groupby("user_id", sort=False).cumcount()
    users = dataset.users.loc[dataset.users["user_id"].isin(interactions["user_id"])].reset_index(drop=True)
    triples, entities = _graph(dataset, items)
    part = replace(
        dataset,
        name=f"{dataset.name}:{domain}",
        items=items,
        users=users,
        interactions=interactions,
        triples=triples,
        entities=entities,
        pictures={item_id: path for item_id, path in dataset.pictures.items() if item_id in set(items["item_id"])},
    )
    return replace(part, fingerprint=fingerprint(to_tables(part)))


def _graph(dataset: Dataset, items: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    entities = dataset.entities
    elsewhere = entities["item_id"].notna() & ~entities["item_id"].isin(items["item_id"])
    others = entities.loc[elsewhere, "entity_id"]
    kept = ~(dataset.triples["head"].isin(others) | dataset.triples["tail"].isin(others))
    triples = dataset.triples.loc[kept].reset_index(drop=True)
    named = pd.concat([triples["head"], triples["tail"]]).unique()
    wanted = ~elsewhere & (entities["item_id"].notna() | entities["entity_id"].isin(named))
    return triples, entities.loc[wanted].reset_index(drop=True)
