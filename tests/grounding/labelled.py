"""Lines that models write, each with the item that a reader takes it for, and how well grounding finds it.

pairs.tsv: the line, the item's id or - for none, why (optional). catalogue.tsv: the items. Print the table:
python -m tests.grounding.labelled
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.grounding import Grounder
from engine.records import Item

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A line and the item that a reader takes it for; None: no item of the catalogue."""

    line: str
    item_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A pair and what grounding made of it. `kind`: of the line; `match_kind`: how it was found, None: it was not."""

    pair: Pair
    kind: str
    found: str | None
    match_kind: str | None


def read_catalogue() -> dict[str, Item]:
    """Return the items by id."""
    with (HERE / "catalogue.tsv").open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["id"]: _item(row) for row in rows}


def read_pairs() -> list[Pair]:
    """Return all labelled lines."""
    rows = (HERE / "pairs.tsv").read_text(encoding="utf-8").splitlines()[1:]
    cells = [row.split("\t") for row in rows]
    return [Pair(line=line, item_id=None if expected == "-" else expected) for line, expected, *_ in cells]


def judge(pairs: Sequence[Pair], items: dict[str, Item]) -> list[Judged]:
    """Ground every line."""
    matches = Grounder(items).ground([pair.line for pair in pairs])
    return [
        Judged(
            pair=pair, kind=_kind(pair, items), found=match.item_id if match else None,
            match_kind=str(match.kind) if match else None,
        )
        for pair, match in zip(pairs, matches, strict=True)
    ]  # fmt: skip


def precision_and_recall(judged: Sequence[Judged]) -> tuple[float, float]:
    """Return the share of right ones among the items found, and of found ones among the items meant."""
    right = sum(one.found is not None and one.found == one.pair.item_id for one in judged)
    n_found = sum(one.found is not None for one in judged)
    n_meant = sum(one.pair.item_id is not None for one in judged)
    return right / n_found if n_found else 1.0, right / n_meant if n_meant else 1.0


def table(judged: Sequence[Judged]) -> str:
    """Return what was found, by kind of line, as markdown."""
    lines = [
        "| lines | n | right item | another item | no item | precision | recall |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name in ("all", *dict.fromkeys(sorted(one.kind for one in judged))):
        some = [one for one in judged if name in ("all", one.kind)]
        right = sum(one.found is not None and one.found == one.pair.item_id for one in some)
        none = sum(one.found is None for one in some)
        precision, recall = precision_and_recall(some)
        meant = any(one.pair.item_id is not None for one in some)
        shares = f"{precision:.4f} | {recall:.4f}" if meant else "– | –"
        lines.append(f"| {name} | {len(some)} | {right} | {len(some) - right - none} | {none} | {shares} |")
    return "\n".join(lines)


def _kind(pair: Pair, items: dict[str, Item]) -> str:
    if pair.item_id is None:
        return "of no item: near titles and inventions"
    item = items[pair.item_id]
    names = {item.title, *item.aliases}
    if pair.line in names:
        return "a title as it is"
    if any(name.casefold() in pair.line.casefold() for name in names):
        return "a title with numbers, quotes, years, names around it"
    return "a title written otherwise: spelling, article, order, translation"


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


if __name__ == "__main__":
    print(table(judge(read_pairs(), read_catalogue())))
