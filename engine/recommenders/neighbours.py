"""Item-item similarity from behaviour (`ItemNeighbours`) and from text (`ContentVectors`). Not here: ranking."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from engine.datasets.schema import Dataset
from engine.records import Item

_ROWS_AT_ONCE = 1024
_WORD = re.compile(r"[^\W_]{2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """The history item with the largest part in another item's score."""

    item_id: str
    part: float


@dataclass(frozen=True)
class ItemNeighbours:
    """Cosine of co-occurrence over the training interactions, each item with its `n_neighbours` nearest.

        s_ij = |U_i & U_j| / (sqrt(|U_i| |U_j|) + shrinkage)

    U_i: the users who met item i in training. `similarity` is sparse, shape `(n_items, n_items)`, row i: the
    neighbours of i, without i. Source: Deshpande and Karypis, ACM TOIS 22(1), 2004.
    """

    item_ids: tuple[str, ...]
    similarity: sparse.csr_array
    n_users: NDArray[np.float64]  # |U_i|, shape (n_items,)
    shrinkage: float
    index: Mapping[str, int]

    @classmethod
    def fit(
        cls, item_ids: Sequence[str], interactions: pd.DataFrame, *, n_neighbours: int = 100, shrinkage: float = 10.0
    ) -> ItemNeighbours:
        """Count who met what in `interactions` (columns `user_id`, `item_id`; repeats count once)."""
        index = {item_id: row for row, item_id in enumerate(item_ids)}
        items = np.array([index[item] for item in interactions["item_id"]], dtype=np.int64)
        users, names = pd.factorize(interactions["user_id"])
        met = sparse.coo_array((np.ones(len(users)), (users, items)), shape=(len(names), len(item_ids))).tocsr()
        met.data[:] = 1.0
        n_users = np.asarray(met.sum(axis=0)).ravel()
        blocks = [
            _nearest(met, n_users, start, n_neighbours, shrinkage) for start in range(0, len(item_ids), _ROWS_AT_ONCE)
        ]
        shape = (len(item_ids), len(item_ids))
        similarity = sparse.csr_array(sparse.vstack(blocks)) if blocks else sparse.csr_array(shape)
        return cls(tuple(item_ids), similarity, n_users, shrinkage, index)

    def scores(self, history_item_ids: Sequence[str], *, half_life: float | None = None) -> NDArray[np.float64]:
        """Return the summed similarity of each item to the history, shape `(n_items,)`; 0: no neighbour of any."""
        return self.score_batch([history_item_ids], half_life=half_life)[0]

    def score_batch(self, histories: Sequence[Sequence[str]], *, half_life: float | None = None) -> NDArray[np.float64]:
        """Return `scores` of each history, shape `(n_histories, n_items)`; no row depends on the others.

        Histories are oldest first. `half_life`: how many entries later a history entry counts half; None: all count 1.
        """
        weighted = history_weights(histories, self.index, half_life=half_life)
        return sparse.csr_array(weighted @ self.similarity).toarray()

    def drivers(
        self, history_item_ids: Sequence[str], item_ids: Sequence[str], *, half_life: float | None = None
    ) -> list[Driver | None]:
        """Return, for each of `item_ids`, the history item with the largest part in its score; None: it scores 0."""
        weights = history_weights([history_item_ids], self.index, half_life=half_life)
        columns = [self.index[item] for item in item_ids]
        parts = self.similarity[weights.indices][:, columns].toarray() * weights.data[:, None]
        return _largest(parts, [self.item_ids[row] for row in weights.indices])

    def met_both(self, item_id: str, other_id: str) -> int:
        """Return how many users met both items; `other_id` must be a neighbour of `item_id`."""
        row, column = self.index[item_id], self.index[other_id]
        norm = np.sqrt(self.n_users[row] * self.n_users[column]) + self.shrinkage
        return round(float(self.similarity[row, column]) * norm)


