"""What all charts share: no clutter, thin grid, room for labels. Text and background colours are the page theme's."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go

CONFIG = {"displayModeBar": False, "scrollZoom": False, "responsive": True}
GRID = "rgba(128,128,128,0.18)"
Limits = tuple[float | None, float | None]
MUTED = "#8a8f98"
LOST = "#b3392f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A Plotly figure and what it shows in words, for those who cannot see it."""

    plot: go.Figure
    alt: str


def within(end: float, limits: Limits) -> float:
    """Return the end of an axis, drawn back into the range of what is measured."""
    low, high = limits
    end = end if low is None else max(low, end)
    return end if high is None else min(high, end)


def styled(plot: go.Figure, *, height: int, left: int = 8, right: int = 8, bottom: int = 8) -> go.Figure:
    """Set what all charts have in common."""
    plot.update_layout(
        height=height,
        margin={"l": left, "r": right, "t": 12, "b": bottom},
        showlegend=False,
        dragmode=False,
        hovermode="closest",
        hoverlabel={"align": "left"},
        font={"size": 13},
        plot_bgcolor="rgba(0,0,0,0)",
        paper_bgcolor="rgba(0,0,0,0)",
    )
    plot.update_xaxes(gridcolor=GRID, zeroline=False, automargin=True, fixedrange=True, title_standoff=10)
    plot.update_yaxes(gridcolor=GRID, zeroline=False, automargin=True, fixedrange=True, title_standoff=10)
    return plot
