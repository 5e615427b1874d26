"""Measure a dataset: size, density, popularity, time, ratings, missing values. Not here: judging them (findings.py)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from engine.datasets.findings import findings_of
from engine.datasets.quality import MissingValues, QualityReport, RejectReason, TableCount
from engine.datasets.schema import Dataset
from engine.datasets.splits import Split


def describe(
    dataset: Dataset,
    *,
    now: int | None = None,
    imported: tuple[TableCount, ...] = (),
    rejected: tuple[RejectReason, ...] = (),
    notes: tuple[str, ...] = (),
) -> QualityReport:
    """Measure a dataset. `now` in seconds since the epoch; `imported`, `rejected` and `notes` come from its import."""
    rows, n_users, n_items = dataset.interactions, len(dataset.users), len(dataset.items)
    times, ratings = rows["timestamp"].to_numpy(), rows["rating"].to_numpy()
    ratings = ratings[~np.isnan(ratings)]
    user_code = pd.Index(dataset.users["user_id"]).get_indexer(pd.Index(rows["user_id"]))
    item_code = pd.Index(dataset.items["item_id"]).get_indexer(pd.Index(rows["item_id"]))
    per_user = np.bincount(user_code[user_code >= 0], minlength=n_users)
    per_item = np.bincount(item_code[item_code >= 0], minlength=n_items)
    coded = pd.DataFrame({"user": user_code, "item": item_code, "time": times})
    pair_counts = coded.groupby(["user", "item"], sort=False).size().to_numpy()
    figures = QualityReport(
        n_users=n_users,
        n_items=n_items,
        n_interactions=len(rows),
        n_triples=len(dataset.triples),
        n_entities=len(dataset.entities),
        density=len(pair_counts) / (n_users * n_items) if n_users and n_items else None,
        popularity_gini=gini(per_item),
        users_without_interactions=_count(per_user == 0),
        items_without_interactions=_count(per_item == 0),
        median_interactions_per_user=float(np.median(per_user)) if n_users else None,
        duplicate_interactions=_count(coded.duplicated()),
        repeated_pairs=_count(pair_counts > 1),
        unknown_user_ids=_count(user_code < 0),
        unknown_item_ids=_count(item_code < 0),
        first_at=int(times.min()) if len(rows) else None,
        last_at=int(times.max()) if len(rows) else None,
        time_unit_seconds=_time_unit(times),
        tied_interactions=_count(coded.duplicated(["user", "time"], keep=False)),
        future_timestamps=None if now is None else _count(times > now),
        rating_min=float(ratings.min()) if len(ratings) else None,
        rating_max=float(ratings.max()) if len(ratings) else None,
        rating_values=len(np.unique(ratings)),
        missing=_missing(dataset),
        findings=(),
        imported=imported,
        rejected=rejected,
        notes=notes,
    )
    return replace(figures, findings=findings_of(figures, dataset.users))


def gini(counts: np.ndarray) -> float | None:
    """Return the Gini coefficient of non-negative counts, (n,): 0 where all are equal, near 1 where one holds all.

    G = sum over i of (2 i - n - 1) x_i / (n sum x), x ascending, i from 1. None without counts or where all are 0.
    """
    total, n = float(counts.sum()), len(counts)
    if n == 0 or total == 0:
        return None
    ranks = 2 * np.arange(1, n + 1) - n - 1
    return float((ranks * np.sort(counts)).sum() / (n * total))


def _time_unit(times: NDArray[np.int64]) -> int | None:
    if not len(times):
        return None
    return next(unit for unit in (86_400, 3_600, 60, 1) if bool((times % unit == 0).all()))


def _missing(dataset: Dataset) -> tuple[MissingValues, ...]:
    counts = []
    for table in ("users", "items", "interactions", "entities"):
        for column, values in getattr(dataset, table).items():
            lists = table == "items" and column in {"creators", "categories", "aliases"}
            absent = np.array([not value for value in values], dtype=bool) if lists else values.isna()
            counts.append(MissingValues(table=table, column=str(column), missing=_count(absent), rows=len(values)))
    return tuple(counts)


def _count(mask: ArrayLike) -> int:
    return int(np.count_nonzero(np.asarray(mask)))


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitReport:
    """What a split leaves for learning and for the test.

    - `cold_holdout_share`: held-out interactions whose item does not occur in training, in [0, 1].
    - `cold_items`: catalogue items that do not occur in training.
    """

    n_training: int
    n_holdout: int
    users_with_holdout: int
    users_without_history: int
    cold_items: int
    cold_item_share: float | None
    cold_holdout_share: float | None


def describe_split(dataset: Dataset, cut: Split) -> SplitReport:
    """Measure what a split leaves for learning and for the test."""
    rows = dataset.interactions
    n_history = cut.users["n_history"].to_numpy()[pd.Index(cut.users["user_id"]).get_indexer(pd.Index(rows["user_id"]))]
    held_out = rows["position"].to_numpy() >= n_history
    trained = list(cut.training["item_id"].unique())
    cold_items = ~dataset.items["item_id"].isin(trained).to_numpy()
    cold_rows = ~rows["item_id"].isin(trained).to_numpy()
    n_holdout = _count(held_out)
    return SplitReport(
        n_training=len(cut.training),
        n_holdout=n_holdout,
        users_with_holdout=_count(cut.users["n_holdout"] > 0),
        users_without_history=cut.n_without_history,
        cold_items=_count(cold_items),
        cold_item_share=_count(cold_items) / len(cold_items) if len(cold_items) else None,
        cold_holdout_share=_count(cold_rows & held_out) / n_holdout if n_holdout else None,
    )
