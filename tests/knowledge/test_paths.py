"""Paths between items: worked out by hand on five films, and against networkx on random graphs."""

from __future__ import annotations

import os
from importlib.resources import as_file, files
from pathlib import Path

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.knowledge.graph import KnowledgeGraph
from engine.knowledge.paths import PathFinder, PathLimits
from tests.knowledge.graphs import films, make_graph

_ROOT = Path(__file__).parents[2]
MOVIELENS = Path(os.environ.get("RECAUDIT_TEST_DATA") or _ROOT.parent / "shared" / "data") / "ml-100k"
ENGLISH_IS_A_HUB = PathLimits(hub_share=0.6, hub_floor=3)


def walked(paths) -> list[tuple[str, ...]]:
    return [path.entities for path in paths]


def test_the_shortest_come_first_and_say_their_relations():
    found = PathFinder(films(), ENGLISH_IS_A_HUB).shortest(["i1"], "i2")
    assert walked(found) == [("heat", "mann", "ali")]
    assert found[0].relations == ("directed_by", "directed_by")  # not written_by: the same relation both ways


def test_a_direct_link_is_a_path():
    assert walked(PathFinder(films(), ENGLISH_IS_A_HUB).shortest(["i1"], "i5"))[0] == ("heat", "sequel")


def test_longer_ones_fill_up():
    limits = PathLimits(hub_share=0.6, hub_floor=3, max_hops=3, n_paths=2)
    assert walked(PathFinder(films(), limits).shortest(["i2"], "i5")) == [("ali", "mann", "heat", "sequel")]


def test_hubs_are_left_out_unless_allowed():
    finder = PathFinder(films(), ENGLISH_IS_A_HUB)
    assert {finder.graph.entity_ids[node] for node in finder.hubs} == {"english"}
    assert finder.shortest(["i2"], "i4") == []
    one = PathFinder(films(), PathLimits(hub_share=0.6, hub_floor=3, max_hubs=1))
    assert walked(one.shortest(["i2"], "i4"))[0] == ("ali", "english", "scarface")


def test_an_item_is_never_a_hub():
    graph = make_graph(
        [("star", "r", f"x{n}") for n in range(9)], {"star": "s", **{f"x{n}": f"i{n}" for n in range(9)}}
    )
    finder = PathFinder(graph, PathLimits(hub_share=0.0, hub_floor=0))
    assert finder.hubs == frozenset()
    assert walked(finder.shortest(["i0"], "i1")) == [("x0", "star", "x1")]


def test_rare_entities_come_before_common_ones_and_recent_items_before_old():
    graph = make_graph(
        [("a", "r", "rare"), ("t", "r", "rare"), ("b", "r", "common"), ("c", "r", "common"), ("t", "r", "common"),
         ("d", "r", "common")],
        {name: name for name in "abcdt"},
    )  # fmt: skip
    finder = PathFinder(graph, PathLimits(n_paths=5))
    assert walked(finder.shortest(["a", "b", "c"], "t")) == [("a", "rare", "t"), ("c", "common", "t")]


def test_the_way_does_not_lead_through_other_items_of_the_history_or_the_target():
    graph = make_graph([("a", "r", "b"), ("b", "r", "t")], {name: name for name in "abt"})
    assert walked(PathFinder(graph).shortest(["a", "b"], "t")) == [("b", "t")]


def test_what_was_consumed_before_is_not_explained_by_itself():
    graph = make_graph([("a", "r", "x"), ("b", "r", "x")], {"a": "a", "b": "b"})
    assert walked(PathFinder(graph).shortest(["a", "b"], "a")) == [("b", "x", "a")]
    assert PathFinder(graph).shortest(["a"], "a") == []


@pytest.mark.parametrize(("history", "item"), [([], "i1"), (["nothing"], "i1"), (["i1"], "nothing")])
def test_what_the_graph_does_not_know_has_no_path(history, item):
    assert PathFinder(films()).shortest(history, item) == []


def test_typed_paths_follow_the_pattern():
    finder = PathFinder(films(), PathLimits(n_paths=9))
    assert walked(finder.typed(["i1"], "i2", ("directed_by", "^directed_by"))) == [("heat", "mann", "ali")]
    assert finder.typed(["i1"], "i2", ("starring", "^starring")) == []
    assert finder.typed(["i1"], "i4", ("starring", "^starring"))[0].relations == ("starring", "starring")
    assert walked(finder.typed(["i1"], "i5", ("^follows",))) == [("heat", "sequel")]
    assert finder.typed(["i1"], "i5", ("follows",)) == []


