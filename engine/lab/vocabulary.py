"""The terms of a dataset by what they are (kinds, genres, people, ...), and wrong ones in place of right ones."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.datasets.schema import Dataset

_LONGEST = 8  # words of a term that is looked for
_SHORTEST = 3  # characters
_FIRST = ("kinds", "kind", "genre", "person")  # what the catalogue says comes before what the graph says
_TOKEN = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """One term of a reasoning and the wrong one that stands for it."""

    start: int
    end: int
    kind: str
    right: str
    wrong: str

    def __str__(self) -> str:
        """Say what was swapped."""
        return f'{self.kind} "{self.right}" -> "{self.wrong}"'


@dataclass(frozen=True)
class Vocabulary:
    """Every term of a dataset with what it is: kinds, genres, people, and the entities of the graph by their kind."""

    dataset: Dataset

    def swaps(self, reasoning: str, history: Collection[str], random: np.random.Generator) -> list[Swap]:
        """Return a swap for each term of the reasoning, in the order of the text.

        The wrong term is of the same kind, holds of no item of the history and stands nowhere in the reasoning. Equal
        terms get the same wrong one. A term without such another is left out.
        """
        found = list(self._find(reasoning))
        true_of_history = self._true_of(history)
        taken = {_key(term) for _, _, _, term in found} | true_of_history
        chosen: dict[tuple[str, str], str] = {}
        swaps = []
        for start, end, kind, right in found:
            wrong = chosen.get((kind, _key(right)))
            if wrong is None:
                others = [term for key, term in self._kinds[kind].items() if key not in taken]
                if not others:
                    continue
                wrong = others[int(random.integers(len(others)))]
                chosen[(kind, _key(right))] = wrong
                taken.add(_key(wrong))
            swaps.append(Swap(start=start, end=end, kind=kind, right=right, wrong=wrong))
        return swaps

    def _find(self, text: str) -> Iterator[tuple[int, int, str, str]]:
        """Yield start, end, kind and wording of the terms in a text, the longest at each place."""
        words = list(_TOKEN.finditer(text))
        place = 0
        while place < len(words):
            for n in range(min(_LONGEST, len(words) - place), 0, -1):
                start, end = words[place].start(), words[place + n - 1].end()
                kind = self._kind_of.get(_key(text[start:end]))
                if kind is not None and end - start >= _SHORTEST:
                    yield start, end, kind, text[start:end]
                    place += n
                    break
            else:
                place += 1

    @cached_property
    def _kinds(self) -> dict[str, dict[str, str]]:
        """Kind -> key -> term, each in a fixed order, so that a draw depends on the seed alone."""
        collected: dict[str, dict[str, str]] = defaultdict(dict)
        for item in self.dataset.items_by_id.values():
            for kind, terms in _terms_of(item.domain, item.categories, item.creators):
                for term in terms:
                    collected[kind].setdefault(_key(term), term)
        entities = self.dataset.entities
        for label, kind, item_id in zip(entities["label"], entities["kind"], entities["item_id"], strict=True):
            if not isinstance(item_id, str) and isinstance(label, str):
                collected[str(kind) if isinstance(kind, str) else "entity"].setdefault(_key(label), label)
        order = sorted(collected, key=lambda kind: (_FIRST.index(kind) if kind in _FIRST else len(_FIRST), kind))
        return {kind: dict(sorted(collected[kind].items())) for kind in order}

    @cached_property
    def _kind_of(self) -> dict[str, str]:
        """Key -> kind; a term of several kinds is of the one that comes first."""
        kinds: dict[str, str] = {}
        for kind, terms in self._kinds.items():
            for key in terms:
                kinds.setdefault(key, kind)
        return kinds

    @cached_property
    def _facts(self) -> dict[str, set[str]]:
        """Item -> keys of the entities that the graph links it with."""
        entities = self.dataset.entities
        labels = dict(zip(entities["entity_id"], entities["label"], strict=True))
        items = {e: i for e, i in zip(entities["entity_id"], entities["item_id"], strict=True) if isinstance(i, str)}
        facts: dict[str, set[str]] = defaultdict(set)
        for head, tail in zip(self.dataset.triples["head"], self.dataset.triples["tail"], strict=True):
            if head in items:
                facts[items[head]].add(_key(str(labels.get(tail, tail))))
        return facts

    def _true_of(self, item_ids: Collection[str]) -> set[str]:
        known = self.dataset.items_by_id
        keys: set[str] = set()
        for item_id in item_ids:
            if item_id in known:
                item = known[item_id]
                groups = _terms_of(item.domain, item.categories, item.creators)
                keys |= {_key(term) for _, terms in groups for term in terms} | self._facts.get(item_id, set())
        return keys


def with_swaps(text: str, swaps: Iterable[Swap]) -> str:
    """Return the text with the swaps made."""
    for swap in sorted(swaps, key=lambda s: -s.start):
        text = text[: swap.start] + swap.wrong + text[swap.end :]
    return text


def _terms_of(
    domain: str, categories: tuple[str, ...], creators: tuple[str, ...]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    kinds = ((domain,), (_plural(domain),)) if domain else ((), ())
    return (("kind", kinds[0]), ("kinds", kinds[1]), ("genre", categories), ("person", creators))


def _plural(domain: str) -> str:
    return domain if domain.endswith("s") or domain == "music" else f"{domain}s"


def _key(term: str) -> str:
    return " ".join(term.casefold().split())
