"""Precision and recall of grounding against hand-labelled pairs: real titles, real decorations, hard negatives."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.grounding import Grounder
from engine.records import Item

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A line and the item that a reader takes it for; None: no item of the catalogue."""

    line: str
    item_id: str | None


def read_catalogue() -> dict[str, Item]:
    with (HERE / "catalogue.tsv").open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["id"]: _item(row) for row in rows}


def _item(row: dict[str, str]) -> Item:
    def parts(text: str) -> tuple[str, ...]:
        return tuple(part for part in text.split("|") if part)

    return Item(
        item_id=row["id"],
        title=row["title"],
        domain=row["domain"],
        year=int(row["year"]) if row["year"] else None,
        creators=parts(row["creators"]),
        aliases=parts(row["aliases"]),
    )


def read_pairs() -> list[Pair]:
    rows = (HERE / "pairs.tsv").read_text(encoding="utf-8").splitlines()[1:]
    cells = [row.split("\t") for row in rows]
    return [Pair(line=line, item_id=None if expected == "-" else expected) for line, expected, *_ in cells]


@pytest.fixture(scope="module")
def grounder() -> Grounder:
    return Grounder(read_catalogue())


def test_the_pairs_are_many_and_all_items_are_known():
    pairs, items = read_pairs(), read_catalogue()
    assert len(pairs) >= 250
    assert sum(pair.item_id is None for pair in pairs) >= 100
    assert {pair.item_id for pair in pairs} <= {*items, None}
    assert len({pair.line for pair in pairs}) == len(pairs)


def test_precision_and_recall(grounder: Grounder):
    pairs = read_pairs()
    matches = grounder.ground([pair.line for pair in pairs])
    found = [match.item_id if match else None for match in matches]
    right = sum(pair.item_id == item is not None for pair, item in zip(pairs, found, strict=True))
    n_found, n_wanted = sum(item is not None for item in found), sum(pair.item_id is not None for pair in pairs)
    wrong = [(pair.line, pair.item_id, item) for pair, item in zip(pairs, found, strict=True) if pair.item_id != item]
    precision, recall = right / n_found, right / n_wanted
    report = (
        f"{len(pairs)} pairs, precision {precision:.4f} ({right}/{n_found}), recall {recall:.4f} ({right}/{n_wanted})"
    )
    print(report, *wrong, sep="\n  ")
    assert precision >= 0.97, (report, wrong)
    assert recall >= 0.97, (report, wrong)
