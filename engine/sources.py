"""What a recommender may be pre-trained on: the domains of the dataset itself, or those of the sample world."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from engine.datasets.domains import restrict_to_domain
from engine.datasets.schema import Dataset
from engine.datasets.splits import Split
from engine.datasets.store import SAMPLE_WORLD, load_dataset
from engine.home import Home


@dataclass(frozen=True)
class Source:
    """A dataset of one domain and the interactions in it that may be learned from."""

    dataset: Dataset
    interactions: pd.DataFrame


def source_datasets(home: Home, target: Dataset, parts: Split) -> tuple[Source, ...]:
    """Return the domains to pre-train on, the training period only.

    A target of two or more domains is its own source. Any other target borrows the sample world's domains, whose
    behaviour is simulated: an analyst sees that in the manifest's config.
    """
    own = sorted(set(target.items["domain"].dropna()) - {""})
    if len(own) > 1:
        return _by_domain(target, parts.training, own)
    world = load_dataset(home, SAMPLE_WORLD)
    return _by_domain(world, world.interactions, sorted(set(world.items["domain"])))


def _by_domain(dataset: Dataset, training: pd.DataFrame, domains: list[str]) -> tuple[Source, ...]:
    sources = []
    for domain in domains:
        part = restrict_to_domain(dataset, domain)
        rows = training.loc[training["item_id"].isin(list(part.item_ids))].copy()
        rows["position"] = rows.groupby("user_id", sort=False).cumcount()
        sources.append(Source(dataset=part, interactions=rows.reset_index(drop=True)))
    return tuple(sources)
