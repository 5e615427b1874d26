"""Measure a dataset: size, density, popularity, time, ratings, missing values. Not here: judging them (findings.py)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

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
    times, ratings = rows["timestamp"], rows["rating"].dropna()
    per_item = rows["item_id"].value_counts().reindex(dataset.items["item_id"], fill_value=0).to_numpy()
    per_user = rows["user_id"].value_counts().reindex(dataset.users["user_id"], fill_value=0).to_numpy()
    n_pairs = len(rows) - int(rows.duplicated(["user_id", "item_id"]).sum())
    figures = QualityReport(
        n_users=n_users,
        n_items=n_items,
        n_interactions=len(rows),
        n_triples=len(dataset.triples),
        n_entities=len(dataset.entities),
        density=n_pairs / (n_users * n_items) if n_users and n_items else None,
        popularity_gini=gini(per_item),
        users_without_interactions=int((per_user == 0).sum()),
        items_without_interactions=int((per_item == 0).sum()),
        median_interactions_per_user=float(np.median(per_user)) if n_users else None,
        duplicate_interactions=int(rows.duplicated(["user_id", "item_id", "timestamp"]).sum()),
        repeated_pairs=int(rows[rows.duplicated(["user_id", "item_id"])].groupby(["user_id", "item_id"]).ngroups),
        unknown_user_ids=int((~rows["user_id"].isin(dataset.users["user_id"])).sum()),
        unknown_item_ids=int((~rows["item_id"].isin(dataset.items["item_id"])).sum()),
        first_at=int(times.min()) if len(rows) else None,
        last_at=int(times.max()) if len(rows) else None,
        time_unit_seconds=_time_unit(times),
        tied_interactions=int(rows.duplicated(["user_id", "timestamp"], keep=False).sum()),
        future_timestamps=None if now is None else int((times > now).sum()),
        rating_min=float(ratings.min()) if len(ratings) else None,
        rating_max=float(ratings.max()) if len(ratings) else None,
        rating_values=int(ratings.nunique()),
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


def _time_unit(times: pd.Series) -> int | None:
    if times.empty:
        return None
    return next(unit for unit in (86_400, 3_600, 60, 1) if bool((times % unit == 0).all()))


def _missing(dataset: Dataset) -> tuple[MissingValues, ...]:
    counts = []
    for table in ("users", "items", "interactions", "entities"):
        frame: pd.DataFrame = getattr(dataset, table)
        for column in frame.columns:
            lists = table == "items" and column in {"creators", "categories", "aliases"}
            absent = frame[column].map(len).eq(0) if lists else frame[column].isna()
            counts.append(MissingValues(table=table, column=str(column), missing=int(absent.sum()), rows=len(frame)))
    return tuple(counts)


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
    rows = dataset.interactions.merge(cut.users[["user_id", "n_history"]], on="user_id", how="left")
    holdout = rows[rows["position"] >= rows["n_history"]]
    trained = set(cut.training["item_id"].unique())
    cold = int((~dataset.items["item_id"].isin(trained)).sum())
    held = cut.users["n_holdout"] > 0
    return SplitReport(
        n_training=len(cut.training),
        n_holdout=len(holdout),
        users_with_holdout=int(held.sum()),
        users_without_history=int((held & (cut.users["n_history"] == 0)).sum()),
        cold_items=cold,
        cold_item_share=cold / len(dataset.items) if len(dataset.items) else None,
        cold_holdout_share=float((~holdout["item_id"].isin(trained)).mean()) if len(holdout) else None,
    )
