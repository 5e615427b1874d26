"""The graph: what joins whom, both ways, whatever the order of the triples."""

from __future__ import annotations

import pandas as pd

from engine.knowledge.graph import KnowledgeGraph, Link
from tests.knowledge.graphs import films, make_graph


def test_neighbours_are_joined_both_ways():
    graph = films()
    heat, mann = graph.index["heat"], graph.index["mann"]
    assert mann in graph.neighbours(heat)
    assert heat in graph.neighbours(mann)
    assert graph.links(heat, mann) == (Link(relation="directed_by", is_inverse=False),
                                       Link(relation="written_by", is_inverse=False))  # fmt: skip
    assert graph.links(mann, heat) == (Link(relation="directed_by", is_inverse=True),
                                       Link(relation="written_by", is_inverse=True))  # fmt: skip


def test_links_of_strangers_are_none():
    graph = films()
    assert graph.links(graph.index["heat"], graph.index["ali"]) == ()
    assert graph.links(graph.index["scarface"], graph.index["sequel"]) == ()  # the last of all ids


def test_neighbours_by_relation_follow_its_direction():
    graph = films()
    heat, mann = graph.index["heat"], graph.index["mann"]
    assert graph.neighbours_by(heat, "directed_by") == {mann}
    assert graph.neighbours_by(heat, "^directed_by") == frozenset()
    assert graph.neighbours_by(mann, "^directed_by") == {heat, graph.index["ali"], graph.index["collateral"]}


def test_a_triple_is_there_in_its_direction_only():
    graph = films()
    assert graph.has_triple("heat", "directed_by", "mann")
    assert not graph.has_triple("mann", "directed_by", "heat")
    assert not graph.has_triple("heat", "starring", "mann")
    assert not graph.has_triple("nobody", "starring", "mann")


def test_degrees_count_neighbours_once():
    graph = films()
    assert graph.degrees[graph.index["mann"]] == 3  # heat twice, by two relations
    assert graph.item_degrees[graph.index["english"]] == 4
    assert graph.item_degrees[graph.index["mann"]] == 3


def test_items_are_known_by_their_own_ids():
    graph = films()
    assert graph.nodes_of(["i1", "no such item", "i2"]) == [graph.index["heat"], graph.index["ali"]]


def test_repeats_and_loops_are_left_out():
    graph = make_graph([("a", "r", "b"), ("a", "r", "b"), ("a", "r", "a")], {"a": "1", "b": "2"})
    assert graph.n_triples == 1
    assert graph.neighbours(graph.index["a"]) == {graph.index["b"]}


def test_the_order_of_rows_does_not_matter():
    triples, items = [("a", "r", "b"), ("c", "s", "b"), ("a", "q", "c")], {"a": "1", "b": "2", "c": "3"}
    one, other = make_graph(triples, items), make_graph(triples[::-1], dict(reversed(items.items())))
    assert one.entity_ids == other.entity_ids
    assert [one.neighbours(n) for n in range(3)] == [other.neighbours(n) for n in range(3)]
    assert one.links(0, 1) == other.links(0, 1)


def test_a_dataset_without_a_graph_gives_an_empty_one(tiny_dataset):
    graph = KnowledgeGraph.of(tiny_dataset)
    assert len(graph) == 0
    assert graph.nodes_of(["i01"]) == []
    assert list(graph.item_degrees) == []


def test_an_entity_that_only_triples_name_is_taken_in():
    triples = pd.DataFrame([("a", "r", "x")], columns=["head", "relation", "tail"])
    entities = pd.DataFrame([("a", "A", None, "1")], columns=["entity_id", "label", "kind", "item_id"])
    assert KnowledgeGraph.build(triples, entities).entity_ids == ("a", "x")
