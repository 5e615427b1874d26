"""Write the generated parts of README.md: the commands and the measures. `python -m dashboard.cli.document`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import typer
from typer.core import TyperGroup

README = Path(__file__).parents[2] / "README.md"


def filled(text: str) -> str:
    """Return the text with each part between `<!-- NAME -->` and `<!-- /NAME -->` made anew."""
    for name, part in (("commands", commands_table()), ("measures", measures_table())):
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        text = pattern.sub(lambda match, part=part: f"{match[1]}{part}\n{match[2]}", text)
    return text


def commands_table() -> str:
    """Return every command with its first line of help, as a Markdown table."""
    from dashboard.cli.main import build

    rows = [f"| `recaudit {path}` | {summary} |" for path, summary in _commands(typer.main.get_command(build()))]
    return "\n".join(["| command | what it does |", "|---|---|", *sorted(rows)])


def measures_table() -> str:
    """Return every measure's card in short, section by section, as a Markdown table."""
    from audits.cards import list_audits

    cards = {one.card.name: one for listing in list_audits() for one in reversed(listing.cards)}
    rows = [
        f"| {one.section or '–'} | {one.card.label} | {_cell(one.card.formula)} | {one.card.range} | "
        f"{one.card.direction} | {_cell(one.card.source)} |"
        for one in sorted(cards.values(), key=lambda one: (one.section or "~", one.card.label.lower()))
    ]
    return "\n".join(["| section | measure | formula | range | better | source |", "|---|---|---|---|---|---|", *rows])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")


def _commands(command, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(command, TyperGroup):
        for name, child in command.commands.items():
            yield from _commands(child, f"{path} {name}".strip())
    else:
        yield path, command.get_short_help_str(limit=150)


def main() -> int:
    """Rewrite README.md; exit with 1 under --check where it is stale."""
    text = README.read_text(encoding="utf-8")
    new = filled(text)
    if "--check" in sys.argv:
        return int(new != text)
    README.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
