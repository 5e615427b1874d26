"""Charts say in words what they show, draw every interval, and let no label run as markup."""

from __future__ import annotations

from dataclasses import replace

import pytest

from audits.results import Card, Direction, Interval, Measure, Stage, Waterfall
from dashboard.render import text
from dashboard.render.charts.intervals import Line, intervals
from dashboard.render.charts.scatter import Point, scatter
from dashboard.render.charts.waterfall import waterfall
from tests.dashboard.log_fixture import HOSTILE_TITLE

CARD = Card(
    name="ndcg", label="NDCG@10", formula="", range="", direction=Direction.HIGHER, unit="", denominator="", missing="",
    source="",
)  # fmt: skip


def measured(value: float) -> Measure:
    bounds = Interval(low=value - 0.01, high=value + 0.01, level=0.95, method="")
    return Measure(card=CARD, run_id="r", value=value, n=10, interval=bounds)


def test_scatter_labels_do_not_cover_each_other() -> None:
    points = [Point(name=f"run {n}", paradigm="GR", x=measured(0.0), y=measured(0.2 + n * 1e-4)) for n in range(4)]
    drawn = scatter(points, 10)
    heights = sorted(a.y * 0 + a.yshift for a in drawn.plot.layout.annotations)
    assert len({round(h) for h in heights}) == 4
    assert all(f"run {n}" in drawn.alt for n in range(4))


def test_scatter_of_one_run_without_invention_has_a_range() -> None:
    drawn = scatter([Point(name="a", paradigm="unknown", x=measured(0.0), y=measured(0.0))], None)
    low, high = drawn.plot.layout.xaxis.range
    assert low < 0 < high


def test_hostile_names_are_escaped_in_charts() -> None:
    drawn = scatter([Point(name=HOSTILE_TITLE, paradigm="GR", x=measured(0.1), y=measured(0.2))], 10)
    assert "<script" not in drawn.plot.layout.annotations[0].text
    assert "$" not in drawn.plot.layout.annotations[0].text


def test_axis_ends_where_the_values_end() -> None:
    lines = [Line(name="a", value=84.1, low=81.9, high=86.2, said="84.1%"),
             Line(name="b", value=100.0, low=98.0, high=100.0, said="100.0%")]  # fmt: skip
    drawn = intervals(lines, axis="Delivered, %")
    assert max(drawn.plot.layout.xaxis.tickvals) <= 100
    assert drawn.plot.layout.xaxis.range[1] > 100


def test_faint_lines_are_hollow_and_dotted() -> None:
    drawn = intervals([Line(name="few", value=1.0, low=0.5, high=2.0, said="1", is_faint=True)], axis="x")
    assert drawn.plot.data[0].line.dash == "dot"
    assert drawn.plot.data[1].marker.symbol == "circle-open"


def test_waterfall_says_what_was_lost() -> None:
    stages = (
        Stage(name="r", label="Requested", remaining=10, lost=0),
        Stage(name="c", label="Real", remaining=7, lost=3),
    )
    drawn = waterfall(Waterfall(run_id="r", title="Slots", unit="slots", stages=stages), "#000000")
    assert "Real: 7 remain, 3 lost" in drawn.alt
    assert any("−3" in a.text for a in drawn.plot.layout.annotations)


def test_waterfall_of_nothing_is_drawn() -> None:
    stages = (Stage(name="r", label="Requested", remaining=0, lost=0),)
    assert (
        waterfall(Waterfall(run_id="r", title="Slots", unit="slots", stages=stages), "#000").plot.layout.xaxis.range[1]
        > 0
    )


def test_a_waterfall_of_few_has_a_tick_at_whole_numbers_only() -> None:
    for whole, tick in ((2, 1), (5, 1), (6, None), (10_000, None)):
        stages = (Stage(name="r", label="Requested", remaining=whole, lost=0),)
        drawn = waterfall(Waterfall(run_id="r", title="Slots", unit="slots", stages=stages), "#000")
        assert drawn.plot.layout.xaxis.dtick == tick


def test_an_axis_does_not_leave_the_range_of_the_measure() -> None:
    ranged = replace(CARD, range="[0, 1]: 1 is best")
    one = replace(measured(0.02), card=ranged)
    low, high = scatter([Point(name="a", paradigm="GR", x=one, y=one)], 10).plot.layout.yaxis.range
    assert (low, high) == pytest.approx((0.0076, 0.0324))
    bounds = Interval(low=0.0, high=0.04, level=0.95, method="")
    wide = replace(one, interval=bounds)
    drawn = scatter([Point(name="a", paradigm="GR", x=wide, y=wide)], 10).plot.layout
    assert (drawn.yaxis.range[0], drawn.xaxis.range[0]) == (0.0, 0.0)
    line = Line(name="a", value=0.02, low=0.0, high=0.04, said="0.02")
    assert intervals([line], axis="NDCG", limits=(0.0, 1.0)).plot.layout.xaxis.range[0] == 0.0
    assert intervals([line], axis="difference").plot.layout.xaxis.range[0] < 0.0


@pytest.mark.parametrize(
    ("said", "unit", "ends"),
    [
        ("[0, 1]", "", (0, 1)), ("[0, 1]; 0.5 is chance", "share", (0, 100)), ("[0, inf)", "", (0, None)),
        ("(0, 1]", "", (0, 1)), ("[-1, unbounded): 0 as before", "", (-1, None)), ("[0, ln 100]", "", (0, None)),
        ("[0, (k + 3) / (4 (k + 1))]", "", (0, None)), ("1, 2 or 3", "", (None, None)), ("", "", (None, None)),
    ],
)  # fmt: skip
def test_the_ends_of_a_range_are_read_from_the_card(said: str, unit: str, ends: tuple) -> None:
    assert text.limits(replace(CARD, range=said, unit=unit)) == ends
