"""What a dataset states of its items, by relation, and the names that a text may use for it. Read once a dataset."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import duckdb

from audits.claims.lexicon import Lexicon
from audits.claims.rules import Rules, read_rules
from audits.claims.tokens import key
from audits.queries import bind, compose
from engine.grounding import Grounder
from engine.grounding.normal import front_article
from engine.grounding.words import KIND_OF
from engine.records import Item
from engine.titles import unique_labels

_YEAR_BEHIND = re.compile(r"\s*\(\d{4}\)\s*$")
_PARTS = re.compile(r",\s+|\s+and\s+|\s*/\s*")
_PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class Stated:
    """One value that the dataset states, and where."""

    label: str
    kind: str  # catalogue or triple
    where: str  # the catalogue's column or the graph's relation


@dataclass(frozen=True)
class World:
    """One dataset as claims are checked against it."""

    items: Mapping[str, Item]
    rules: Rules
    facts: Mapping[str, Mapping[str, tuple[Stated, ...]]]  # relation -> item -> values
    lexicon: Lexicon
    average_rating: Mapping[str, tuple[float, int]] = field(default_factory=dict)  # item -> mean, number of ratings

    def values(self, item_id: str, relation: str) -> tuple[Stated, ...]:
        """Return what the dataset states of an item, nothing where it states nothing."""
        return self.facts.get(relation, {}).get(item_id, ())

    def label(self, item_id: str) -> str:
        """Return the title of an item, told apart from others of that title: "The Shining (book)"."""
        return self._labels.get(item_id, item_id)

    @cached_property
    def _labels(self) -> Mapping[str, str]:
        return unique_labels(self.items.values())

    def kind(self, item_id: str) -> str:
        """Return the kind of an item in one word for all its names ("movie" is "film"); empty: not known."""
        domain = self.items[item_id].domain.casefold()
        return KIND_OF.get(domain, domain)

    def vocabulary(self, relation: str, kind: str | None = None) -> frozenset[tuple[str, ...]]:
        """Return the folded names of all values that the dataset uses, for items of one kind or at all."""
        return self._vocabularies.get((relation, kind), frozenset())

    @cached_property
    def _vocabularies(self) -> Mapping[tuple[str, str | None], frozenset[tuple[str, ...]]]:
        names: dict[tuple[str, str | None], set[tuple[str, ...]]] = defaultdict(set)
        for relation, by_item in self.facts.items():
            for item_id, values in by_item.items():
                own = {key(one.label) for one in values}
                names[relation, self.kind(item_id)] |= own
                names[relation, None] |= own
        return {place: frozenset(own) for place, own in names.items()}

    @cached_property
    def ground(self) -> Callable[[str], str | None]:
        """Resolve a title by the same rules as a model's answers; None: the catalogue has nothing of that name."""
        grounder, known = Grounder(self.items), {}

        def ground(text: str) -> str | None:
            if text not in known:
                match = grounder.ground([text])[0]
                known[text] = match.item_id if match else None
            return known[text]

        return ground


def read_world(connection: duckdb.DuckDBPyConnection, dataset_fingerprint: str) -> World:
    """Read a dataset from the log's views."""

    def rows(name: str) -> list[tuple]:
        query = bind(compose(name), {"dataset": dataset_fingerprint})
        return connection.execute(query.sql, dict(query.parameters)).fetchall()

    labels: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for item_id, kind, label in rows("claim_labels"):
        labels[item_id][kind].append(label)
    items = {
        row[0]: Item(
            item_id=row[0], title=row[1], domain=row[2] or "", year=row[3], provider=row[4] or "", price=row[5],
            in_stock=row[6], age_rating=row[7], creators=tuple(labels[row[0]]["creator"]),
            categories=tuple(labels[row[0]]["category"]), aliases=tuple(labels[row[0]]["alias"]),
        )
        for row in rows("claim_items")
    }  # fmt: skip
    ratings = {item_id: (mean, n) for item_id, mean, n in rows("claim_ratings")}
    return make_world(items, rows("claim_triples"), ratings)


