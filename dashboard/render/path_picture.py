"""Knowledge paths as a picture: history on the left, the recommended item on the right. No request leaves the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import jinja2

from audits.wording import relation_text
from dashboard.loaders.why import PathLine
from dashboard.render import text

_TEMPLATE = Path(__file__).parents[1] / "static" / "network.html.jinja"
_STEP, _ROW = 400, 84  # pixels between stops of a path, and between paths
_FALSE = "#b3392f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ink:
    """The colours of a theme."""

    text: str
    ground: str
    item: str
    entity: str
    line: str


_INKS = {
    "light": Ink(text="#1d2125", ground="#fbfaf8", item="#dbe6f0", entity="#f2efe9", line="#8a8f98"),
    "dark": Ink(text="#e8e6e1", ground="#14171a", item="#23384b", entity="#262b30", line="#8a8f98"),
}


def picture(lines: Sequence[PathLine], theme: str) -> tuple[str, int]:
    """Return a page of its own with the picture, and its height in pixels. `theme` is light or dark."""
    from pyvis.network import Network

    ink = _INKS.get(theme, _INKS["light"])
    network = Network(directed=True, cdn_resources="in_line")
    places = _places(lines)
    ends = {line.entity_ids[0] for line in lines} | {line.entity_ids[-1] for line in lines}
    for entity_id, (x, y) in places.items():
        network.add_node(
            entity_id, label=_label(lines, entity_id), x=x, y=y, physics=False,
            shape="box" if entity_id in ends else "ellipse",
            color=ink.item if entity_id in ends else ink.entity,
        )  # fmt: skip
    for (start, end, is_true), relations in _facts(lines).items():
        said = ", ".join(relation_text(relation) for relation in relations)
        network.add_edge(
            start, end, label=said if is_true else f"{said} × not in the graph",
            color=ink.line if is_true else _FALSE, dashes=not is_true,
        )  # fmt: skip
    nodes, edges, *_ = network.get_network_data()
    height = 70 + _ROW * max(2, len(lines))
    page = _template().render(script=_script(), nodes=nodes, edges=edges, ink=ink, height=height)
    return page, height


def described(lines: Sequence[PathLine]) -> str:
    """Return what the picture shows, for those who cannot see it."""
    ends = lines[0].shown.stops
    return (
        f"{text.count(len(lines), 'knowledge path')} from the history to {ends[-1].label}; each is written beside it."
    )


def _facts(lines: Sequence[PathLine]) -> dict[tuple[str, str, bool], list[str]]:
    """Return head, tail and whether the graph holds it -> the relations between them, each once."""
    found: dict[tuple[str, str, bool], list[str]] = {}
    for line in lines:
        for hop, (one, other) in zip(line.shown.hops, pairwise(line.entity_ids), strict=True):
            start, end = (other, one) if hop.is_inverse else (one, other)
            relations = found.setdefault((start, end, hop.is_true), [])
            if hop.relation not in relations:
                relations.append(hop.relation)
    return found


def _places(lines: Sequence[PathLine]) -> dict[str, tuple[float, float]]:
    """Return where each entity stands: as far right as it is along its paths, at the mean height of those."""
    longest = max((len(line.entity_ids) for line in lines), default=1) - 1
    found: dict[str, list[tuple[float, float]]] = {}
    for row, line in enumerate(lines):
        n_hops = len(line.entity_ids) - 1
        for stop, entity_id in enumerate(line.entity_ids):
            found.setdefault(entity_id, []).append((stop / max(n_hops, 1) * longest * _STEP, row * _ROW))
    columns: dict[float, list[tuple[float, str]]] = {}
    for entity_id, own in found.items():
        x, y = (sum(values) / len(own) for values in zip(*own, strict=True))
        columns.setdefault(round(x), []).append((y, entity_id))
    return {entity_id: (x, y) for x, column in columns.items() for y, entity_id in _spread(column)}


def _spread(column: list[tuple[float, str]]) -> list[tuple[float, str]]:
    """Move what stands too close in one column apart, around the middle that it had."""
    ordered = sorted(column)
    heights: list[float] = []
    for y, _ in ordered:
        heights.append(y if not heights else max(y, heights[-1] + _ROW))
    back = (sum(heights) - sum(y for y, _ in ordered)) / len(ordered)
    return [(height - back, entity_id) for height, (_, entity_id) in zip(heights, ordered, strict=True)]


def _label(lines: Sequence[PathLine], entity_id: str) -> str:
    for line in lines:
        if entity_id in line.entity_ids:
            place = line.entity_ids.index(entity_id)
            return text.shorten(" ".join(line.shown.stops[place].label.split()), 60)
    return entity_id


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))


@cache
def _script() -> str:
    """Return the vis-network script that ships inside pyvis."""
    import pyvis

    return next((Path(pyvis.__file__).parent / "lib").glob("vis-9.1*/vis-network.min.js")).read_text(encoding="utf-8")
