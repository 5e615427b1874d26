"""Measure the structure of a written world: `python -m sample_data.generator.check [DIR]` prints the datasheet's table.

Three plain recommenders, the whole catalogue ranked but for what the user already met, NDCG@10 and recall@10:
most popular; item-kNN (cosine of co-occurrence); content (TF-IDF of title, creators, categories, description, mean of
the last ten items met). Two splits: all after the time before which 90 % happened, and each user's last interaction.
This file stands apart from the engine on purpose: it checks the data, not the product.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse, stats
from sklearn.feature_extraction.text import TfidfVectorizer

from sample_data import world_path

K = 10
N_RECENT = 10  # items of a history that a profile is made of
SPLITS = ("cutoff-time", "leave-last-out")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """A written world; `item` and `user` in `interactions` are row numbers of the other two tables."""

    items: pd.DataFrame
    users: pd.DataFrame
    interactions: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One split. All arrays are over the same evaluated users.

    - `ndcg`, `recall`: recommender -> (n_users,) in [0, 1].
    - `users`: the users' rows of users.csv, with `n_history` and `n_holdout`.
    - `cold_recall`: recommender -> share of held-out meetings with cold items whose item is in the ten, or None.
    """

    split: str
    users: pd.DataFrame
    ndcg: Mapping[str, np.ndarray]
    recall: Mapping[str, np.ndarray]
    cold_recall: Mapping[str, float]
    n_cold_meetings: int
    n_cold_items: int


def read_tables(folder: Path) -> Tables:
    """Read a world's items, users and interactions; empty means the empty text, as in the files."""
    items, users, rows = (
        pd.read_csv(folder / f"{name}.csv", keep_default_na=False) for name in ("items", "users", "interactions")
    )
    rows["item"] = pd.Index(items["item_id"]).get_indexer(pd.Index(rows["item_id"]))
    rows["user"] = pd.Index(users["user_id"]).get_indexer(pd.Index(rows["user_id"]))
    return Tables(items=items, users=users, interactions=rows.sort_values(["user", "timestamp"], ignore_index=True))


def measure(tables: Tables, split: str) -> Measured:
    """Split, fit the three recommenders, rank for every user with history and held-out items."""
    rows = tables.interactions
    if split == "cutoff-time":
        held = (rows["timestamp"] >= np.quantile(rows["timestamp"], 0.9)).to_numpy()
    else:
        held = (~rows.duplicated("user", keep="last")).to_numpy()
    shape = (len(tables.users), len(tables.items))
    met, target = (
        sparse.csr_matrix((np.ones(s.sum()), (rows["user"][s], rows["item"][s])), shape=shape) for s in (~held, held)
    )
    histories = {user: own["item"].tolist() for user, own in rows[~held].groupby("user")}
    who = np.array([user for user in histories if target[user].nnz], dtype=int)
    seen = np.asarray(met.sum(axis=0)).ravel()
    wanted = target[who].toarray() > 0
    known = met[who].toarray() > 0
    cold = seen < 3
    ndcg, recall, cold_recall = {}, {}, {}
    for name, scores in _scores(tables, met, histories, who).items():
        top = np.argsort(-np.where(known, -np.inf, scores), axis=1, kind="stable")[:, :K]
        hits = np.take_along_axis(wanted, top, axis=1)
        ndcg[name], recall[name] = _ndcg(hits, wanted.sum(axis=1)), hits.sum(axis=1) / wanted.sum(axis=1)
        cold_recall[name] = float((hits & cold[top]).sum() / max((wanted & cold).sum(), 1))
    users = tables.users.iloc[who].assign(n_history=known.sum(axis=1), n_holdout=wanted.sum(axis=1))
    return Measured(
        split=split,
        users=users,
        ndcg=ndcg,
        recall=recall,
        cold_recall=cold_recall,
        n_cold_meetings=int((wanted & cold).sum()),
        n_cold_items=int(cold.sum()),
    )


def _scores(
    tables: Tables, met: sparse.csr_matrix, histories: Mapping[Any, list[int]], who: np.ndarray
) -> dict[str, np.ndarray]:
    """Return (n_users, n_items) scores of each recommender."""
    norms = np.maximum(np.sqrt(np.asarray(met.sum(axis=0)).ravel()), 1e-12)
    together = (met.T @ met).toarray() / np.outer(norms, norms)
    np.fill_diagonal(together, 0.0)
    items = tables.items
    text = items[["title", "creators", "categories", "description"]].agg(" ".join, axis=1).str.replace("|", " ")
    vectors = TfidfVectorizer(sublinear_tf=True, stop_words="english").fit_transform(text)
    places = [histories[u][-N_RECENT:] for u in who]
    recent = sparse.csr_matrix(
        (
            np.concatenate([np.ones(len(p)) / len(p) for p in places]),
            (np.repeat(np.arange(len(who)), [len(p) for p in places]), np.concatenate(places)),
        ),
        shape=(len(who), len(items)),
    )
    popular = np.asarray(met.sum(axis=0)).ravel()
    return {
        "most popular": np.tile(popular, (len(who), 1)),
        "item-kNN": recent @ together,
        "content": (recent @ (vectors @ vectors.T)).toarray(),
    }


def _ndcg(hits: np.ndarray, n_wanted: np.ndarray) -> np.ndarray:
    discounts = 1.0 / np.log2(np.arange(2, K + 2))
    ideal = np.cumsum(discounts)[np.minimum(n_wanted, K) - 1]
    return (hits * discounts).sum(axis=1) / ideal


def p_value(better: np.ndarray, worse: np.ndarray) -> float:
    """Return the two-sided p of the paired t test over users."""
    return float(stats.ttest_rel(better, worse).pvalue)


def report(measured: Measured, attribute: str = "age_band") -> str:
    """Return a Markdown table of one split, with the users of each value of one attribute apart."""
    groups = measured.users[attribute].to_numpy()
    values = sorted(set(groups))
    head = [
        "recommender",
        "NDCG@10",
        "recall@10",
        "recall@10, cold",
        "p",
        *(f"NDCG@10 {v or 'unknown'}" for v in values),
    ]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    base = measured.ndcg["most popular"]
    for name, ndcg in measured.ndcg.items():
        p = "" if ndcg is base else f"{p_value(ndcg, base):.1g}"
        cells = [
            name,
            f"{ndcg.mean():.4f}",
            f"{measured.recall[name].mean():.4f}",
            f"{measured.cold_recall[name]:.4f}",
            p,
        ]
        cells += [f"{ndcg[groups == v].mean():.4f}" for v in values]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> int:
    """Print the tables of both splits."""
    tables = read_tables(Path(sys.argv[1]) if len(sys.argv) > 1 else world_path())
    for split in SPLITS:
        measured = measure(tables, split)
        print(
            f"\n{split}: {len(measured.users)} users, {measured.n_cold_items} cold items (met less than three times "
            f"before), {measured.n_cold_meetings} held-out meetings with them\n"
        )
        for attribute in ("age_band", "gender", "region", "plan"):
            print(report(measured, attribute) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
