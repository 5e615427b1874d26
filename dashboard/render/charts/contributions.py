"""What a score rests on: one bar a part of the input, to the right where it adds, to the left where it takes away."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboard.loaders.why import Contribution, Explanation
from dashboard.render import text
from dashboard.render.charts.style import MUTED, Figure, styled

ADDS, TAKES = "#4f86b8", "#b0713a"
_ROW, _MOST = 30, 15
_LABEL = 0.14  # of the width, beside the longest bar
_PROMPT = "prompt segment"


def contributions(explanation: Explanation) -> Figure:
    """Draw the parts top down: history items by size, lines of the prompt in their order; small ones in one bar."""
    parts = drawn(explanation)
    plot = go.Figure()
    names = [text.chart(text.shorten(part.name, 48)) + (" ✓" if part.is_named else "") for part in parts]
    adds = [part.value >= 0 for part in parts]
    errors = [part.error or 0.0 for part in parts]
    plot.add_trace(
        go.Bar(
            x=[part.value for part in parts], y=list(range(len(parts))), orientation="h", width=0.62,
            marker={"color": [ADDS if plus else TAKES for plus in adds], "opacity": 0.9},
            error_x={"type": "data", "array": errors, "color": MUTED, "thickness": 1.4, "width": 3,
                     "visible": any(errors)},
            hovertext=[f"{name}: {said(part)}" for name, part in zip(names, parts, strict=True)],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )  # fmt: skip
    for place, part in enumerate(parts):
        end = part.value + (errors[place] if adds[place] else -errors[place])
        plot.add_annotation(
            x=end, y=place, text=f"{part.value:+.3g}", showarrow=False, xanchor="left" if adds[place] else "right",
            xshift=6 if adds[place] else -6, font={"size": 12.5},
        )  # fmt: skip
    low = min([0.0, *(part.value - error for part, error in zip(parts, errors, strict=True))])
    high = max([0.0, *(part.value + error for part, error in zip(parts, errors, strict=True))])
    width = (high - low) or 1.0
    room = [_LABEL * width if any(side) else 0.02 * width for side in ([not plus for plus in adds], adds)]
    plot.update_xaxes(title_text="contribution to the score", range=[low - room[0], high + room[1]])
    plot.add_vline(x=0, line={"color": MUTED, "width": 1})
    plot.update_yaxes(tickvals=list(range(len(parts))), ticktext=names, range=[len(parts) - 0.5, -0.5], showgrid=False)
    styled(plot, height=76 + _ROW * max(len(parts), 2))
    told = "; ".join(f"{part.name}: {said(part)}" for part in parts)
    return Figure(plot=plot, alt=f"Contributions to the score {explanation.score:.4g}. {told}.")


def drawn(explanation: Explanation) -> list[Contribution]:
    """Return the parts that are drawn: at most fifteen, the others as one whose error is not known."""
    parts = list(explanation.parts)
    order = sorted(range(len(parts)), key=lambda place: (-abs(parts[place].value), place))
    shown, rest = order[:_MOST], order[_MOST:]
    if explanation.kind == _PROMPT:
        shown = sorted(shown)
    kept = [parts[place] for place in shown]
    if rest:
        total = sum(parts[place].value for place in rest)
        kept.append(Contribution(name=f"{len(rest)} others together", value=total, error=None, is_named=None))
    return kept


def said(part: Contribution) -> str:
    """Return a contribution in words."""
    error = f" ± {part.error:.2g}" if part.error else ""
    return f"{part.value:+.4g}{error}" + (", named by the reason" if part.is_named else "")
