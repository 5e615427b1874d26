"""Instruction data for the embedded model, from a dataset's training period: what was done, and true facts.

Seven families: sequential, direct, rating, explanation, yes/no matching, stepwise reasoning, tool calls. Prompts are
the templates that the recommenders use. Not here: what a lesson asks together (`lessons`), fitting (`embedded_model`).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.datasets.schema import Dataset
from engine.datasets.splits import Split
from engine.prompts.templates import render
from engine.records import Message
from engine.titles import unique_labels
from engine.training.facts import SHARED, SINGLE, Facts, read_facts
from engine.training.others import OthersChoices

HISTORY_LENGTH = 10
LIST_LENGTH = 10
NEAR_FUTURE = 12  # entries after a cut that count as what the user would like then
N_POOL = 50  # candidates of the retriever that examples draw from
PAUSE_S = 3 * 3600  # a new sitting begins after this long
ASIDE_SHARE = 0.1  # of the users, whom no example is drawn from: choices of options are validated on them
PLURALS = {"film": "films", "book": "books"}  # the other kinds are the same in the plural


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A conversation whose last message is the wanted answer."""

    family: str
    messages: tuple[Message, ...]


@dataclass(frozen=True)
class World:
    """A dataset's training period, in the shape that examples are drawn from."""

    dataset: Dataset
    split: Split

    @cached_property
    def labels(self) -> dict[str, str]:
        """Item id -> display label."""
        return unique_labels(self.dataset.items_by_id.values())

    @cached_property
    def facts(self) -> Facts:
        """What the graph states of each item."""
        return read_facts(self.dataset)

    @cached_property
    def sequences(self) -> list[list[tuple[str, float | None]]]:
        """Each user's (item, rating) in time order, training period only."""
        rows = self.split.training
        ratings = rows["rating"].astype(object).where(rows["rating"].notna(), None)
        grouped: dict[str, list[tuple[str, float | None]]] = {}
        for user, item, rating in zip(rows["user_id"], rows["item_id"], ratings, strict=True):
            grouped.setdefault(user, []).append((item, rating))
        return [grouped[user] for user in self.user_ids]

    @cached_property
    def user_ids(self) -> list[str]:
        """The users with more than one interaction in the training period, in the order of `sequences`."""
        counts = self.split.training["user_id"].value_counts(sort=False)
        return [user for user in dict.fromkeys(self.split.training["user_id"]) if counts[user] > 1]

    @cached_property
    def taught(self) -> list[int]:
        """The places in `sequences` that examples are drawn from: all but those of the users set aside."""
        return [place for place, user in enumerate(self.user_ids) if not is_set_aside(user)]

    @cached_property
    def sittings(self) -> list[list[int]]:
        """For each sequence the positions, but for the first, at which a sitting begins; all of them where none does.

        A cutoff in time falls between sittings, hardly ever within one.
        """
        rows = self.split.training
        times = {user: part.to_numpy() for user, part in rows.groupby("user_id", sort=False)["timestamp"]}
        starts = (np.flatnonzero(np.diff(times[user]) > PAUSE_S) + 1 for user in self.user_ids)
        return [
            found.tolist() or list(range(1, len(sequence)))
            for found, sequence in zip(starts, self.sequences, strict=True)
        ]

    @cached_property
    def others(self) -> OthersChoices:
        """Who met what together in the training period."""
        return OthersChoices.fit(self.dataset.item_ids, [[item for item, _ in sequence] for sequence in self.sequences])

    @cached_property
    def popularity(self) -> tuple[list[str], np.ndarray]:
        """Item ids seen in training, with their share of interactions to the power 0.75 (for negatives)."""
        counts = Counter(item for sequence in self.sequences for item, _ in sequence)
        weights = np.array(list(counts.values()), dtype=float) ** 0.75
        return list(counts), weights / weights.sum()


def is_set_aside(user_id: str) -> bool:
    """Tell whether a user's sequence is kept out of training; the same users always."""
    digest = hashlib.sha256(user_id.encode()).digest()
    return int.from_bytes(digest[:4], "big") < ASIDE_SHARE * 2**32


def history_values(world: World, sequence: Sequence[tuple[str, float | None]]) -> dict[str, object]:
    """Return the template values of a history: the last `HISTORY_LENGTH` entries, oldest first."""
    entries = [{"label": world.labels[item], "rating": rating} for item, rating in sequence[-HISTORY_LENGTH:]]
    return {"statement": "", "history": entries}


