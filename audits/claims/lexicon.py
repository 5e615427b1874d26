"""Names that a text may use: titles, people, genres, places. Finds them in a text, longest first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from audits.claims.tokens import Token, key

TITLE = "title"
_LOWER_IS_FINE = 3  # words; a shorter name is only taken for one where it has its capital
_NO_TITLES = frozenset({
    "it", "this", "that", "these", "those", "they", "he", "she", "you", "we", "i", "her", "him", "them", "us",
    "his", "its", "if", "so", "yes", "no", "all", "one", "both", "more",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """What a name may mean: a value of a family, or items by their title."""

    family: str
    label: str
    item_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text, and what it may mean."""

    start: int
    end: int
    entries: tuple[Entry, ...]
    n_words: int

    def entry(self, families: frozenset[str]) -> Entry | None:
        """Return what it means as a member of these families."""
        return next((entry for entry in self.entries if entry.family in families), None)


@dataclass
class Lexicon:
    """Names by their folded words."""

    entries: dict[tuple[str, ...], dict[tuple[str, str], tuple[str, ...]]] = field(default_factory=dict)
    capitals: dict[tuple[str, ...], bool] = field(default_factory=dict)  # whether the name is written with a capital
    lengths: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))  # first word -> numbers of words

    def add(self, name: str, family: str, label: str, item_ids: tuple[str, ...] = ()) -> None:
        """Add a name."""
        words = key(name)
        if not words:
            return
        meanings = self.entries.setdefault(words, {})
        meanings[family, label] = tuple(dict.fromkeys((*meanings.get((family, label), ()), *item_ids)))
        capital = next((c.isupper() for c in name if c.isalpha()), False)
        self.capitals[words] = capital and self.capitals.get(words, True)
        self.lengths[words[0]].add(len(words))

    def add_title(self, name: str, item_id: str) -> None:
        """Add a title of an item; all items of one title stand under one entry."""
        words = key(name)
        if words and not (len(words) == 1 and words[0] in _NO_TITLES):
            self.add(name, TITLE, " ".join(words), (item_id,))

    def add_plural(self, name: str, family: str, label: str) -> None:
        """Add the plural of a name."""
        if name[-1:].isalpha() and not name.endswith("s"):
            self.add(name[:-1] + "ies" if name.endswith("y") else name + "s", family, label)

    def has(self, words: tuple[str, ...]) -> bool:
        """Tell whether something is called so."""
        return words in self.entries

    def mentions(self, text: str, words: list[Token]) -> list[Mention]:
        """Return every name in a text, at each place the longest first."""
        found = []
        for place, word in enumerate(words):
            for n in sorted(self.lengths.get(word.key, ()), reverse=True):
                if place + n > len(words):
                    continue
                name = tuple(token.key for token in words[place : place + n])
                meanings = self.entries.get(name)
                if meanings is None:
                    continue
                if self.capitals[name] and n < _LOWER_IS_FINE and not _has_capital(text, word):
                    continue
                entries = tuple(Entry(family, label, ids) for (family, label), ids in meanings.items())
                found.append(Mention(word.start, words[place + n - 1].end, entries, n))
        return found


def _has_capital(text: str, word: Token) -> bool:
    first = text[word.start]
    return not first.isalpha() or not first.islower()
