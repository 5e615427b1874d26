"""Two measures of the same runs against each other, with intervals and direct labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from audits.results import Measure
from dashboard.render import text
from dashboard.render.charts.style import Figure, styled, within
from dashboard.render.paradigms import look

_HEIGHT = 380
_LABEL_PIXELS = 17.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One run: its measure along x and its measure along y, both computed."""

    name: str
    paradigm: str
    x: Measure
    y: Measure


def scatter(points: Sequence[Point], k: int | None) -> Figure:
    """Draw the points; crosses are confidence intervals over users."""
    plot = go.Figure()
    for point in points:
        look_ = look(point.paradigm)
        plot.add_trace(
            go.Scatter(
                x=[text.scaled(point.x.value, point.x.card)],
                y=[text.scaled(point.y.value, point.y.card)],
                error_x=_bars(point.x, look_.colour),
                error_y=_bars(point.y, look_.colour),
                mode="markers",
                cliponaxis=False,
                marker={
                    "symbol": look_.symbol,
                    "size": 11,
                    "color": look_.colour,
                    "line": {"width": 2, "color": look_.colour},
                },
                name=text.chart(point.name),
                hovertemplate=_hover(point, k),
            )
        )
    first = points[0]
    low, high = _range([p.y for p in points])
    x_low, x_high = _range([p.x for p in points], floor=True)
    plot.update_xaxes(title_text=text.chart(text.axis_title(first.x.card, k)), range=[x_low, x_high])
    plot.update_yaxes(title_text=text.chart(text.axis_title(first.y.card, k)), range=[low, high])
    styled(plot, height=_HEIGHT, right=24)  # half of the last tick's label, which is hidden where it does not fit
    _label(plot, points, low, high, x_low, x_high)
    return Figure(plot=plot, alt=_alt(points, k))


def _label(plot: go.Figure, points: Sequence[Point], low: float, high: float, x_low: float, x_high: float) -> None:
    """Write each run's name beside its point, moved up or down where names would cover each other."""
    pixels = (_HEIGHT - 70) / ((high - low) or 1.0)
    width = (x_high - x_low) or 1.0
    taken: list[tuple[float, float]] = []  # share of the width, height in pixels
    for point in sorted(points, key=lambda p: p.y.value or 0.0):
        x, y = text.scaled(point.x.value, point.x.card) or 0.0, text.scaled(point.y.value, point.y.card) or 0.0
        place, at = (x - x_low) / width, y * pixels + 10
        near = [other for share, other in taken if abs(share - place) < 0.3]
        while any(abs(at - other) < _LABEL_PIXELS for other in near):
            at += 1.0
        taken.append((place, at))
        right_edge = place > 0.8
        plot.add_annotation(
            x=x, y=y, text=f"{look(point.paradigm).mark} {text.chart(text.shorten(point.name, 28))}", showarrow=False,
            xanchor="right" if right_edge else "left", xshift=-9 if right_edge else 9, yshift=at - y * pixels,
            font={"size": 12.5},
        )  # fmt: skip


def _bars(measure: Measure, colour: str) -> dict[str, object]:
    if measure.interval is None or measure.value is None:
        return {"visible": False}
    high = text.scaled(measure.interval.high - measure.value, measure.card)
    low = text.scaled(measure.value - measure.interval.low, measure.card)
    return {
        "type": "data", "symmetric": False, "array": [max(high or 0.0, 0.0)], "arrayminus": [max(low or 0.0, 0.0)],
        "color": colour, "thickness": 1.6, "width": 5,
    }  # fmt: skip


def _range(measures: Sequence[Measure], *, floor: bool = False) -> tuple[float, float]:
    ends = [
        text.scaled(end, m.card) or 0.0
        for m in measures
        for end in ((m.interval.low, m.interval.high) if m.interval else (m.value, m.value))
    ]
    low, high = min(ends), max(ends)
    room = (high - low) * 0.12 or (1.0 if floor else 0.05)
    limits = text.limits(measures[0].card)
    low = min(low - room, -0.04 * (high + room)) if floor else low - room
    return within(low, limits), within(high + room, limits)


def _hover(point: Point, k: int | None) -> str:
    lines = [f"<b>{text.chart(point.name)}</b>"]
    for measure in (point.y, point.x):
        bounds = text.interval_text(measure.interval, measure.card)
        shown = text.value(measure.value, measure.card, measure.interval)
        lines.append(f"{text.chart(text.label(measure.card, k))}: {shown}" + (f" ({bounds})" if bounds else ""))
    return "<br>".join(lines) + "<extra></extra>"


def _alt(points: Sequence[Point], k: int | None) -> str:
    first = points[0]
    rows = "; ".join(
        f"{p.name}: {text.value(p.y.value, p.y.card, p.y.interval)}, {text.value(p.x.value, p.x.card, p.x.interval)}"
        for p in points
    )
    return f"{text.label(first.y.card, k)} against {text.label(first.x.card, k)}, one point a run. {rows}."