def numbered(labels: Sequence[str]) -> str:
    """Return "1. first\\n2. second..."."""
    return "\n".join(f"{rank}. {label}" for rank, label in enumerate(labels, start=1))


class Sampler:
    """Draws examples; the same seed draws the same ones."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.random = np.random.default_rng(seed)
        self._families: dict[str, Callable[[list, int], tuple[str, Mapping[str, object], str] | None]] = {
            "sequential": self._sequential,
            "direct": self._direct,
            "rating": self._rating,
            "explanation": self._explanation,
            "matching": self._matching,
            "preferences": self._preferences,
            "judging": self._judging,
        }

    def example(self, family: str, sequence: list, cut: int) -> Iterator[Example]:
        """Make one example of a family from a sequence cut before position `cut`; none where it cannot be made."""
        if family == "tool_call":
            yield self._tool_call(sequence[cut][0])
            return
        made = self._families[family](sequence, cut)
        if made is not None:
            template, values, answer = made
            history = history_values(self.world, sequence[:cut])
            messages = render(template, **history, **values)
            yield Example(family=family, messages=(*messages, Message(role="assistant", content=answer)))

    def _sequential(self, sequence: list, cut: int):
        labels = [self.world.labels[item] for item in self.wanted(sequence, cut)]
        return "recommend", {"k": len(labels)}, numbered(labels)

    def _direct(self, sequence: list, cut: int):
        wanted = [item for item, _ in sequence[cut : cut + int(self.random.integers(1, 4))]]
        candidates = wanted + self._negatives(sequence, cut, 10 - len(wanted))
        order = self.random.permutation(len(candidates))
        values = {"candidates": [self.world.labels[candidates[i]] for i in order], "k": len(wanted)}
        return "rerank", values, numbered([self.world.labels[item] for item in wanted])

    def _rating(self, sequence: list, cut: int):
        item, rating = sequence[cut]
        return None if rating is None else ("rating", {"label": self.world.labels[item]}, f"{rating:g}")

    def _matching(self, sequence: list, cut: int):
        liked = self.random.random() < 0.5
        item = sequence[cut][0] if liked else self._negatives(sequence, cut, 1)[0]
        return "match", {"label": self.world.labels[item]}, "yes" if liked else "no"

    def _preferences(self, sequence: list, cut: int):
        return "preferences", {}, preferences_line(self.world, [item for item, _ in sequence[:cut][-HISTORY_LENGTH:]])

    def _judging(self, sequence: list, cut: int):
        judged = self.judged(sequence, cut, 7)
        lines = [f"{self.world.labels[item]}: {'yes' if liked else 'no'}" for item, liked in judged]
        preferences = preferences_line(self.world, [item for item, _ in sequence[:cut][-HISTORY_LENGTH:]])
        return "judge", {"preferences": preferences}, "\n".join(lines)

    def _explanation(self, sequence: list, cut: int):
        item = sequence[cut][0]
        history = [other for other, _ in sequence[:cut][-HISTORY_LENGTH:]]
        return "explain", {"label": self.world.labels[item]}, explanation(self.world, item, history, self.random)

    def _tool_call(self, item: str) -> Example:
        world, draw = self.world, self.random
        label, facts = world.labels[item], world.facts.of(item)
        people = [value for r in ("directed_by", "written_by", "performed_by", "made_by") for value in facts.get(r, ())]
        genres = facts.get("has_genre", ())
        asks = [
            (f"What do we know about {label}?", "facts", label),
            (f"What is linked with {label}?", "neighbours", label),
            ("What do I know already?", "history", ""),
            *((f"Find something by {person}.", "search", person) for person in people[:1]),
            *((f"Find me {genre} {kind_plural(world, item)}.", "search", genre) for genre in genres[:1]),
        ]
        need, tool, argument = asks[int(draw.integers(len(asks)))]
        answer = json.dumps({"tool": tool, "argument": argument}, ensure_ascii=False)
        messages = (*render("tool_call", need=need), Message(role="assistant", content=answer))
        return Example(family="tool_call", messages=messages)

    def wanted(self, sequence: list, cut: int) -> list[str]:
        """Return up to `LIST_LENGTH` items of the near future, the nearer the earlier, but not strictly so.

        A list in the order of time would teach that each title continues the one before; a recommendation does not.
        """
        near = [item for item, _ in sequence[cut : cut + NEAR_FUTURE]]
        order = np.argsort(np.arange(len(near)) + self.random.uniform(0, 6, len(near)))
        return [near[place] for place in order[:LIST_LENGTH]]

    def judged(self, sequence: list, cut: int, n: int) -> list[tuple[str, bool]]:
        """Draw `n` candidates with whether the user met them in the near future, in random order.

        Nine in ten times they are what the retriever would offer, both kinds from the same pool: a judge that only
        knows popular items from liked ones tells nothing apart there, and one that saw liked items from outside the
        pool would learn that likeness to the history speaks against an item. Else, and where the pool holds nothing
        liked, items met stand against popular ones.
        """
        near = [item for item, _ in sequence[cut : cut + NEAR_FUTURE]]
        pool = self._pool(sequence, cut) if self.random.random() < 0.9 else []
        offered = [item for item in near if item in set(pool)]
        if not offered:
            offered, pool = near, []
        liked = [offered[i] for i in self.random.permutation(len(offered))[: int(self.random.integers(1, n // 2 + 1))]]
        never = self._unmet(sequence, pool)
        drawn = [never[i] for i in self.random.permutation(len(never))[: n - len(liked)]]
        drawn += self._popular(sequence, n - len(liked) - len(drawn), set(drawn))
        judged = [(item, True) for item in liked] + [(item, False) for item in drawn]
        return [judged[i] for i in self.random.permutation(len(judged))]

    def _pool(self, sequence: list, cut: int) -> list[str]:
        """Return what the retriever would offer after the cut, without what it owes to this user."""
        met = [item for item, _ in sequence]
        return self.world.others.best(met[:cut], met, N_POOL)

    def _negatives(self, sequence: list, cut: int, n: int) -> list[str]:
        """Draw n distinct items that the user never met in training: half from the retriever's pool, half popular."""
        never = self._unmet(sequence, self._pool(sequence, cut))
        hard = [never[i] for i in self.random.permutation(len(never))[: int(self.random.binomial(n, 0.5))]]
        return hard + self._popular(sequence, n - len(hard), set(hard))

    def _unmet(self, sequence: list, items: Sequence[str]) -> list[str]:
        met = {item for item, _ in sequence}
        return [item for item in items if item not in met]

    def _popular(self, sequence: list, n: int, but: set[str]) -> list[str]:
        """Draw n distinct items that the user never met in training, by popularity."""
        items, weights = self.world.popularity
        excluded = {item for item, _ in sequence} | but
        drawn = self.random.choice(len(items), size=n + 4 * HISTORY_LENGTH, p=weights)
        return list(dict.fromkeys(items[i] for i in drawn if items[i] not in excluded))[:n]