@dataclass(frozen=True)
class ContentVectors:
    """One TF-IDF vector an item, over the words of title and description and over whole creators and categories.

    `vectors` is sparse, shape `(n_items, n_features)`, rows of length 1; an item without any text has a zero row.
    """

    item_ids: tuple[str, ...]
    vectors: sparse.csr_array
    features: tuple[str, ...]  # "word:space", "category:drama", "creator:jane doe"
    index: Mapping[str, int]

    @classmethod
    def fit(cls, dataset: Dataset, *, max_share: float = 0.5) -> ContentVectors:
        """Weigh the features of all items; a feature in more than `max_share` of the items says nothing."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        documents = [content_features(item) for item in dataset.items_by_id.values()]
        index = {item_id: row for row, item_id in enumerate(dataset.item_ids)}
        counts: dict[str, int] = {}
        for features in documents:
            for feature in set(features):
                counts[feature] = counts.get(feature, 0) + 1
        limit = max(1.0, max_share * len(documents))
        kept = sorted(feature for feature, count in counts.items() if count <= limit)
        if not kept:
            return cls(dataset.item_ids, sparse.csr_array((len(documents), 0)), (), index)
        vectorizer = TfidfVectorizer(analyzer=_as_it_is, vocabulary=kept, sublinear_tf=True)  # type: ignore[arg-type]
        vectors = sparse.csr_array(vectorizer.fit_transform(documents))
        return cls(dataset.item_ids, vectors, tuple(kept), index)

    def scores(self, history_item_ids: Sequence[str], *, half_life: float | None = None) -> NDArray[np.float64]:
        """Return each item's mean cosine to the history, shape `(n_items,)`, in [0, 1]; 0: nothing in common."""
        return self.score_batch([history_item_ids], half_life=half_life)[0]

    def score_batch(self, histories: Sequence[Sequence[str]], *, half_life: float | None = None) -> NDArray[np.float64]:
        """Return `scores` of each history, shape `(n_histories, n_items)`; no row depends on the others.

        Histories are oldest first. `half_life`: how many entries later a history entry counts half; None: all count 1.
        """
        weighted = history_weights(histories, self.index, half_life=half_life, mean=True)
        profiles = sparse.csr_array(weighted @ self.vectors)
        return sparse.csr_array(profiles @ self.vectors.T).toarray()

    def drivers(
        self, history_item_ids: Sequence[str], item_ids: Sequence[str], *, half_life: float | None = None
    ) -> list[Driver | None]:
        """Return, for each of `item_ids`, the history item with the largest part in its score; None: it scores 0."""
        weights = history_weights([history_item_ids], self.index, half_life=half_life, mean=True)
        columns = [self.index[item] for item in item_ids]
        cosines = sparse.csr_array(self.vectors[weights.indices] @ self.vectors[columns].T).toarray()
        return _largest(cosines * weights.data[:, None], [self.item_ids[row] for row in weights.indices])

    def shared_features(self, item_id: str, other_id: str) -> list[str]:
        """Return what two items have in common, by its part in their cosine, the largest first."""
        product = (self.vectors[[self.index[item_id]]] * self.vectors[[self.index[other_id]]]).tocoo()
        columns = product.coords[1]
        order = np.lexsort((columns, -product.data))
        return [self.features[columns[place]] for place in order if product.data[place] > 0]


@dataclass(frozen=True)
class EmbeddedVectors:
    """One vector an item from a language model, shape `(n_items, n_dimensions)`, float64, rows of length 1 or 0."""

    item_ids: tuple[str, ...]
    vectors: NDArray[np.float64]
    index: Mapping[str, int]

    @classmethod
    def of(cls, item_ids: Sequence[str], vectors: NDArray[np.float32]) -> EmbeddedVectors:
        """Normalise the vectors, which are in the order of `item_ids`."""
        exact = vectors.astype(np.float64)
        lengths = np.linalg.norm(exact, axis=1, keepdims=True)
        index = {item: row for row, item in enumerate(item_ids)}
        return cls(tuple(item_ids), exact / np.where(lengths > 0, lengths, 1.0), index)

    def scores(self, history_item_ids: Sequence[str], *, half_life: float | None = None) -> NDArray[np.float64]:
        """Return each item's mean cosine to the history, shape `(n_items,)`, in [-1, 1]; 0 for an empty history."""
        weights = history_weights([history_item_ids], self.index, half_life=half_life, mean=True)
        return self.vectors @ (weights.data @ self.vectors[weights.indices])

    def score_batch(self, histories: Sequence[Sequence[str]], *, half_life: float | None = None) -> NDArray[np.float64]:
        """Return `scores` of each history; one product a history, since a joint one rounds by its neighbours."""
        scores = [self.scores(history, half_life=half_life) for history in histories]
        return np.array(scores).reshape(len(histories), len(self.item_ids))

    def drivers(
        self, history_item_ids: Sequence[str], item_ids: Sequence[str], *, half_life: float | None = None
    ) -> list[Driver | None]:
        """Return, for each of `item_ids`, the history item with the largest part in its score; None: 0 or less."""
        weights = history_weights([history_item_ids], self.index, half_life=half_life, mean=True)
        columns = [self.index[item] for item in item_ids]
        parts = (self.vectors[weights.indices] @ self.vectors[columns].T) * weights.data[:, None]
        return _largest(parts, [self.item_ids[row] for row in weights.indices])


