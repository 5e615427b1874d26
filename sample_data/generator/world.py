"""Put the world together and write its files. Not here: how each part is made."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sample_data.generator.attributes import Offer, draw_offers
from sample_data.generator.behaviour import Meeting, simulate
from sample_data.generator.catalogue import CATALOGUE, Entry, read_catalogue
from sample_data.generator.descriptions import describe
from sample_data.generator.graph import Graph, build_graph
from sample_data.generator.likeness import measure
from sample_data.generator.parameters import GROUPS, Parameters
from sample_data.generator.pictures import draw_all
from sample_data.generator.population import Person, draw_population

NAME, VERSION, DISCLOSURE = "sample-world", "1", "simulated behaviour"
ITEM_COLUMNS = (
    "item_id", "title", "domain", "creators", "categories", "year", "description", "aliases",
    "provider", "price", "in_stock", "age_rating",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """All parts, ready to be written."""

    entries: tuple[Entry, ...]
    offers: tuple[Offer, ...]
    people: tuple[Person, ...]
    meetings: tuple[Meeting, ...]
    graph: Graph


def make_world(parameters: Parameters, catalogue: Path = CATALOGUE) -> World:
    """Simulate the world; equal parameters and catalogue give an equal world."""
    entries = read_catalogue(catalogue)
    likeness = measure(entries)
    offers = draw_offers(entries, parameters)
    people = draw_population(parameters, likeness.themes.sum(axis=0))
    meetings = simulate(entries, offers, likeness, people, parameters)
    return World(entries=entries, offers=offers, people=people, meetings=meetings, graph=build_graph(entries))


def write_world(world: World, parameters: Parameters, folder: Path) -> None:
    """Write the tables, the pictures and world.json with the SHA-256 of each table and of all pixels."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [group.name for group in GROUPS]
    graph = world.graph
    tables: dict[str, tuple[Sequence[str], Iterable[Sequence[object]]]] = {
        "items": (ITEM_COLUMNS, (_item_row(e, o) for e, o in zip(world.entries, world.offers, strict=True))),
        "users": (("user_id", *names), ((p.user_id, *(p.groups[name] for name in names)) for p in world.people)),
        "interactions": (
            ("user_id", "item_id", "timestamp", "rating"),
            ((m.user_id, world.entries[m.item].item_id, m.timestamp, _blank(m.rating)) for m in world.meetings),
        ),
        "entities": (
            ("entity_id", "label", "kind", "item_id"),
            ((e.entity_id, e.label, e.kind, e.item_id) for e in graph.entities),
        ),
        "triples": (("head", "relation", "tail"), ((t.head, t.relation, t.tail) for t in graph.triples)),
    }
    digests = {f"{name}.csv": _write(folder / f"{name}.csv", *table) for name, table in tables.items()}
    about = {
        "name": NAME,
        "version": VERSION,
        "disclosure": DISCLOSURE,
        "seed": parameters.seed,
        "counts": {
            "items": len(world.entries),
            "users": len(world.people),
            "interactions": len(world.meetings),
            "entities": len(graph.entities),
            "triples": len(graph.triples),
            "pictures": len(world.entries),
        },
        "sha256": digests | {"pictures (decoded pixels)": draw_all(world.entries, folder / "pictures")},
    }
    (folder / "world.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8", newline="\n")


def _item_row(entry: Entry, offer: Offer) -> tuple[object, ...]:
    return (
        entry.item_id,
        entry.title,
        entry.domain,
        "|".join(entry.creators),
        "|".join(entry.categories),
        _blank(entry.year),
        describe(entry),
        "|".join(entry.aliases),
        offer.provider,
        offer.price,
        "true" if offer.in_stock else "false",
        offer.age_rating,
    )


def _blank(value: object | None) -> object:
    return "" if value is None else value


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    return hashlib.sha256(path.read_bytes()).hexdigest()
