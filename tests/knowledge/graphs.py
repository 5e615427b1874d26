"""Small graphs for tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from engine.knowledge.graph import KnowledgeGraph

Triples = Iterable[tuple[str, str, str]]


def make_graph(triples: Triples, items: Mapping[str, str]) -> KnowledgeGraph:
    """Build a graph; `items` is entity id -> item id."""
    rows = pd.DataFrame(list(triples), columns=["head", "relation", "tail"]).astype(str)
    linked = pd.DataFrame(
        [(entity, entity, "item", item) for entity, item in items.items()],
        columns=["entity_id", "label", "kind", "item_id"],
    )
    return KnowledgeGraph.build(rows, linked)


def films() -> KnowledgeGraph:
    """Five films: three by Mann, two with Pacino, all but one in English, one sequel."""
    triples = [
        ("heat", "directed_by", "mann"), ("heat", "written_by", "mann"), ("heat", "starring", "pacino"),
        ("ali", "directed_by", "mann"), ("collateral", "directed_by", "mann"),
        ("scarface", "starring", "pacino"), ("sequel", "follows", "heat"),
        ("heat", "in_language", "english"), ("ali", "in_language", "english"),
        ("collateral", "in_language", "english"), ("scarface", "in_language", "english"),
    ]  # fmt: skip
    return make_graph(triples, {"heat": "i1", "ali": "i2", "collateral": "i3", "scarface": "i4", "sequel": "i5"})