def history_weights(
    histories: Sequence[Sequence[str]],
    index: Mapping[str, int],
    *,
    half_life: float | None = None,
    mean: bool = False,
) -> sparse.csr_array:
    """Return how much each item counts in each history, shape `(n_histories, n_items)`, at least 0.

    An entry counts `0.5 ** (entries after it / half_life)`, or 1 without a half-life. Ids that are not in the catalogue
    are dropped; of repeats the most recent counts. `mean`: each row sums to 1 (or 0 where nothing is known).
    """
    columns: list[int] = []
    data: list[float] = []
    starts = [0]
    for history in histories:
        known = [index[item] for item in history if item in index]
        ages = {row: len(known) - place for place, row in enumerate(known, start=1)}
        weights = {row: 1.0 if half_life is None else 0.5 ** (age / half_life) for row, age in ages.items()}
        total = sum(weights.values()) if mean else 1.0
        columns += sorted(weights)
        data += [weights[row] / total for row in sorted(weights)]
        starts.append(len(columns))
    shape = (len(histories), len(index))
    return sparse.csr_array((np.array(data, dtype=float), np.array(columns, dtype=np.int64), starts), shape=shape)


def content_features(item: Item) -> list[str]:
    """Return the features of one item: words with repeats, creators and categories whole."""
    words = [f"word:{word}" for word in _WORD.findall(f"{item.title} {item.description}".casefold())]
    creators = [f"creator:{creator.casefold()}" for creator in item.creators]
    return words + creators + [f"category:{category.casefold()}" for category in item.categories]


def _nearest(
    met: sparse.csr_array, n_users: NDArray[np.float64], start: int, n_neighbours: int, shrinkage: float
) -> sparse.csr_array:
    """Return the similarity rows of the items from `start` on, all but the nearest dropped."""
    n_items = len(n_users)
    stop = min(start + _ROWS_AT_ONCE, n_items)
    counts = sparse.csr_array(met[:, start:stop].T @ met)
    counts.sort_indices()
    data, columns, lengths = [], [], [0]
    for row in range(stop - start):
        place = slice(counts.indptr[row], counts.indptr[row + 1])
        others, together = counts.indices[place], counts.data[place]
        is_other = others != start + row
        others, together = others[is_other], together[is_other]
        values = together / (np.sqrt(n_users[start + row] * n_users[others]) + shrinkage)
        nearest = np.sort(np.argsort(-values, kind="stable")[:n_neighbours])
        data.append(values[nearest])
        columns.append(others[nearest])
        lengths.append(len(nearest))
    shape = (stop - start, n_items)
    return sparse.csr_array((np.concatenate(data), np.concatenate(columns), np.cumsum(lengths)), shape=shape)


def _as_it_is(features: list[str]) -> list[str]:
    return features


def _largest(parts: NDArray[np.float64], history: list[str]) -> list[Driver | None]:
    """Return the row of the largest part of each column; `parts` has the shape `(n_history, n_items)`."""
    if not history:
        return [None] * parts.shape[1]
    rows = parts.argmax(axis=0)
    return [
        Driver(item_id=history[row], part=float(parts[row, column])) if parts[row, column] > 0 else None
        for column, row in enumerate(rows)
    ]
