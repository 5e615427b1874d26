"""What a score rests on, in words and as a table of the terminal. Text of the log stays text."""

from __future__ import annotations

from collections.abc import Mapping

from rich import box
from rich.table import Table
from rich.text import Text

from audits.attribution.explaining import Explained
from audits.attribution.parts import HISTORY
from dashboard.render.text import score_sum, visible

_WIDTH = 24  # characters of the bar that stands for the largest contribution


def lines(explained: Explained, recorded_score: float | None) -> list[str]:
    """Return the sum that the contributions make up, and how they were found."""
    found = explained.found
    unknown = "without any of these items" if explained.kind == HISTORY else "with an empty prompt"
    said = [
        score_sum(
            found.score,
            f"{found.base:.4g} ({unknown})",
            sum(found.contributions),
            f"{len(explained.features)} {'history items' if explained.kind == HISTORY else 'lines of the prompt'}",
            found.additivity_gap,
        ),
        f"{found.method}; {found.n_evaluations:,} evaluations",
    ]
    if recorded_score is not None and abs(recorded_score - found.score) > 1e-6 * max(1.0, abs(found.score)):
        said.append(f"The list recorded {recorded_score:.4g}: there, scores are set against those of its candidates.")
    if explained.n_always_in:
        said.append(f"{explained.n_always_in:,} older items of the history always stayed in.")
    return said


def grid(explained: Explained, titles: Mapping[str, str]) -> Table:
    """Return the contributions as a table: history items by size, lines of the prompt in their order."""
    found = explained.found
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    shown.add_column("contribution", justify="right", no_wrap=True)
    if found.standard_errors is not None:
        shown.add_column("± error", justify="right", no_wrap=True)
    shown.add_column("", no_wrap=True)
    shown.add_column("history item" if explained.kind == HISTORY else "line of the prompt", overflow="fold")
    if explained.named is not None:
        shown.add_column("named", no_wrap=True)
    places = list(range(len(explained.features)))
    if explained.kind == HISTORY:
        places.sort(key=lambda place: (-abs(found.contributions[place]), place))
    most = max((abs(c) for c in found.contributions), default=0.0)
    for place in places:
        contribution, feature = found.contributions[place], explained.features[place]
        cells = [Text(f"{contribution:+.4f}")]
        if found.standard_errors is not None:
            cells.append(Text(f"{found.standard_errors[place]:.4f}", style="dim"))
        bar = "█" * round(_WIDTH * abs(contribution) / most) if most else ""
        cells += [Text(bar, style="blue" if contribution >= 0 else "red"), Text(visible(titles.get(feature, feature)))]
        if explained.named is not None:
            cells.append(Text("named" if explained.named[place] else ""))
        shown.add_row(*cells)
    return shown
