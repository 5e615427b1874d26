"""Titles that are spelled a little differently. Strict, so that a sequel or another work never counts as a slip.

A line and a title are the same but for slips when all of this holds:

- their numbers agree, and both have two or more telling words or six or more letters;
- they have the same telling words, in order, but for slips within words of five or more letters: one edit, two from
  eight letters on; the first letter stands, and the slipped word is not itself a word of the catalogue; where it is the
  only telling word, one edit at most, and the last letter stands too ("Immortals" is not "Immortal");
- or they differ by one edit without spaces, from twelve letters on (joined and split words).

Candidates are found by the rarest letter trigrams: `n` edits spoil at most `4 n` trigrams, so that of `4 n + 3` at
least three must be shared; then rapidfuzz compares pairs in one vectorised call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA
from scipy import sparse

from engine.grounding.normal import Key

_BATCH = 2_000
_SPOILED = 4  # trigrams that one edit (a swap of neighbours at worst) can spoil


def edits_allowed(length: int) -> int:
    """Return how many edits a text of so many letters may differ by."""
    return 0 if length < 6 else 1 if length < 10 else 2 if length < 16 else min(6, length // 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A catalogue key that a text is a slip of, with 1 - edits / length."""

    key: int
    similarity: float


class FuzzyIndex:
    """Trigrams of catalogue keys, shape (n_trigrams, n_keys)."""

    def __init__(self, keys: Sequence[Key], words: set[str]) -> None:
        self.keys = keys
        self.words = words
        self.texts = [key.squeezed for key in keys]
        self._grams: dict[str, int] = {}
        rows = [[self._grams.setdefault(g, len(self._grams)) for g in _trigrams(text)] for text in self.texts]
        self._matrix = _indicator(rows, len(self._grams)).T.tocsr()
        self._frequency = np.diff(self._matrix.indptr).tolist()
        self._lengths = np.array([len(text) for text in self.texts], dtype=np.int32)

    def slips(self, texts: Sequence[Key]) -> list[list[Slip]]:
        """Return for each key all catalogue keys that it is a slip of, the most similar first."""
        found: list[list[Slip]] = [[] for _ in texts]
        for start in range(0, len(texts), _BATCH):
            batch = texts[start : start + _BATCH]
            for line, key, distance in self._near(batch):
                text, title = batch[line], self.keys[key]
                if self._is_slip(text, title, distance):
                    length = max(len(text.squeezed), len(title.squeezed))
                    found[start + line].append(Slip(key=key, similarity=1 - max(distance, 0.5) / length))
        return [sorted(slips, key=lambda slip: (-slip.similarity, slip.key)) for slips in found]

    def _near(self, batch: Sequence[Key]) -> list[tuple[int, int, int]]:
        """Return (line, key, edits) of all pairs within the edits allowed."""
        rows, needed = [], np.zeros(len(batch), dtype=np.int32)
        for i, text in enumerate(batch):
            allowed = edits_allowed(len(text.squeezed))
            grams = _trigrams(text.squeezed)
            known = sorted((self._frequency[g], g) for gram in grams if (g := self._grams.get(gram)) is not None)
            spoiled = len(grams) - len(known)  # grams that no title has: spoiled, whatever the title
            bearable = _SPOILED * allowed - spoiled
            picked = [g for _, g in known][: bearable + 3] if allowed and bearable >= 0 else []
            needed[i] = max(1, len(picked) - bearable)
            rows.append(picked)
        shared = (_indicator(rows, len(self._grams)) @ self._matrix).tocoo()
        keep = shared.data >= needed[shared.row]
        lines, keys = shared.row[keep], shared.col[keep]
        own = np.array([len(text.squeezed) for text in batch], dtype=np.int32)
        allowed = np.array([edits_allowed(n) for n in range(int(own.max(initial=0)) + 1)], dtype=np.int32)[own]
        keep = np.abs(self._lengths[keys] - own[lines]) <= allowed[lines]
        lines, keys = lines[keep], keys[keep]
        if not len(lines):
            return []
        distances = process.cpdist(
            [batch[i].squeezed for i in lines],
            [self.texts[j] for j in keys],
            scorer=OSA.distance,
            score_cutoff=int(allowed.max(initial=0)),
            workers=2,
        )
        keep = distances <= allowed[lines]
        return list(zip(lines[keep].tolist(), keys[keep].tolist(), distances[keep].astype(int).tolist(), strict=True))

    def _is_slip(self, text: Key, title: Key, distance: int) -> bool:
        if text.numbers != title.numbers:
            return False
        if text.content == title.content:
            return not title.is_short
        if len(text.content) != len(title.content):
            return distance <= 1 and min(len(text.squeezed), len(title.squeezed)) >= 12
        pairs = [(a, b) for a, b in zip(text.content, title.content, strict=True) if a != b]
        same = len(title.content) - len(pairs)
        return all(self._is_word_slip(a, b, same) for a, b in pairs)

    def _is_word_slip(self, word: str, right: str, same: int) -> bool:
        if {word, right} in ({word, word + "s"}, {right, right + "s"}):
            return same >= 2 and len(right) > 3
        shorter = min(len(word), len(right))
        allowed = 0 if shorter < 5 else 1 if shorter < 8 or not same else 2 if shorter < 16 else 3
        if not same and word[-1] != right[-1]:
            return False
        return word[0] == right[0] and word not in self.words and OSA.distance(word, right) <= allowed


def _trigrams(text: str) -> list[str]:
    padded = f"^{text}$"
    return list(dict.fromkeys(padded[i : i + 3] for i in range(len(padded) - 2)))


def _indicator(rows: Sequence[Sequence[int]], width: int) -> sparse.csr_matrix:
    counts = np.fromiter((len(row) for row in rows), dtype=np.int64, count=len(rows))
    columns = np.fromiter((c for row in rows for c in row), dtype=np.int32, count=int(counts.sum()))
    pointers = np.concatenate(([0], np.cumsum(counts)))
    return sparse.csr_matrix((np.ones(len(columns), dtype=np.int16), columns, pointers), shape=(len(rows), width))