def test_a_pattern_longer_than_the_limit_is_refused():
    with pytest.raises(ValueError, match="1 to 3 steps"):
        PathFinder(films()).typed(["i1"], "i2", ("a",) * 4)


def test_limits_below_their_least_value_are_refused():
    with pytest.raises(ValueError, match="at least"):
        PathLimits(max_hops=0)


def test_a_search_ends_at_its_budget():
    names = [f"m{n:03d}" for n in range(300)]
    graph = make_graph([(end, "r", name) for name in names for end in ("a", "t")], {"a": "a", "t": "t"})
    few = PathFinder(graph, PathLimits(n_paths=300, max_steps=20)).shortest(["a"], "t")
    assert 0 < len(few) <= 20


@given(
    edges=st.sets(st.tuples(st.integers(0, 9), st.sampled_from("rs"), st.integers(0, 9)), max_size=24),
    history=st.lists(st.integers(0, 4), min_size=1, max_size=3, unique=True),
    target=st.integers(5, 9),
)
def test_every_shortest_path_of_networkx_is_found(edges, history, target):
    graph = make_graph([(f"n{a}", r, f"n{b}") for a, r, b in edges], {f"n{n}": f"n{n}" for n in range(10)})
    finder = PathFinder(graph, PathLimits(max_hops=4, n_paths=10_000, hub_floor=100))
    sources, goal = [f"n{n}" for n in history], f"n{target}"
    found = finder.shortest(sources, goal)
    plain = nx.Graph([(f"n{a}", f"n{b}") for a, _, b in edges if a != b])
    plain.add_nodes_from(f"n{n}" for n in range(10))
    expected = set()
    for source in sources:
        inner = plain.subgraph(set(plain) - (set(sources) - {source}))
        expected |= {tuple(walk) for walk in nx.all_simple_paths(inner, source, goal, cutoff=4)}
    assert set(walked(found)) <= expected
    assert {walk[1:] for walk in expected} == {walk[1:] for walk in walked(found)}
    for path in found:
        for head, relation, tail in zip(path.entities, path.relations, path.entities[1:], strict=False):
            assert graph.has_triple(head, relation, tail) or graph.has_triple(tail, relation, head)


def test_the_sample_worlds_graph_links_books_of_a_series():
    world = files("sample_data") / "world"
    with as_file(world) as folder:
        graph = KnowledgeGraph.build(
            pd.read_csv(folder / "triples.csv", dtype=str), pd.read_csv(folder / "entities.csv", dtype=str)
        )
    finder = PathFinder(graph)
    assert "language:english" in {graph.entity_ids[node] for node in finder.hubs}
    series = next(
        n for n in range(len(graph)) if graph.entity_ids[n].startswith("series:") and graph.item_degrees[n] > 1
    )
    first, second = sorted(graph.item_of[node] for node in graph.neighbours(series) if node in graph.item_of)[:2]
    found = finder.typed([first], second, ("part_of_series", "^part_of_series"))
    assert walked(found)[0][1] == graph.entity_ids[series]
    assert finder.shortest([first], second)


@pytest.mark.skipif(not MOVIELENS.is_dir(), reason=f"no folder {MOVIELENS}; RECAUDIT_TEST_DATA names its parent")
def test_the_freebase_graph_of_movielens_has_its_hubs_and_its_links():
    graph = movielens_graph()
    finder = PathFinder(graph)
    assert graph.n_triples == 91_631
    assert len(graph.nodes_of_item) == 1_598
    assert {graph.entity_ids[node] for node in finder.hubs} >= {"m.02h40lc", "m.09c7w0"}  # English, United States
    found = finder.shortest(["172"], "181")
    assert [path.relations for path in found[:2]] == [("film.film.genre", "film.film.genre")] * 2
    assert all(path.entities[0] == "m.0ktdb" and path.entities[-1] == "m.0344xk" for path in found)


def movielens_graph() -> KnowledgeGraph:
    triples = pd.read_csv(MOVIELENS / "ml-100k.kg", sep="\t", dtype=str)
    triples.columns = ["head", "relation", "tail"]
    links = pd.read_csv(MOVIELENS / "ml-100k.link", sep="\t", dtype=str)
    links.columns = ["item_id", "entity_id"]
    return KnowledgeGraph.build(triples, links)