def make_world(
    items: Mapping[str, Item],
    triples: Iterable[tuple[str, str, str]],
    average_rating: Mapping[str, tuple[float, int]] | None = None,
) -> World:
    """Put a world together from items and (item id, relation of the graph, label of the tail)."""
    rules = read_rules()
    stated: dict[str, dict[str, list[Stated]]] = {name: defaultdict(list) for name in rules.relations}
    by_triple: dict[str, list[str]] = defaultdict(list)
    for relation in rules.relations.values():
        for name in relation.triples:
            by_triple[name].append(relation.name)
    for item_id, name, label in triples:
        for relation in by_triple.get(_plain(name), ()):
            stated[relation][item_id].append(Stated(label, "triple", name))
    world = World(
        items=items, rules=rules, facts={}, lexicon=Lexicon(), average_rating=dict(average_rating or {})
    )  # fmt: skip
    for item_id, item in items.items():
        for relation in rules.relations.values():
            if relation.column and not (relation.kinds and world.kind(item_id) not in relation.kinds | {""}):
                known = {key(one.label) for one in stated[relation.name][item_id]}
                own = [label for label in _column(item, relation.column) if key(label) not in known]
                stated[relation.name][item_id] += [Stated(label, "catalogue", relation.column) for label in own]
    facts = {
        relation: {item_id: tuple(values) for item_id, values in by_item.items() if values}
        for relation, by_item in stated.items()
    }
    return World(
        items=items, rules=rules, facts=facts, lexicon=_lexicon(items, facts, rules),
        average_rating=world.average_rating,
    )  # fmt: skip


def _plain(name: str) -> str:
    """Return the last part of a relation's name: "film.film.directed_by" and "schema:directedBy" are "directed_by"."""
    last = re.split(r"[./:#]", name)[-1]
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", last).casefold().replace("-", "_").replace(" ", "_")


def _column(item: Item, column: str) -> tuple[str, ...]:
    value = getattr(item, column)
    if value is None or value == "":
        return ()
    return value if isinstance(value, tuple) else (str(value),)


def _lexicon(items: Mapping[str, Item], facts: Mapping[str, Mapping[str, tuple[Stated, ...]]], rules: Rules) -> Lexicon:
    lexicon = Lexicon()
    for item_id, label in unique_labels(items.values()).items():
        item = items[item_id]
        bare = _YEAR_BEHIND.sub("", item.title)
        names = {item.title, label, bare, front_article(item.title), front_article(bare), *item.aliases}
        for name in names:
            lexicon.add_title(name, item_id)
    for relation in rules.relations.values():
        if relation.family in _NUMBERS:
            continue
        for label in {one.label for values in facts[relation.name].values() for one in values}:
            lexicon.add(label, relation.family, label)
            if relation.family in ("place", "material", "theme"):
                for part in _PARTS.split(label):
                    lexicon.add(part, relation.family, part)
            if relation.family in ("genre", "kind"):
                lexicon.add_plural(label, relation.family, label)
    for name, label in rules.demonyms.items():
        lexicon.add(name, "country", label)
    for label in set(rules.demonyms.values()):
        lexicon.add(label, "country", label)
    for name, label in rules.genres.items():
        lexicon.add(name, "genre", label)
        lexicon.add_plural(name, "genre", label)
    for name, kind in KIND_OF.items():
        lexicon.add(name, "kind", kind)
    _add_surnames(lexicon, facts, rules)
    return lexicon


def _add_surnames(lexicon: Lexicon, facts: Mapping[str, Mapping[str, tuple[Stated, ...]]], rules: Rules) -> None:
    """Let a surname stand for a person where one person has it and nothing else is called so."""
    people = {
        one.label
        for relation in rules.relations.values()
        if relation.family == _PEOPLE
        for values in facts[relation.name].values()
        for one in values
    }
    names = {label: key(label) for label in people}
    last = Counter(words[-1] for words in names.values() if len(words) > 1)
    for label, words in names.items():
        if len(words) > 1 and last[words[-1]] == 1 and len(words[-1]) > 3 and not lexicon.has(words[-1:]):
            lexicon.add(label.split()[-1], _PEOPLE, label)


_NUMBERS = frozenset({"year", "price", "age", "stock", "rating", "count", "title", "kind", "together"})
