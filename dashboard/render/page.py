"""Parts that several pages are made of: the answer under the title, notes, tiles, the disclosure, figures."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.render import text
from dashboard.render.charts.style import CONFIG, Figure
from dashboard.render.headline import Answer, Tile

_INK = {"light": "#1d2125", "dark": "#e8e6e1"}


def question(title: str) -> None:
    """Show the page's question as its title."""
    st.title(text.markdown(title), anchor=False)


def answered(answer: Answer) -> None:
    """Show the answer in one paragraph: the verdict in bold, then why."""
    st.html(f'<p class="ra ra-answer"><strong>{text.inline(answer.verdict)}</strong> {text.inline(answer.reasons)}</p>')


def paragraph(said: str) -> None:
    """Show plain text in a readable measure."""
    st.html(f'<p class="ra ra-answer">{text.inline_said(said)}</p>')


def note(said: str) -> None:
    """Show a quiet line of plain text."""
    st.html(f'<p class="ra ra-note">{text.inline_said(said)}</p>')


def disclosed(disclosure: str, dataset_name: str) -> None:
    """Say what must be said of the data; nothing where there is nothing to say."""
    if disclosure:
        note(f"Dataset {dataset_name}: {disclosure}.")


def tiles(made: Sequence[Tile]) -> None:
    """Show tiles side by side."""
    if not made:
        return
    for place, tile in zip(st.columns(len(made), gap="small"), made, strict=True):
        with place.container(border=True, height="stretch"):
            st.metric(
                text.markdown(tile.label), tile.value, delta=tile.delta,
                delta_color=tile.delta_colour, help=card_summary(tile),
            )  # fmt: skip
            st.html(
                f'<p class="ra ra-small"><strong>{text.inline(tile.run)}</strong><br>'
                f'<span class="ra-muted">{text.inline(tile.basis)}</span></p>'
            )


def card_summary(tile: Tile) -> str:
    """Return what a tile's measure means, for its tooltip."""
    card = tile.card
    lines = [f"**{text.markdown(card.label)}**: {text.markdown(card.formula)}", f"of {text.markdown(card.denominator)}"]
    return "  \n".join(line for line in lines if line.strip())


def figure(drawn: Figure, key: str) -> None:
    """Show a chart with its description for those who cannot see it; labels in the theme's own ink."""
    drawn.plot.update_annotations(font_color=_INK.get(st.context.theme.type or "light", _INK["light"]))
    st.plotly_chart(drawn.plot, key=key, config=CONFIG, alt=drawn.alt, width="stretch")
