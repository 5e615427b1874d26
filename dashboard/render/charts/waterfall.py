"""How a whole is used up, stage by stage: what remains as a bar, what was lost on the way into it beside it."""

from __future__ import annotations

import plotly.graph_objects as go

from audits.results import Waterfall
from dashboard.render import text
from dashboard.render.charts.style import LOST, Figure, styled

_ROW = 38
_FEW = 5  # so few that plotly would put ticks between the numbers


def waterfall(record: Waterfall, colour: str) -> Figure:
    """Draw the stages top down."""
    plot = go.Figure()
    hatched = {"shape": "/", "fillmode": "overlay", "fgcolor": "rgba(255,255,255,0.65)", "size": 5}
    whole = record.stages[0].remaining + record.stages[0].lost if record.stages else 0
    for place, stage in enumerate(record.stages):
        name = text.chart(stage.label)
        share = f"{stage.remaining / whole:.1%}" if whole else text.NOTHING
        plot.add_trace(
            go.Bar(
                x=[stage.remaining], y=[place], orientation="h", marker={"color": colour, "opacity": 0.85}, width=0.56,
                hovertemplate=f"{name}: {stage.remaining:,} remain ({share})<extra></extra>",
            )
        )  # fmt: skip
        if stage.lost:
            plot.add_trace(
                go.Bar(
                    x=[stage.lost], y=[place], base=stage.remaining, orientation="h", width=0.56,
                    marker={"color": LOST, "pattern": hatched},
                    hovertemplate=f"{name}: {stage.lost:,} lost here<extra></extra>",
                )
            )  # fmt: skip
        lost = f"  −{stage.lost:,}" if stage.lost else ""
        plot.add_annotation(
            x=stage.remaining + stage.lost, y=place, text=f"{stage.remaining:,} ({share}){lost}", showarrow=False,
            xanchor="left", xshift=8, font={"size": 12.5},
        )  # fmt: skip
    plot.update_layout(barmode="overlay", bargap=0.3)
    labels = [text.chart(stage.label) for stage in record.stages]
    plot.update_yaxes(
        tickvals=list(range(len(labels))), ticktext=labels, range=[len(labels) - 0.5, -0.5], showgrid=False
    )
    plot.update_xaxes(
        title_text=text.chart(record.unit), range=[0, (whole or 1) * 1.34], rangemode="tozero", tickformat=",d",
        dtick=1 if whole <= _FEW else None,
    )  # fmt: skip
    styled(plot, height=70 + _ROW * max(len(labels), 2))
    said = "; ".join(f"{s.label}: {s.remaining:,} remain, {s.lost:,} lost" for s in record.stages)
    return Figure(plot=plot, alt=f"{record.title}. {said}.")
