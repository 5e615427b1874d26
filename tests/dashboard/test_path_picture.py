"""The picture of knowledge paths and the bars of contributions: what stands where, and that names stay text."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from audits.results import PathExample, PathHop, PathStop
from dashboard.loaders.why import Contribution, Explanation, PathLine
from dashboard.render.charts.contributions import contributions, drawn
from dashboard.render.path_picture import picture
from dashboard.render.why import takeaway
from tests.dashboard.log_fixture import HOSTILE_NAME, HOSTILE_TITLE


def path(*stops: str, inverse: tuple[bool, ...], true: tuple[bool, ...] | None = None, names: dict | None = None):
    return PathLine(
        shown=PathExample(
            run_id="r", request_id="r:0", slot_rank=1, origin="found",
            stops=tuple(PathStop(label=(names or {}).get(stop, f"name of {stop}")) for stop in stops),
            hops=tuple(
                PathHop(relation="made_by", is_inverse=back, is_true=is_true)
                for back, is_true in zip(inverse, true or (True,) * len(inverse), strict=True)
            ),
        ),
        entity_ids=stops,
        kinds=("",) * len(stops),
    )  # fmt: skip


def data(html: str) -> tuple[dict[str, dict], list[dict]]:
    nodes, edges = (
        json.loads(found) for found in re.findall(r"new vis\.DataSet\((\[.*?\])\)", html.split("<body>")[1])
    )
    return {node["id"]: node for node in nodes}, edges


def test_history_stands_left_and_the_item_right_and_nothing_overlaps():
    lines = [
        path("a", "p", "z", inverse=(False, True)),
        path("b", "q", "z", inverse=(False, True)),
        path("a", "r", "z", inverse=(False, True)),
    ]
    nodes, edges = data(picture(lines, "light")[0])
    assert set(nodes) == set("abpqrz")
    assert nodes["a"]["x"] < nodes["p"]["x"] < nodes["z"]["x"]
    for one in nodes.values():
        for other in nodes.values():
            assert one is other or abs(one["x"] - other["x"]) > 200 or abs(one["y"] - other["y"]) > 60
    assert len(edges) == 6


def test_an_arrow_points_from_a_facts_head_to_its_tail_and_untrue_ones_are_marked():
    _, edges = data(picture([path("a", "p", "z", inverse=(False, True), true=(True, False))], "light")[0])
    assert [(edge["from"], edge["to"]) for edge in edges] == [("a", "p"), ("z", "p")]
    assert [edge["label"] for edge in edges] == ["made by", "made by × not in the graph"]
    assert [edge["dashes"] for edge in edges] == [False, True]


def test_parallel_relations_share_an_arrow():
    other = path("a", "p", "z", inverse=(False, True))
    hops = tuple(PathHop(relation="starring", is_inverse=hop.is_inverse) for hop in other.shown.hops)
    other = replace(other, shown=replace(other.shown, hops=hops))
    _, edges = data(picture([path("a", "p", "z", inverse=(False, True)), other], "light")[0])
    assert [edge["label"] for edge in edges] == ["made by, starring"] * 2


def test_hostile_names_stay_data():
    names = {"a": HOSTILE_TITLE, "p": HOSTILE_NAME, "z": "line\nbreak </script><script>alert(1)</script>"}
    html, _ = picture([path("a", "p", "z", inverse=(False, True), names=names)], "dark")
    body = html.split("<body>")[1]
    assert body.count("<script") == 1
    assert "<img" not in body
    nodes, _ = data(html)
    assert nodes["p"]["label"] == HOSTILE_NAME
    assert nodes["z"]["label"] == "line break </script><script>alert(1)</script>"
    assert all("title" not in node for node in nodes.values())  # vis-network would read it as HTML


def test_the_page_asks_nothing_of_others():
    html, _ = picture([path("a", "p", "z", inverse=(False, True))], "light")
    assert "default-src 'none'" in html
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=", html.split("<script>")[0] + html.split("<body>")[1])


def test_light_and_dark_differ():
    line = [path("a", "p", "z", inverse=(False, True))]
    assert "#14171a" in picture(line, "dark")[0]
    assert "#fbfaf8" in picture(line, "light")[0]


def explanation(*values: float, kind: str = "history item", error: float | None = None, gap: float = 0.0):
    parts = tuple(
        Contribution(name=f"part {place}", value=value, error=error, is_named=place == 0)
        for place, value in enumerate(values)
    )
    return Explanation(
        kind=kind, parts=parts, base=1.0, score=1.0 + sum(values) + gap, gap=gap, n_evaluations=8, method="exact values"
    )  # fmt: skip


def test_bars_come_by_size_and_small_ones_together():
    shown = drawn(explanation(*range(1, 21)))
    assert [part.value for part in shown[:3]] == [20, 19, 18]
    assert shown[-1].name == "5 others together"
    assert sum(part.value for part in shown) == sum(range(1, 21))


def test_lines_of_a_prompt_keep_their_order():
    shown = drawn(explanation(1.0, 3.0, -2.0, kind="prompt segment"))
    assert [part.value for part in shown] == [1.0, 3.0, -2.0]


def test_the_bars_carry_values_errors_and_names():
    figure = contributions(explanation(2.0, -1.0, error=0.25))
    (bars,) = figure.plot.data
    assert list(bars.x) == [2.0, -1.0]
    assert list(bars.error_x.array) == [0.25, 0.25]
    assert bars.marker.color[0] != bars.marker.color[1]
    assert figure.plot.layout.yaxis.ticktext[0].endswith("✓")
    assert "part 0: +2 ± 0.25, named by the reason" in figure.alt


def test_the_takeaway_adds_up():
    said = takeaway(explanation(2.0, -1.0, gap=0.5))
    assert said.startswith("Score 2.5 = base value 1 +1 from 2 history items, additivity gap 0.5.")
    assert "“part 0” holds 67% of what they contribute" in said
    assert "from 3 lines of the prompt," in takeaway(explanation(1.0, 1.0, 1.0, kind="prompt segment"))


def test_nothing_that_contributes_is_said():
    one = explanation(0.0, 0.0)
    assert "Nothing contributes" in takeaway(one)
    assert contributions(one).alt
