"""Values on one line each, with their intervals: measures by run, differences by run, groups of users."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard.render import text
from dashboard.render.charts.style import MUTED, Figure, Limits, styled, within

_ROW = 34


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One value as it is drawn (shares in percent). `said` is the value in words; `is_faint`: too few to rely on."""

    name: str
    value: float
    low: float | None
    high: float | None
    said: str
    colour: str = MUTED
    symbol: str = "circle"
    is_faint: bool = False


def intervals(
    lines: Sequence[Line],
    *,
    axis: str,
    zero_line: bool = False,
    mark: float | None = None,
    limits: Limits = (None, None),
) -> Figure:
    """Draw one dot a line, top down, with its interval and its value beside it.

    Args:
        lines: what to draw.
        axis: name and unit of the axis.
        zero_line: draw where nothing differs.
        mark: a value to draw a dotted line at, such as the overall value.
        limits: ends of the range of what is drawn, None where it has none; the axis does not begin or go on beyond.
    """
    plot = go.Figure()
    names = [text.chart(text.shorten(line.name, 36)) for line in lines]
    for place, line in enumerate(lines):
        symbol = line.symbol if not line.is_faint or line.symbol.endswith("-open") else f"{line.symbol}-open"
        if line.low is not None and line.high is not None:
            plot.add_trace(
                go.Scatter(x=[line.low, line.high], y=[place, place], mode="lines", hoverinfo="skip",
                           line={"color": line.colour, "width": 2, "dash": "dot" if line.is_faint else "solid"})
            )  # fmt: skip
        plot.add_trace(
            go.Scatter(
                x=[line.value], y=[place], mode="markers", cliponaxis=False,
                hovertemplate=f"{names[place]}: {line.said}<extra></extra>",
                marker={"symbol": symbol, "size": 11, "color": line.colour, "line": {"width": 2, "color": line.colour}},
            )
        )  # fmt: skip
        end = line.value if line.high is None else max(line.high, line.value)
        plot.add_annotation(x=end, y=place, text=text.chart(line.said), showarrow=False, xanchor="left", xshift=10,
                            font={"size": 12.5})  # fmt: skip
    plot.update_yaxes(tickvals=list(range(len(lines))), ticktext=names, range=[len(lines) - 0.5, -0.5], showgrid=False)
    low, high, room = _ends(lines, zero_line=zero_line, mark=mark, limits=limits)
    plot.update_xaxes(title_text=text.chart(axis), range=[low, high + room], tickvals=_ticks(low, high))
    if zero_line:
        plot.add_vline(x=0, line={"color": MUTED, "width": 1})
    if mark is not None:
        plot.add_vline(x=mark, line={"color": MUTED, "width": 1, "dash": "dot"})
    styled(plot, height=72 + _ROW * max(len(lines), 2))
    return Figure(plot=plot, alt=f"{axis}. " + "; ".join(f"{line.name}: {line.said}" for line in lines) + ".")


def _ends(lines: Sequence[Line], *, zero_line: bool, mark: float | None, limits: Limits) -> tuple[float, float, float]:
    """Return the ends of what is drawn, and the room on the right for the values in words."""
    ends = [e for line in lines for e in (line.low, line.high, line.value) if e is not None]
    ends += [0.0] if zero_line else []
    ends += [mark] if mark is not None else []
    low, high = min(ends), max(ends)
    if low == high:  # one value alone: its distance from zero is all that there is to see
        low, high = min(0.0, low), max(0.0, high)
    width = (high - low) or 1.0
    return within(low - 0.06 * width, limits), high, 0.5 * width


def _ticks(low: float, high: float) -> list[float]:
    """Return about five round values within the ends: the axis must not go on into the room for words."""
    rough = (high - low) / 5 or 1.0
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= rough)
    first, last = math.ceil(low / step), math.floor(high / step + 1e-9)
    return [round(place * step, 10) for place in range(first, last + 1)]
