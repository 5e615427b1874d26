"""What audits ask and what each of their metrics means, for the terminal. Not here: results (terminal)."""

from __future__ import annotations

from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from audits.cards import AuditListing, ListedCard
from audits.results import Direction

_BETTER = {
    Direction.HIGHER: "higher is better",
    Direction.LOWER: "lower is better",
    Direction.NEITHER: "neither way is better by itself",
}


def listed(listing: AuditListing) -> list[RenderableType]:
    """Return what to print of an audit: its question, its settings, and the card of each metric that it shows."""
    audit = listing.audit
    when = "" if audit.routine else " (when named, or with --all)"
    parts: list[RenderableType] = [
        Padding(Text(f"{audit.name}: {audit.question}{when}", style="bold underline"), (1, 0, 0, 0)),
        Text(f"Source: {audit.source}", style="dim"),
        *(Text(f"  {audit.name}.{setting} = {value or '(all)'}") for setting, value in listing.settings),
    ]
    return [*parts, *(_card(one) for one in listing.cards)]


def _card(one: ListedCard) -> RenderableType:
    card = one.card
    grid = Grid(box=box.SIMPLE, show_header=False, pad_edge=False, padding=(0, 1), title_justify="left")
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    section = f"section {one.section}" if one.section else "in no section"
    grid.add_row(Text(card.name, style="bold"), Text(f"{card.label} ({section})", style="bold"))
    facts = {
        "formula": card.formula,
        "range": card.range,
        "direction": _BETTER[card.direction],
        "unit": card.unit or "none",
        "denominator": card.denominator,
        "missing": card.missing,
        "source": card.source,
        "notes": card.notes,
    }
    for name, said in facts.items():
        if said:
            grid.add_row(Text(name), Text(said))
    return grid