def kind_plural(world: World, item_id: str) -> str:
    """Return an item's kind in the plural, or "items" where kinds are unknown."""
    domain = world.dataset.items_by_id[item_id].domain
    return PLURALS.get(domain, domain) or "items"


def preferences_line(world: World, history: Sequence[str]) -> str:
    """Sum up a history by its most frequent kinds, genres and people, as the stepwise answers do."""
    kinds, genres, people = Counter(), Counter(), Counter()
    for item in history:
        facts = world.facts.of(item)
        kinds[kind_plural(world, item)] += 1
        for relation in ("has_genre", "has_theme", "about"):
            genres.update(facts.get(relation, ()))
        for relation in ("directed_by", "written_by", "performed_by", "made_by", "part_of_series"):
            people.update(facts.get(relation, ()))
    named = [name for name, count in people.most_common(2) if count > 1]
    parts = [("Kinds", [k for k, _ in kinds.most_common(2)]), ("Genres", [g for g, _ in genres.most_common(3)])]
    return " ".join(f"{head}: {', '.join(values)}." for head, values in [*parts, ("People", named)] if values)


def explanation(world: World, item: str, history: Sequence[str], random: np.random.Generator) -> str:
    """Say why an item suits a history: the most telling relation that it shares with an entry, then one more fact."""
    links = [
        (list(SHARED).index(relation), -position, relation, value, other)
        for position, other in enumerate(history)
        for relation, value in world.facts.shared(item, other)[:1]
    ]
    first = "It is something new for you."
    if links:
        _, _, relation, value, other = min(links)
        first = f"Because you know {world.labels[other]}: {SHARED[relation].format(value=value)}."
    facts = world.facts.of(item)
    singles = [SINGLE[r].format(value=facts[r][0]) for r in SINGLE if facts.get(r)]
    second = singles[int(random.integers(len(singles)))] if singles else ""
    return f"{first} {second}".strip()
